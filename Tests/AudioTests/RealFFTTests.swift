import Audio
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct RealFFTTests {
    /// A cosine of k periods has all its power, (n/2)², in bin k.
    @Test func powerOfACosine() {
        var fft = RealFFT(size: 400)
        var powers = [Float](repeating: 0, count: 201)
        fft.powerSpectrum(of: (0..<400).map { Float(cos(2 * Double.pi * 25 * Double($0) / 400)) }, into: &powers)
        #expect(abs(powers[25] - 40_000) < 0.1)
        #expect(powers.enumerated().allSatisfy { $0.offset == 25 || $0.element < 1e-6 })
    }

    @Test func constantIsBinZero() {
        var fft = RealFFT(size: 16)
        var powers = [Float](repeating: 1, count: 9)
        fft.powerSpectrum(of: [Float](repeating: 0.5, count: 16), into: &powers)
        #expect(powers[0] == 64)
        #expect(powers.dropFirst().allSatisfy { $0 < 1e-9 })
    }
}
