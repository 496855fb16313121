import BridgeSupport

/// What the header of a RIFF, RF64 or BW64 WAVE file says, brought in line with the bytes that are there.
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
    /// Where the samples lie in the file.
    var data: Range<Int>

    /// More chunks than any real file has; a bound on the work that a hostile one causes.
    private static let mostChunks = 4096
    private static let sizeUnknown = 0xFFFF_FFFF

    /// - Throws: `undecodable_audio` with the reason.
    init(_ bytes: any ByteSource) throws {
        let start = Fields(try bytes.read(at: 0, count: 12))
        guard start.count == 12, ["RIFF", "RF64", "BW64"].contains(start.tag(0)), start.tag(8) == "WAVE" else {
            throw Self.undecodable("does not begin with a RIFF/WAVE header")
        }
        let riffSize = start.uint32(4)
        var format: Format?
        var found: Range<Int>?
        var wideDataSize: Int?
        var offset = 12
        for _ in 0..<Self.mostChunks where format == nil || found == nil {
            let chunk = Fields(try bytes.read(at: offset, count: 8))
            guard chunk.count == 8 else { break }
            let body = offset + 8
            var size = chunk.uint32(4)
            switch chunk.tag(0) {
            case "ds64":
                wideDataSize = Fields(try bytes.read(at: body, count: 16)).smallUInt64(8)
            case "fmt ":
                format = try Format(Fields(try bytes.read(at: body, count: min(size, 40))))
            case "data":
                if size == Self.sizeUnknown, let wideDataSize { size = wideDataSize }
                let isUnbounded = riffSize == 0 || riffSize == Self.sizeUnknown || body >= 8 + riffSize
                if size == 0, try isUnbounded || !Self.hasChunk(at: body, in: bytes) {
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
        data = found
    }

    /// Whether what is there can be a chunk: a name in letters, and a size that fits into the bytes.
    private static func hasChunk(at offset: Int, in bytes: any ByteSource) throws -> Bool {
        let chunk = Fields(try bytes.read(at: offset, count: 8))
        return chunk.count == 8 && chunk.bytes(0..<4).allSatisfy { (0x20...0x7E).contains($0) }
            && offset + 8 + chunk.uint32(4) <= bytes.count
    }

    /// Chunks begin at even offsets, but some writers forget the padding byte after an odd one.
    private static func next(after body: Int, size: Int, in bytes: any ByteSource) throws -> Int {
        let end = body + min(size, bytes.count)
        guard size % 2 == 1 else { return end }
        let unpadded = Fields(try bytes.read(at: end, count: 4))
        let forgotten = unpadded.count == 4 && ["fmt ", "data"].contains(unpadded.tag(0))
        return forgotten ? end : end + 1
    }

    static func undecodable(_ reason: String) -> ServiceError {
        ServiceError(
            .undecodableAudio,
            "The WAV audio \(reason). Send a WAV of 8 to 32-bit integers or of floats, or name the right encoding.")
    }
}

extension WAVHeader {
    /// The fmt chunk.
    private struct Format {
        var coding: Coding
        var channels: Int
        var sampleRate: Int

        private static let pcm = 1
        private static let float = 3
        private static let extensible = 0xFFFE
        /// The tail of every sub-format identifier that stands for a plain format tag.
        private static let subFormatTail: [UInt8] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        private static let mostChannels = 64

        init(_ fields: Fields) throws {
            guard fields.count >= 16 else {
                throw undecodable("has a fmt chunk of \(fields.count) bytes instead of 16 or more")
            }
            var tag = fields.uint16(0)
            channels = fields.uint16(2)
            sampleRate = fields.uint32(4)
            let blockAlign = fields.uint16(12)
            let bits = fields.uint16(14)
            guard (1...Self.mostChannels).contains(channels) else {
                throw undecodable("says that it has \(channels) channels; 1 to \(Self.mostChannels) are possible")
            }
            guard supportedSampleRates.contains(sampleRate) else {
                throw undecodable(
                    "says that it has \(sampleRate) samples a second; \(supportedSampleRates.lowerBound) to "
                        + "\(supportedSampleRates.upperBound) are possible")
            }
            if tag == Self.extensible {
                guard fields.count >= 40, fields.bytes(26..<40) == Self.subFormatTail else {
                    throw undecodable("has an extensible format without a sub-format that is known")
                }
                tag = fields.uint16(24)
            }
            switch (tag, (bits + 7) / 8) {
            case (Self.pcm, 1): coding = .pcm(.unsigned8)
            case (Self.pcm, 2): coding = .pcm(.signed16)
            case (Self.pcm, 3): coding = .pcm(.signed24)
            case (Self.pcm, 4): coding = .pcm(.signed32)
            case (Self.float, 4): coding = .pcm(.float32)
            case (Self.float, 8): coding = .pcm(.float64)
            case (Self.pcm, _), (Self.float, _):
                throw undecodable("says that its \(tag == Self.pcm ? "integer" : "float") samples have \(bits) bits")
            default: coding = .other(tag: tag)
            }
            if case .pcm(let type) = coding, blockAlign != type.byteCount * channels {
                throw undecodable(
                    "contradicts itself: \(channels) channel(s) of \(bits) bits make \(type.byteCount * channels) bytes a "
                        + "frame, but its header says \(blockAlign)")
            }
        }
    }

    /// Little-endian fields of a few bytes. A field past the end reads as 0: callers check `count` first.
    private struct Fields {
        private let raw: [UInt8]

        init(_ raw: [UInt8]) { self.raw = raw }

        var count: Int { raw.count }

        func bytes(_ range: Range<Int>) -> [UInt8] { Array(raw[range.clamped(to: raw.indices)]) }
        func tag(_ offset: Int) -> String { String(decoding: bytes(offset..<offset + 4), as: UTF8.self) }
        func uint16(_ offset: Int) -> Int { integer(offset, 2) }
        func uint32(_ offset: Int) -> Int { integer(offset, 4) }
        /// A 64-bit size, or nil when it is absurd.
        func smallUInt64(_ offset: Int) -> Int? {
            guard integer(offset + 6, 2) == 0 else { return nil }
            return integer(offset, 6)
        }

        private func integer(_ offset: Int, _ width: Int) -> Int {
            bytes(offset..<offset + width).reversed().reduce(0) { $0 << 8 | Int($1) }
        }
    }
}
