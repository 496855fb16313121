import BridgeSupport
import EspeakNG
import Testing
@testable import TextToSpeech

@Suite(.timeLimit(.minutes(5))) struct EspeakVoiceTests {
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

    /// The words are the same, no matter what was spoken before; pauses vary within the bounds that the library keeps.
    @Test(arguments: [
        ("fr", "Quelle heure est-il, mon ami ?", 2), ("en-us", "It is 10 h, my friend.", 2), ("fr", "OK", 1),
    ])
    func wordsDoNotDependOnWhatWasSpokenBefore(voice: String, text: String, clauses: Int) async throws {
        let espeak = try EspeakNG.shared()
        func sound() async throws -> (words: Int, all: Int) {
            let samples = try await espeak.speak(text, voice: voice, endPause: true)
            return (samples.count { $0 != 0 }, samples.count)
        }
        let alone = try await sound()
        let others = [
            ("fr", "etc.."), ("en-us", "What time is it, my friend?"), ("fr", "Six chaises, dix tables."),
            ("en-us", "1"),
        ]
        for (voice, other) in others {
            _ = try await espeak.speak(other, voice: voice, endPause: true)
            let after = try await sound()
            #expect(abs(after.words - alone.words) < 22050 * 25 / 1000, "\(after) and not \(alone) after \(other)")
            let bound = 22050 * (25 + 60 * clauses) / 1000
            #expect(abs(after.all - alone.all) < bound, "\(after) and not \(alone) after \(other)")
        }
    }

    @Test func whatIsNotSpokenIsNoSentence() async throws {
        let voice = try EspeakVoice(voiceID: "espeak-fr", espeak: EspeakNG.shared())
        for text in ["…", "-", "()", "\u{200B}"] {
            #expect(try await voice.spoken(SynthesisRequest(text: text)).isEmpty, "\(text.debugDescription)")
        }
        // Silence that was asked for is another thing.
        #expect(try await voice.spoken(SynthesisRequest(text: "Oui.", volume: 0)).count == 1)
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
        let error = await serviceError {
            _ = try await voice.spoken(SynthesisRequest(text: "Hi.", speaker: .name("bob")))
        }
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
