import BridgeSupport

/// How a sample is stored in memory.
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
    var isBigEndian = false
    /// Float samples over full scale are left as they are: hot recordings and lossy coding make them, and the recogniser's input is turned
    /// down later, even if they are 16 or 32-bit values that nobody divided. Anything above these is not sound, most often integers that
    /// are taken for floats.
    static let loudestFloat: Float = 2_147_483_648

    var frameBytes: Int { sampleType.byteCount * channels }

    /// The samples of whole frames; bytes after the last whole frame are ignored.
    ///
    /// - Throws: the error that `refuse` makes of a reason, for floats that are not numbers or far out of range.
    func samples(_ bytes: [UInt8], refuse: (String) -> ServiceError) throws(ServiceError) -> [Float] {
        let bytes = isBigEndian ? swapped(bytes) : bytes
        return switch sampleType {
        case .unsigned8:
            read(bytes) { (Float($0[$1]) - 128) / 128 }
        case .signed16:
            read(bytes) { Float(Int16(bitPattern: UInt16($0[$1]) | UInt16($0[$1 + 1]) << 8)) / 32_768 }
        case .signed24:
            read(bytes) { raw, offset in
                let value = UInt32(raw[offset]) << 8 | UInt32(raw[offset + 1]) << 16 | UInt32(raw[offset + 2]) << 24
                return Float(Int32(bitPattern: value) >> 8) / 8_388_608
            }
        case .signed32:
            read(bytes) { Float(Int32(bitPattern: Self.word($0, $1))) / 2_147_483_648 }
        case .float32:
            try readFloats(bytes, refuse: refuse) { Float(bitPattern: Self.word($0, $1)) }
        case .float64:
            try readFloats(bytes, refuse: refuse) { raw, offset in
                let low = UInt64(Self.word(raw, offset))
                return Float(Double(bitPattern: low | UInt64(Self.word(raw, offset + 4)) << 32))
            }
        }
    }

    @inline(__always)
    private func readFloats(
        _ bytes: [UInt8], refuse: (String) -> ServiceError, _ value: ([UInt8], Int) -> Float
    ) throws(ServiceError) -> [Float] {
        var offender: Float?
        let samples = read(bytes) { raw, offset in
            let sample = value(raw, offset)
            // False for NaN too.
            if abs(sample) <= Self.loudestFloat { return sample }
            offender = offender ?? sample
            return 0
        }
        guard let offender else { return samples }
        throw refuse(
            offender.isFinite
                ? "holds samples as large as \(offender), where float samples should lie in [-1, 1]: the encoding may be another one"
                : "holds samples that are not numbers (NaN or infinity)")
    }

    @inline(__always)
    private func read(_ bytes: [UInt8], _ value: ([UInt8], Int) -> Float) -> [Float] {
        var samples = [Float](repeating: 0, count: bytes.count / frameBytes * channels)
        let step = sampleType.byteCount
        for index in samples.indices { samples[index] = value(bytes, index * step) }
        return samples
    }

    /// Reverses the bytes of each sample.
    private func swapped(_ bytes: [UInt8]) -> [UInt8] {
        let step = sampleType.byteCount
        var swapped = bytes
        for start in stride(from: 0, through: bytes.count - step, by: step) { swapped[start..<start + step].reverse() }
        return swapped
    }

    @inline(__always)
    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
            | UInt32(bytes[offset + 3]) << 24
    }
}
