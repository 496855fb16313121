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

    /// A cache that tells how often it has stored something.
    private final class CountedCache: VectorCache {
        let memory = MemoryVectorCache(maximumBytes: 1 << 20)
        let stored = Watched(0)

        func vectors(for keys: [VectorCacheKey]) -> [EmbeddedText?] { memory.vectors(for: keys) }

        func store(_ entries: [(key: VectorCacheKey, value: EmbeddedText)]) {
            memory.store(entries)
            stored.update { $0 += 1 }
        }

        func statistics() -> VectorCacheStatistics { memory.statistics() }
        func clear() { memory.clear() }
    }

    /// The cache, as it is once what it was given has been stored.
    private struct SettledCache: VectorCache {
        let cache: WriteBehindVectorCache
        let counted: CountedCache

        func vectors(for keys: [VectorCacheKey]) async -> [EmbeddedText?] { await cache.vectors(for: keys) }

        func store(_ entries: [(key: VectorCacheKey, value: EmbeddedText)]) async {
            let before = counted.stored.value
            cache.store(entries)
            _ = try? await counted.stored.wait { $0 > before }
        }

        func statistics() async -> VectorCacheStatistics { await cache.statistics() }
        func clear() async throws(ServiceError) { try await cache.clear() }
    }

    @Test(arguments: [false, true]) func itKeepsThePromisesAloneAndBehindMemory(isBehindMemory: Bool) async throws {
        let (started, starts) = AsyncStream.makeStream(of: WriteBehindVectorCache.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await withDiscardingTaskGroup { runs in
                    for await cache in started { runs.addTask { await cache.run() } }
                    runs.cancelAll()
                }
            }
            defer { starts.finish() }
            try await VectorCacheConformance {
                let counted = CountedCache()
                let cache = WriteBehindVectorCache(counted)
                starts.yield(cache)
                return isBehindMemory
                    ? TieredVectorCache(memory: MemoryVectorCache(maximumBytes: 1 << 20), shared: cache)
                    : SettledCache(cache: cache, counted: counted)
            }.run()
        }
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
