import CKissFFT

/// A forward FFT of real samples, by KissFFT in single precision.
///
/// KissFFT keeps scratch memory in its plan, so one value serves one caller at a time; that is why the type can't be copied
/// and its methods are mutating. Making one costs a few microseconds.
@safe public struct RealFFT: ~Copyable {
    /// Number of real samples per transform, even.
    public let size: Int
    private let plan: OpaquePointer
    private var bins: [kiss_fft_cpx]

    /// - Parameter size: number of samples; even and positive.
    public init(size: Int) {
        precondition(size > 0 && size % 2 == 0, "KissFFT transforms an even number of real samples, not \(size).")
        guard let plan = unsafe kiss_fftr_alloc(Int32(size), 0, nil, nil) else {
            preconditionFailure("No memory for an FFT plan of \(size) samples.")
        }
        self.size = size
        unsafe self.plan = plan
        bins = Array(repeating: kiss_fft_cpx(r: 0, i: 0), count: size / 2 + 1)
    }

    deinit {
        unsafe free(UnsafeMutableRawPointer(plan))
    }

    /// Writes |X[k]|² for k = 0 … size/2.
    ///
    /// - Parameters:
    ///   - samples: ``size`` values.
    ///   - powers: size/2 + 1 values, overwritten.
    public mutating func powerSpectrum(of samples: [Float], into powers: inout [Float]) {
        precondition(samples.count == size && powers.count == bins.count, "Buffers must fit the transform.")
        unsafe kiss_fftr(plan, samples, &bins)
        for index in bins.indices {
            let bin = bins[index]
            powers[index] = bin.r * bin.r + bin.i * bin.i
        }
    }
}
