import BridgeSupport
import WorkScheduling

extension SynthesisRequest {
    /// Unicode scalars of prose in the Latin alphabet that make about a minute of speech (50 s of French with "espeak-fr").
    ///
    /// Numbers in figures and syllabic scripts make several minutes, which is still little compared with the longest texts.
    private static let scalarsPerMinute = 1000.0

    /// A text of so many bytes is interactive work at any speed.
    public static let surelyInteractiveBytes = Int(
        Urgency.longestInteractiveSound.inSeconds / 60 * scalarsPerMinute * speeds.lowerBound)

    /// About how long the speech will be, without the silence between sentences.
    public var estimatedDuration: Duration {
        // Any other speed is refused.
        let speed = Self.speeds.contains(speed) ? speed : 1
        return .seconds(60 * Double(text.unicodeScalars.count) / (Self.scalarsPerMinute * speed))
    }

    /// Determined by the length of the speech: the time that a voice takes grows with the sound that it makes, so slow speech is long with
    /// less text. An assistant's answers are shorter than a minute, and articles are longer.
    var urgency: Urgency { Urgency(soundLasting: estimatedDuration) }
}
