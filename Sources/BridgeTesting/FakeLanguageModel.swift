public import LanguageModels

/// Answers with fixed pieces, one `.delta` each, without a network.
public final class FakeLanguageModel: LanguageModel {
    public struct Call: Sendable {
        public var request: GenerationRequest
        public var model: String
    }

    private struct State: Sendable {
        var names: [String]
        var pieces: [String]
        var failure: (any Error)?
        var listingFailure: (any Error)?
        var calls: [Call] = []
        var listings = 0
        var cancelled = 0
    }

    private let state: Watched<State>
    private let gate: Gate

    /// - Parameter gate: What each piece waits at; open unless told otherwise.
    public init(
        models: [String] = ["fake:latest"], pieces: [String] = ["Bon", "jour", " !"], gate: Gate = Gate(open: true)
    ) {
        state = Watched(State(names: models, pieces: pieces))
        self.gate = gate
    }

    public var calls: [Call] { state.value.calls }
    /// How often the model list was asked for.
    public var listings: Int { state.value.listings }
    /// How many answers were given up half-way because their task was cancelled.
    public var cancelled: Int { state.value.cancelled }

    public func calls(atLeast count: Int) async throws { try await state.wait { $0.calls.count >= count } }
    public func listings(atLeast count: Int) async throws { try await state.wait { $0.listings >= count } }
    public func cancelled(atLeast count: Int) async throws { try await state.wait { $0.cancelled >= count } }

    public func setModels(_ names: [String]) { state.update { $0.names = names } }
    public func setPieces(_ pieces: [String]) { state.update { $0.pieces = pieces } }
    /// Makes every later answer fail after its pieces, or work again for nil.
    public func fail(with error: (any Error)?) { state.update { $0.failure = error } }
    /// Makes every later listing fail, or work again for nil.
    public func failListing(with error: (any Error)?) { state.update { $0.listingFailure = error } }

    public func generate(
        _ request: GenerationRequest, model: String, onEvent: @Sendable (GenerationEvent) async throws -> Void
    ) async throws {
        let pieces = state.update { state in
            state.calls.append(Call(request: request, model: model))
            return state.pieces
        }
        do {
            for piece in pieces.prefix(request.maxTokens) {
                try await gate.pass()
                try Task.checkCancellation()
                try await onEvent(.delta(piece))
            }
        } catch let error as CancellationError {
            state.update { $0.cancelled += 1 }
            throw error
        }
        if let error = state.value.failure { throw error }
        let count = min(pieces.count, request.maxTokens)
        try await onEvent(
            .done(
                GenerationSummary(
                    model: model, tokensGenerated: count, tokensPrompt: 7,
                    finishReason: count < pieces.count ? "length" : "stop", load: .milliseconds(1),
                    promptEvaluation: .milliseconds(2), generation: .milliseconds(3))))
    }

    public func models() async throws -> [String] {
        let (names, failure) = state.update { state in
            state.listings += 1
            return (state.names, state.listingFailure)
        }
        if let failure { throw failure }
        return names
    }
}
