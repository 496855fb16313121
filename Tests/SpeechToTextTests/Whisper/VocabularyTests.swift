import BridgeSupport
import Foundation
import Testing
import Tokenizers

@testable import SpeechToText

@Suite(.timeLimit(.minutes(5))) struct VocabularyTests {
    struct Reference: Decodable {
        struct Text: Decodable {
            var text: String
            var tokens: [Int]
        }

        struct Split: Decodable {
            var tokens: [Int]
            var spaces: [String]
            var characters: [String]
        }

        var texts: [Text]
        var split: Split
        var nonSpeech: [Int]
    }

    static func directory(_ name: String) throws -> WhisperDirectory {
        try WhisperDirectory(
            modelID: name, directory: WhisperFixtures.url(name), precisions: WhisperPrecision.preferred)
    }

    static func special(_ name: String, size: Int) throws -> SpecialTokens {
        let files = try directory(name)
        return try SpecialTokens(vocabularySize: size, generation: files.generation, added: files.vocabulary.added)
    }

    /// tokenizer.json, and the older vocab.json with merges.txt.
    @Test(arguments: ["whisper-multilingual", "whisper-english"])
    func textIsEncodedAsTiktokenDoes(_ name: String) throws {
        let reference: Reference = try WhisperFixtures.json("vocabulary")
        let vocabulary = try Self.directory(name).vocabulary
        for text in reference.texts {
            #expect(vocabulary.encode(text.text) == text.tokens, "\(text.text)")
            #expect(vocabulary.decode(text.tokens) == text.text)
        }
    }

    /// The leftmost of the pairs with the lowest rank, looked for again after each merge.
    private static func naive(_ text: String, _ file: BytePairFile) -> [Int] {
        let ranks = Dictionary(
            file.merges.enumerated().map { ("\($1.0) \($1.1)", $0) }, uniquingKeysWith: { first, _ in first })
        return BytePairWords.words(text).flatMap { word in
            var tokens = String(word).utf8.map { String(ByteAlphabet.scalars[Int($0)]) }
            while true {
                let pairs = tokens.indices.dropLast().compactMap { index in
                    ranks["\(tokens[index]) \(tokens[index + 1])"].map { (rank: $0, index: index) }
                }
                guard let best = pairs.min(by: { $0 < $1 }) else { break }
                tokens[best.index] += tokens.remove(at: best.index + 1)
            }
            return tokens.compactMap { file.vocabulary[$0] }
        }
    }

    private static func tokenizer(_ name: String) throws -> BytePairFile {
        let data = try Data(contentsOf: WhisperFixtures.url("\(name)/tokenizer.json"))
        return try BytePairFile(json: [UInt8](data))
    }

    @Test func mergesAreTheEarliestAndLeftmost() throws {
        let file = try Self.tokenizer("whisper-multilingual")
        let vocabulary = WhisperVocabulary(file)
        let pieces = ["a", "e", "es", "l", "ll", "n", "on", "t", "ou", "é", "'", " ", "7", "-", "\u{301}", "🇫🇷", "👩‍👩‍👧"]
        var random = SeededGenerator(seed: 3)
        for length in 1...200 {
            let text = (0..<length).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            #expect(vocabulary.encode(text) == Self.naive(text, file), "\(text)")
        }
        for unit in ["a", "l", "es", "\u{301}", "🇫🇷"] {
            let text = String(repeating: unit, count: 100)
            #expect(vocabulary.encode(text) == Self.naive(text, file), "\(unit)")
        }
    }

    /// One word each, of more than 100,000 bytes. Looking at all pairs after each merge would take hours.
    @Test(arguments: [("\u{301}", 60_000), ("👩‍👩‍👧‍👦", 5000)])
    func longWordsAreEncoded(_ unit: String, _ count: Int) throws {
        let vocabulary = try Self.directory("whisper-multilingual").vocabulary
        let text = String(repeating: unit, count: count)
        let isWhole = vocabulary.decode(vocabulary.encode(text)) == text
        #expect(isWhole)
    }

    @Test func nonSpeechTokensAreOpenAIs() throws {
        let reference: Reference = try WhisperFixtures.json("vocabulary")
        #expect(try Self.directory("whisper-multilingual").vocabulary.nonSpeechTokens == reference.nonSpeech)
    }

    @Test func wordsAreSplitAsOpenAIDoes() throws {
        let reference: Reference = try WhisperFixtures.json("vocabulary")
        let splitter = WordSplitter(
            vocabulary: try Self.directory("whisper-multilingual").vocabulary,
            special: try Self.special("whisper-multilingual", size: 1928))
        #expect(splitter.split(reference.split.tokens, language: "fr").map(\.text) == reference.split.spaces)
        #expect(splitter.split(reference.split.tokens, language: "ja").map(\.text) == reference.split.characters)
    }

    @Test func brokenBytesBecomeReplacementCharacters() throws {
        let vocabulary = try Self.directory("whisper-multilingual").vocabulary
        let tokens = vocabulary.encode("é👋")
        #expect(vocabulary.decode(tokens.dropLast()).hasSuffix("\u{FFFD}"))
        #expect(vocabulary.decode([-1, 99_999, 321]) == "")
    }
}

