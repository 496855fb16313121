import Audio
import BridgeSupport
import BridgeTesting
import EspeakNG
import Foundation
import Logging
import SpokenText
import Testing
import WorkScheduling

@testable import TextToSpeech

/// The words of a house in the mouths of real voices.
@Suite(.timeLimit(.minutes(5))) struct LexiconVoiceTests {
    private func service(_ voice: any VoiceBackend, _ entries: [Lexicon.Entry]) throws -> TextToSpeechService {
        let lexicon = try Lexicon(entries)
        return TextToSpeechService(
            voices: .fake(default: "voice") { _ in voice }, lexicon: { lexicon },
            admission: WorkScheduler().admission(what: "speech", maxConcurrent: 1, maxQueued: 1),
            logger: Logger(label: "test"))
    }

    private func sentences(_ request: SynthesisRequest, _ service: TextToSpeechService) async throws -> [SpokenSentence]
    {
        let gathered = Watched<[SpokenSentence]>([])
        _ = try await service.synthesize(request) { sentence in gathered.update { $0.append(sentence) } }
        return gathered.value
    }

    @Test func aPiperVoiceSaysWordsAndPhonemes() async throws {
        let entries = [
            Lexicon.Entry(match: "Yves", say: "ive 2"), Lexicon.Entry(match: "Jarvis", phonemes: "ʒaʁvˈis"),
        ]
        let service = try service(try Fixtures.voice("tones"), entries)
        let written = "Bonjour Jarvis, dit **Yves**.\nJarvis dort à 8h. Oui !"
        let speech = try await service.encode(SynthesisRequest(text: written), as: .wav)
        #expect(speech.spoken.text == "Bonjour [[ʒaʁvˈis]], dit ive deux.\n[[ʒaʁvˈis]] dort à huit heures. Oui !")
        let phonemes = speech.phonemes.replacing("ˈ", with: "")
        #expect(phonemes.contains("bɔ̃ʒuʁ ʒaʁvis, di iv dø.\n"), "\(phonemes)")
        #expect(phonemes.contains("ʒaʁvis dɔʁ a yit œʁ") && phonemes.hasSuffix("wi!"), "\(phonemes)")
        // Captions are what was written, also beside phonemes.
        let captions = try await sentences(SynthesisRequest(text: written), service).map(\.text)
        #expect(
            captions.joined(separator: " ") == "Bonjour Jarvis, dit **Yves**. Jarvis dort à 8h. Oui !", "\(captions)")
        #expect(captions.last == "Oui !")
    }

    /// As the rest of the text does: piper-tts loses the marks beside blocks.
    @Test(arguments: [
        ("Jarvis, viens.", ["ʒaʁvis, vjɛ̃."]), ("Viens, Jarvis ! Oui.", ["vjɛ̃, ʒaʁvis!", "wi."]),
        ("Oui. Jarvis dort.", ["wi.", "ʒaʁvis dɔʁ."]), ("« Jarvis ? » dit Jarvis.", ["ʒaʁvis?", "di ʒaʁvis."]),
        ("Jarvis…\nJarvis\nOui", ["ʒaʁvis.", "ʒaʁvis", "wi"]), ("l'ami Jarvis-là : oui", ["lami ʒaʁvisla: wi"]),
    ])
    func pausesAndEndsBesidePhonemesStay(_ text: String, _ lines: [String]) async throws {
        let service = try service(
            try Fixtures.voice("tones"), [Lexicon.Entry(match: "Jarvis", phonemes: "ʒaʁvis")])
        let speech = try await service.encode(SynthesisRequest(text: text), as: .wav)
        let phonemes = speech.phonemes.filter { !"ˈˌ".contains($0) }.split(separator: "\n").map(String.init)
        #expect(phonemes == lines)
    }

    @Test func whoSwitchesTheRulesOffGetsNoWordsEither() async throws {
        let service = try service(
            try EspeakVoice(voiceID: "espeak-fr", espeak: EspeakNG.shared()), [Lexicon.Entry(match: "Yves", say: "ivo")]
        )
        let speech = try await service.encode(SynthesisRequest(text: "**Yves**", putsIntoWords: false), as: .wav)
        #expect(speech.spoken.text == "**Yves**")
    }

    @Test(arguments: [
        ("espeak-fr", nil, "french"), ("espeak-fr", "fr-BE", "belgian"), ("espeak-en", nil, "american"),
        ("espeak-en", "en-GB", "english"), ("espeak-fr", "en", "french"),
    ])
    func theLanguageAskedForChoosesWhereTheVoiceSpeaksIt(id: String, asked: String?, said: String) async throws {
        let voice = try EspeakVoice(voiceID: id, espeak: EspeakNG.shared())
        let entries = [
            Lexicon.Entry(match: "data", say: "french", language: "fr"),
            Lexicon.Entry(match: "data", say: "belgian", language: "fr-BE"),
            Lexicon.Entry(match: "data", say: "english", language: "en"),
            Lexicon.Entry(match: "data", say: "american", language: "en-US"),
        ]
        let request = SynthesisRequest(text: "data", language: asked)
        #expect(await request.spoken(by: voice, lexicon: try Lexicon(entries)).text == said)
    }

    /// The pieces of a long sentence are one line.
    @Test func eachSentenceHasALineOfPhonemes() async throws {
        let service = try service(try Fixtures.voice("tones"), [])
        let long = (1...150).map { _ in "bonjour" }.joined(separator: " ")
        let speech = try await service.encode(SynthesisRequest(text: "\(long). Oui."), as: .pcmS16LE)
        #expect(speech.phonemes.split(separator: "\n").count == 2)
    }
}
