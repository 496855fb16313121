/// A vector as Redis keeps it: float32 values in little-endian order, and behind them four bytes that say how the model read the text: twice
/// the number of its tokens, and one more if its end was cut off.
enum VectorBytes {
    static func bytes(of text: EmbeddedText) -> [UInt8] {
        let tail = UInt32(clamping: text.tokenCount) << 1 | (text.truncated ? 1 : 0)
        // Not by key paths, which take twenty times as long here.
        var words = text.vector.map { $0.bitPattern.littleEndian }
        words.append(tail.littleEndian)
        return words.withUnsafeBytes { Array($0) }
    }

    /// nil for bytes of another length, and for bytes that are not a unit vector: other programs that use the Redis may have put
    /// anything there.
    static func text(of bytes: [UInt8], dimension: Int) -> EmbeddedText? {
        guard bytes.count == 4 * (dimension + 1) else { return nil }
        let words = bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 4).map {
                UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self))
            }
        }
        let vector = words.dropLast().map { Float(bitPattern: $0) }
        // False for NaN and infinity.
        guard abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 0.01, let tail = words.last else { return nil }
        return EmbeddedText(vector: vector, tokenCount: Int(tail >> 1), truncated: tail & 1 == 1)
    }
}
