/// How the bytes of an upload hold audio; raw values as in the HTTP contract.
public enum AudioEncoding: String, Sendable, CaseIterable {
    /// Raw mono float32, little-endian.
    case pcmF32LE = "pcm_f32le"
    /// Raw mono 16-bit integers, little-endian.
    case pcmS16LE = "pcm_s16le"
    /// A WAV file, read without FFmpeg where its format allows that.
    case wav
    /// Whatever the first bytes say: WAV, or what FFmpeg decodes.
    case auto

    /// Hertz that raw samples may have.
    public static let sampleRates = 1000...768_000
}

/// Bounds on what decoding may take.
public struct AudioLimits: Sendable, Hashable {
    /// Longest audio that is decoded.
    public var maximumDuration: Duration
    /// Processor time of the FFmpeg child process.
    public var decoderProcessorTime: Duration
    /// How long the FFmpeg child process may go without a result.
    public var decoderStall: Duration
    /// Address space of the FFmpeg child process, bytes.
    public var decoderMemory: Int

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

/// Sample rates that anything here works with, hertz.
let supportedSampleRates = 1_000...768_000
