import BridgeSupport
import Foundation

/// What the side files of a sentence-transformers model say about the way from a text to its vector.
struct SentenceEncoderConfiguration: Sendable, Hashable {
    /// The most tokens of a text, including special tokens.
    var maximumLength: Int
    /// Whether texts are lowercased before the tokenizer sees them.
    var lowercases: Bool
    /// The results of several are concatenated.
    var pooling: [PoolingMode]
    /// The length of one token's vector, if the files tell it.
    var tokenDimension: Int?
    /// What the model wants in front of each text.
    var prompts: Prompts

    /// Reads `modules.json` and the files that it names below `directory`. A model without `modules.json` is treated
    /// as in sentence-transformers: mean pooling.
    ///
    /// - Throws: `ServiceError` naming the file and the problem.
    init(directory: URL, modelID: String) throws(ServiceError) {
        let files = ModelFiles(directory: directory, modelID: modelID)
        let modules = try files.read([Module].self, "modules.json") ?? []
        var poolingPath: String? = modules.isEmpty ? "1_Pooling" : nil
        var transformerPath = ""
        for module in modules.sorted(by: { $0.idx < $1.idx }) {
            switch module.kind {
            case "Transformer": transformerPath = module.path
            case "Pooling": poolingPath = module.path
            // Vectors always have unit length in the end.
            case "Normalize": break
            default:
                throw .unusableModel(
                    modelID, file: "modules.json",
                    reason:
                        "it lists the module \"\(module.kind)\", and only Transformer, Pooling and Normalize are supported"
                )
            }
        }
        for path in [transformerPath, poolingPath ?? ""]
        where path.hasPrefix("/") || path.split(separator: "/").contains("..") {
            throw .unusableModel(
                modelID, file: "modules.json", reason: "the path \"\(path)\" leads out of the model's directory")
        }
        prompts = Prompts(
            try files.read(PromptSettings.self, Prompts.fileName)?.prompts ?? [:], modelID: modelID)
        let settings = try files.read(TransformerSettings.self, join(transformerPath, "sentence_bert_config.json"))
        lowercases = settings?.do_lower_case ?? false
        maximumLength = try Self.maximumLength(settings, files, networkFile: join(transformerPath, "config.json"))
        let poolingFile = join(poolingPath ?? "1_Pooling", "config.json")
        let pooling = poolingPath == nil ? nil : try files.read(PoolingSettings.self, poolingFile)
        tokenDimension = pooling?.embedding_dimension ?? pooling?.word_embedding_dimension
        self.pooling =
            try pooling.map { pooling throws(ServiceError) in
                try pooling.modes { files.problem(poolingFile, "the pooling mode \"\($0)\" is not supported") }
            } ?? [.mean]
    }

    /// The prompts that the files name, whatever the model is called.
    static func publishedPrompts(in directory: URL, modelID: String) throws(ServiceError) -> Prompts {
        let files = ModelFiles(directory: directory, modelID: modelID)
        return Prompts(try files.read(PromptSettings.self, Prompts.fileName)?.prompts ?? [:], modelID: "")
    }

    /// `max_seq_length`, but no more than the positions that the network has.
    private static func maximumLength(
        _ settings: TransformerSettings?, _ files: ModelFiles, networkFile: String
    ) throws(ServiceError) -> Int {
        let network = try files.read(NetworkSettings.self, networkFile)
        // RoBERTa-like networks use up the positions up to the padding id and one more.
        let isRoberta = network?.model_type?.contains("roberta") ?? false
        let positions = network?.max_position_embeddings.map { isRoberta ? $0 - (network?.pad_token_id ?? 1) - 1 : $0 }
        let length = min(settings?.max_seq_length ?? 512, positions ?? 512)
        guard length > 2 else {
            throw files.problem("sentence_bert_config.json", "its max_seq_length leaves no room for a text")
        }
        return length
    }

    private struct Module: Decodable {
        var idx: Int
        var path: String
        var type: String
        /// The class name at the end of `type`; its package has changed over the years.
        var kind: String { type.split(separator: ".").last.map(String.init) ?? type }
    }

    private struct TransformerSettings: Decodable {
        var max_seq_length: Int?
        var do_lower_case: Bool?
    }

    private struct PromptSettings: Decodable {
        var prompts: [String: String]?
    }

    private struct NetworkSettings: Decodable {
        var max_position_embeddings: Int?
        var model_type: String?
        var pad_token_id: Int?
    }
}

private func join(_ path: String, _ file: String) -> String { path.isEmpty ? file : "\(path)/\(file)" }

/// The JSON files of one model.
private struct ModelFiles {
    var directory: URL
    var modelID: String

    /// nil if the file does not exist.
    func read<Value: Decodable>(_ type: Value.Type, _ path: String) throws(ServiceError) -> Value? {
        let url = directory.appending(path: path)
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        do {
            return try JSONNode(parsing: [UInt8](Data(contentsOf: url))).decode(type)
        } catch {
            throw .unusableModel(
                modelID, file: path, reason: "it is not the JSON that sentence-transformers writes", cause: error)
        }
    }

    func problem(_ file: String, _ reason: String) -> ServiceError {
        .unusableModel(modelID, file: file, reason: reason)
    }
}

/// `1_Pooling/config.json` in both spellings: one switch per mode, or the names in `pooling_mode`.
private struct PoolingSettings: Decodable {
    var word_embedding_dimension: Int?
    var embedding_dimension: Int?
    var pooling_mode: Names?
    var pooling_mode_cls_token: Bool?
    var pooling_mode_mean_tokens: Bool?
    var pooling_mode_max_tokens: Bool?
    var pooling_mode_mean_sqrt_len_tokens: Bool?
    var pooling_mode_weightedmean_tokens: Bool?
    var pooling_mode_lasttoken: Bool?

    struct Names: Decodable {
        var names: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            names =
                if let name = try? container.decode(String.self) { [name] } else { try container.decode([String].self) }
        }
    }

    func modes(_ unsupported: (String) -> ServiceError) throws(ServiceError) -> [PoolingMode] {
        if let pooling_mode {
            var modes: [PoolingMode] = []
            for name in pooling_mode.names {
                guard let mode = PoolingMode(rawValue: name) else { throw unsupported(name) }
                modes.append(mode)
            }
            return modes.isEmpty ? [.mean] : modes
        }
        // In the order in which sentence-transformers concatenates.
        let switches: [(Bool?, PoolingMode)] = [
            (pooling_mode_cls_token, .cls), (pooling_mode_max_tokens, .max), (pooling_mode_mean_tokens, .mean),
            (pooling_mode_mean_sqrt_len_tokens, .meanSqrtLength), (pooling_mode_weightedmean_tokens, .weightedMean),
            (pooling_mode_lasttoken, .lastToken),
        ]
        let modes = switches.filter { $0.0 == true }.map(\.1)
        return modes.isEmpty ? [.mean] : modes
    }
}
