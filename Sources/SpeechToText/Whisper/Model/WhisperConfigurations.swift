/// The parts of a Whisper export's `config.json` that this code uses. Shapes come from the sessions if they state them.
struct ModelConfiguration: Decodable, Sendable {
    var modelType: String?
    var width: Int?
    var melBins: Int?
    var vocabularySize: Int?
    var decoderHeads: Int?
    var maximumTargetPositions: Int?

    enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case width = "d_model"
        case melBins = "num_mel_bins"
        case vocabularySize = "vocab_size"
        case decoderHeads = "decoder_attention_heads"
        case maximumTargetPositions = "max_target_positions"
    }
}

/// The contents of `generation_config.json`. Old exports lack many of these.
struct GenerationConfiguration: Codable, Sendable {
    var decoderStartTokenID: Int?
    var endOfTextID: Int?
    var noTimestampsTokenID: Int?
    var languageIDs: [String: Int]?
    var isMultilingual: Bool?
    var suppressTokens: [Int]?
    var beginSuppressTokens: [Int]?
    var maximumInitialTimestampIndex: Int?
    /// Pairs of layer and head whose attention follows the words.
    var alignmentHeads: [[Int]]?
    /// The tasks that the model was taught, such as "transcribe", with the tokens for them.
    var taskIDs: [String: Int]?
    /// Codes of the languages that the model was taught. This key and the next two are this project's own; published models,
    /// which were taught all of that, lack them.
    var trainedLanguages: [String]?
    /// Whether the model was taught to follow a prompt.
    var trainedPrompts: Bool?
    /// The longest speech in seconds that the model was taught at a time.
    var trainedSeconds: Double?

    init() {}

    enum CodingKeys: String, CodingKey {
        case decoderStartTokenID = "decoder_start_token_id"
        case endOfTextID = "eos_token_id"
        case noTimestampsTokenID = "no_timestamps_token_id"
        case languageIDs = "lang_to_id"
        case isMultilingual = "is_multilingual"
        case suppressTokens = "suppress_tokens"
        case beginSuppressTokens = "begin_suppress_tokens"
        case maximumInitialTimestampIndex = "max_initial_timestamp_index"
        case alignmentHeads = "alignment_heads"
        case taskIDs = "task_to_id"
        case trainedLanguages = "trained_languages"
        case trainedPrompts = "trained_prompts"
        case trainedSeconds = "trained_seconds"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        decoderStartTokenID = try container.decodeIfPresent(Int.self, forKey: .decoderStartTokenID)
        endOfTextID = try container.decodeIfPresent(OneOrMany.self, forKey: .endOfTextID)?.first
        noTimestampsTokenID = try container.decodeIfPresent(Int.self, forKey: .noTimestampsTokenID)
        languageIDs = try container.decodeIfPresent([String: Int].self, forKey: .languageIDs)
        isMultilingual = try container.decodeIfPresent(Bool.self, forKey: .isMultilingual)
        suppressTokens = try container.decodeIfPresent([Int].self, forKey: .suppressTokens)
        beginSuppressTokens = try container.decodeIfPresent([Int].self, forKey: .beginSuppressTokens)
        maximumInitialTimestampIndex = try container.decodeIfPresent(Int.self, forKey: .maximumInitialTimestampIndex)
        alignmentHeads = try container.decodeIfPresent([[Int]].self, forKey: .alignmentHeads)
        taskIDs = try container.decodeIfPresent([String: Int].self, forKey: .taskIDs)
        trainedLanguages = try container.decodeIfPresent([String].self, forKey: .trainedLanguages)
        trainedPrompts = try container.decodeIfPresent(Bool.self, forKey: .trainedPrompts)
        trainedSeconds = try container.decodeIfPresent(Double.self, forKey: .trainedSeconds)
    }

    /// `eos_token_id` is a number or a list of them.
    private struct OneOrMany: Decodable {
        var first: Int?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let one = try? container.decode(Int.self) {
                first = one
            } else {
                first = try container.decode([Int].self).first
            }
        }
    }
}

/// The part of `preprocessor_config.json` about the features.
struct FeatureConfiguration: Decodable, Sendable {
    var melBins: Int?

    enum CodingKeys: String, CodingKey {
        case melBins = "feature_size"
    }
}
