import BridgeSupport
public import SpeechToText

/// A transcription in the shape of the contract, shared by the doors and the command line.
public struct TranscriptionResponse: Encodable, Sendable {
    struct Word: Encodable, Sendable {
        var text: String
        var start: Double
        var end: Double
        var probability: Double
    }
    struct Segment: Encodable, Sendable {
        var id: Int
        var start: Double
        var end: Double
        var text: String
        var confidence: Double
        var words: [Word]?
    }
    struct Timings: Encodable, Sendable {
        var queue_ms: Int
        var load_ms: Int
        var compute_ms: Int
        var total_ms: Int
    }
    var text: String
    var language: String
    /// nil where the language was asked for, or nothing was said.
    var language_probability: Double?
    var confidence: Double
    /// The time that the transcription took.
    var duration_ms: Int
    var segments: [Segment]
    var model: String
    var audio_duration_ms: Int
    var timings: Timings
    /// nil when there are no warnings.
    var warnings: [String]?

    /// The answer as a whole; times are seconds from the start of the audio.
    public init(_ transcription: Transcription) {
        text = transcription.text
        // The code for an undetermined language (ISO 639-2): clients of the original service expect a string.
        language = transcription.language ?? "und"
        language_probability = transcription.languageProbability.map { ($0 * 10_000).rounded() / 10_000 }
        confidence = transcription.confidence
        duration_ms = Self.milliseconds(transcription.timings.total)
        segments = transcription.segments.map { segment in
            Segment(
                id: segment.id, start: segment.start, end: segment.end, text: segment.text,
                confidence: segment.confidence,
                words: segment.words?.map {
                    Word(text: $0.text, start: $0.start, end: $0.end, probability: $0.probability)
                })
        }
        warnings = transcription.warnings.isEmpty ? nil : transcription.warnings
        model = transcription.model
        audio_duration_ms = Int((transcription.audioDuration * 1000).rounded())
        timings = Timings(
            queue_ms: Self.milliseconds(transcription.timings.queue),
            load_ms: Self.milliseconds(transcription.timings.load),
            compute_ms: Self.milliseconds(transcription.timings.compute),
            total_ms: Self.milliseconds(transcription.timings.total))
    }

    private static func milliseconds(_ duration: Duration) -> Int { Int(duration.milliseconds.rounded()) }
}
