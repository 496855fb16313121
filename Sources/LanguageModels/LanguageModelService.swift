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

    /// The most that an answer may hold when it is gathered: 128 bytes for each of the most tokens that a request may want.
    static let maxTextBytes = 128 * GenerationRequest.Limits.maxTokens.upperBound

    /// The whole answer at once.
    ///
    /// - Throws: what ``stream(_:onEvent:)`` throws, or `upstream_error` for more text than tokens can make.
    public func generate(_ request: GenerationRequest) async throws -> GeneratedAnswer {
        let collected = Collected()
        try await stream(request) { try collected.add($0) }
        return try collected.result { model.mayThink($0) }
    }

    /// The answer piece by piece: `onEvent` gets each as it arrives, `.done` last. While it works, the server waits.
    ///
    /// - Throws: `ServiceError`, `CancellationError` (generation stops then), or what `onEvent` throws.
    public func stream(
        _ request: GenerationRequest, onEvent: @Sendable (GenerationEvent) async throws -> Void
    ) async throws {
        try request.validate()
        let request = await request.composed()
        let elapsed = clock.stopwatch()
        try await admission.withAdmission { waited in
            let name = try await self.chooseModel(request)
            let firstToken = FirstTime()
            do {
                try await self.model.generate(request, model: name) { event in
                    switch event {
                    case .thinking, .delta:
                        firstToken.note(elapsed)
                        try await onEvent(event)
                    case .done(var summary):
                        summary.queue = waited
                        summary.firstToken = firstToken.value
                        summary.total = elapsed()
                        self.noteSuccess(summary)
                        try await onEvent(.done(summary))
                    }
                }
            } catch let error as ServiceError {
                // What a client got wrong says nothing about how the service is, and its words are not for others to read.
                let isClients = error.code == .invalidRequest || error.code == .modelNotFound && request.model != nil
                if !isClients { self.state.withLock { $0.lastError = OllamaFailure.publicMessage(error) } }
                throw error
            }
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
    public func runProbe() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.probe()
                do { try await self.clock.sleep(for: self.probeInterval) } catch { return }
            }
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

/// The events of one answer, put together.
private final class Collected: Sendable {
    private struct Parts {
        var text = ""
        var thinking = ""
        var summary: GenerationSummary?
    }

    private let parts = Mutex(Parts())

    func add(_ event: GenerationEvent) throws(ServiceError) {
        let bytes = parts.withLock { parts in
            switch event {
            case .thinking(let piece): parts.thinking += piece
            case .delta(let piece): parts.text += piece
            case .done(let summary): parts.summary = summary
            }
            return parts.text.utf8.count + parts.thinking.utf8.count
        }
        guard bytes <= LanguageModelService.maxTextBytes else {
            throw ServiceError(
                .upstreamError,
                "The language model wrote more than \(LanguageModelService.maxTextBytes) bytes, and does not seem to end. Ask for less, or for a stream."
            )
        }
    }

    func result(mayThink: (_ model: String) -> Bool) throws -> GeneratedAnswer {
        let parts = parts.withLock { $0 }
        guard let summary = parts.summary else {
            throw ServiceError(.internal, "The language model returned without a summary.")
        }
        // A stream had to pass this on before its end was known; a whole answer need not be wrong.
        if parts.thinking.isEmpty, !summary.thoughtsAreApart, mayThink(summary.model),
            let split = TagSearch.split(parts.text)
        {
            return GeneratedAnswer(
                text: split.answer, thinking: split.thinking.isEmpty ? nil : split.thinking, summary: summary)
        }
        return GeneratedAnswer(
            text: parts.text, thinking: parts.thinking.isEmpty ? nil : parts.thinking, summary: summary)
    }
}

/// When something happened for the first time.
private final class FirstTime: Sendable {
    private let time = Mutex<Duration?>(nil)

    var value: Duration? { time.withLock { $0 } }

    func note(_ elapsed: () -> Duration) {
        time.withLock { time in
            if time == nil { time = elapsed() }
        }
    }
}
