public import BridgeSupport

/// A server of language models, such as Ollama. Conformers map every failure to ``BridgeSupport/ServiceError``, and say in its words what
/// is to be done: nothing else in this program knows what kind of server it is.
public protocol LanguageModel: Sendable {
    /// What people call the server. Sentences begin with it.
    var title: String { get }
    /// Has `body` take the answer to `request`. The upstream request ends with `body`, or when the task is cancelled.
    ///
    /// - Throws: what `body` throws, which is what the stream throws as a rule; `model_not_found` (param `model`) for a model that the
    ///   server does not have.
    func withAnswer<Result: Sendable>(
        to request: GenerationRequest, by model: String,
        _ body: @escaping @Sendable (AnswerStream) async throws -> Result
    ) async throws -> Result
    /// Names of the models that the server has, newest first.
    func models() async throws -> [String]
    /// The one form of all names of a model, by which names are compared.
    func canonicalName(_ model: String) -> String
    /// A sentence that says how the server gets `model`, or any model where that is nil.
    func advice(forMissing model: String?) -> String
    /// What `error`, thrown by this server, says to others than its caller, in `/health` and in the log: nothing of what was asked.
    func publicMessage(of error: ServiceError) -> String
    /// Whether `model` may think in its answers, as far as is known. Where it cannot, tags in its answers are only words.
    func mayThink(_ model: String) -> Bool
}

extension LanguageModel {
    public func mayThink(_ model: String) -> Bool { true }
}
