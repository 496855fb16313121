public import Audio
import BridgeSupport

extension TextToSpeechService {
    /// What a request may have, and what it gets where it names nothing.
    public struct Settings: Sendable {
        /// Seconds of speech of one request, at most, as it is held in memory.
        public var maximumSeconds: Int
        /// What that limit is called, for the error that says to raise it.
        public var maximumSecondsName: String
        /// A factor on the loudness.
        public var volume: Double
        /// Seconds between sentences.
        public var sentenceSilence: Double

        public init(
            maximumSeconds: Int = 1800, maximumSecondsName: String = "the limit", volume: Double = 1,
            sentenceSilence: Double = 0
        ) {
            self.maximumSeconds = maximumSeconds
            self.maximumSecondsName = maximumSecondsName
            self.volume = volume
            self.sentenceSilence = sentenceSilence
        }

        /// Bytes of the largest speech of one request.
        public var maximumBytes: Int { bytes(of: .seconds(maximumSeconds), as: .pcmF32LE) }

        /// At the rate of the best voices.
        func bytes(of length: Duration, as format: AudioFormat) -> Int {
            Int(min(length.inSeconds, Double(maximumSeconds)) * 24_000) * (format == .pcmF32LE ? 4 : 2)
        }
    }

    /// About how many bytes the speech of a request has, before anything is known of it but the request.
    public func estimatedBytes(of request: SynthesisRequest, as format: AudioFormat) -> Int {
        settings.bytes(of: request.estimatedDuration, as: format)
    }
}
