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
    /// Louder peaks than full scale happen after lossy coding or resampling and are clipped. Anything above this is a
    /// mistake, most often 16-bit values that nobody divided by 32768.
    static let loudestAccepted: Float = 1.5

    var sampleType: SampleType
    var channels: Int

    var frameBytes: Int { sampleType.byteCount * channels }

    /// Mixes whole frames down to one channel by their mean; bytes after the last whole frame are ignored.
    ///
    /// - Throws: the error that `refuse` makes of a reason, for samples that are no number or far out of range.
    func mono(_ bytes: [UInt8], refuse: (String) -> ServiceError) throws(ServiceError) -> [Float] {
        var samples = [Float](repeating: 0, count: bytes.count / frameBytes)
        let scale = 1 / Float(channels)
        for frame in samples.indices {
            var sum: Float = 0
            var offset = frame * frameBytes
            for _ in 0..<channels {
                sum += try sample(bytes, at: offset, refuse)
                offset += sampleType.byteCount
            }
            samples[frame] = sum * scale
        }
        return samples
    }

    private func sample(
        _ bytes: [UInt8], at offset: Int, _ refuse: (String) -> ServiceError
    ) throws(ServiceError) -> Float {
        switch sampleType {
        case .unsigned8: (Float(bytes[offset]) - 128) / 128
        case .signed16: Float(Int16(truncatingIfNeeded: Self.integer(bytes, at: offset, count: 2))) / 32_768
        case .signed24:
            Float(Int32(truncatingIfNeeded: Self.integer(bytes, at: offset, count: 3) << 8) >> 8) / 8_388_608
        case .signed32: Float(Int32(truncatingIfNeeded: Self.integer(bytes, at: offset, count: 4))) / 2_147_483_648
        case .float32:
            try Self.checked(
                Float(bitPattern: UInt32(truncatingIfNeeded: Self.integer(bytes, at: offset, count: 4))), refuse)
        case .float64:
            try Self.checked(Float(Double(bitPattern: Self.integer(bytes, at: offset, count: 8))), refuse)
        }
    }

    private static func integer(_ bytes: [UInt8], at offset: Int, count: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[offset + index]) << (8 * UInt64(index)) }
        return value
    }

    private static func checked(
        _ value: Float, _ refuse: (String) -> ServiceError
    ) throws(ServiceError) -> Float {
        if abs(value) <= 1 { return value }
        guard value.isFinite else { throw refuse("holds samples that are not numbers (NaN or infinity)") }
        guard abs(value) <= loudestAccepted else {
            throw refuse("holds samples as large as \(value), where float samples must lie in [-1, 1]")
        }
        return value < 0 ? -1 : 1
    }
}