@Suite(.timeLimit(.minutes(5))) struct SpecialTokensTests {
    /// OpenAI's three layouts, for exports that state nothing.
    @Test(arguments: [
        (51_864, 50_256, 50_257, 0, 50_357, 50_361, 50_363), (51_865, 50_257, 50_258, 99, 50_358, 50_362, 50_364),
        (51_866, 50_257, 50_258, 100, 50_359, 50_363, 50_365),
    ])
    func layoutsFollowFromTheSize(
        size: Int, end: Int, start: Int, languages: Int, translate: Int, noSpeech: Int, firstTimestamp: Int
    ) throws {
        let special = try SpecialTokens(vocabularySize: size, generation: GenerationConfiguration(), added: [:])
        #expect(special.endOfText == end && special.startOfTranscript == start)
        #expect(special.languages.count == languages)
        #expect(special.translate == translate && special.transcribe == translate + 1)
        #expect(special.noSpeech == noSpeech && special.firstTimestamp == firstTimestamp)
        if special.isMultilingual { #expect(special.languageID("fr") == 50_265) }
        #expect(special.languageID("yue") == (languages == 100 ? 50_358 : nil))
    }

    @Test func statedIdsWin() throws {
        let special = try VocabularyTests.special("whisper-v3", size: 1929)
        #expect(special.endOfText == 320 && special.startOfTranscript == 321 && special.languages.count == 100)
        #expect(special.firstTimestamp == 428)
        #expect(special.startSequence(language: "fr", task: .translate) == [321, 322 + 6, special.translate])
    }

    @Test func englishOnlyModelsAreToldNothing() throws {
        let special = try VocabularyTests.special("whisper-english", size: 1928)
        #expect(!special.isMultilingual)
        #expect(special.startSequence(language: "en", task: .transcribe) == [321])
    }

    @Test func languagesAreThoseThatTheModelWasTaught() throws {
        var generation = GenerationConfiguration()
        generation.trainedLanguages = ["fr", "en"]
        let special = try SpecialTokens(vocabularySize: 51_865, generation: generation, added: [:])
        #expect(special.languages.map(\.code) == ["en", "fr"])
        #expect(special.languageID("fr") == 50_265 && special.languageID("de") == nil)
        #expect(special.translate == 50_358 && special.firstTimestamp == 50_364, "the layout stays")
        generation.trainedLanguages = ["klingon"]
        #expect(throws: ServiceError.self) {
            try SpecialTokens(vocabularySize: 51_865, generation: generation, added: [:])
        }
    }

    @Test(
        arguments: [
            ("fr", "fr"), ("FR", "fr"), ("French", "fr"), ("fr-CA", "fr"), ("zh_TW", "zh"), ("Haitian Creole", "ht"),
            ("castilian", "es"), ("yue", "yue"), ("xx", nil), ("", nil), ("-", nil), ("frenchman", nil),
            ("Français", "fr"), ("FRANCAIS", "fr"), ("franc\u{327}ais", "fr"), (" fr_FR ", "fr"), ("fr-FR", "fr"),
            ("Français (France)", "fr"), ("fra", "fr"), ("fre", "fr"), ("anglais", "en"),
            ("Anglais (États-Unis)", "en"),
            ("eng", "en"), ("Español", "es"), ("espanol", "es"), ("Espagnol", "es"), ("Deutsch", "de"),
            ("allemand", "de"),
            ("日本語", "ja"), ("créole haïtien", "ht"), ("néerlandais", "nl"), ("flamand", "nl"), ("pt-BR", "pt"),
            ("nb-NO", "no"), ("jv", "jw"), ("ʻŌlelo Hawaiʻi", "haw"), ("Norsk", "no"),
            ("zh-Hant-TW", "zh"), ("(fr)", nil), (String(repeating: "fr", count: 100), nil),
        ] as [(String, String?)])
    func languagesGoByCodeOrName(_ written: String, _ code: String?) {
        #expect(WhisperLanguages.code(of: written) == code)
    }

    /// No name may belong to two languages.
    @Test func everyNameOfTheTableIsItsLanguages() {
        let lines = WhisperLanguages.names.split(separator: "\n").map { $0.split(separator: ":").map(String.init) }
        #expect(lines.map(\.[0]) == WhisperLanguages.codes)
        for line in lines {
            for name in line[1].split(separator: ",") {
                #expect(WhisperLanguages.code(of: String(name)) == line[0], "\(name)")
            }
        }
    }

    @Test func unknownLayoutsAreRefused() {
        #expect(throws: (any Error).self) {
            try SpecialTokens(vocabularySize: 40_000, generation: GenerationConfiguration(), added: [:])
        }
        #expect(throws: (any Error).self) {
            try SpecialTokens(
                vocabularySize: 51_000, generation: GenerationConfiguration(),
                added: ["<|notimestamps|>": 50_363, "<|startoftranscript|>": 50_258])
        }
    }
}
