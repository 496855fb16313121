import BridgeSupport
import BridgeTesting
import LanguageModels
import Logging
import Testing

/// A client of `fake` that a test can have misbehave towards.
func client(
    of fake: FakeOllama, clock: any Clock<Duration> = ContinuousClock(), logger: Logger? = nil,
    change: (inout OllamaClient.Settings) -> Void = { _ in }
) throws -> OllamaClient {
    var settings = OllamaClient.Settings(address: try OllamaAddress(fake.baseURL))
    change(&settings)
    return OllamaClient(settings: settings, logger: logger ?? LogRecorder().logger, clock: clock)
}

/// All events of one answer.
func events(
    _ client: some LanguageModel, _ request: GenerationRequest = .question, model: String = "qwen3:4b"
) async throws -> [GenerationEvent] {
    try await client.withAnswer(to: request, by: model) { answer in
        var events: [GenerationEvent] = []
        for try await event in answer { events.append(event) }
        return events
    }
}

extension LanguageModel {
    /// Has `onEvent` take each event.
    func generate(
        _ request: GenerationRequest, model: String,
        onEvent: @escaping @Sendable (GenerationEvent) async throws -> Void
    ) async throws {
        try await withAnswer(to: request, by: model) { answer in
            for try await event in answer { try await onEvent(event) }
        }
    }
}

/// The error that `body` throws.
func serviceError(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async throws -> ServiceError {
    try await #require(throws: ServiceError.self, sourceLocation: sourceLocation) { try await body() }
}

extension GenerationRequest {
    static let question = GenerationRequest(input: .prompt("Capitale de l'Islande ?", system: nil))
    static let conversation = GenerationRequest(
        input: .chat([
            ChatMessage(role: .system, content: "Réponds en une phrase."),
            ChatMessage(role: .user, content: "Capitale de l'Islande ?"),
        ]))
}

extension [GenerationEvent] {
    var text: String {
        reduce(into: "") { text, event in
            if case .delta(let piece) = event { text += piece }
        }
    }

    var thinking: String {
        reduce(into: "") { text, event in
            if case .thinking(let piece) = event { text += piece }
        }
    }

    var summary: GenerationSummary? {
        guard case .done(let summary) = last else { return nil }
        return summary
    }
}

/// All events of one answer of `fake`, through a client of its own.
func events(of fake: FakeOllama, _ request: GenerationRequest = .question) async throws -> [GenerationEvent] {
    try await events(client(of: fake), request)
}
