import Testing

@testable import Embeddings

@Suite(.timeLimit(.minutes(5))) struct MemoryVectorCacheTests {
    private func key(_ text: String, _ fingerprint: String = "m") -> VectorCacheKey {
        .init(space: .init(model: "a model", fingerprint: fingerprint, dimension: 1), text: text)
    }
    private func value(_ x: Float) -> EmbeddedText { .init(vector: [x], tokenCount: 1, truncated: false) }
    private var entryCost: Int { LRUEntries.cost(key("a"), value(0)) }

    @Test func theLeastRecentlyUsedGoesFirst() {
        let cache = MemoryVectorCache(maximumBytes: 2 * entryCost)
        cache.store([(key("a"), value(1)), (key("b"), value(2))])
        #expect(cache.vectors(for: [key("a")]) == [value(1)])
        cache.store([(key("c"), value(3))])
        #expect(cache.vectors(for: [key("a"), key("b"), key("c")]) == [value(1), nil, value(3)])
        let statistics = cache.statistics()
        #expect(
            statistics.entries == 2 && statistics.bytes == 2 * entryCost && statistics.hits == 3
                && statistics.misses == 1)
        #expect(statistics.hitRate == 0.75 && statistics.backend == "memory")
    }

    @Test func anotherModelIsAnotherKeyAndANewValueReplacesTheOld() {
        let cache = MemoryVectorCache(maximumBytes: 10_000)
        cache.store([(key("a", "m"), value(1)), (key("a", "n"), value(2)), (key("a", "m"), value(3))])
        #expect(cache.vectors(for: [key("a", "m"), key("a", "n")]) == [value(3), value(2)])
        #expect(cache.statistics().entries == 2)
    }

    @Test func whatIsLargerThanTheCacheIsNotKeptAndThrowsNothingOut() {
        let cache = MemoryVectorCache(maximumBytes: 2 * entryCost)
        cache.store([(key("a"), value(1)), (key(String(repeating: "x", count: 10_000)), value(2))])
        #expect(cache.statistics().entries == 1)
        let none = MemoryVectorCache(maximumBytes: 0)
        none.store([(key("a"), value(1))])
        #expect(none.vectors(for: [key("a")]) == [nil])
    }

    @Test func manyOperationsGiveWhatASimpleModelGives() {
        var entries = LRUEntries(maximumBytes: 10 * entryCost)
        var model: [(String, Float)] = []
        var seed: UInt64 = 7
        for step in 0..<5000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let text = String(Character(Unicode.Scalar(UInt8(97 + (seed >> 33) % 20))))
            let known = model.firstIndex { $0.0 == text }
            if (seed >> 40) % 2 == 0 {
                let found = entries.touch(key(text))?.vector.first
                #expect(found == known.map { model[$0].1 })
                if let known { model.append(model.remove(at: known)) }
            } else {
                entries.insert(key(text), value(Float(step)))
                if let known { model.remove(at: known) }
                model.append((text, Float(step)))
                if model.count > 10 { model.removeFirst() }
            }
            #expect(entries.count == model.count)
        }
    }
}
