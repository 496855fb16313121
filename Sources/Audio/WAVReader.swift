import BridgeSupport

/// Reads uncompressed WAV bytes or files in flat memory, mixed down to one channel at the file's own rate.
///
/// Integer samples of 8, 16, 24 and 32 bits, floats of 32 and 64 bits, plain and extensible headers, RF64 and RIFX. A data
/// chunk that claims more than there is ends where the bytes end, and so does one that claims less than there is sound.
public actor WAVReader: PCMSource {
    public nonisolated let sampleRate: Int
    /// Of the file, before the mix.
    public nonisolated let channels: Int
    /// Samples in each channel.
    public nonisolated let frameCount: Int
    private let bytes: any ByteSource
    private let layout: PCMLayout
    private var feed: MonoFeed
    private let oddities: [String]
    private var offset: Int
    private let end: Int

    private static let blockFrames = 16_384

    /// - Throws: `undecodable_audio` when the bytes are no WAV, or a WAV of a compressed kind.
    public init(bytes: [UInt8]) throws {
        try self.init(MemoryBytes(bytes: bytes))
    }

    /// - Throws: `invalid_request` (param `file`) when the path can't be read, else as ``init(bytes:)``.
    public init(file path: String) throws {
        try self.init(try FileBytes(path: path, field: "file"))
    }

    init(_ bytes: any ByteSource) throws {
        try self.init(bytes, header: try WAVHeader(bytes))
    }

    init(_ bytes: any ByteSource, header: WAVHeader) throws {
        guard case .pcm(let type) = header.coding else {
            throw WAVHeader.undecodable("holds compressed audio")
        }
        self.bytes = bytes
        layout = PCMLayout(sampleType: type, channels: header.channels, isBigEndian: header.isBigEndian)
        feed = MonoFeed(channels: header.channels, speakers: header.speakers, sampleRate: header.sampleRate)
        oddities = header.warnings
        sampleRate = header.sampleRate
        channels = header.channels
        frameCount = header.data.count / layout.frameBytes
        offset = header.data.lowerBound
        end = header.data.lowerBound + frameCount * layout.frameBytes
    }

    public var duration: Duration? { .seconds(Double(frameCount) / Double(sampleRate)) }

    public var warnings: [String] { oddities + feed.warnings }

    public func read(_ count: Int) throws -> [Float] {
        while feed.isHungry {
            let frames = min(Self.blockFrames, (end - offset) / layout.frameBytes)
            let block = try bytes.read(at: offset, count: frames * layout.frameBytes)
            offset += block.count
            feed.put(try layout.samples(block) { WAVHeader.undecodable($0) })
        }
        return feed.take(count)
    }
}
