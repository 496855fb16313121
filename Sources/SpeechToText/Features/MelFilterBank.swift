import Foundation

/// Triangular filters that sum an FFT power spectrum into bands of equal width on the Slaney mel scale.
///
/// Same matrix as `librosa.filters.mel(sr=16000, n_fft=400)`, which Whisper was trained on: Slaney's scale (linear
/// below 1 kHz, logarithmic above) and Slaney's area normalisation. Each filter touches only a few neighbouring
/// bins, so only those weights are kept.
struct MelFilterBank: Sendable {
    struct Filter: Sendable {
        /// Index of the FFT bin that the first weight belongs to.
        var firstBin: Int
        var weights: [Float]
    }

    let filters: [Filter]

    /// - Parameters:
    ///   - count: number of mel bands; Whisper has 80, large-v3 128.
    ///   - binCount: number of FFT bins, from 0 Hz to `highestFrequency`.
    ///   - highestFrequency: hertz; half of the sample rate.
    init(count: Int, binCount: Int, highestFrequency: Double) {
        let top = Self.mel(highestFrequency)
        let edges = (0...count + 1).map { Self.hertz(top * Double($0) / Double(count + 1)) }
        let binWidth = highestFrequency / Double(binCount - 1)
        filters = (0..<count).map { band in
            let (low, centre, high) = (edges[band], edges[band + 1], edges[band + 2])
            let weights = (0..<binCount).map { bin in
                let frequency = Double(bin) * binWidth
                let triangle = min((frequency - low) / (centre - low), (high - frequency) / (high - centre))
                return Float(max(0, triangle) * 2 / (high - low))
            }
            let first = weights.firstIndex { $0 > 0 } ?? 0
            let last = weights.lastIndex { $0 > 0 } ?? first
            return Filter(firstBin: first, weights: Array(weights[first...last]))
        }
    }

    /// Slaney's scale: 3 mel per 200 Hz up to 1 kHz, then 27 mel per factor of 6.4.
    private static func mel(_ hertz: Double) -> Double {
        hertz < 1000 ? 3 * hertz / 200 : 15 + 27 * log(hertz / 1000) / log(6.4)
    }

    private static func hertz(_ mel: Double) -> Double {
        mel < 15 ? 200 * mel / 3 : 1000 * exp((mel - 15) * log(6.4) / 27)
    }
}
