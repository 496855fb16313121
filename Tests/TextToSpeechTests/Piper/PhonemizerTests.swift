import EspeakNG
import Foundation
import Testing
@testable import TextToSpeech

/// What the parity texts don't reach.
@Suite(.timeLimit(.minutes(5))) struct PhonemizerTests {
    private func configuration(_ change: (inout PiperConfiguration) -> Void = { _ in }) throws -> PiperConfiguration {
        var result = try PiperConfiguration(contentsOf: Fixtures.url("voices/tones.onnx.json"), voiceID: "tones")
        change(&result)
        return result
    }

    private func sentences(_ text: String, _ configuration: PiperConfiguration) async throws -> [PhonemizedSentence] {
        try await PiperPhonemizer(configuration: configuration, espeak: EspeakNG.shared()).allSentences(of: text)
    }

    @Test func textVoicesReadDecomposedCodePoints() async throws {
        let spoken = try await sentences("Été [[x]].", configuration { $0.phonemeType = .text })
        #expect(spoken.map(\.phonemes) == [["E", "\u{301}", "t", "e", "\u{301}", " ", "[", "[", "x", "]", "]", "."]])
    }

    @Test func clustersCountAsOnePhoneme() async throws {
        let spoken = try await sentences(
            "time",
            configuration {
                $0.espeakVoice = "en-us"
                $0.vowelClusters = [["a", "ɪ"]]
            })
        #expect(spoken.flatMap(\.phonemes) == ["t", "ˈ", "aɪ", "m"])
    }

    @Test func severalIDsGetOnePad() throws {
        let configuration = try configuration { $0.phonemeIDs["a"] = [7, 8] }
        #expect(configuration.ids(of: ["a", "b"]) == [1, 0, 7, 8, 0, 15, 0, 2])
    }

    @Test func unknownPhonemesAreLeftOut() throws {
        #expect(try configuration().ids(of: ["b", "界", "b"]) == [1, 0, 15, 0, 15, 0, 2])
    }

    @Test func nothingSpeakableGivesNoSentence() async throws {
        for text in ["", " ", "!", "\n\n", "[[ ]]", "\u{1}"] {
            #expect(try await sentences(text, configuration()).isEmpty, "\(text.debugDescription)")
        }
    }

    @Test func sentencesKeepTheirText() async throws {
        let text = "Bonjour, toi ! [[ a ]] Ça va ? Oui"
        let spoken = try await sentences(text, configuration())
        #expect(spoken.map(\.text).joined() == text)
    }

    /// As piper-tts has it: at the end of a line the mark counts also after what is not a letter.
    @Test func aLineOfSymbolsIsASentence() async throws {
        let spoken = try await sentences("👍.\nYes, 👍. Yes", configuration { $0.espeakVoice = "en-us" })
        #expect(spoken.map(\.text) == ["👍.\n", "Yes, 👍. Yes"])
        #expect(spoken[0].phonemes.last == ".")
    }

    @Test func longTextsComeInBoundedPieces() async throws {
        // 20,000 characters without a mark are one sentence to piper-tts.
        let text = String(String(repeating: "bonjour tout le monde ", count: 1000).prefix(20_000))
        let whole = try await sentences(text, configuration())
        try #require(whole.count == 1)
        let pieces = whole[0].pieces(limit: 400)
        #expect(pieces.allSatisfy { $0.phonemes.count <= 400 })
        #expect(pieces.flatMap(\.phonemes) == whole[0].phonemes)
        #expect(pieces.map(\.continues) == [false] + Array(repeating: true, count: pieces.count - 1))
        // Words stay whole: every piece but the last ends where a word or a clause does.
        #expect(pieces.count < whole[0].phonemes.count / 200)
    }

    @Test func piecesAreCutAtClausesThenWordsThenAnywhere() {
        func pieces(_ clauses: [String], _ limit: Int) -> [String] {
            PhonemizedSentence(text: "", clauses: clauses.map { $0.map(String.init) }).pieces(limit: limit).map {
                $0.phonemes.joined()
            }
        }
        #expect(pieces(["abc, ", "def. "], 10) == ["abc, def. "])
        #expect(pieces(["abc, ", "def. "], 9) == ["abc, ", "def. "])
        #expect(pieces(["ab cd ef"], 5) == ["ab ", "cd ef"])
        #expect(pieces(["abcdefgh"], 3) == ["abc", "def", "gh"])
        #expect(pieces([], 3) == [""])
    }

    @Test func noBreakSpacesBecomeSpaces() async throws {
        let typed = try await sentences("Il dit « Oui ! » 12 345 fois.", configuration())
        let noBreak = "Il dit «\u{A0}Oui\u{202F}!\u{A0}» 12\u{202F}345 fois.\n"
        let phonemizer = try PiperPhonemizer(configuration: configuration(), espeak: EspeakNG.shared())
        let prepared = try await phonemizer.allSentences(of: noBreak, prepares: true)
        #expect(prepared.map(\.phonemes) == typed.map(\.phonemes))
        #expect(prepared.map(\.text).joined() == noBreak.trimmed)
        #expect(try await sentences(noBreak, configuration()) != typed)
    }

    @Test func slowSpeechIsCutShorter() {
        #expect(PiperVoice.phonemeLimit(speed: 4) == 400)
        #expect(PiperVoice.phonemeLimit(speed: 0.5) == 200)
        #expect(PiperVoice.phonemeLimit(speed: 0.25) == 150)
        // A voice whose own speed is slow.
        #expect(PiperVoice.phonemeLimit(speed: 0.25 / 4) == 37)
    }
}
