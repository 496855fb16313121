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

    /// Below its slowest rate the library's sound is stretched.
    @Test(arguments: [0.25, 0.3, 0.45, 0.5]) func slowSpeechIsAsSlowAsAsked(_ speed: Double) async throws {
        let voice = try EspeakVoice(voiceID: "espeak-fr", espeak: EspeakNG.shared())
        let text = "Le chat dort sur le canapé du salon et ne veut pas en bouger."
        let ordinary = try await voice.spoken(SynthesisRequest(text: text)).map(\.samples.count).reduce(0, +)
        let spoken = try await voice.spoken(SynthesisRequest(text: text, speed: speed))
        let ratio = Double(spoken.map(\.samples.count).reduce(0, +)) / Double(ordinary)
        #expect(abs(ratio * speed - 1) < 0.12, "\(ratio) times as long at speed \(speed)")
        // It is still speech of the same loudness and pitch, and no hum or clipping.
        let samples = spoken.flatMap(\.samples)
        #expect(samples.allSatisfy { abs($0) <= 1 })
        let crossings = zip(samples, samples.dropFirst()).count { ($0 < 0) != ($1 < 0) }
        #expect((0.02...0.4).contains(Double(crossings) / Double(samples.count)), "\(crossings) of \(samples.count)")
    }

    /// The library keeps state between texts; what is spoken must not depend on who spoke before.
    @Test func soundDoesNotDependOnWhatWasSpokenBefore() async throws {
        let espeak = try EspeakNG.shared()
        let text = "Bonjour, il est 4 heures et quart."
        let alone = try await espeak.speak(text, voice: "fr", endPause: true).count
        for other in [("fr", text), ("en-us", "Hello my friend."), ("fr", "Oui !")] {
            for _ in 0..<3 { _ = try await espeak.speak(other.1, voice: other.0, endPause: true) }
            let after = try await espeak.speak(text, voice: "fr", endPause: true).count
            // The library itself varies by a millisecond.
            #expect(abs(after - alone) < 60, "\(after - alone) samples after \(other.1)")
        }
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
