/// The chunks of a WAVE file, walked one after the other. Sizes are what its writer knew when it wrote them, and no more.
struct WAVChunks {
    private let bytes: any ByteSource
    private let isBigEndian: Bool
    private let riffSize: Int
    private(set) var format: WAVFormat?
    /// Where the samples lie.
    private(set) var data: Range<Int>?
    /// Whether more samples follow than their chunk says: its size was written early on, and never again.
    private(set) var isOutgrown = false
    /// Whether more samples follow elsewhere: in another data chunk, or in another file that was joined to this one.
    private(set) var hasMoreParts = false
    private var wideDataSize: Int?

    /// More chunks than any real file has; a bound on the work that a hostile one causes.
    private static let mostChunks = 4096
    private static let sizeUnknown = 0xFFFF_FFFF
    /// Bytes after the samples that are not worth a thought: padding, and tags that players of MP3 append.
    private static let leastSound = 256
    /// Names of what follows samples, also where its size was cut off, and of tags that are no chunks.
    private static let trailers: Set<String> = [
        "LIST", "INFO", "fact", "cue ", "plst", "smpl", "inst", "bext", "iXML", "axml", "chna", "_PMX", "cart", "PEAK",
        "levl", "acid", "umid", "afsp", "id3 ", "ID3 ", "JUNK", "junk", "PAD ", "FLLR", "LGWV", "SAUR", "minf", "elm1",
        "APET", "LYRI", "RIFF", "RIFX", "RF64", "BW64", "fmt ", "data",
    ]

    /// - Throws: `undecodable_audio` for a fmt chunk that makes no sense.
    init(_ bytes: any ByteSource, isBigEndian: Bool) throws {
        self.bytes = bytes
        self.isBigEndian = isBigEndian
        riffSize = RIFFFields(try bytes.read(at: 4, count: 4), isBigEndian: isBigEndian).uint32(0)
        var offset = 12
        for _ in 0..<Self.mostChunks {
            guard let next = try step(offset) else { break }
            offset = next
        }
    }

    private var isComplete: Bool { format != nil && data?.isEmpty == false }

    private func fields(_ offset: Int, _ count: Int) throws -> RIFFFields {
        RIFFFields(try bytes.read(at: offset, count: count), isBigEndian: isBigEndian)
    }

    /// Takes in the chunk at `offset`; where the next one is, nil where nothing follows.
    private mutating func step(_ offset: Int) throws -> Int? {
        let chunk = try fields(offset, 8)
        // Once all is known, what follows may be anything.
        guard chunk.count == 8, try !isComplete || isChunk(at: offset) else { return nil }
        let body = offset + 8
        var size = chunk.uint32(4)
        switch chunk.tag(0) {
        case "ds64":
            wideDataSize = try fields(body, 16).smallUInt64(8)
        case "fmt " where format == nil:
            format = try WAVFormat(fields(body, min(size, 40)))
        case "data":
            size = try dataSize(size, at: body)
            take(body..<body + min(size, bytes.count - body))
        case "RIFF" where isComplete, "RIFX" where isComplete, "RF64" where isComplete:
            hasMoreParts = true
            return nil
        default:
            break
        }
        return try next(after: body, size: size)
    }

    private mutating func take(_ part: Range<Int>) {
        if data?.isEmpty == false {
            hasMoreParts = hasMoreParts || !part.isEmpty
        } else {
            data = part
        }
    }

    private mutating func dataSize(_ written: Int, at body: Int) throws -> Int {
        let written = written == Self.sizeUnknown ? wideDataSize ?? written : written
        if written == 0 {
            let isUnbounded = riffSize == 0 || riffSize == Self.sizeUnknown || body >= 8 + riffSize
            // A writer that could not seek back: the samples go on to the end.
            return try isUnbounded || !isChunk(at: body) ? bytes.count : 0
        }
        guard data?.isEmpty ?? true, try isSound(at: body + written) else { return written }
        isOutgrown = true
        return bytes.count
    }

    /// Whether what follows the samples is neither a chunk nor a tag, and more than padding.
    private func isSound(at offset: Int) throws -> Bool {
        guard bytes.count - offset >= Self.leastSound else { return false }
        return try (offset...offset + offset % 2).allSatisfy { start in
            let name = try fields(start, 4)
            let isTag = ["TAG", "ID3"].contains(name.tag(0).prefix(3))
            return try !isTag && !Self.trailers.contains(name.tag(0)) && !isChunk(at: start)
        }
    }

    /// Whether what is there can be a chunk: a name in letters, and a size that fits into the bytes.
    private func isChunk(at offset: Int) throws -> Bool {
        let chunk = try fields(offset, 8)
        return chunk.count == 8 && chunk.bytes(0..<4).allSatisfy { (0x20...0x7E).contains($0) }
            && offset + 8 + chunk.uint32(4) <= bytes.count
    }

    /// Chunks begin at even offsets, but some writers forget the padding byte after an odd one.
    private func next(after body: Int, size: Int) throws -> Int {
        let end = body + min(size, bytes.count)
        guard size % 2 == 1 else { return end }
        let unpadded = RIFFFields(try bytes.read(at: end, count: 4))
        let forgotten = unpadded.count == 4 && ["fmt ", "data"].contains(unpadded.tag(0))
        return forgotten ? end : end + 1
    }
}
