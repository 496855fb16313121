import BridgeSupport

/// What the header of a RIFF, RIFX, RF64 or BW64 WAVE file says, brought in line with the bytes that are there.
///
/// Swift has no WAV library that reads untrusted streams in flat memory, so this is our own. It believes no size:
/// each one is checked against the file, and no header makes it read or allocate more than a few bytes at a time.
struct WAVHeader: Sendable, Hashable {
    enum Coding: Sendable, Hashable {
        case pcm(SampleType)
        /// A format tag that only FFmpeg may know: ADPCM, A-law, MP3 in WAV…
        case other(tag: Int)
    }

    var coding: Coding
    var channels: Int
    /// Hertz.
    var sampleRate: Int
    /// Which loudspeaker each channel is for, as bits; 0 where nothing is said.
    var speakers: Int
    /// Whether numbers have their high bytes first, as in RIFX.
    var isBigEndian: Bool
    /// Where the samples lie in the file.
    var data: Range<Int>

    /// More chunks than any real file has; a bound on the work that a hostile one causes.
    private static let mostChunks = 4096
    private static let sizeUnknown = 0xFFFF_FFFF

    /// - Throws: `undecodable_audio` with the reason.
    init(_ bytes: any ByteSource) throws {
        let start = try bytes.read(at: 0, count: 12)
        let isBigEndian = start.starts(with: Array("RIFX".utf8))
        let fields = { (offset: Int, count: Int) in
            RIFFFields(try bytes.read(at: offset, count: count), isBigEndian: isBigEndian)
        }
        guard start.count == 12, AudioContainer(magic: start) == .wav else {
            throw Self.undecodable("does not begin with a RIFF/WAVE header")
        }
        let riffSize = try fields(4, 4).uint32(0)
        var format: WAVFormat?
        var found: Range<Int>?
        var wideDataSize: Int?
        var offset = 12
        for _ in 0..<Self.mostChunks where format == nil || found == nil {
            let chunk = try fields(offset, 8)
            guard chunk.count == 8 else { break }
            let body = offset + 8
            var size = chunk.uint32(4)
            switch chunk.tag(0) {
            case "ds64":
                wideDataSize = try fields(body, 16).smallUInt64(8)
            case "fmt ":
                format = try WAVFormat(fields(body, min(size, 40)))
            case "data":
                if size == Self.sizeUnknown, let wideDataSize { size = wideDataSize }
                let isUnbounded = riffSize == 0 || riffSize == Self.sizeUnknown || body >= 8 + riffSize
                if size == 0, try isUnbounded || !Self.isChunk(fields(body, 8), at: body, in: bytes) {
                    // A writer that could not seek back: the samples go on to the end.
                    size = bytes.count
                }
                found = body..<body + min(size, bytes.count - body)
            default:
                break
            }
            offset = try Self.next(after: body, size: size, in: bytes)
        }
        guard let format else { throw Self.undecodable("has no fmt chunk, which says how its samples are stored") }
        guard let found else { throw Self.undecodable("has no data chunk, which holds the samples") }
        coding = format.coding
        channels = format.channels
        sampleRate = format.sampleRate
        speakers = format.speakers
        self.isBigEndian = isBigEndian
        data = found
    }

    /// Whether what is there can be a chunk: a name in letters, and a size that fits into the bytes.
    private static func isChunk(_ chunk: RIFFFields, at offset: Int, in bytes: any ByteSource) -> Bool {
        chunk.count == 8 && chunk.bytes(0..<4).allSatisfy { (0x20...0x7E).contains($0) }
            && offset + 8 + chunk.uint32(4) <= bytes.count
    }

    /// Chunks begin at even offsets, but some writers forget the padding byte after an odd one.
    private static func next(after body: Int, size: Int, in bytes: any ByteSource) throws -> Int {
        let end = body + min(size, bytes.count)
        guard size % 2 == 1 else { return end }
        let unpadded = RIFFFields(try bytes.read(at: end, count: 4))
        let forgotten = unpadded.count == 4 && ["fmt ", "data"].contains(unpadded.tag(0))
        return forgotten ? end : end + 1
    }

    static func undecodable(_ reason: String) -> ServiceError {
        ServiceError(
            .undecodableAudio,
            "The WAV audio \(reason). Send a WAV of 8 to 32-bit integers or of floats, or name the right encoding.")
    }
}
