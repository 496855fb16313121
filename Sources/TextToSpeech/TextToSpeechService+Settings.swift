public import Audio
import BridgeSupport

extension TextToSpeechService {
    /// The limits on requests, and the values for what they leave open.
    public struct Settings: Sendable {
        /// The longest speech of one request in seconds, since it is held in memory.
        public var maximumSeconds: Int
        /// The name of the setting for that limit, for the error that says to raise it.
        public var maximumSecondsName: String
        /// A factor on the loudness.
        public var volume: Double
        /// Seconds between sentences.
        public var sentenceSilence: Double

        /// By default half an hour, unchanged, without silence in between.
        public init(
            maximumSeconds: Int = 1800, maximumSecondsName: String = "the limit", volume: Double = 1,
            sentenceSilence: Double = 0
        ) {
            self.maximumSeconds = maximumSeconds
            self.maximumSecondsName = maximumSecondsName
            self.volume = volume
            self.sentenceSilence = sentenceSilence
        }

        /// Bytes of the longest speech that one request may have.
        public var maximumBytes: Int { bytes(of: .seconds(maximumSeconds), as: .pcmF32LE) }

        /// Assumes the sample rate of the best voices.
        func bytes(of length: Duration, as format: AudioFormat) -> Int {
            Int(min(length.inSeconds, Double(maximumSeconds)) * 24_000) * (format == .pcmF32LE ? 4 : 2)
        }
    }

    /// About how many bytes the speech of a request will take, estimated from the request alone.
    public func estimatedBytes(of request: SynthesisRequest, as format: AudioFormat) -> Int {
        settings.bytes(of: request.estimatedDuration, as: format)
    }
}
