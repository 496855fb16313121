import BridgeSupport

/// The ids of Whisper's control tokens. They follow the text tokens in a fixed order, so few of them need to be known.
struct SpecialTokens: Sendable, Hashable {
    struct Language: Sendable, Hashable {
        var code: String
        var id: Int
    }

    /// Ends the text; every smaller id is text.
    var endOfText: Int
    var startOfTranscript: Int
    /// The languages that the model was taught, in the order of their ids; empty for an English-only model, which is not told one.
    var languages: [Language]
    var translate: Int
    var transcribe: Int
    var startOfLanguageModel: Int
    /// Precedes text that counts as said before.
    var startOfPrevious: Int
    var noSpeech: Int
    var noTimestamps: Int
    /// The id of 0.00 s; each next one is 0.02 s later.
    var firstTimestamp: Int { noTimestamps + 1 }
    /// The number of logits.
    var vocabularySize: Int

    /// Timestamps 0.00 … 30.00.
    static let timestampCount = 1501

    var isMultilingual: Bool { !languages.isEmpty }
    /// Tokens that are never allowed, at any step.
    var control: [Int] {
        [transcribe, translate, startOfTranscript, startOfPrevious, startOfLanguageModel, noSpeech]
    }

    func languageID(_ code: String) -> Int? { languages.first { $0.code == code }?.id }
    func isTimestamp(_ token: Int) -> Bool { token >= firstTimestamp }

    /// The prompt that asks for `task` in `language`; both are left out for an English-only model.
    func startSequence(language: String?, task: TranscriptionRequest.Task) -> [Int] {
        guard isMultilingual, let id = language.flatMap(languageID) else { return [startOfTranscript] }
        return [startOfTranscript, id, task == .translate ? translate : transcribe]
    }
}

extension SpecialTokens {
    /// Derives all ids from the few that a model directory states, otherwise from the layouts of OpenAI's models.
    ///
    /// - Parameters:
    ///   - vocabularySize: the width of the decoder's logits.
    ///   - added: tokens of `tokenizer.json` or `added_tokens.json` by their text.
    /// - Throws: `model_not_installed` when the ids can't be known or don't fit the model.
    init(vocabularySize: Int, generation: GenerationConfiguration, added: [String: Int]) throws {
        let layout = Self.layouts[vocabularySize]
        guard
            let none = generation.noTimestampsTokenID ?? added["<|notimestamps|>"] ?? layout?.noTimestamps,
            let start = generation.decoderStartTokenID ?? added["<|startoftranscript|>"] ?? layout?.start
        else {
            throw Self.unknown("neither generation_config.json nor the tokenizer names <|notimestamps|>")
        }
        let range = 0..<vocabularySize
        let mismatch = Self.unknown(
            "their ids in generation_config.json or the tokenizer don't fit a vocabulary of \(vocabularySize)")
        guard range.contains(none), range.contains(start) else { throw mismatch }
        let end = generation.endOfTextID ?? added["<|endoftext|>"] ?? start - 1
        let translate = none - 5
        let count = translate - start - 1
        guard end >= 0, end < start, count > 0, count <= WhisperLanguages.codes.count,
            none + Self.timestampCount < vocabularySize
        else { throw mismatch }
        let multilingual = generation.isMultilingual ?? (generation.languageIDs != nil || vocabularySize != 51_864)
        endOfText = end
        startOfTranscript = start
        let known = WhisperLanguages.codes.prefix(count).enumerated().map { Language(code: $1, id: start + 1 + $0) }
        let taught = known.filter { generation.trainedLanguages?.contains($0.code) ?? true }
        guard !taught.isEmpty else { throw Self.unknown("trained_languages names none of Whisper's languages") }
        languages = multilingual ? taught : []
        self.translate = translate
        transcribe = none - 4
        startOfLanguageModel = none - 3
        startOfPrevious = none - 2
        noSpeech = none - 1
        noTimestamps = none
        self.vocabularySize = vocabularySize
    }

    /// OpenAI's three layouts by the number of logits: English only, 99 languages, 100 languages.
    private static let layouts: [Int: (start: Int, noTimestamps: Int)] = [
        51_864: (50_257, 50_362), 51_865: (50_258, 50_363), 51_866: (50_258, 50_364),
    ]

    private static func unknown(_ why: String) -> ServiceError {
        ServiceError(
            .modelNotInstalled,
            "The model's special tokens are unknown: \(why). Install a complete Whisper export, with generation_config.json."
        )
    }
}
