import Foundation
import SpeechToText
import Testing

/// Against transformers' WhisperFeatureExtractor.
@Suite(.timeLimit(.minutes(5))) struct LogMelParityTests {
    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        var signal: String
        var bins: Int
        var mean: Double
        var min: Float
        var max: Float
        /// Row, frame, value.
        var points: [[Float]]
        var testDescription: String { "\(signal), \(bins) bands" }
    }

    @Test(arguments: try JSONDecoder().decode([Case].self, from: TestSignals.fixture("Features/mel.json")))
    func agreesWithHuggingFace(_ expected: Case) throws {
        let features = LogMelSpectrogram(melBins: expected.bins).window(try TestSignals.named(expected.signal))
        let largest = try #require(
            expected.points.map { abs(features[Int($0[0]) * 3000 + Int($0[1])] - $0[2]) }.max())
        #expect(largest < 1e-4)
        #expect(abs(try #require(features.min()) - expected.min) < 1e-4)
        #expect(abs(try #require(features.max()) - expected.max) < 1e-4)
        #expect(abs(features.reduce(0) { $0 + Double($1) } / Double(features.count) - expected.mean) < 1e-4)
    }
}
