import BridgeSupport

/// How one sample lies in memory; always little-endian.
enum SampleType: Sendable, Hashable {
    /// 8 bits, 128 is silence.
    case unsigned8
    case signed16, signed24, signed32
    case float32, float64

    var byteCount: Int {
        switch self {
        case .unsigned8: 1
        case .signed16: 2
        case .signed24: 3
        case .signed32, .float32: 4
        case .float64: 8
        }
    }
}

/// Interleaved samples of several channels.
struct PCMLayout: Sendable, Hashable {
    var sampleType: SampleType
    var channels: Int
    /// Float samples a little above full scale happen after lossy coding or resampling, and are clipped. Anything
    /// above this is a mistake, most often 16-bit values that nobody divided by 32768.
    var loudestAccepted: Float = 1.5

    var frameBytes: Int { sampleType.byteCount * channels }

    /// Mixes whole frames down to one channel by their mean; bytes after the last whole frame are ignored.
    ///
    /// - Throws: the error that `refuse` makes of a reason, for samples that are no number or far out of range.
    func mono(_ bytes: [UInt8], refuse: (String) -> ServiceError) throws(ServiceError) -> [Float] {
        switch sampleType {
        case .unsigned8:
            mix(bytes) { (Float($0[$1]) - 128) / 128 }
        case .signed16:
            mix(bytes) { Float(Int16(bitPattern: UInt16($0[$1]) | UInt16($0[$1 + 1]) << 8)) / 32_768 }
        case .signed24:
            mix(bytes) { raw, offset in
                let value = UInt32(raw[offset]) << 8 | UInt32(raw[offset + 1]) << 16 | UInt32(raw[offset + 2]) << 24
                return Float(Int32(bitPattern: value) >> 8) / 8_388_608
            }
        case .signed32:
            mix(bytes) { Float(Int32(bitPattern: Self.word($0, $1))) / 2_147_483_648 }
        case .float32:
            try mixFloats(bytes, refuse) { Float(bitPattern: Self.word($0, $1)) }
        case .float64:
            try mixFloats(bytes, refuse) { raw, offset in
                let low = UInt64(Self.word(raw, offset))
                return Float(Double(bitPattern: low | UInt64(Self.word(raw, offset + 4)) << 32))
            }
        }
    }

    @inline(__always)
    private func mixFloats(
        _ bytes: [UInt8], _ refuse: (String) -> ServiceError, _ value: ([UInt8], Int) -> Float
    ) throws(ServiceError) -> [Float] {
        var offender: Float?
        let samples = mix(bytes) { raw, offset in
            let sample = value(raw, offset)
            // False for NaN too.
            if abs(sample) <= 1 { return sample }
            guard abs(sample) <= loudestAccepted else {
                offender = offender ?? sample
                return 0
            }
            return sample < 0 ? -1 : 1
        }
        guard let offender else { return samples }
        throw refuse(
            offender.isFinite
                ? "holds samples as large as \(offender), where float samples must lie in [-1, 1]"
                : "holds samples that are not numbers (NaN or infinity)")
    }

    @inline(__always)
    private func mix(_ bytes: [UInt8], _ value: ([UInt8], Int) -> Float) -> [Float] {
        var samples = [Float](repeating: 0, count: bytes.count / frameBytes)
        let scale = 1 / Float(channels)
        let step = sampleType.byteCount
        var offset = 0
        for frame in samples.indices {
            var sum: Float = 0
            for _ in 0..<channels {
                sum += value(bytes, offset)
                offset += step
            }
            samples[frame] = sum * scale
        }
        return samples
    }

    @inline(__always)
    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
            | UInt32(bytes[offset + 3]) << 24
    }
}
