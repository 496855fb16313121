import WorkScheduling

extension SynthesisRequest {
    /// Unicode scalars of prose in the Latin alphabet that make about a minute of speech (50 s of French with "espeak-fr").
    ///
    /// Numbers in figures and scripts of syllables make some minutes: still little beside what a text may have.
    private static let scalarsPerMinute = 1000.0

    /// By how long the speech is likely to be: the time that a voice takes grows with the sound that it makes, so that slow speech is long
    /// with less text. What an assistant says is shorter than a minute, and articles are longer.
    var urgency: Urgency {
        let minutes = Double(text.unicodeScalars.count) / (Self.scalarsPerMinute * speed)
        return Urgency(soundLasting: .seconds(60 * minutes))
    }
}
