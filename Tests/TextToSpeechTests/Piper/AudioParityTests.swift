import Foundation
import Testing
@testable import TextToSpeech

/// Sound against piper-tts 1.8.0 with both noises 0, on generated voices.
@Suite(.timeLimit(.minutes(5))) struct AudioParityTests {
    struct Row: Decodable, Sendable, CustomTestStringConvertible {
        struct Options: Decodable, Sendable {
            var length_scale: Double?
            var speaker_id: Int?
            var normalize_audio: Bool?
            var volume: Double?
        }
        var voice: String
        var text: String
        var options: Options
        var sentences: [Int]
        var sum: Double
        var squares: Double
        var step: Int
        var samples: [Float]
        var testDescription: String { "\(voice): \(text) \(options)" }
    }

    @Test(arguments: try Fixtures.decode([Row].self, from: "audio.json"))
    func soundEqualsPipers(_ row: Row) async throws {
        let own = row.voice == "duet" ? 1.1 : 1.0
        let request = SynthesisRequest(
            text: row.text, speed: own / (row.options.length_scale ?? own),
            speaker: row.options.speaker_id.map { $0 == 1 ? .name("pierre") : .number($0) },
            normalize: row.options.normalize_audio ?? true, volume: row.options.volume ?? 1)
        let spoken = try await Fixtures.voice(row.voice).spoken(request)
        #expect(spoken.map(\.samples.count) == row.sentences)
        let samples = spoken.flatMap(\.samples)
        let kept = stride(from: 0, to: samples.count, by: row.step).map { samples[$0] }
        try #require(kept.count == row.samples.count)
        #expect(zip(kept, row.samples).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(abs(samples.reduce(0) { $0 + Double($1) } - row.sum) < 0.05)
        #expect(abs(samples.reduce(0) { $0 + Double($1) * Double($1) } - row.squares) < 0.05)
    }

    @Test func silenceStandsBetweenSentencesOnly() async throws {
        let text = "Le chat dort. Il rêve."
        let voice = try Fixtures.voice("tones")
        let plain = try await voice.spoken(SynthesisRequest(text: text))
        let spaced = try await voice.spoken(SynthesisRequest(text: text, sentenceSilence: 0.5))
        #expect(spaced.map(\.samples.count) == [plain[0].samples.count, plain[1].samples.count + 11025])
        #expect(spaced[1].samples.prefix(11025).allSatisfy { $0 == 0 })
        #expect(spaced.map(\.text) == ["Le chat dort.", "Il rêve."])
    }

    /// A sentence that is spoken in pieces is one sentence to the ear.
    @Test func piecesOfASentenceFollowWithoutSilence() async throws {
        let text = String(repeating: "bonjour tout le monde ", count: 30)
        let voice = try Fixtures.voice("tones")
        let plain = try await voice.spoken(SynthesisRequest(text: text))
        let spaced = try await voice.spoken(SynthesisRequest(text: text, sentenceSilence: 0.5))
        #expect(plain.count > 1 && spaced.map(\.samples.count) == plain.map(\.samples.count))
    }

    @Test func noiseOfTheConfigurationMakesEachRunDifferent() async throws {
        let voice = try Fixtures.voice("tones", noise: nil)
        let request = SynthesisRequest(text: "Bonjour, ça va ?")
        let first = try await voice.spoken(request).flatMap(\.samples)
        let second = try await voice.spoken(request).flatMap(\.samples)
        #expect(first != second)
        let unsteady = try Fixtures.voice("tones", noise: PiperVoice.Noise(scale: 0, w: 1))
        let lengths = [
            try await unsteady.spoken(request).flatMap(\.samples),
            try await unsteady.spoken(request).flatMap(\.samples),
        ]
        #expect(lengths[0] != lengths[1], "the second noise is of the durations")
    }
}
