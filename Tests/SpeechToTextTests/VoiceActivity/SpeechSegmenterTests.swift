import Foundation
import SpeechToText
import Testing

@Suite(.timeLimit(.minutes(5))) struct SpeechSegmenterTests {
    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        var seed: UInt32
        var samples: Int
        var options: SileroOptions
        var speech: [[Int]]
        var testDescription: String { "seed \(seed)" }
    }

    /// Steps of speech and silence with jitter, as the fixture generator makes them.
    static func probabilities(seed: UInt32, count: Int) -> [Double] {
        var generator = TestSignals.LCG(state: seed)
        func number() -> Int { Int(generator.next() >> 8) }
        var values: [Double] = []
        while values.count < count {
            let level = number() % 100
            let hold = number() % 24 + 1
            for _ in 0..<hold { values.append(Double(min(100, max(0, level + number() % 31 - 15))) / 100) }
        }
        return Array(values.prefix(count))
    }

    @Test(
        arguments: try JSONDecoder().decode([Case].self, from: TestSignals.fixture("VoiceActivity/segmentation.json")))
    func agreesWithSilero(_ expected: Case) {
        var segmenter = SpeechSegmenter(options: expected.options.options)
        var speech: [Range<Int>] = []
        for probability in Self.probabilities(seed: expected.seed, count: 300) {
            speech += segmenter.append(probability)
        }
        speech += segmenter.finish(sampleCount: expected.samples)
        #expect(speech.map { [$0.lowerBound, $0.upperBound] } == expected.speech)
    }

    /// What is called certain must lie within a range that is handed out later.
    @Test(arguments: UInt32(100)..<140)
    func openSpeechIsNeverTakenBack(seed: UInt32) {
        var segmenter = SpeechSegmenter(
            options: .init(
                minimumSpeech: .milliseconds(90), minimumSilence: .milliseconds(500), padding: .milliseconds(200)))
        var certain: [Range<Int>] = []
        var speech: [Range<Int>] = []
        for probability in Self.probabilities(seed: seed, count: 300) {
            speech += segmenter.append(probability)
            if let open = segmenter.openSpeech { certain.append(open) }
        }
        speech += segmenter.finish(sampleCount: 300 * 512 - 100)
        #expect(!certain.isEmpty)
        for open in certain {
            let end = min(open.upperBound, 300 * 512 - 100)
            #expect(speech.contains { $0.lowerBound == open.lowerBound && end <= $0.upperBound })
        }
    }

    @Test func rangesComeOutAsSoonAsTheyAreFinal() {
        var segmenter = SpeechSegmenter(
            options: .init(minimumSpeech: .zero, minimumSilence: .milliseconds(100), padding: .milliseconds(30)))
        for _ in 0..<10 { #expect(segmenter.append(0.9).isEmpty) }
        var frames = 0
        var found: [Range<Int>] = []
        while found.isEmpty, frames < 20 {
            found = segmenter.append(0)
            frames += 1
        }
        #expect(found == [0..<10 * 512 + 480])
        #expect(frames == 5)
    }

    @Test func nothingFromSilence() {
        var segmenter = SpeechSegmenter()
        for _ in 0..<1000 { #expect(segmenter.append(0.1).isEmpty) }
        #expect(segmenter.finish(sampleCount: 512_000).isEmpty)
    }
}

/// Names of the options of `get_speech_timestamps`.
struct SileroOptions: Decodable, Sendable {
    var threshold: Double?
    var endThreshold: Double?
    var minimumSpeech: Int?
    var minimumSilence: Int?
    var padding: Int?
    var maximumSpeech: Double?

    enum CodingKeys: String, CodingKey {
        case threshold
        case endThreshold = "neg_threshold"
        case minimumSpeech = "min_speech_duration_ms"
        case minimumSilence = "min_silence_duration_ms"
        case padding = "speech_pad_ms"
        case maximumSpeech = "max_speech_duration_s"
    }

    var options: SpeechSegmenter.Options {
        SpeechSegmenter.Options(
            threshold: threshold ?? 0.5, endThreshold: endThreshold,
            minimumSpeech: .milliseconds(minimumSpeech ?? 250),
            minimumSilence: .milliseconds(minimumSilence ?? 100),
            padding: .milliseconds(padding ?? 30), maximumSpeech: maximumSpeech.map { .seconds($0) })
    }
}
