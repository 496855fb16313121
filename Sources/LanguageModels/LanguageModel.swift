public import BridgeSupport

/// A server for language models, such as Ollama. Implementations map every failure to ``BridgeSupport/ServiceError``, and say in its words
/// what to do: nothing else in this program knows what kind of server it is.
public protocol LanguageModel: Sendable {
    /// The server's name for users. Sentences begin with it.
    var title: String { get }
    /// Has `body` take the answer to `request`. The upstream request ends with `body`, or when the task is cancelled.
    ///
    /// - Throws: what `body` throws, usually what the stream throws; `model_not_found` (param `model`) for a model that the
    ///   server does not have.
    func withAnswer<Result: Sendable>(
        to request: GenerationRequest, by model: String,
        _ body: @escaping @Sendable (AnswerStream) async throws -> Result
    ) async throws -> Result
    /// Names of the models that the server has, newest first.
    func models() async throws -> [String]
    /// All models that the server keeps, including ones that write no text, as it knows them.
    func stored() async throws -> [StoredLanguageModel]
    /// Fetches a model to the server's disk.
    ///
    /// - Throws: `model_not_found` (param `id`) if nobody has it.
    func pull(_ model: String, progress: @escaping @Sendable (LanguageModelPull) -> Void) async throws
    /// Deletes a model from the server's disk.
    func remove(_ model: String) async throws
    /// Loads a model into the server's memory.
    ///
    /// - Parameter pinned: whether it stays there even if unused; for as long as the server likes if nil or false.
    func load(_ model: String, pinned: Bool?) async throws
    /// Has the server let go of the memory of a model.
    func unload(_ model: String) async throws
    /// The canonical form of a model's name, by which names are compared.
    func canonicalName(_ model: String) -> String
    /// A sentence on how the server gets `model`, or any model if that is nil.
    func advice(forMissing model: String?) -> String
    /// The message of an `error` from this server for others than its caller, in `/health` and in the log: it quotes nothing of the request.
    func publicMessage(of error: ServiceError) -> String
    /// Whether `model` may think in its answers, as far as is known. If it cannot, tags in its answers are only words.
    func mayThink(_ model: String) -> Bool
}

extension LanguageModel {
    /// Nothing is known, so that tags are looked for.
    public func mayThink(_ model: String) -> Bool { true }
}
