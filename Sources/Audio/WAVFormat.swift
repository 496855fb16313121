import BridgeSupport

/// The content of a WAVE file's fmt chunk.
///
/// If it contradicts itself, the number of channels and the bits per sample are believed, as in players: writers get the
/// sizes of a block and of a second wrong, which nobody needs. Only if both agree on padded samples, these are read as such.
struct WAVFormat {
    var coding: WAVHeader.Coding
    var channels: Int
    var sampleRate: Int
    /// The loudspeaker of each channel, as bits; 0 if unknown.
    var speakers = 0

    private static let pcm = 1
    private static let float = 3
    private static let extensible = 0xFFFE
    /// The tail of every sub-format identifier that stands for a plain format tag.
    private static let subFormatTail: [UInt8] = [0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
    private static let mostChannels = 64

    init(_ fields: RIFFFields) throws {
        guard fields.count >= 16 else {
            throw WAVHeader.undecodable("has a fmt chunk of \(fields.count) bytes instead of 16 or more")
        }
        var tag = fields.uint16(0)
        channels = fields.uint16(2)
        sampleRate = fields.uint32(4)
        guard (1...Self.mostChannels).contains(channels) else {
            throw WAVHeader.undecodable("says that it has \(channels) channels; 1 to \(Self.mostChannels) are possible")
        }
        guard supportedSampleRates.contains(sampleRate) else {
            throw WAVHeader.undecodable(
                "says that it has \(sampleRate) samples a second; \(supportedSampleRates.lowerBound) to "
                    + "\(supportedSampleRates.upperBound) are possible")
        }
        // Some writers leave the bits out; the block then has to do.
        let bits = fields.uint16(14) > 0 ? fields.uint16(14) : fields.uint16(12) / channels * 8
        if tag == Self.extensible {
            // The identifier's first field is a number of four bytes, and the next two of two bytes: they follow the byte order.
            guard fields.count >= 40, fields.uint16(28) == 0, fields.uint16(30) == 0x10,
                fields.bytes(32..<40) == Self.subFormatTail.suffix(8)
            else {
                throw WAVHeader.undecodable("has an extensible format without a sub-format that is known")
            }
            speakers = fields.uint32(20)
            tag = fields.uint32(24)
        }
        // Both sizes agree that such a sample has four bytes: it is padded below, so that it reads as one of 32 bits.
        let isPadded =
            tag == Self.pcm && (17...31).contains(bits) && fields.uint16(12) == channels * 4
            && fields.uint32(8) == sampleRate * channels * 4
        coding = try Self.coding(tag, isPadded ? 32 : bits)
    }

    private static func coding(_ tag: Int, _ bits: Int) throws -> WAVHeader.Coding {
        switch (tag, (bits + 7) / 8) {
        case (pcm, 1): return .pcm(.unsigned8)
        case (pcm, 2): return .pcm(.signed16)
        case (pcm, 3): return .pcm(.signed24)
        case (pcm, 4): return .pcm(.signed32)
        case (float, 4): return .pcm(.float32)
        case (float, 8): return .pcm(.float64)
        case (pcm, _), (float, _):
            throw WAVHeader.undecodable("says that its \(tag == pcm ? "integer" : "float") samples have \(bits) bits")
        default: return .other(tag: tag)
        }
    }
}
