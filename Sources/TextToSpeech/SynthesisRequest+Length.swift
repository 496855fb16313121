extension SynthesisRequest {
    /// Unicode scalars of prose in the Latin alphabet that make about a minute of speech (50 s of French with "espeak-fr").
    ///
    /// Numbers in figures and scripts of syllables make some minutes: still little beside what a text may have.
    private static let scalarsPerMinute = 1000.0

    /// Whether this is more than about a minute of speech, where work counts as long in speech-to-text too.
    ///
    /// The time that a voice takes grows with the sound that it makes, so that slow speech is long with less text. What an
    /// assistant says is shorter, and articles are longer.
    var isLong: Bool { Double(text.unicodeScalars.count) > Self.scalarsPerMinute * speed }
}
