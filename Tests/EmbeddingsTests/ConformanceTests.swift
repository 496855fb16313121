import BridgeTesting
import Testing

@testable import Embeddings

@Suite(.timeLimit(.minutes(5))) struct ConformanceTests {
    @Test func sentenceEncodersKeepThePromises() async throws {
        try await EmbeddingConformance(MiniLMTests.shared.get()).run()
    }

    @Test func theFakeBackendKeepsThePromises() async throws {
        try await EmbeddingConformance(FakeEmbeddingBackend()).run()
    }

    @Test func theCacheInMemoryKeepsThePromises() async throws {
        try await VectorCacheConformance { MemoryVectorCache(maximumBytes: 1 << 20) }.run()
    }
}
