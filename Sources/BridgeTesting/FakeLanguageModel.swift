public import BridgeSupport
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

    public let title = "The fake"
    private let state: Watched<State>
    private let gate: Gate

    /// - Parameter gate: each piece waits at it; open by default.
    public init(
        models: [String] = ["fake:latest"], pieces: [String] = ["Bon", "jour", " !"], gate: Gate = Gate(open: true)
    ) {
        state = Watched(State(names: models, pieces: pieces))
        self.gate = gate
    }

    public var calls: [Call] { state.value.calls }
    /// How often the list of models was asked for.
    public var listings: Int { state.value.listings }
    /// How many answers were abandoned half-way because their task was cancelled.
    public var cancelled: Int { state.value.cancelled }

    public func calls(atLeast count: Int) async throws { try await state.wait { $0.calls.count >= count } }
    public func listings(atLeast count: Int) async throws { try await state.wait { $0.listings >= count } }
    public func cancelled(atLeast count: Int) async throws { try await state.wait { $0.cancelled >= count } }

    public func setModels(_ names: [String]) { state.update { $0.names = names } }
    public func setPieces(_ pieces: [String]) { state.update { $0.pieces = pieces } }
    /// Makes every later answer fail after its pieces, or work again if it is nil.
    public func fail(with error: (any Error)?) { state.update { $0.failure = error } }
    /// Makes every later listing fail, or work again if it is nil.
    public func failListing(with error: (any Error)?) { state.update { $0.listingFailure = error } }

    public func withAnswer<Result: Sendable>(
        to request: GenerationRequest, by model: String,
        _ body: @escaping @Sendable (AnswerStream) async throws -> Result
    ) async throws -> Result {
        let (pieces, names) = state.update { state in
            state.calls.append(Call(request: request, model: model))
            return (state.pieces, state.names)
        }
        guard names.map(canonicalName).contains(canonicalName(model)) else {
            throw ServiceError(.modelNotFound, "The fake has no model '\(model)'.", param: "model")
        }
        do {
            return try await body(answer(pieces, to: request, by: model))
        } catch let error as CancellationError {
            state.update { $0.cancelled += 1 }
            throw error
        }
    }

    private func answer(_ pieces: [String], to request: GenerationRequest, by model: String) -> AnswerStream {
        let count = min(pieces.count, request.maxTokens)
        var made = 0
        return AnswerStream { [self] in
            defer { made += 1 }
            if made < count {
                try await gate.pass()
                try Task.checkCancellation()
                return .delta(pieces[made])
            }
            guard made == count else { return nil }
            if let error = state.value.failure { throw error }
            return .done(
                GenerationSummary(
                    model: model, tokensGenerated: count, tokensPrompt: 7,
                    finishReason: count < pieces.count ? "length" : "stop", load: .milliseconds(1),
                    promptEvaluation: .milliseconds(2), generation: .milliseconds(3)))
        }
    }

    /// In lower case.
    public func canonicalName(_ model: String) -> String { model.lowercased() }

    public func advice(forMissing model: String?) -> String { "Make the fake with \(model ?? "any model")." }

    public func publicMessage(of error: ServiceError) -> String { error.message }

    public func models() async throws -> [String] {
        let (names, failure) = state.update { state in
            state.listings += 1
            return (state.names, state.listingFailure)
        }
        if let failure { throw failure }
        return names
    }
}
