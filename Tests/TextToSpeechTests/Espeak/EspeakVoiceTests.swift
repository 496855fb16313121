import BridgeSupport
import EspeakNG
import Testing
@testable import TextToSpeech

struct EspeakVoiceTests {
    @Test(arguments: ["espeak-fr", "espeak-en"])
    func speaksSentenceBySentence(_ id: String) async throws {
        let voice = try EspeakVoice(voiceID: id, espeak: EspeakNG.shared())
        let spoken = try await voice.spoken(SynthesisRequest(text: "Radio Paris, oui. Telephone! Note"))
        #expect(spoken.map(\.text) == ["Radio Paris, oui.", "Telephone!", "Note"])
        #expect(spoken.map(\.index) == [0, 1, 2])
        #expect(spoken.allSatisfy { $0.samples.count > 4000 && $0.samples.allSatisfy { abs($0) <= 1 } })
        // Normalised: the peak is full scale.
        #expect(spoken.allSatisfy { ($0.samples.map(abs).max() ?? 0) > 0.99 })
    }

    @Test func speedChangesTheLength() async throws {
        let voice = try EspeakVoice(voiceID: "espeak-fr", espeak: EspeakNG.shared())
        func count(_ speed: Double) async throws -> Int {
            try await voice.spoken(SynthesisRequest(text: "Le chat dort sur le canapé du salon.", speed: speed))
                .reduce(0) { $0 + $1.samples.count }
        }
        let normal = try await count(1)
        let double = try await count(2)
        #expect(double < normal * 7 / 10)
        #expect(try await count(4) < double * 7 / 10)
        #expect(try await count(0.5) > normal * 3 / 2)
    }

    @Test func refusesUnknownIDsAndSpeakers() async throws {
        let espeak = try EspeakNG.shared()
        #expect(
            await serviceError { _ = try EspeakVoice(voiceID: "espeak-xx", espeak: espeak) }?.code == .voiceNotFound)
        let voice = try EspeakVoice(voiceID: "espeak-en", espeak: espeak)
        let error = await serviceError { _ = try await voice.spoken(SynthesisRequest(text: "Hi.", speaker: "bob")) }
        #expect(error?.param == "speaker")
    }

    @Test func aLongTextWithoutMarksComesInPieces() async throws {
        let voice = try EspeakVoice(voiceID: "espeak-en", espeak: EspeakNG.shared())
        let text = String(repeating: "one two three ", count: 300)
        let spoken = try await voice.spoken(SynthesisRequest(text: text, speed: 2.5))
        #expect(spoken.count >= 2)
        #expect(spoken.map { $0.text.split(separator: " ").count }.reduce(0, +) == 900)
    }
}
