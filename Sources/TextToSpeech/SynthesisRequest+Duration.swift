import WorkScheduling

extension SynthesisRequest {
    /// Unicode scalars of prose in the Latin alphabet that make about a minute of speech (50 s of French with "espeak-fr").
    ///
    /// Numbers in figures and scripts of syllables make some minutes: still little beside what a text may have.
    private static let scalarsPerMinute = 1000.0

    /// About how long the speech is going to be, silence between sentences left out.
    public var estimatedDuration: Duration {
        // Any other speed is refused.
        let speed = Self.speeds.contains(speed) ? speed : 1
        return .seconds(60 * Double(text.unicodeScalars.count) / (Self.scalarsPerMinute * speed))
    }

    /// By the length of the speech: the time that a voice takes grows with the sound that it makes, so that slow speech is long with less
    /// text. What an assistant says is shorter than a minute, and articles are longer.
    var urgency: Urgency { Urgency(soundLasting: estimatedDuration) }
}
