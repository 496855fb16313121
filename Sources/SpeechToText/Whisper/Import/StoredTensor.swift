import Foundation

/// A tensor of weights in a file: row-major, little-endian.
struct StoredTensor: Sendable, Equatable {
    enum Number: Sendable, Equatable {
        case float32
        case float16
        case bfloat16
        /// The value is the integer divided by its row's scale, a 32-bit float; the scales begin at this offset.
        case int8(scales: Int)

        var byteCount: Int {
            switch self {
            case .float32: 4
            case .float16, .bfloat16: 2
            case .int8: 1
            }
        }
    }

    /// Index into ``WhisperWeights/files``.
    var file: Int
    var number: Number
    var shape: [Int]
    /// Bytes from the beginning of the file.
    var offset: Int

    /// Numbers in a row, which is all that has one index into the first dimension.
    var rowLength: Int { shape.dropFirst().reduce(1, *) }

    /// Some of the rows as a tensor of their own.
    func rows(_ range: Range<Int>) -> StoredTensor {
        var part = self
        part.shape[0] = range.count
        part.offset += range.lowerBound * rowLength * number.byteCount
        if case .int8(let scales) = number { part.number = .int8(scales: scales + range.lowerBound * 4) }
        return part
    }
}

extension StoredTensor {
    /// The values of all rows.
    ///
    /// - Throws: what reading the file throws; ``CutShort`` where it ends too early.
    func floats(in handle: FileHandle) throws -> [Float] {
        let count = shape.reduce(1, *)
        let bytes = try read(count * number.byteCount, at: offset, of: handle)
        switch number {
        case .float32:
            return values(of: bytes, count: count, as: UInt32.self) { Float(bitPattern: $0) }
        case .float16:
            return values(of: bytes, count: count, as: UInt16.self) { Float(Float16(bitPattern: $0)) }
        case .bfloat16:
            return values(of: bytes, count: count, as: UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
        case .int8(let start):
            let scales = values(of: try read(shape[0] * 4, at: start, of: handle), count: shape[0], as: UInt32.self) {
                Float(bitPattern: $0)
            }
            let length = rowLength
            var floats = values(of: bytes, count: count, as: Int8.self) { Float($0) }
            for (row, scale) in scales.enumerated() {
                for index in row * length..<(row + 1) * length { floats[index] /= scale }
            }
            return floats
        }
    }

    struct CutShort: Error {}

    private func read(_ count: Int, at offset: Int, of handle: FileHandle) throws -> Data {
        try handle.seek(toOffset: UInt64(offset))
        let data = try handle.read(upToCount: count) ?? Data()
        guard data.count == count else { throw CutShort() }
        return data
    }

    private func values<Stored: FixedWidthInteger>(
        of data: Data, count: Int, as: Stored.Type, _ convert: (Stored) -> Float
    ) -> [Float] {
        data.withUnsafeBytes { bytes in
            [Float](unsafeUninitializedCapacity: count) { target, initialised in
                for index in 0..<count {
                    let stored = bytes.loadUnaligned(fromByteOffset: index * (Stored.bitWidth / 8), as: Stored.self)
                    target[index] = convert(stored)
                }
                initialised = count
            }
        }
    }
}
