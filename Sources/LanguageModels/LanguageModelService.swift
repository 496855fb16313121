public import BridgeSupport
public import Logging
public import WorkScheduling
import ServiceLifecycle
import Synchronization

/// Answers prompts and conversations with a language model: checks the request, waits for admission, chooses the
/// model, passes the pieces on, and measures.
///
/// The model is the one that the request names, else the configured one, else the server's first. A model that was
/// named is never replaced by another.
public final class LanguageModelService: Sendable {
    private enum Reach: Sendable {
        case notAskedYet
        case reached([String])
        case unreachable(String)
    }

    private struct State: Sendable {
        var reach = Reach.notAskedYet
        /// The text of the newest failed answer, until one succeeds.
        var lastError: String?
    }

    private let model: any LanguageModel
    private let configuredModel: String?
    private let admission: AdmissionLimiter
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let probeInterval: Duration
    private let state = Mutex(State())

    /// - Parameter probeInterval: How long ``runProbe()`` rests between two looks at the server.
    public init(
        model: any LanguageModel, configuredModel: String?, admission: AdmissionLimiter, logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(), probeInterval: Duration = .seconds(10)
    ) {
        self.model = model
        self.configuredModel = configuredModel.flatMap { $0.isEmpty ? nil : $0 }
        self.admission = admission
        self.logger = logger
        self.clock = clock
        self.probeInterval = probeInterval
    }

    // MARK: Answers

    /// The whole answer at once.
    ///
    /// - Throws: what ``withAnswer(to:_:)`` throws, or `upstream_error` for more text than tokens can make.
    public func generate(_ request: GenerationRequest) async throws -> GeneratedAnswer {
        try await withAnswer(to: request) { answer in
            var collected = CollectedAnswer()
            for try await event in answer { try collected.add(event) }
            return try collected.answer { self.model.mayThink($0) }
        }
    }

    /// Has `body` take the answer as it arrives. While it does not ask for more, the language model's server waits; when it returns,
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
            let name = try await self.chooseModel(request)
            do {
                return try await self.model.withAnswer(to: request, by: name) { answer in
                    try await body(self.measured(answer, waited: waited, elapsed))
                }
            } catch let error as ServiceError {
                // What a client got wrong says nothing about how the service is, and its words are not for others to read.
                let isClients = error.code == .invalidRequest || error.code == .modelNotFound && request.model != nil
                if !isClients { self.state.withLock { $0.lastError = OllamaFailure.publicMessage(error) } }
                throw error
            }
        }
    }

    private func measured(
        _ answer: AnswerStream, waited: Duration, _ elapsed: @escaping @Sendable () -> Duration
    ) -> AnswerStream {
        var firstToken: Duration?
        return AnswerStream {
            let event = try await answer.next()
            guard case .done(var summary) = event else {
                if firstToken == nil { firstToken = elapsed() }
                return event
            }
            (summary.queue, summary.firstToken, summary.total) = (waited, firstToken, elapsed())
            self.noteSuccess(summary)
            return .done(summary)
        }
    }

    /// The models that the server has now, and the one that answers a request that names none.
    public func models() async throws -> (names: [String], default: String?) {
        let names = try await model.models()
        return (names, configuredModel ?? names.first)
    }

    private func chooseModel(_ request: GenerationRequest) async throws -> String {
        if let named = request.model ?? configuredModel { return named }
        if case .reached(let names) = state.withLock({ $0.reach }), let first = names.first { return first }
        if let first = try await model.models().first { return first }
        throw ServiceError(.llmUnavailable, Self.noModelMessage, retryAfter: .seconds(10))
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

    // MARK: Health

    /// What the background probe saw last. Never waits.
    public func status() -> ServiceStatus {
        let state = state.withLock { $0 }
        let load = admission.snapshot
        var status = ServiceStatus(
            state: .healthy, model: configuredModel, lastError: state.lastError, queued: load.queued,
            running: load.running)
        switch state.reach {
        case .notAskedYet:
            status.state = .degraded
            status.message = "Ollama has not been asked yet. Ask again in a moment."
        case .unreachable(let message):
            status.state = .unavailable
            status.message = message
            status.lastError = message
        case .reached(let names):
            judge(names, &status)
        }
        return status
    }

    private func judge(_ names: [String], _ status: inout ServiceStatus) {
        status.model = configuredModel ?? names.first
        let known = Set(names.map(OllamaModelName.normalized))
        if let configuredModel, !known.contains(OllamaModelName.normalized(configuredModel)) {
            // Requests that name another model still work, if there is one.
            status.state = names.isEmpty ? .unavailable : .degraded
            status.message =
                "Ollama does not have the configured model '\(configuredModel)'. Run 'ollama pull \(configuredModel)'."
        } else if names.isEmpty {
            status.state = .unavailable
            status.message = Self.noModelMessage
        } else {
            status.loaded = true
        }
    }

    /// Looks at the server until the task is cancelled or the service group shuts down.
    ///
    /// - Parameter onFirstLook: called once the server was asked.
    public func runProbe(onFirstLook: @escaping @Sendable () -> Void = {}) async throws {
        await cancelWhenGracefulShutdown {
            await self.probe()
            onFirstLook()
            while (try? await self.clock.sleep(for: self.probeInterval)) != nil { await self.probe() }
        }
    }

    /// One look at the server; ``status()`` tells what it saw.
    public func probe() async {
        let seen: Reach
        do {
            seen = .reached(try await model.models())
        } catch is CancellationError {
            return
        } catch {
            seen = .unreachable(
                (error as? ServiceError).map(OllamaFailure.publicMessage) ?? "Ollama cannot be reached.")
        }
        let before = state.withLock { state in
            defer { state.reach = seen }
            return state.reach
        }
        logChange(from: before, to: seen)
    }

    private func logChange(from before: Reach, to now: Reach) {
        switch (before, now) {
        case (.reached, .reached), (.unreachable, .unreachable), (_, .notAskedYet): break
        case (_, .reached(let names)): logger.info("Ollama is reachable", metadata: ["models": "\(names.count)"])
        case (_, .unreachable(let message)): logger.warning("\(message)")
        }
    }

    private static let noModelMessage =
        "Ollama has no model that can write text. Get one with 'ollama pull qwen3:4b', for example."
}
