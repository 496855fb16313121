public import BridgeSupport
import Synchronization

/// A cache that nobody waits for to remember: what is to be stored goes there from ``run()``, in the order in which it came. Where that is
/// slower than vectors are computed, the newest are not stored.
public final class WriteBehindVectorCache: VectorCache {
    private struct Entries: Sendable {
        var entries: [(key: VectorCacheKey, value: EmbeddedText)]
        var generation: Int
    }

    private let cache: any VectorCache
    /// Changes when the cache is cleared: what is still to be stored then is forgotten as well.
    private let generation = Mutex(0)
    private let unstored = Mutex(0)
    private let waiting: AsyncStream<Entries>
    private let store: AsyncStream<Entries>.Continuation

    /// - Parameter capacity: calls of `store` that may wait; of one run of a network each, some hundred kilobytes at most.
    public init(_ cache: any VectorCache, capacity: Int = 64) {
        self.cache = cache
        (waiting, store) = AsyncStream.makeStream(of: Entries.self, bufferingPolicy: .bufferingOldest(capacity))
    }

    /// Stores what comes, until the task is cancelled; to be called once.
    public func run() async {
        for await batch in waiting where batch.generation == generation.withLock({ $0 }) {
            await cache.store(batch.entries)
        }
    }

    public func vectors(for keys: [VectorCacheKey]) async -> [EmbeddedText?] { await cache.vectors(for: keys) }

    /// Returns at once.
    public func store(_ entries: [(key: VectorCacheKey, value: EmbeddedText)]) {
        let result = store.yield(Entries(entries: entries, generation: generation.withLock { $0 }))
        if case .dropped(let dropped) = result { unstored.withLock { $0 += dropped.entries.count } }
    }

    public func statistics() async -> VectorCacheStatistics {
        var statistics = await cache.statistics()
        statistics.unstored = unstored.withLock { $0 }
        return statistics
    }

    public func clear() async throws(ServiceError) {
        generation.withLock { $0 += 1 }
        try await cache.clear()
    }
}
