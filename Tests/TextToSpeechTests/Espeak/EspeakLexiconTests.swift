import Audio
import BridgeSupport
import BridgeTesting
import EspeakNG
import Logging
import SpokenText
import Testing
import WorkScheduling

@testable import TextToSpeech

/// The phonemes of a lexicon in the mouths of espeak-ng's own voices.
@Suite(.timeLimit(.minutes(5))) struct EspeakLexiconTests {
    private typealias Entry = Lexicon.Entry

    private func service(_ entries: [Lexicon.Entry], _ id: String = "espeak-fr") throws -> TextToSpeechService {
        let lexicon = try Lexicon(entries)
        let voice = try EspeakVoice(voiceID: id, espeak: EspeakNG.shared())
        return TextToSpeechService(
            voices: .fake(default: "voice") { _ in voice }, lexicon: { lexicon },
            admission: WorkScheduler().admission(what: "speech", maxConcurrent: 1, maxQueued: 1),
            logger: Logger(label: "test"))
    }

    private func phonemes(_ text: String, _ service: TextToSpeechService) async throws -> [String] {
        let speech = try await service.encode(SynthesisRequest(text: text), as: .pcmS16LE)
        #expect(speech.duration > 0.1)
        return speech.phonemes.split(separator: "\n").map(String.init)
    }

    private static func unstressed(_ phonemes: String) -> String { phonemes.filter { !"ˈˌ".contains($0) } }

    /// Pauses, ends of sentences, liaisons and elisions are those of a word.
    @Test(arguments: [
        ("Bonjour Jarvis, ça va ?", ["bɔ̃ʒuʁ ʒaʁvis, sa va?"]), ("Jarvis ! Oui.", ["ʒaʁvis!", "wi."]),
        ("Oui. Jarvis dort.", ["wi.", "ʒaʁvis dɔʁ."]), ("Jarvis…\nJarvis\nOui", ["ʒaʁvis", "ʒaʁvis", "wi"]),
        ("« Jarvis ? » dit Jarvis.", ["ʒaʁvis?", "di ʒaʁvis."]), ("(Jarvis) ou [Jarvis]", ["ʒaʁvis u ʒaʁvis"]),
        ("Jarvis-là, 5 Jarvis", ["ʒaʁvisla, sɛ̃k ʒaʁvis"]), ("…Jarvis & Jarvis", ["ʒaʁvis e ʒaʁvis"]),
        ("Les Yves et les Jarvis", ["le-z iv e le- ʒaʁvis"]), ("C'est Yves.", ["sɛt iv."]),
        ("L'appel d'Yves, qu’Yves n'a pas eu", ["lapɛl div, kiv na paz y"]),
        ("Yves Jarvis Yves Yves Yves Yves Yves", ["iv ʒaʁvis iv iv iv iv iv"]), ("Un mot", ["œ̃ dø mo ʒaʁvis"]),
    ])
    func phonemesStandAmongWords(_ text: String, _ expected: [String]) async throws {
        let service = try service([
            Entry(match: "Jarvis", phonemes: "ʒaʁvis"), Entry(match: "Yves", phonemes: "iv"),
            Entry(match: "mot", say: "[[dø]] mot [[ʒaʁˈvis]]"),
        ])
        let lines = try await phonemes(text, service).map(Self.unstressed)
        #expect(lines == expected, "\(lines)")
    }

    @Test func theyAreHeardAndNotTheWord() async throws {
        func length(_ text: String, _ entries: [Entry]) async throws -> Double {
            try await service(entries).synthesize(SynthesisRequest(text: text)).duration
        }
        let word = try await length("bonjour", [])
        let sounds = try await length("nonagénaire", [Entry(match: "nonagénaire", phonemes: "bɔ̃ʒˈuʁ")])
        let letters = try await length("nonagénaire", [])
        #expect(abs(sounds - word) < 0.1 && letters > sounds + 0.15, "\(word) \(sounds) \(letters)")
    }

    @Test func anEnglishVoiceHasItsOwnSounds() async throws {
        let entries = [
            Entry(match: "Jarvis", phonemes: "dʒˈɑːɹvɪs"), Entry(match: "Yves", phonemes: "iv", language: "fr"),
            Entry(match: "Aoife", phonemes: "ˈiːfə", language: "en"),
        ]
        let lines = try await phonemes("Jarvis, it's Aoife.", service(entries, "espeak-en"))
        #expect(lines == ["dʒˈɑːɹvɪs, ɪts ˈiːfə."])
    }

    /// Only the lexicon gives sounds: what others write in brackets stays a text, whatever stands beside it.
    @Test func bracketsOfOthersAreRead() async throws {
        let service = try service([Entry(match: "Jarvis", phonemes: "ʒaʁvis")])
        let plain = try await phonemes("bonjour, oui", service).map(Self.unstressed)
        #expect(try await phonemes("[[bonjour]], oui", service).map(Self.unstressed) == plain)
        for text in [
            "[[bonjour]] Jarvis", "[[bonjour Jarvis", "bonjour]] [[Jarvis]]", "[bonjour [Jarvis",
            "[[[bonjour]]] Jarvis]]",
            "[[bonjour]][[ Jarvis",
        ] {
            let lines = try await phonemes(text, service).map(Self.unstressed)
            // Nothing is looked for in brackets that close.
            let name = text.contains("[[Jarvis]]") ? "ʒaʁvi" : "ʒaʁvis"
            #expect(lines == ["bɔ̃ʒuʁ \(name)"], "\(text): \(lines)")
        }
        // Commands and names of the library's own.
        for text in ["[[_^_]] Jarvis", "[[Z|a]] Jarvis", "[[\u{1}5V]] Jarvis", "[\u{2}[a]] Jarvis"] {
            let lines = try await phonemes(text, service).map(Self.unstressed)
            #expect(lines.last?.hasSuffix("ʒaʁvis") == true, "\(text): \(lines)")
            #expect(!lines.joined().contains("ʒa "), "\(text): \(lines)")
        }
    }

    @Test func whatHasNoSoundIsLeftOut() async throws {
        let service = try service([
            Entry(match: "Jarvis", phonemes: "ʒaǀʁvisʘ"), Entry(match: "Rien", phonemes: "ǀ"),
        ])
        let lines = try await phonemes("Oui, Jarvis. Rien Tout va.", service).map(Self.unstressed)
        #expect(lines == ["wi, ʒaʁvis.", "tu va."], "\(lines)")
        let error = await serviceError { _ = try await service.synthesize(SynthesisRequest(text: "Rien.")) }
        #expect(error?.param == "text")
    }

    @Test func captionsAreWhatWasWritten() async throws {
        let service = try service([Entry(match: "Jarvis", phonemes: "ʒaʁvis")])
        let captions = Watched<[String]>([])
        let text = "  Jarvis, à 8h [[a]]. Et **Jarvis** dort.\nJarvis !"
        _ = try await service.synthesize(SynthesisRequest(text: text)) { sentence in
            captions.update { $0.append(sentence.text) }
        }
        #expect(captions.value == ["Jarvis, à 8h [[a]].", "Et **Jarvis** dort.", "Jarvis !"])
    }

    /// The library would end, or drop what comes after.
    @Test func nothingIsLostHoweverLongItIs() async throws {
        let long = String(repeating: "pɔ̃", count: 66)
        let lexicon = try Lexicon([
            Entry(match: "anticonstitutionnellement", phonemes: long), Entry(match: "non", phonemes: "nɔ̃"),
        ])
        let voice = try EspeakVoice(voiceID: "espeak-fr", espeak: EspeakNG.shared())
        func count(_ text: String) async throws -> Int {
            let spoken = await SynthesisRequest(text: text).spoken(by: voice, lexicon: lexicon)
            var reading = try await EspeakReader(espeak: .shared(), voice: "fr")
                .reading(of: spoken.text, phonemes: spoken.phonemes(notIn: text))
            var count = 0
            while let clauses = try await reading.next() {
                count += clauses.map(\.phonemes).joined().unicodeScalars.count { $0 == "p" || $0 == "n" }
            }
            return count
        }
        for repeats in [1, 20] {
            let text = String(repeating: "anticonstitutionnellement ", count: repeats)
            #expect(try await count(text) == 66 * repeats)
            #expect(try await count(text.replacing(" ", with: "-")) == 66 * repeats)
        }
        for separator in [" ", ", ", ". ", "\n", "-", "/"] {
            let text = String(repeating: "non" + separator, count: 600)
            #expect(try await count(text) == 600, "\(separator.debugDescription)")
        }
    }

    /// Every worker lives on, whatever is written around phonemes.
    @Test func noTextAroundThemEndsTheLibrary() async throws {
        let service = try service([
            Entry(match: "a", phonemes: "ʒaʁvˈis"), Entry(match: "b", say: "[[ɔ̃ː ː]]b[[tʃ]]"),
            Entry(match: "]", phonemes: "a"), Entry(match: "[", say: "[[a]][[b]]"),
        ])
        let pieces = ["[", "[[", "]]", "]", "a", "b", " ", "c", "5", ".", ",", "!", "\n", "'", "|", "_", "^", "é", "("]
        var random = SeededRandom(7)
        for _ in 0..<60 {
            let text = (0..<Int(random.next() % 40) + 2).map { _ in pieces[Int(random.next() % 19)] }.joined() + " oui"
            let speech = try await service.synthesize(SynthesisRequest(text: text))
            #expect(speech.duration > 0.05, "\(text)")
        }
    }
}

/// The same numbers in each run.
private struct SeededRandom {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
