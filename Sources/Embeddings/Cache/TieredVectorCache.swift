public import BridgeSupport

/// Memory first, and behind it a cache that several servers share. What is found there is kept in memory too.
public struct TieredVectorCache: VectorCache {
    private let memory: MemoryVectorCache
    private let shared: any VectorCache

    /// - Parameter shared: asked for what is not in memory only.
    public init(memory: MemoryVectorCache, shared: any VectorCache) { (self.memory, self.shared) = (memory, shared) }

    /// Counts once for each tier that was asked.
    public func vectors(for keys: [VectorCacheKey]) async -> [EmbeddedText?] {
        var found = memory.vectors(for: keys)
        let missing = found.indices.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found }
        let others = await shared.vectors(for: missing.map { keys[$0] })
        for (place, value) in zip(missing, others) { found[place] = value }
        memory.store(missing.compactMap { place in found[place].map { (keys[place], $0) } })
        return found
    }

    /// Into both.
    public func store(_ entries: [(key: VectorCacheKey, value: EmbeddedText)]) async {
        memory.store(entries)
        await shared.store(entries)
    }

    /// Entries and bytes are those in memory; a hit in either tier is a hit.
    public func statistics() async -> VectorCacheStatistics {
        let tiers = [memory.statistics(), await shared.statistics()]
        return VectorCacheStatistics(
            backend: tiers.map(\.backend).joined(separator: "+"), entries: tiers[0].entries, bytes: tiers[0].bytes,
            hits: tiers[0].hits + tiers[1].hits, misses: max(0, tiers[0].misses - tiers[1].hits),
            isUp: tiers[1].isUp, failures: tiers[1].failures, tiers: tiers)
    }

    /// What the shared cache does.
    public func run() async { await shared.run() }

    /// Memory is empty then in any case.
    public func clear() async throws(ServiceError) {
        memory.clear()
        try await shared.clear()
    }
}
