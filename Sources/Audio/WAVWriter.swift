/// Makes raw PCM and WAV bytes from samples.
enum WAVWriter {
    /// The header of a file: one channel of 16-bit integers.
    ///
    /// - Parameter dataBytes: nil if unknown: the sizes then say so, as in streams, or ``complete(_:)`` fills them in.
    static func header(sampleRate: Int, dataBytes: Int?) -> [UInt8] {
        // The 32-bit sizes of the format end at 4 GiB; longer data says "unknown" too.
        let size = dataBytes.flatMap { UInt32(exactly: $0 + 36) }.map { $0 - 36 } ?? UInt32.max - 36
        var header = Array("RIFF".utf8) + little(size + 36) + Array("WAVEfmt ".utf8) + little(UInt32(16))
        header += little(UInt16(1)) + little(UInt16(1))
        header += little(UInt32(sampleRate)) + little(UInt32(sampleRate * 2)) + little(UInt16(2)) + little(UInt16(16))
        return header + Array("data".utf8) + little(size)
    }

    /// Fills in the sizes of a complete file.
    static func complete(_ file: inout [UInt8]) {
        guard file.count >= headerBytes, let size = UInt32(exactly: file.count - 8) else { return }
        file.replaceSubrange(4..<8, with: little(size))
        file.replaceSubrange(headerBytes - 4..<headerBytes, with: little(size - 36))
    }

    private static let headerBytes = 44

    /// Full scale is 32767, and fractions are truncated, as in piper-tts.
    static func signed16(_ samples: [Float]) -> [UInt8] {
        bytes(of: samples) { UInt16(bitPattern: Int16(clipped($0) * 32_767)) }
    }

    static func float32(_ samples: [Float]) -> [UInt8] {
        bytes(of: samples) { clipped($0).bitPattern }
    }

    /// A sample that is not a number becomes silence: converting it to an integer would end the process.
    private static func clipped(_ sample: Float) -> Float {
        sample.isNaN ? 0 : min(1, max(-1, sample))
    }

    /// Each sample as the little-endian number that `convert` makes of it. One allocation, as there are millions of samples.
    private static func bytes<Number: FixedWidthInteger & BitwiseCopyable>(
        of samples: [Float], _ convert: (Float) -> Number
    ) -> [UInt8] {
        let size = Number.bitWidth / 8
        let total = samples.count * size
        return unsafe [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            var offset = 0
            for sample in samples {
                unsafe bytes.storeBytes(of: convert(sample).littleEndian, toByteOffset: offset, as: Number.self)
                offset += size
            }
            count = total
        }
    }

    private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
