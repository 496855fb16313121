import CSonic

/// Makes sound longer at the same pitch, piece by piece.
@safe struct Stretcher: ~Copyable {
    private let stream: sonicStream?
    /// The most samples that one call may pass.
    private static let room = 1 << 14

    init(factor: Double, sampleRate: Int) {
        unsafe stream = unsafe sonicCreateStream(Int32(sampleRate), 1)
        unsafe sonicSetSpeed(stream, Float(1 / factor))
    }

    deinit { unsafe sonicDestroyStream(stream) }

    /// The output that is ready after `samples`; some is held back until more input arrives.
    mutating func stretch(_ samples: [Int16]) -> [Int16] {
        var samples = samples
        let count = Int32(samples.count)
        guard unsafe sonicWriteShortToStream(stream, &samples, count) != 0 else { return [] }
        return ready()
    }

    /// The output that was held back.
    mutating func rest() -> [Int16] {
        unsafe sonicFlushStream(stream)
        return ready()
    }

    private func ready() -> [Int16] {
        var result: [Int16] = []
        while true {
            let block = unsafe [Int16](unsafeUninitializedCapacity: Self.room) { buffer, count in
                count = unsafe Int(sonicReadShortFromStream(stream, buffer.baseAddress, Int32(Self.room)))
            }
            if block.isEmpty { return result }
            result += block
        }
    }
}
