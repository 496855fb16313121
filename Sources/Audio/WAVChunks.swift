/// The chunks of a WAVE file, walked one after another. Sizes are only what the writer knew when it wrote them.
struct WAVChunks {
    private let bytes: any ByteSource
    private let isBigEndian: Bool
    private let riffSize: Int
    private(set) var format: WAVFormat?
    /// The place of the samples.
    private(set) var data: Range<Int>?
    /// Whether more samples follow than their chunk says: its size was written early on and never updated.
    private(set) var isOutgrown = false
    /// Whether more samples follow elsewhere: in another data chunk, or in another file joined to this one.
    private(set) var hasMoreParts = false
    private var wideDataSize: Int?
    /// Where the search for chunks begins once the walk is lost: at the content of the last chunk with a known name.
    private var trusted = 12

    /// More chunks than any real file has; bounds the work that a hostile one causes.
    private static let mostChunks = 4096
    private static let sizeUnknown = 0xFFFF_FFFF
    /// Bytes after the samples that can be ignored: padding, and tags appended by MP3 players.
    private static let leastSound = 256
    /// How far a required chunk may be from its expected position: after a cover picture.
    private static let farthest = 1 << 24
    private static let needed: Set<String> = ["fmt ", "data", "ds64"]
    /// Names of what follows samples, even if its size was cut off, and of tags that are not chunks.
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

    /// Reads the chunk at `offset`; returns where the next one is, nil if nothing follows.
    private mutating func step(_ offset: Int) throws -> Int? {
        let chunk = try fields(offset, 8)
        // In a live stream, it has not come yet.
        if chunk.count < 8, offset + 8 <= bytes.count { return nil }
        guard try isNeeded(chunk.bytes(0..<8)[...]) || isChunk(at: offset) else {
            // Once everything is known, anything may follow; before that, the size of the last chunk was wrong.
            return isComplete ? nil : try search()
        }
        let body = offset + 8
        // A chunk with an unknown name may be part of another one whose size was wrong.
        if Self.needed.contains(chunk.tag(0)) || Self.trailers.contains(chunk.tag(0)) { trusted = body }
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

    /// Where the next required chunk is, at whatever offset.
    private mutating func search() throws -> Int? {
        let end = min(bytes.count, trusted + Self.farthest)
        while trusted + 8 <= end {
            let block = try bytes.read(at: trusted, count: min(1 << 16, end - trusted))
            guard block.count >= 8 else { return nil }
            for index in 0..<block.count - 7 where isNeeded(block[index..<index + 8]) { return trusted + index }
            trusted += block.count - 7
        }
        return nil
    }

    /// Whether a required chunk begins here, rather than a sentence that contains its name.
    private func isNeeded(_ head: ArraySlice<UInt8>) -> Bool {
        guard head.count == 8, head.first == 0x64 || head.first == 0x66 else { return false }
        let isText = head.suffix(4).allSatisfy { (0x20...0x7E).contains($0) }
        return Self.needed.contains(String(decoding: head.prefix(4), as: UTF8.self)) && !isText
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
            // A writer that could not seek back: the samples extend to the end.
            return try isUnbounded || !isChunk(at: body) ? bytes.count : 0
        }
        guard data?.isEmpty ?? true, try isSound(at: body + written) else { return written }
        isOutgrown = true
        return bytes.count
    }

    /// Whether what follows the samples is neither a chunk nor a tag, and more than padding.
    private func isSound(at offset: Int) throws -> Bool {
        guard try bytes.read(at: offset, count: Self.leastSound).count == Self.leastSound else { return false }
        return try (offset...offset + offset % 2).allSatisfy { start in
            let name = try fields(start, 4)
            let isTag = ["TAG", "ID3"].contains(name.tag(0).prefix(3))
            return try !isTag && !Self.trailers.contains(name.tag(0)) && !isChunk(at: start)
        }
    }

    /// Whether these bytes can be a chunk: a name in letters, and a size that fits into the bytes.
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
