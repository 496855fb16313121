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

    /// Appends 16-bit integers. Full scale is 32767, and fractions are truncated, as in piper-tts.
    static func appendSigned16(_ samples: [Float], to bytes: inout [UInt8]) {
        append(samples, to: &bytes) { UInt16(bitPattern: Int16(clipped($0) * 32_767)) }
    }

    /// Appends 32-bit numbers.
    static func appendFloat32(_ samples: [Float], to bytes: inout [UInt8]) {
        append(samples, to: &bytes) { clipped($0).bitPattern }
    }

    /// A sample that is not a number becomes silence: converting it to an integer would end the process.
    private static func clipped(_ sample: Float) -> Float {
        sample.isNaN ? 0 : min(1, max(-1, sample))
    }

    /// Appends each sample as the little-endian number that `convert` makes of it: in place, as there are millions of samples.
    @inline(__always)
    private static func append<Number: FixedWidthInteger & BitwiseCopyable>(
        _ samples: [Float], to bytes: inout [UInt8], _ convert: (Float) -> Number
    ) {
        let (start, size) = (bytes.count, Number.bitWidth / 8)
        bytes.append(contentsOf: repeatElement(0, count: samples.count * size))
        unsafe bytes.withUnsafeMutableBytes { bytes in
            for (index, sample) in samples.enumerated() {
                let number = convert(sample).littleEndian
                unsafe bytes.storeBytes(of: number, toByteOffset: start + index * size, as: Number.self)
            }
        }
    }

    private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
