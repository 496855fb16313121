/// How the bytes of an upload represent audio; raw values as in the HTTP contract.
public enum AudioEncoding: String, Sendable, CaseIterable {
    /// Raw mono float32, little-endian.
    case pcmF32LE = "pcm_f32le"
    /// Raw mono 16-bit integers, little-endian.
    case pcmS16LE = "pcm_s16le"
    /// A WAV file, read without FFmpeg where its format allows that.
    case wav
    /// Recognised by the first bytes: WAV, or anything that FFmpeg decodes.
    case auto

    /// The sample rates in hertz that raw samples may have.
    public static let sampleRates = 1000...768_000
}

/// Limits on decoding.
public struct AudioLimits: Sendable, Hashable {
    /// The longest audio that is decoded.
    public var maximumDuration: Duration
    /// Processor time of the FFmpeg child process.
    public var decoderProcessorTime: Duration
    /// How long the FFmpeg child process may go without output.
    public var decoderStall: Duration
    /// Address space of the FFmpeg child process, bytes.
    public var decoderMemory: Int

    /// By default six hours are decoded, within 10 minutes of processor time and 1 GiB.
    public init(
        maximumDuration: Duration = .seconds(6 * 3600), decoderProcessorTime: Duration = .seconds(600),
        decoderStall: Duration = .seconds(30), decoderMemory: Int = 1 << 30
    ) {
        self.maximumDuration = maximumDuration
        self.decoderProcessorTime = decoderProcessorTime
        self.decoderStall = decoderStall
        self.decoderMemory = decoderMemory
    }
}

/// The sample rates in hertz that anything here works with.
let supportedSampleRates = 1_000...768_000
