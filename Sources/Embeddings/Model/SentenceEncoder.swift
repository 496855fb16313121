import BridgeSupport
public import Foundation
public import OnnxRuntime
public import Tokenizers
public import WorkScheduling

/// A sentence-transformers model in ONNX form: texts in, unit vectors out.
///
/// Reads from the model's directory: `tokenizer.json`, the ONNX file (``OnnxFileChoice``), and what is there of
/// `modules.json`, `sentence_bert_config.json`, `config.json` and the pooling configuration. Vectors agree with those of
/// the Python library to float32 rounding, whatever else is in the batch.
public struct SentenceEncoder: EmbeddingBackend {
    public let modelID: String
    public let dimension: Int
    public let fingerprint: String
    /// Most tokens of one text, special tokens included; the end of longer texts is left out.
    public let maximumLength: Int

    private let tokenizer: Tokenizer
    private let configuration: SentenceEncoderConfiguration
    private let network: SentenceNetwork
    private let prefix: String

    /// Tokens in one run, padding included. More gains nothing on a CPU and makes the engine's memory grow.
    private static let tokensPerRun = 1024
    /// The same where somebody may come who waits for an answer, and for no more than this run.
    private static let tokensPerBulkRun = 256
    /// Bytes of texts that are tokenized at once, not on another thread. They take 3 ms at most, by the script and the model;
    /// a megabyte takes up to a quarter of a second, and 20 µs for the way there and back are nothing then.
    static let bytesInPlace = 8 << 10

    /// Loads the model; blocks while files are read.
    ///
    /// - Parameter prefix: Put in front of every text before anything else, such as e5's "query: ".
    /// - Throws: `ServiceError` naming the file that is missing, damaged or not supported.
    public init(modelID: String, directory: URL, runtime: OnnxRuntime, prefix: String = "") throws {
        configuration = try SentenceEncoderConfiguration(directory: directory, modelID: modelID)
        tokenizer = try Tokenizer(contentsOf: directory.appending(path: "tokenizer.json").path, modelID: modelID)
        guard tokenizer.specialTokenCount < configuration.maximumLength else {
            throw ServiceError.unusableModel(
                modelID, file: "sentence_bert_config.json", reason: "its max_seq_length leaves no room for a text")
        }
        network = try SentenceNetwork(modelID: modelID, directory: directory, runtime: runtime, configuration)
        self.modelID = modelID
        self.prefix = prefix
        dimension = network.dimension
        maximumLength = configuration.maximumLength
        fingerprint = try ModelFingerprint(
            directory: directory,
            parts: [modelID, network.file, prefix, "\(configuration)", "composed", "unit length"]
        ).text
    }

    /// The ids that the network is fed for `text`.
    ///
    /// Texts are composed (NFC) first: models were trained on composed text, and macOS and iOS send "é" as "e" and an accent.
    /// Measured against `tokenizers`, this changes nothing where the tokenizer strips accents or normalises by itself (BERT
    /// uncased, NFC, NFKC) and, with nmt_nfkc (XLM-R), for letters with one accent. Letters with two (Vietnamese) and
    /// decomposed Hangul get the ids of composed text there, and so does everything where a tokenizer keeps accents (BERT cased);
    /// the reference cuts these into pieces that the model hardly knows.
    public func tokenize(_ text: String) -> TokenizedText {
        let text = (prefix + text).composed()
        return tokenizer.encode(configuration.lowercases ? text.lowercased() : text, maximumLength: maximumLength)
    }

    /// From the bytes, since exact counts cost as much as the tokenizer itself.
    public func estimatedTokens(_ text: String) -> Int {
        min(maximumLength, text.utf8.count / 3 + tokenizer.specialTokenCount + 1)
    }

    public func embed(_ texts: [String], ticket: WorkTicket) async throws -> [EmbeddedText] {
        let tokenized = try await Self.tokenized(texts, by: tokenize)
        let budget = ticket.urgency == .interactive ? Self.tokensPerRun : Self.tokensPerBulkRun
        var results = [EmbeddedText?](repeating: nil, count: texts.count)
        for indices in Self.runs(of: tokenized.map(\.ids.count), budget: budget) {
            try Task.checkCancellation()
            let vectors = try await network.run(
                indices.map { tokenized[$0].ids }, paddingID: tokenizer.paddingID, ticket: ticket)
            for (index, vector) in zip(indices, vectors) {
                results[index] = EmbeddedText(
                    vector: vector, tokenCount: tokenized[index].ids.count, truncated: tokenized[index].truncated)
            }
        }
        return results.compactMap(\.self)
    }

    /// Each of `texts` as `tokenize` has it, one after another until the task is cancelled.
    static func tokenized(
        _ texts: [String], by tokenize: @escaping @Sendable (String) -> TokenizedText
    ) async throws -> [TokenizedText] {
        let isShort = texts.reduce(0) { $0 + $1.utf8.count } <= bytesInPlace
        var results: [TokenizedText] = []
        for text in texts {
            try Task.checkCancellation()
            results.append(isShort ? tokenize(text) : await aside { tokenize(text) })
        }
        return results
    }

    /// Groups of texts to run together: neighbours in length, so that little is padding, within the token budget.
    static func runs(of lengths: [Int], budget: Int = tokensPerRun) -> [[Int]] {
        var runs: [[Int]] = []
        for index in lengths.indices.sorted(by: { (lengths[$0], $0) < (lengths[$1], $1) }) {
            // Sorted by length: this text is the longest so far, and all are padded to it.
            if let last = runs.last, (last.count + 1) * lengths[index] <= budget {
                runs[runs.count - 1].append(index)
            } else {
                runs.append([index])
            }
        }
        return runs
    }
}
