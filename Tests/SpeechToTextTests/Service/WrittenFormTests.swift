import Audio
import BridgeTesting
import Logging
import Testing
import WorkScheduling

@testable import SpeechToText

@Suite(.timeLimit(.minutes(1))) struct WrittenFormTests {
    private static let space = "\u{A0}"

    private func transcription(
        _ words: String, seconds: Int = 1, languages: [String] = ["fr", "en"],
        _ change: (inout TranscriptionRequest) -> Void = { _ in }
    ) async throws -> Transcription {
        let backend = FakeSpeechBackend(languages: languages, words: words)
        let service = SpeechToTextService(
            models: .fake(default: "fake-whisper") { _ in backend }, languages: ["fr-CH", "en"],
            admission: WorkScheduler().admission(what: "speech-to-text", maxConcurrent: 1, maxQueued: 8),
            logger: Logger(label: "test"))
        var request = TranscriptionRequest(
            audio: AudioInput(samples: TestSound.tone(seconds * 16_000)), language: languages.first,
            wordTimestamps: true, textFormat: .written)
        change(&request)
        return try await service.transcribe(request)
    }

    @Test func segmentsAndTheWholeAreWritten() async throws {
        let heard = try await transcription("Mets vingt et un degrés.", seconds: 2)
        #expect(heard.segments.map(\.text) == ["Mets 21\(Self.space)°C.", "Mets 21\(Self.space)°C."])
        #expect(heard.text == "Mets 21\(Self.space)°C. Mets 21\(Self.space)°C." && heard.warnings.isEmpty)
    }

    @Test func nothingIsWrittenUnlessAskedFor() async throws {
        let heard = try await transcription("Mets vingt et un degrés.") { $0.textFormat = .spoken }
        #expect(heard.text == "Mets vingt et un degrés." && heard.segments.first?.words?.count == 5)
    }

    @Test func wordsThatBecomeOneThingAreOneWord() async throws {
        let heard = try await transcription("À dix-huit heures trente, mets vingt et un degrés.")
        let words = try #require(heard.segments.first?.words)
        #expect(words.map(\.text) == ["À", " 18\(Self.space)h\(Self.space)30,", " mets", " 21\(Self.space)°C."])
        // Nine words of the same length.
        let ninth = 1.0 / 9
        for (word, times) in zip(words, [(0, 1), (1, 4), (4, 5), (5, 9)]) {
            #expect(abs(word.start - Double(times.0) * ninth) < 1e-9 && abs(word.end - Double(times.1) * ninth) < 1e-9)
            #expect(abs(word.probability - 0.9) < 1e-9)
        }
        #expect(words.map(\.text).joined() == heard.text)
    }

    @Test(arguments: [
        "Il est dix heures et demie (dix heures trente), oui.", "Jusqu'à onze heures moins le quart, d'accord ?",
        "De cinq à dix degrés, l'un dans l'autre.", "Dix", "Vingt pour cent de douze euros cinquante.",
    ])
    func theWordsTogetherAreTheText(_ text: String) async throws {
        let heard = try await transcription(text)
        let words = try #require(heard.segments.first?.words)
        #expect(words.map(\.text).joined() == heard.text && heard.text != text)
        #expect(zip(words, words.dropFirst()).allSatisfy { $0.end <= $1.start + 1e-9 })
    }

    @Test func wordsOfAnotherTextStayAsTheyWereHeard() {
        let word = TranscribedWord(text: "trente", start: 0, end: 1, probability: 1)
        let segment = TranscribedSegment(
            id: 0, start: 0, end: 1, text: "vingt degrés", confidence: 1, words: [word], language: "fr")
        let request = TranscriptionRequest(audio: AudioInput([]), textFormat: .written)
        guard case .segment(let written) = WrittenForm(request, languages: ["fr"]).event(.segment(segment)) else {
            Issue.record("no segment")
            return
        }
        #expect(written.text == "20\(Self.space)°C" && written.words == [word])
    }

    @Test func theCountryIsThatOfTheRequestOrTheHouse() async throws {
        let words = "douze francs cinquante"
        #expect(try await transcription(words) { $0.language = nil }.text == "12,50\(Self.space)CHF")
        #expect(try await transcription(words) { $0.languages = ["fr-BE"] }.text == "12 francs 50")
        #expect(try await transcription(words).text == "12,50\(Self.space)CHF")
        #expect(try await transcription(words) { $0.languages = ["fr-FR"] }.text == "12 francs 50")
    }

    @Test func englishAndTranslationsAreWrittenInEnglish() async throws {
        let words = "twelve dollars and fifty cents"
        #expect(try await transcription(words) { $0.language = "en" }.text == "$12.50")
        #expect(try await transcription(words) { $0.task = .translate }.text == "$12.50")
    }

    @Test func aLanguageWithoutRulesStaysAsItWasHeardAndSaysSo() async throws {
        let heard = try await transcription("einundzwanzig Grad", languages: ["de"])
        #expect(heard.text == "einundzwanzig Grad")
        #expect(heard.warnings.count == 1 && heard.warnings.first?.hasPrefix("text_format: ") == true)
    }

    @Test func silenceHasNoWarning() async throws {
        let heard = try await transcription("vingt degrés") {
            ($0.language, $0.audio) = (nil, AudioInput(samples: [Float](repeating: 0, count: 16_000)))
        }
        #expect(heard.text.isEmpty && heard.warnings.isEmpty)
    }
}
