import Foundation
import Testing

@testable import SpeechToText

@Suite(.timeLimit(.minutes(5))) struct LogMelSpectrogramTests {
    /// 1 s of a 440 Hz sine at half scale.
    static let tone = (0..<16_000).map { Float(0.5 * sin(2 * Double.pi * 440 * Double($0) / 16_000)) }

    static func value(_ features: [Float], row: Int, frame: Int) -> Float { features[row * 3000 + frame] }

    @Test func filtersOf80BandsAreSlaney() {
        let bank = MelFilterBank(count: 80, binCount: 201, highestFrequency: 8000)
        let weights = bank.filters.flatMap(\.weights).filter { $0 > 0 }
        #expect(weights.count == 391)
        #expect(abs(weights.reduce(0) { $0 + Double($1) } - 1.9990242) < 1e-6)
        expectFilter(bank.filters[0], first: 1, [0.0248626])
        expectFilter(bank.filters[1], first: 1, [0.00199082, 0.02287177])
        expectFilter(bank.filters[10], first: 10, [0.01990822, 0.00495438])
        expectFilter(bank.filters[40], first: 42, [0.0054111, 0.01473557, 0.00651819])
        #expect(bank.filters[79].firstBin == 186 && bank.filters[79].weights.count == 14)
        #expect(abs(bank.filters[79].weights[0] - 0.00036674) < 1e-8)
    }

    @Test func filtersOf128BandsAreSlaney() {
        let bank = MelFilterBank(count: 128, binCount: 201, highestFrequency: 8000)
        let weights = bank.filters.flatMap(\.weights).filter { $0 > 0 }
        #expect(weights.count == 394)
        #expect(abs(weights.reduce(0) { $0 + Double($1) } - 3.1909857) < 1e-6)
        expectFilter(bank.filters[0], first: 1, [0.01237399])
        expectFilter(bank.filters[1], first: 1, [0.03039256])
        expectFilter(bank.filters[64], first: 42, [0.00674968, 0.01809152])
        #expect(bank.filters[127].firstBin == 191 && bank.filters[127].weights.count == 9)
        #expect(abs(bank.filters[127].weights[0] - 0.0004757) < 1e-8)
    }

    private func expectFilter(_ filter: MelFilterBank.Filter, first: Int, _ weights: [Float]) {
        #expect(filter.firstBin == first)
        #expect(filter.weights.count == weights.count)
        for (actual, expected) in zip(filter.weights, weights) { #expect(abs(actual - expected) < 1e-7) }
    }

    @Test func toneWith80Bands() throws {
        let features = LogMelSpectrogram(melBins: 80).window(Self.tone)
        #expect(features.count == 80 * 3000)
        #expect(abs(try #require(features.min()) - -0.56180) < 1e-4)
        let peak = try #require(features.max())
        #expect(abs(peak - 1.43820) < 1e-4)
        #expect(Self.value(features, row: 11, frame: 2) > peak - 1e-4)
        let mean = features.reduce(0) { $0 + Double($1) } / Double(features.count)
        #expect(abs(mean - -0.55766) < 1e-4)
        let expected: [(Int, Int, Float)] = [
            (0, 0, 0.98328), (9, 0, 1.30782), (10, 0, 1.33624), (11, 0, 1.11160), (11, 1, 1.43570),
            (10, 50, 1.34874), (11, 50, 1.43820), (12, 50, 1.29352), (40, 0, 0.41818), (40, 50, -0.56180),
            (79, 0, -0.08169), (11, 99, 1.43695), (11, 100, 1.29292), (11, 101, 0.35105), (11, 102, -0.56180),
            (40, 99, -0.24100), (40, 100, 0.26767),
        ]
        for (row, frame, value) in expected {
            #expect(abs(Self.value(features, row: row, frame: frame) - value) < 1e-4, "row \(row), frame \(frame)")
        }
    }

    @Test func toneWith128Bands() throws {
        let features = LogMelSpectrogram(melBins: 128).window(Self.tone)
        #expect(features.count == 128 * 3000)
        #expect(abs(try #require(features.min()) - -0.51465) < 1e-4)
        #expect(abs(try #require(features.max()) - 1.48535) < 1e-4)
        let mean = features.reduce(0) { $0 + Double($1) } / Double(features.count)
        #expect(abs(mean - -0.51127) < 1e-4)
        let expected: [(Int, Int, Float)] = [
            (0, 0, 0.90752), (9, 0, 1.08205), (10, 0, 0.98581), (11, 0, 1.16030), (11, 1, 0.56513),
            (11, 50, -0.51465), (40, 0, 0.74720), (127, 0, -0.08216), (40, 100, 0.59668), (18, 3, 1.48535),
        ]
        for (row, frame, value) in expected {
            #expect(abs(Self.value(features, row: row, frame: frame) - value) < 1e-4, "row \(row), frame \(frame)")
        }
    }

    @Test func impulse() throws {
        var samples = [Float](repeating: 0, count: 480_000)
        samples[8000] = 1
        let features = LogMelSpectrogram(melBins: 80).window(samples)
        let expected: [(Int, Int, Float)] = [
            (0, 50, 0.59889), (40, 50, 0.60648), (79, 50, 0.59916), (0, 49, 0.08887), (40, 49, 0.09647),
            (79, 49, 0.08914), (0, 51, 0.08887), (40, 51, 0.09647), (79, 51, 0.08914), (36, 50, 0.60779),
        ]
        for (row, frame, value) in expected {
            #expect(abs(Self.value(features, row: row, frame: frame) - value) < 1e-4, "row \(row), frame \(frame)")
        }
        #expect(abs(try #require(features.max()) - 0.60779) < 1e-4)
        for row in 0..<80 {
            for frame in 0..<3000 where !(49...51).contains(frame) {
                guard abs(Self.value(features, row: row, frame: frame) - -1.39221) < 1e-4 else {
                    Issue.record("row \(row), frame \(frame) is \(Self.value(features, row: row, frame: frame))")
                    return
                }
            }
        }
    }

    @Test(arguments: [0, 1, 48_000, 480_000])
    func digitalSilenceIsMinusOneAndAHalf(count: Int) {
        let features = LogMelSpectrogram(melBins: 80).window([Float](repeating: 0, count: count))
        #expect(features.allSatisfy { abs($0 - -1.5) < 1e-6 })
    }

    /// Skipping the padding must change nothing, also where the last frames reach into it or mirror the end.
    @Test(arguments: [1, 201, 16_001, 479_801])
    func paddingByTheCallerChangesNothing(count: Int) {
        let samples = (0..<count).map { Float(sin(Double($0) * 0.3)) * 0.4 }
        let mel = LogMelSpectrogram(melBins: 80)
        #expect(mel.window(samples) == mel.window(samples + [Float](repeating: 0, count: 480_000 - count)))
    }

    @Test func samplesPastTheWindowAreIgnored() {
        let samples = (0..<481_000).map { Float(sin(Double($0) * 0.05)) * 0.4 }
        let mel = LogMelSpectrogram(melBins: 80)
        #expect(mel.window(samples) == mel.window(Array(samples.prefix(480_000))))
    }
}
