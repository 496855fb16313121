public import Embeddings
import Foundation

/// What every `VectorCache` must do. Each cache's tests run all of it.
///
/// A check throws ``ConformanceViolation``. The cache must have room for a thousand small vectors.
public struct VectorCacheConformance: Sendable {
    private let make: @Sendable () async throws -> any VectorCache

    /// - Parameter make: makes an empty cache for each check.
    public init(_ make: @escaping @Sendable () async throws -> any VectorCache) { self.make = make }

    /// - Throws: ``ConformanceViolation`` for the first broken promise.
    public func run() async throws {
        try await findsWhatWasStored(in: make())
        try await tellsKeysApart(in: make())
        try await replacesValues(in: make())
        try await forgetsEverything(in: make())
        try await mixesNothingUp(in: make())
    }

    private func findsWhatWasStored(in cache: any VectorCache) async throws {
        let keys = [key("a"), key("b"), key("c")]
        try require(await cache.vectors(for: keys) == [nil, nil, nil], "an empty cache knows a text")
        await cache.store([(keys[2], value(3)), (keys[0], value(1))])
        let found = await cache.vectors(for: keys)
        try require(found == [value(1), nil, value(3)], "what was found is not what was stored, in the order of keys")
        let statistics = await cache.statistics()
        if let entries = statistics.entries {
            try require(entries == 2 && statistics.bytes ?? 0 > 0, "the entries are counted wrongly")
        }
        try require(statistics.hits == 2 && statistics.misses == 4, "hits and misses are not counted")
        try require(!statistics.backend.isEmpty, "the cache has no name")
    }

    private func tellsKeysApart(in cache: any VectorCache) async throws {
        let keys = [
            key("\u{E9}"), key("e\u{301}"), key("\u{E9}", "other"), key(""), key("\u{E9}", as: .passage), key("a b"),
            key("a  b"),
        ]
        await cache.store(keys.enumerated().map { ($1, value(Float($0))) })
        try require(
            await cache.vectors(for: keys) == keys.indices.map { value(Float($0)) }, "two keys were taken for one")
    }

    private func replacesValues(in cache: any VectorCache) async throws {
        await cache.store([(key("a"), value(1))])
        await cache.store([(key("a"), value(2)), (key("a"), value(3))])
        try require(await cache.vectors(for: [key("a")]) == [value(3)], "a new value did not replace the old one")
        if let entries = await cache.statistics().entries {
            try require(entries == 1, "one key has several entries")
        }
    }

    private func forgetsEverything(in cache: any VectorCache) async throws {
        await cache.store([(key("a"), value(1))])
        _ = await cache.vectors(for: [key("a"), key("b")])
        try await cache.clear()
        let statistics = await cache.statistics()
        try require(
            statistics.entries ?? 0 == 0 && statistics.hits == 0 && statistics.misses == 0,
            "counts or entries outlive a clear")
        try require(await cache.vectors(for: [key("a")]) == [nil], "a value outlives a clear")
    }

    private func mixesNothingUp(in cache: any VectorCache) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<100 {
                        await cache.store([(key("\(number)"), value(Float(number)))])
                        let other = (number * 7 + task) % 100
                        let found = await cache.vectors(for: [key("\(other)")])
                        try require(
                            found == [nil] || found == [value(Float(other))], "a key has the value of another one")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func key(_ text: String, _ fingerprint: String = "m", as type: InputType = .query) -> VectorCacheKey {
        VectorCacheKey(
            space: VectorSpace(model: "a model", fingerprint: fingerprint, dimension: 2), type: type, text: text)
    }

    private func value(_ number: Float) -> EmbeddedText {
        EmbeddedText(vector: [sin(number), cos(number)], tokenCount: Int(number), truncated: number == 1)
    }
}
