import BridgeSupport
public import Foundation
public import OnnxRuntime
public import Tokenizers
public import WorkScheduling

/// A sentence-transformers model in ONNX form: texts in, unit vectors out.
///
/// Reads from the model's directory: `tokenizer.json`, the ONNX file (``OnnxFileChoice``) and, if present, `modules.json`,
/// `sentence_bert_config.json`, `config_sentence_transformers.json`, `config.json` and the pooling configuration. Vectors agree with
/// those of the Python library to float32 rounding, whatever else is in the batch.
public struct SentenceEncoder: EmbeddingBackend {
    /// As it was loaded.
    public let modelID: String
    /// Values of a vector, as the network makes them.
    public let dimension: Int
    /// Made of the model's name and files, and its configuration.
    public let fingerprint: String
    /// The most tokens of one text, including special tokens; the end of longer texts is cut off.
    public let maximumLength: Int

    private let tokenizer: Tokenizer
    private let configuration: SentenceEncoderConfiguration
    private let network: SentenceNetwork

    /// Loads the model; blocks while files are read.
    ///
    /// - Throws: `ServiceError` naming the file that is missing, damaged or not supported.
    public init(modelID: String, directory: URL, runtime: OnnxRuntime) throws {
        configuration = try SentenceEncoderConfiguration(directory: directory, modelID: modelID)
        tokenizer = try Tokenizer(contentsOf: directory.appending(path: "tokenizer.json").path, modelID: modelID)
        guard tokenizer.specialTokenCount < configuration.maximumLength else {
            throw ServiceError.unusableModel(
                modelID, file: "sentence_bert_config.json", reason: "its max_seq_length leaves no room for a text")
        }
        network = try SentenceNetwork(modelID: modelID, directory: directory, runtime: runtime, configuration)
        self.modelID = modelID
        dimension = network.dimension
        maximumLength = configuration.maximumLength
        fingerprint = try ModelFingerprint(
            directory: directory,
            parts: [modelID, network.file, "\(configuration)", "composed", "unit length"]
        ).text
    }

    /// From `config_sentence_transformers.json`, or what models of this name were taught (``Prompts``).
    public func prompt(for type: InputType) -> String { configuration.prompts[type] }

    /// The token ids of `text` for the network.
    ///
    /// Texts are composed (NFC) first: models were trained on composed text, and macOS and iOS send "é" as "e" and an accent.
    /// Measured against `tokenizers`, this changes nothing if the tokenizer strips accents or normalises by itself (BERT
    /// uncased, NFC, NFKC) and, with nmt_nfkc (XLM-R), for letters with one accent. There, letters with two (Vietnamese) and
    /// decomposed Hangul get the ids of composed text, as does all text with a tokenizer that keeps accents (BERT cased);
    /// the reference splits these into pieces that the model hardly knows.
    public func tokenize(_ text: String) -> TokenizedText {
        let text = text.composed()
        return tokenizer.encode(configuration.lowercases ? text.lowercased() : text, maximumLength: maximumLength)
    }

    /// Pads all texts to the longest one and runs the network once, on a thread that may block.
    public func vectors(of texts: [[Int32]], ticket: WorkTicket) async throws -> [[Float]] {
        try await vectors(of: texts, ticket: ticket, whenCoreIsFree: {})
    }

    /// The same; where many texts are computed in parts, it tells when a core is done with its own.
    public func vectors(
        of texts: [[Int32]], ticket: WorkTicket, whenCoreIsFree: @escaping @Sendable () -> Void
    ) async throws -> [[Float]] {
        try await network.run(texts, paddingID: tokenizer.paddingID, ticket: ticket, whenCoreIsFree: whenCoreIsFree)
    }
}
