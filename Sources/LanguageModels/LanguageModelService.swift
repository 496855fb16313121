public import BridgeSupport
public import Logging
public import WorkScheduling
import Synchronization

/// Answers prompts and conversations with a language model: checks the request, waits for admission, chooses the
/// model, passes the pieces on, and measures.
///
/// The model is the one that the request names, otherwise the configured one, otherwise the server's first. A named model is never
/// replaced by another one. Servers have names: `ollama/qwen3` is the model `qwen3` of the server `ollama`.
public final class LanguageModelService: Sendable {
    enum Reach: Sendable {
        case reached([String])
        case unreachable(String)
    }

    struct State: Sendable {
        var servers: LanguageModelServers
        /// The result of the last probe of each server, by the server's name.
        var reach: [String: Reach] = [:]
        /// The message of the newest failed answer, until one succeeds.
        var lastError: String?
    }

    /// For requests that name no model, where nobody has chosen another one at run time.
    let configuredModel: String?
    let admission: AdmissionLimiter
    let logger: Logger
    let clock: any Clock<Duration>
    let probeInterval: Duration
    let state: Mutex<State>

    /// - Parameters:
    ///   - servers: at least one, by names without a slash. Names without a server mean models of the first one.
    ///   - configuredModel: answers requests that name none; nil or empty for the first server's first model.
    ///   - probeInterval: the pause of ``runProbe(onFirstLook:)`` between two probes of the servers.
    public init(
        servers: KeyValuePairs<String, any LanguageModel>, configuredModel: String?, admission: AdmissionLimiter,
        logger: Logger, clock: any Clock<Duration> = ContinuousClock(), probeInterval: Duration = .seconds(10)
    ) {
        state = Mutex(State(servers: LanguageModelServers(servers, configured: configuredModel)))
        self.configuredModel = configuredModel
        self.admission = admission
        self.logger = logger
        self.clock = clock
        self.probeInterval = probeInterval
    }

    /// - Throws: `overloaded` where no more interactive work is taken now, as a request of that kind would.
    public func checkRoom() throws { try admission.checkRoom(.interactive) }

    /// How many requests run and wait in each lane.
    public var lanes: [AdmissionLimiter.Lane] { admission.lanes }

    /// The servers as they are asked now.
    var servers: LanguageModelServers { state.withLock { $0.servers } }

    // MARK: Answers

    /// The whole answer at once.
    ///
    /// - Throws: what ``withAnswer(to:_:)`` throws, or `upstream_error` for more text than tokens can make.
    public func generate(_ request: GenerationRequest) async throws -> GeneratedAnswer {
        try await withAnswer(to: request) { answer in
            var collected = CollectedAnswer()
            for try await event in answer { try collected.add(event) }
            return try collected.answer { name in
                let model = self.servers.find(name)
                return model.server.model.mayThink(model.name)
            }
        }
    }

    /// Has `body` take the answer as it arrives. Until it asks for more, the language model's server waits; when it returns,
    /// generation stops.
    ///
    /// - Throws: `ServiceError`, `CancellationError` (generation stops then), or what `body` throws.
    public func withAnswer<Result: Sendable>(
        to request: GenerationRequest, _ body: @escaping @Sendable (AnswerStream) async throws -> Result
    ) async throws -> Result {
        try request.validate()
        let request = await request.composed()
        let elapsed = clock.stopwatch()
        return try await admission.withAdmission { waited in
            let model = try await self.chooseModel(request)
            do {
                return try await model.server.model.withAnswer(to: request, by: model.name) { answer in
                    try await body(self.measured(answer, by: model, waited: waited, elapsed))
                }
            } catch let error as ServiceError {
                // A client's mistake says nothing about the service, and its words are not for others to read.
                let isClients = error.code == .invalidRequest || error.code == .modelNotFound && request.model != nil
                let message = model.server.model.publicMessage(of: error)
                if !isClients { self.state.withLock { $0.lastError = message } }
                throw error
            }
        }
    }

    private func measured(
        _ answer: AnswerStream, by model: LanguageModelServers.Model, waited: Duration,
        _ elapsed: @escaping @Sendable () -> Duration
    ) -> AnswerStream {
        var firstToken: Duration?
        return answer.onEach { event in
            guard case .done(var summary) = event else {
                if firstToken == nil { firstToken = elapsed() }
                return
            }
            summary.model = self.servers.title(of: model)
            (summary.queue, summary.firstToken, summary.total) = (waited, firstToken, elapsed())
            Stage.load.tell(summary.load, endedAgo: summary.promptEvaluation + summary.generation)
            self.noteSuccess(summary)
            event = .done(summary)
        }
    }

    /// The servers' current models, and the one that answers a request that names none.
    public func models() async throws -> (names: [String], default: String?) {
        let lists = try await servers.lists()
        let standard = servers.answering(first: lists[0].first?.name)
        return (lists.joined().map(servers.title), standard.map(servers.title))
    }

    private func chooseModel(_ request: GenerationRequest) async throws -> LanguageModelServers.Model {
        let server = servers.all[0]
        var first: String?
        if case .reached(let names) = state.withLock({ $0.reach[server.name] }) { first = names.first }
        if let known = servers.answering(request.model, first: first) { return known }
        if let asked = servers.answering(first: try await server.model.models().first) { return asked }
        throw ServiceError(.llmUnavailable, server.hasNoModel, retryAfter: .seconds(10))
    }

    private func noteSuccess(_ summary: GenerationSummary) {
        state.withLock { $0.lastError = nil }
        logger.debug(
            "Answered",
            metadata: [
                "model": "\(summary.model)", "tokens": "\(summary.tokensGenerated)",
                "total_ms": "\(Int(summary.total.milliseconds))", "finish": "\(summary.finishReason)",
            ])
    }
}
