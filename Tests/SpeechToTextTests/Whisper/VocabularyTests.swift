import Foundation
import Testing

@testable import SpeechToText

@Suite struct VocabularyTests {
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

@Suite struct SpecialTokensTests {
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
