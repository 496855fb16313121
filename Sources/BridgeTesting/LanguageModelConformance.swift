import BridgeSupport
public import LanguageModels

/// What every ``LanguageModels/LanguageModel`` must do. Each backend's tests run all of it against their own server.
///
/// A check throws ``Violation`` with a sentence on what is wrong. The model under test must be able to answer with at
/// least two pieces.
public struct LanguageModelConformance: Sendable {
    public struct Violation: Error, CustomStringConvertible {
        public var description: String
    }

    private struct Stop: Error {}

    private let model: any LanguageModel
    private let name: String
    private let question = GenerationRequest(input: .prompt("Bonjour", system: nil))

    /// - Parameter name: One of the models that the server has.
    public init(_ model: any LanguageModel, name: String) {
        self.model = model
        self.name = name
    }

    public func run() async throws {
        try await listsItsModel()
        for input in [
            GenerationRequest.Input.prompt("Bonjour", system: nil),
            .chat([ChatMessage(role: .user, content: "Bonjour")]),
        ] {
            try await answersInOrder(GenerationRequest(input: input))
        }
        try await honoursMaxTokens()
        try await letsItsReaderLeave()
        try await passesReaderErrorsThrough()
        try await stopsWhenCancelled()
    }

    private func listsItsModel() async throws {
        let names = try await model.models()
        try require(names.contains(name), "models() does not list \(name)")
    }

    private func answersInOrder(_ request: GenerationRequest) async throws {
        let events = try await events(request)
        let deltas = events.prefix { if case .delta(let piece) = $0 { !piece.isEmpty } else { false } }
        try require(deltas.count >= 2, "an answer has fewer than two non-empty pieces")
        try require(deltas.count == events.count - 1, "something other than one .done stands after the pieces")
        guard case .done(let summary)? = events.last else {
            throw Violation(description: "the last event is not .done")
        }
        try require(summary.model == name, "the summary names \(summary.model) instead of \(name)")
        try require(["stop", "length"].contains(summary.finishReason), "unknown finish reason \(summary.finishReason)")
    }

    private func honoursMaxTokens() async throws {
        var request = question
        request.maxTokens = 1
        guard case .done(let summary)? = try await events(request).last else {
            throw Violation(description: "the last event is not .done")
        }
        try require(summary.tokensGenerated <= 1, "more tokens than max_tokens")
        try require(summary.finishReason == "length", "an answer cut by max_tokens does not say so")
    }

    private func letsItsReaderLeave() async throws {
        let first = try await model.withAnswer(to: question, by: name) { answer in try await answer.next() }
        guard case .delta? = first else { throw Violation(description: "the first event is no piece") }
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
        throw Violation(description: "an error of the reader did not stop the answer")
    }

    private func stopsWhenCancelled() async throws {
        let result = await withTaskGroup(of: Result<Void, any Error>.self) { group in
            group.addTask {
                do {
                    try await model.withAnswer(to: question, by: name) { answer in
                        for try await _ in answer {
                            // The piece is held until the cancellation comes.
                            try await Gate().pass()
                        }
                    }
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
            group.cancelAll()
            return await group.next()
        }
        guard case .failure(let error)? = result, error is CancellationError else {
            throw Violation(description: "a cancelled answer did not end with CancellationError")
        }
    }

    private func events(_ request: GenerationRequest) async throws -> [GenerationEvent] {
        try await model.withAnswer(to: request, by: name) { answer in
            var events: [GenerationEvent] = []
            for try await event in answer { events.append(event) }
            try require(try await answer.next() == nil, "there is more behind the end")
            return events
        }
    }

    private func require(_ condition: Bool, _ otherwise: String) throws {
        if !condition { throw Violation(description: otherwise) }
    }
}
