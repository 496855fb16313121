import BridgeSupport
import EspeakNG
import Foundation
import Testing
@testable import TextToSpeech

/// Phonetic signs in the library's own alphabet, which the library itself reads back.
@Suite(.timeLimit(.minutes(3))) struct EspeakAlphabetTests {
    private func alphabet(_ voice: String) throws -> EspeakAlphabet { try #require(EspeakAlphabet(voice: voice)) }

    /// The signs that the library prints for signs.
    private func readBack(_ signs: [String], _ voice: String) async throws -> [String] {
        let alphabet = try alphabet(voice)
        let passages = signs.map { signs in
            EspeakNG.Passage(
                alphabet.words(of: signs).map { "[[\($0.mnemonics)]]" }.joined(separator: " "), hasMnemonics: true)
        }
        return try await EspeakNG.shared().clauses(of: passages, voice: voice).map(Self.signs)
    }

    private static func signs(_ clauses: [Clause]) -> String {
        clauses.map(\.phonemes).joined(separator: " ").trimmed.decomposedStringWithCanonicalMapping
    }

    /// What the library makes of ordinary words of a house.
    @Test(arguments: ["fr", "en-us"]) func eachWordSoundsTheSameWhenItsSignsAreGiven(_ voice: String) async throws {
        let text = try String(contentsOf: Fixtures.url("words-\(voice).txt"), encoding: .utf8)
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        #expect(words.count > 300)
        let written = try await EspeakNG.shared().clauses(of: words.map { EspeakNG.Passage($0) }, voice: voice)
            .map(Self.signs)
        let back = try await readBack(written, voice)
        for (word, (signs, result)) in zip(words, zip(written, back)) {
            #expect(!signs.isEmpty && signs == result, "\(word): \(signs) and not \(result)")
        }
    }

    /// Alone between two consonants; signs that stand for others are not among them.
    @Test(arguments: [
        ("fr", "a y ø œ œ̃ ɛ̃ ʁ ɾ aː"), ("en-us", "æ ʊ ᵻ ɚ ɜː iː uː ɑː ɔː oː eː aɪ aʊ eɪ oʊ ɔɪ iə ɹ ʁ ʍ"), ("fr", common),
        ("en-us", common),
    ]) func eachSignHasASound(_ voice: String, _ list: String) async throws {
        let signs = list.split(separator: " ").map { String($0).decomposedStringWithCanonicalMapping }
        let back = try await readBack(signs.map { "p\($0)s" }, voice)
        for (sign, result) in zip(signs, back) {
            #expect(result.filter { !"ˈˌ".contains($0) } == "p\(sign)s", "\(sign): \(result)")
        }
    }

    private static let common =
        "b d e f h i j k l m n o p q s t u v w x z ɡ ŋ ɲ ʃ ʒ θ ð ç ʔ ʀ χ ɣ β ʎ ɬ ɫ ʋ c ɟ ʝ ɕ ʑ ʂ ʐ ɳ ɭ ə ɐ ɛ ɔ ɪ ʌ ɑ̃ ɔ̃ tʃ dʒ"

    @Test func signsOfOtherLanguagesAreNearOrLeftOut() async throws {
        #expect(try await readBack(["ɹɑr", "g̃ɥ", "ǀaɮ"], "fr") == ["ʁaʁ", "ɡy", "a"])
        #expect(try await readBack(["ʒaʁvˈis", "pøʁ", "vɛ̃", "ʁy"], "en-us") == ["ʒæʁvˈis", "pɜːʁ", "væŋ", "ʁuː"])
        for nothing in ["", " ", "ǀ", "]]", "[[", "!?"] { #expect(try alphabet("fr").words(of: nothing).isEmpty) }
        #expect(EspeakAlphabet(voice: "de") == nil)
    }

    /// "O@" would be one sound.
    @Test func neighboursDoNotMelt() async throws {
        #expect(try await readBack(["bɔə", "bʊə", "laʊə"], "en-us") == ["bɔə", "bʊə", "laʊə"])
        #expect(try alphabet("fr").words(of: "tʃa").map(\.mnemonics) == ["t|S|a"])
    }

    @Test func wordsStayShort() throws {
        let words = try alphabet("fr").words(of: "a b\u{A0}" + String(repeating: "ɔ̃", count: 130))
        #expect(words.map(\.sounds) == [1, 1, 60, 60, 10])
        #expect(words.allSatisfy { word in word.mnemonics.utf8.allSatisfy { (0x21...0x7E).contains($0) } })
    }

    /// A worker that was told to heed brackets forgets it with the text.
    @Test func bracketsAreTextWhereNobodySaysOtherwise() async throws {
        let espeak = try EspeakNG.shared()
        let given = "[[Z|a|*]]"
        let (plain, heeded) = (EspeakNG.Passage(given), EspeakNG.Passage(given, hasMnemonics: true))
        let texts = [plain, heeded, plain, heeded, heeded, plain]
        let read = try await espeak.clauses(of: texts, voice: "fr").map(Self.signs)
        #expect(read[1] == "ʒaɾ" && read[3] == read[1] && read[4] == read[1])
        #expect(read[0] != read[1] && read[2] == read[0] && read[5] == read[0], "\(read)")
        for _ in 0..<6 {
            let sounds = try await espeak.speak(given, voice: "fr", hasMnemonics: true)
            let text = try await espeak.speak(given, voice: "fr")
            #expect(!sounds.isEmpty && text.count > 2 * sounds.count, "\(sounds.count) and \(text.count)")
            let after = try await espeak.clauses(of: given, voice: "fr")
            #expect(Self.signs(after) == read[0])
        }
    }
}
