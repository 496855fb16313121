import Audio
import Foundation

/// Whisper's input: the logarithm of the energy in mel bands, every 10 ms of a 30 s window.
///
/// Follows `WhisperFeatureExtractor` of Hugging Face's transformers: Hann windows of 25 ms, reflected edges, Slaney
/// mel bands, range limited to 8 decades below the window's own maximum. Values agree within 1e-4.
public struct LogMelSpectrogram: Sendable {
    /// Hertz of the samples that models were taught with.
    public static let sampleRate = 16_000
    /// Samples in one window of 30 s.
    public static let windowSamples = 480_000
    /// Samples between two frames.
    public static let hopSamples = 160
    /// Frames in one window.
    public static let frameCount = windowSamples / hopSamples

    private static let fftSize = 400
    private static let edge = fftSize / 2
    /// log10 of the smallest power that counts, which digital silence gets.
    private static let floor: Float = -10
    /// Decades kept below the loudest value of a window.
    private static let range: Float = 8

    /// Rows of the spectrogram: 80, or 128 for large-v3.
    public let melBins: Int
    private let bank: MelFilterBank
    private let hann: [Float]

    /// - Parameter melBins: 80, or 128 for large-v3 and its descendants.
    public init(melBins: Int) {
        self.melBins = melBins
        bank = MelFilterBank(
            count: melBins, binCount: Self.fftSize / 2 + 1, highestFrequency: Double(Self.sampleRate) / 2)
        hann = (0..<Self.fftSize).map { Float(0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(Self.fftSize))) }
    }

    /// The features of one window, `[melBins, frames]` in row-major order.
    ///
    /// Frames that see only padding are not computed, so that a 3 s command costs a tenth of a full window.
    ///
    /// - Parameters:
    ///   - samples: mono, 16 kHz, at most ``windowSamples``; silence follows up to the end of the window, the excess is ignored.
    ///   - frames: the length of the window; less than ``frameCount`` only for samples that end before it.
    public func window(_ samples: [Float], frames frameCount: Int = frameCount) -> [Float] {
        let used = min(samples.count, frameCount * Self.hopSamples)
        let padded = Self.reflectedEdges(samples.prefix(used))
        let audible = Self.audibleFrames(sampleCount: used)
        var features = [Float](repeating: Self.floor, count: melBins * frameCount)
        var peak = Self.floor
        var fft = RealFFT(size: Self.fftSize)
        var frame = [Float](repeating: 0, count: Self.fftSize)
        var powers = [Float](repeating: 0, count: Self.fftSize / 2 + 1)
        for index in 0..<audible {
            let start = index * Self.hopSamples
            for offset in 0..<Self.fftSize { frame[offset] = padded[start + offset] * hann[offset] }
            fft.powerSpectrum(of: frame, into: &powers)
            for (band, filter) in bank.filters.enumerated() {
                var energy: Float = 0
                for (offset, weight) in filter.weights.enumerated() {
                    energy += weight * powers[filter.firstBin + offset]
                }
                let value = log10(max(energy, 1e-10))
                features[band * frameCount + index] = value
                peak = max(peak, value)
            }
        }
        let lowest = peak - Self.range
        for index in features.indices { features[index] = (max(features[index], lowest) + 4) / 4 }
        return features
    }

    /// Number of leading frames that a sample can reach; the others are digital silence.
    private static func audibleFrames(sampleCount: Int) -> Int {
        guard sampleCount > 0 else { return 0 }
        return min(frameCount, (sampleCount - 1 + edge) / hopSamples + 1)
    }

    /// The samples with 200 more on each side, mirrored without repeating the first and last one (centred frames
    /// of `torch.stft`), and as many zeros as the last audible frame reads.
    private static func reflectedEdges(_ samples: ArraySlice<Float>) -> [Float] {
        let frames = audibleFrames(sampleCount: samples.count)
        var padded = [Float](repeating: 0, count: max(0, frames - 1) * hopSamples + fftSize)
        for (index, sample) in samples.enumerated() {
            if edge + index < padded.count { padded[edge + index] = sample }
            if index > 0, index <= edge { padded[edge - index] = sample }
            let mirrored = edge + 2 * (windowSamples - 1) - index
            if index < windowSamples - 1, mirrored < padded.count { padded[mirrored] = sample }
        }
        return padded
    }
}
