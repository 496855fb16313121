import Synchronization

/// A cache in this process: the least recently used vectors are dropped when it is full.
public final class MemoryVectorCache: VectorCache {
    private struct State {
        var entries: LRUEntries
        var hits = 0
        var misses = 0
    }

    private let state: Mutex<State>

    /// - Parameter maximumBytes: the approximate size of texts, vectors and their bookkeeping; 64 MiB are some 35,000
    ///   short texts of 384 dimensions.
    public init(maximumBytes: Int) {
        state = Mutex(State(entries: LRUEntries(maximumBytes: maximumBytes)))
    }

    /// Vectors that are found count as used just now.
    public func vectors(for keys: [VectorCacheKey]) -> [EmbeddedText?] {
        state.withLock { state in
            keys.map { key in
                let value = state.entries.touch(key)
                if value == nil { state.misses += 1 } else { state.hits += 1 }
                return value
            }
        }
    }

    /// Drops the entries that have not been used for longest where there is no room; an entry larger than the cache is not kept.
    public func store(_ entries: [(key: VectorCacheKey, value: EmbeddedText)]) {
        state.withLock { state in
            for entry in entries { state.entries.insert(entry.key, entry.value) }
        }
    }

    /// Counts since it was made or cleared; never waits.
    public func statistics() -> VectorCacheStatistics {
        state.withLock {
            VectorCacheStatistics(
                backend: "memory", entries: $0.entries.count, bytes: $0.entries.bytes, hits: $0.hits, misses: $0.misses)
        }
    }

    /// Drops all vectors and counts; the size that it may have stays.
    public func clear() {
        state.withLock { $0 = State(entries: LRUEntries(maximumBytes: $0.entries.maximumBytes)) }
    }
}

/// A dictionary whose entries are also linked in order of use, so that every operation takes constant time.
struct LRUEntries {
    private struct Node {
        var key: VectorCacheKey
        var value: EmbeddedText
        var newer: Int?
        var older: Int?
    }

    let maximumBytes: Int
    private(set) var bytes = 0
    /// Slots; the links are indices into this array.
    private var nodes: [Node?] = []
    private var freeSlots: [Int] = []
    private var slots: [VectorCacheKey: Int] = [:]
    private var newest: Int?
    private var oldest: Int?

    var count: Int { slots.count }

    init(maximumBytes: Int) { self.maximumBytes = max(0, maximumBytes) }

    /// Text, vector, and roughly what the dictionary, the links and the array header take.
    static func cost(_ key: VectorCacheKey, _ value: EmbeddedText) -> Int {
        key.text.utf8.count + value.vector.count * MemoryLayout<Float>.stride + 200
    }

    /// The value of `key`, which becomes the most recently used.
    mutating func touch(_ key: VectorCacheKey) -> EmbeddedText? {
        guard let slot = slots[key] else { return nil }
        if newest != slot {
            unlink(slot)
            link(slot)
        }
        return nodes[slot]?.value
    }

    mutating func insert(_ key: VectorCacheKey, _ value: EmbeddedText) {
        let cost = Self.cost(key, value)
        // An entry that does not fit alone would only displace everything else.
        guard cost <= maximumBytes else { return }
        if let slot = slots[key] { remove(slot) }
        while bytes + cost > maximumBytes, let oldest { remove(oldest) }
        let slot = freeSlots.popLast() ?? nodes.count
        let node = Node(key: key, value: value)
        if slot == nodes.count { nodes.append(node) } else { nodes[slot] = node }
        slots[key] = slot
        bytes += cost
        link(slot)
    }

    private mutating func remove(_ slot: Int) {
        guard let node = nodes[slot] else { return }
        unlink(slot)
        nodes[slot] = nil
        freeSlots.append(slot)
        slots[node.key] = nil
        bytes -= Self.cost(node.key, node.value)
    }

    private mutating func link(_ slot: Int) {
        nodes[slot]?.older = newest
        nodes[slot]?.newer = nil
        if let newest { nodes[newest]?.newer = slot }
        newest = slot
        if oldest == nil { oldest = slot }
    }

    private mutating func unlink(_ slot: Int) {
        let (newer, older) = (nodes[slot]?.newer, nodes[slot]?.older)
        if let newer { nodes[newer]?.older = older } else { newest = older }
        if let older { nodes[older]?.newer = newer } else { oldest = newer }
    }
}
