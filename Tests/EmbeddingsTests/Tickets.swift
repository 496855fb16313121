import BridgeTesting
import Embeddings
import WorkScheduling

extension EmbeddingBackend {
    /// As somebody who waits.
    func embed(_ texts: [String]) async throws -> [EmbeddedText] { try await embed(texts, ticket: .alone()) }
}
