import BridgeSupport
public import LanguageModels
import Logging
import WorkScheduling

/// What every ``LanguageModels/LanguageModel`` must do. Each backend's tests run all of it against their own server.
///
/// A check throws ``ConformanceViolation``. The model under test must be able to answer with at least two pieces.
public struct LanguageModelConformance: Sendable {
    private struct Stop: Error {}

    private let model: any LanguageModel
    private let name: String
    private let question = GenerationRequest(input: .prompt("Bonjour", system: nil))

    /// - Parameter name: one of the models that the server has.
    public init(_ model: any LanguageModel, name: String) {
        self.model = model
        self.name = name
    }

    /// - Throws: ``ConformanceViolation`` for the first broken promise, or what the server throws.
    public func run() async throws {
        try await listsItsModel()
        try await comparesNames()
        try saysWhatToDo()
        try await refusesModelsThatItLacks()
        for input in [
            GenerationRequest.Input.prompt("Bonjour", system: nil),
            .chat([ChatMessage(role: .user, content: "Bonjour")]),
        ] {
            try await answersInOrder(GenerationRequest(input: input))
        }
        try await honoursMaxTokens()
        try await letsItsReaderLeave()
        try await passesReaderErrorsThrough()
        try await requireCancellation("an answer", of: answerThatIsCancelled)
        try await answersBehindTheService()
    }

    private func listsItsModel() async throws {
        let names = try await model.models()
        try require(names.contains(name), "models() does not list \(name)")
    }

    private func comparesNames() async throws {
        let names = try await model.models().map(model.canonicalName)
        try require(Set(names).count == names.count, "two models have the same canonical name")
        try require(names.map(model.canonicalName) == names, "a canonical name has another canonical name")
    }

    private func saysWhatToDo() throws {
        try require(!model.title.isEmpty, "the server has no title")
        try require(model.advice(forMissing: name).contains(name), "the advice for a missing model does not name it")
        for advice in [name, nil].map(model.advice) {
            try require(advice.hasSuffix("."), "the advice for a missing model is no sentence")
        }
    }

    private func refusesModelsThatItLacks() async throws {
        do {
            _ = try await model.withAnswer(to: question, by: "nobody-has-this") { try await $0.next() }
        } catch let error as ServiceError where error.code == .modelNotFound && error.param == "model" {
            let message = model.publicMessage(of: error)
            try require(
                !message.isEmpty && !message.contains("Bonjour"), "the public message is empty, or quotes a prompt")
            return
        }
        throw ConformanceViolation(description: "a model that the server lacks was not refused")
    }

    private func answersInOrder(_ request: GenerationRequest) async throws {
        let events = try await events(request)
        let deltas = events.prefix { if case .delta(let piece) = $0 { !piece.isEmpty } else { false } }
        try require(deltas.count >= 2, "an answer has fewer than two non-empty pieces")
        try require(deltas.count == events.count - 1, "something other than one .done stands after the pieces")
        guard case .done(let summary)? = events.last else {
            throw ConformanceViolation(description: "the last event is not .done")
        }
        try require(summary.model == name, "the summary names \(summary.model) instead of \(name)")
        try require(["stop", "length"].contains(summary.finishReason), "unknown finish reason \(summary.finishReason)")
    }

    private func honoursMaxTokens() async throws {
        var request = question
        request.maxTokens = 1
        guard case .done(let summary)? = try await events(request).last else {
            throw ConformanceViolation(description: "the last event is not .done")
        }
        try require(summary.tokensGenerated <= 1, "more tokens than max_tokens")
        try require(summary.finishReason == "length", "an answer cut by max_tokens does not say so")
    }

    private func letsItsReaderLeave() async throws {
        let first = try await model.withAnswer(to: question, by: name) { answer in try await answer.next() }
        guard case .delta? = first else { throw ConformanceViolation(description: "the first event is no piece") }
    }

    private func passesReaderErrorsThrough() async throws {
        do {
            try await model.withAnswer(to: question, by: name) { answer in
                _ = try await answer.next()
                throw Stop()
            }
        } catch is Stop {
            return
        }
        throw ConformanceViolation(description: "an error of the reader did not stop the answer")
    }

    @Sendable private func answerThatIsCancelled(_ cancel: @escaping @Sendable () async -> Void) async throws {
        try await model.withAnswer(to: question, by: name) { answer in
            _ = try await answer.next()
            await cancel()
            for try await _ in answer {}
        }
    }

    private func answersBehindTheService() async throws {
        let service = LanguageModelService(
            servers: ["elsewhere": FakeLanguageModel(), "here": model], configuredModel: "here/\(name)",
            admission: WorkScheduler().admission(what: "language-model", maxConcurrent: 1, maxQueued: 1),
            logger: Logger(label: "conformance") { _ in SwiftLogNoOpLogHandler() })
        await service.probe()
        try require(service.status().state == .healthy, "the service misses the model")
        try require(try await service.models().names.contains("here/\(name)"), "the service does not list the model")
        let answer = try await service.generate(question)
        try require(!answer.text.isEmpty && answer.summary.model == "here/\(name)", "the service asked another model")
    }

    private func events(_ request: GenerationRequest) async throws -> [GenerationEvent] {
        try await model.withAnswer(to: request, by: name) { answer in
            var events: [GenerationEvent] = []
            for try await event in answer { events.append(event) }
            try require(try await answer.next() == nil, "there is more behind the end")
            return events
        }
    }
}
