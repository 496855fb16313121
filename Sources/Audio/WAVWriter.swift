/// Makes raw PCM and WAV bytes from samples.
enum WAVWriter {
    /// A whole file: one channel of 16-bit integers.
    static func file(_ samples: [Float], sampleRate: Int) -> [UInt8] {
        let data = signed16(samples)
        // The 32-bit sizes of the format end at 4 GiB; longer data says "unknown", as streams do.
        let size = UInt32(exactly: data.count + 36) == nil ? UInt32.max - 36 : UInt32(data.count)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(44 + data.count)
        bytes += Array("RIFF".utf8) + little(size + 36) + Array("WAVEfmt ".utf8) + little(UInt32(16))
        bytes += little(UInt16(1)) + little(UInt16(1))
        bytes += little(UInt32(sampleRate)) + little(UInt32(sampleRate * 2)) + little(UInt16(2)) + little(UInt16(16))
        bytes += Array("data".utf8) + little(size) + data
        return bytes
    }

    static func signed16(_ samples: [Float]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(samples.count * 2)
        for sample in samples {
            let value = UInt16(bitPattern: Int16((clipped(sample) * 32_767).rounded()))
            bytes.append(UInt8(truncatingIfNeeded: value))
            bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        }
        return bytes
    }

    static func float32(_ samples: [Float]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(samples.count * 4)
        for sample in samples {
            let bits = clipped(sample).bitPattern
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
            }
        }
        return bytes
    }

    /// A sample that is no number becomes silence: converting it to an integer would end the process.
    private static func clipped(_ sample: Float) -> Float {
        sample.isNaN ? 0 : min(1, max(-1, sample))
    }

    private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
