import BridgeSupport
import CSoxr

/// A streaming sample-rate converter for one channel: libsoxr at its "high quality" (20 bits, linear phase).
///
/// Holds the filter's memory between calls, so that a signal may come in blocks of any size.
///
/// Sendable although it points to a converter of C: the value can't be copied, so the converter has one owner, and only `mutating`
/// methods touch it, so that no two threads are in it at once. libsoxr ties a converter to no thread.
@safe struct Resampler: ~Copyable, @unchecked Sendable {
    let inputRate: Int
    let outputRate: Int
    private let converter: Converter

    /// Frees the converter of C. A class, because the Swift 6.3 compiler crashes in release builds at the `deinit` of a struct within public
    /// structs that can't be copied.
    @safe private final class Converter {
        let handle: soxr_t

        init(_ handle: soxr_t) { unsafe self.handle = unsafe handle }

        deinit { unsafe soxr_delete(handle) }
    }

    /// - Throws: `internal` when libsoxr refuses the rates or has no memory.
    init(from inputRate: Int, to outputRate: Int) throws {
        self.inputRate = inputRate
        self.outputRate = outputRate
        var failure: soxr_error_t?
        let made = unsafe soxr_create(Double(inputRate), Double(outputRate), 1, &failure, nil, nil, nil)
        guard let made = unsafe made else {
            throw ServiceError(.internal, "The resampler from \(inputRate) to \(outputRate) Hz could not be made.")
        }
        converter = unsafe Converter(made)
    }

    /// Takes the next samples.
    ///
    /// - Returns: the output that is ready; the rest stays inside.
    mutating func process(_ samples: [Float]) throws -> [Float] {
        guard !samples.isEmpty else { return [] }
        return try convert(samples)
    }

    /// Ends the signal.
    ///
    /// - Returns: the rest of the output.
    mutating func finish() throws -> [Float] {
        var rest: [Float] = []
        while true {
            let block = try convert(nil)
            if block.isEmpty { return rest }
            rest += block
        }
    }

    private mutating func convert(_ samples: [Float]?) throws -> [Float] {
        var output: [Float] = []
        var consumed = 0
        let total = samples?.count ?? 0
        repeat {
            var used = 0
            let capacity = (total - consumed) * outputRate / inputRate + 1024
            let block = try unsafe [Float](unsafeUninitializedCapacity: capacity) { buffer, filled in
                let failure: soxr_error_t?
                if let samples {
                    unsafe failure = samples.withUnsafeBufferPointer { input in
                        let rest = unsafe input.baseAddress.map { unsafe $0 + consumed }
                        return unsafe soxr_process(
                            converter.handle, rest, total - consumed, &used, buffer.baseAddress, capacity, &filled)
                    }
                } else {
                    unsafe failure = soxr_process(converter.handle, nil, 0, nil, buffer.baseAddress, capacity, &filled)
                }
                if unsafe failure != nil {
                    throw ServiceError(.internal, "The resampler from \(inputRate) to \(outputRate) Hz failed.")
                }
            }
            output += block
            consumed += used
            if used == 0, block.isEmpty { break }
        } while consumed < total
        return output
    }
}
