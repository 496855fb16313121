import BridgeSupport
import BridgeTesting
import Synchronization
import Testing

@testable import Embeddings

/// The cache that nobody waits for, in front of one that is as slow as its gate.
@Suite(.timeLimit(.minutes(1))) struct WriteBehindVectorCacheTests {
    private final class SlowCache: VectorCache {
        let gate = Gate(open: false)
        let memory = MemoryVectorCache(maximumBytes: 1 << 20)
        let calls = Watched(0)

        func vectors(for keys: [VectorCacheKey]) -> [EmbeddedText?] { memory.vectors(for: keys) }

        func store(_ entries: [(key: VectorCacheKey, value: EmbeddedText)]) async {
            calls.update { $0 += 1 }
            try? await gate.pass()
            memory.store(entries)
        }

        func statistics() -> VectorCacheStatistics { memory.statistics() }
        func clear() { memory.clear() }
    }

    private func entry(_ text: String) -> (key: VectorCacheKey, value: EmbeddedText) {
        let space = VectorSpace(model: "m", fingerprint: "f", dimension: 1)
        return (.init(space: space, text: text), EmbeddedText(vector: [1], tokenCount: 1, truncated: false))
    }

    @Test func storesLaterInOrderAndLeavesTheNewestOutWhereItIsTooSlow() async throws {
        let slow = SlowCache()
        let cache = WriteBehindVectorCache(slow, capacity: 2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cache.run() }
            defer { group.cancelAll() }
            // Each returns although nothing can be stored.
            cache.store([entry("first")])
            try await slow.calls.wait { $0 == 1 }
            for text in ["second", "third", "fourth"] { cache.store([entry(text)]) }
            #expect(await cache.vectors(for: [entry("first").key]) == [nil])
            slow.gate.open()
            try await waitUntil { slow.memory.statistics().entries == 3 }
            #expect(
                await cache.vectors(for: [entry("third").key, entry("fourth").key]) == [entry("third").value, nil])
            let statistics = await cache.statistics()
            #expect(statistics.backend == "memory" && statistics.unstored == 1)
        }
    }

    @Test func whatWaitsWhenItIsClearedIsForgottenToo() async throws {
        let slow = SlowCache()
        let cache = WriteBehindVectorCache(slow)
        try await withThrowingTaskGroup(of: Void.self) { group in
            cache.store([entry("before")])
            try await cache.clear()
            cache.store([entry("after")])
            slow.gate.open()
            group.addTask { await cache.run() }
            defer { group.cancelAll() }
            try await waitUntil { slow.memory.statistics().entries == 1 }
            #expect(
                await cache.vectors(for: [entry("before").key, entry("after").key]) == [nil, entry("after").value])
        }
    }
}
