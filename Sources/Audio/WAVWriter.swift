/// Makes raw PCM and WAV bytes from samples.
enum WAVWriter {
    /// A whole file: one channel of 16-bit integers.
    static func file(_ samples: [Float], sampleRate: Int) -> [UInt8] {
        // The 32-bit sizes of the format end at 4 GiB; longer data says "unknown", as streams do.
        let size = UInt32(exactly: samples.count * 2 + 36) == nil ? UInt32.max - 36 : UInt32(samples.count * 2)
        var header = Array("RIFF".utf8) + little(size + 36) + Array("WAVEfmt ".utf8) + little(UInt32(16))
        header += little(UInt16(1)) + little(UInt16(1))
        header += little(UInt32(sampleRate)) + little(UInt32(sampleRate * 2)) + little(UInt16(2)) + little(UInt16(16))
        header += Array("data".utf8) + little(size)
        return signed16(samples, after: header)
    }

    /// Full scale is 32767, and fractions are cut off, as piper-tts does.
    static func signed16(_ samples: [Float], after header: [UInt8] = []) -> [UInt8] {
        bytes(of: samples, after: header) { UInt16(bitPattern: Int16(clipped($0) * 32_767)) }
    }

    static func float32(_ samples: [Float]) -> [UInt8] {
        bytes(of: samples) { clipped($0).bitPattern }
    }

    /// A sample that is no number becomes silence: converting it to an integer would end the process.
    private static func clipped(_ sample: Float) -> Float {
        sample.isNaN ? 0 : min(1, max(-1, sample))
    }

    /// `header`, then each sample as the little-endian number that `convert` makes of it. One allocation: samples are millions.
    private static func bytes<Number: FixedWidthInteger & BitwiseCopyable>(
        of samples: [Float], after header: [UInt8] = [], _ convert: (Float) -> Number
    ) -> [UInt8] {
        let size = Number.bitWidth / 8
        let total = header.count + samples.count * size
        return unsafe [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            unsafe bytes.copyBytes(from: header)
            var offset = header.count
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
