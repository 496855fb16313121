import BridgeTesting
import WorkScheduling

@testable import Embeddings

extension EmbeddingBackend {
    /// As a request that is alone, and has no cache.
    func embed(
        _ texts: [String], tokensPerBatch: Int = 1024, ticket: WorkTicket = .alone()
    ) async throws -> [EmbeddedText] {
        try await BatchRunner(tokensPerBatch: tokensPerBatch, ticket: ticket, cache: nil).embed(texts, with: self).texts
    }
}

extension BatchRunner {
    func embed(_ texts: [String], with backend: any EmbeddingBackend) async throws -> Answer {
        try await embed(texts.map { VectorCacheKey(space: backend.space, text: $0) }, with: backend)
    }
}
