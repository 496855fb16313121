import BridgeSupport
import BridgeTesting
import Foundation
import InMemoryLogging
import Logging
import Redis
import Testing
import WorkScheduling

@testable import Embeddings

/// The cache that servers share, and a real redis-server.
@Suite(.timeLimit(.minutes(3)), .serialized) struct RedisVectorCacheTests {
    private let log = LogRecorder()

    private func client(_ server: RedisServer, timeout: Duration = .seconds(5)) throws -> RedisClient {
        let address = try #require(RedisAddress("redis://127.0.0.1:\(server.port)"))
        return try RedisClient(
            .init(
                address: address, timeout: timeout,
                breaker: .init(failures: 1, pause: .milliseconds(50), longestPause: .milliseconds(100))),
            logger: log.logger)
    }

    private func cache(
        _ client: RedisClient, prefix: String = "jarvis:", lifetime: Duration = .seconds(100)
    ) -> RedisVectorCache {
        RedisVectorCache(client, prefix: prefix, lifetime: lifetime, logger: log.logger)
    }

    private func key(_ text: String) -> VectorCacheKey {
        VectorCacheKey(space: .init(model: "m", fingerprint: "f", dimension: 2), text: text)
    }

    private func value(_ angle: Float) -> EmbeddedText {
        EmbeddedText(vector: [sin(angle), cos(angle)], tokenCount: 7, truncated: angle > 1)
    }

    private func command(_ client: RedisClient, _ words: String...) async throws -> RedisValue? {
        try await client.send([RedisCommand(words[0], texts: Array(words.dropFirst()))]).first
    }

    @Test func itKeepsThePromisesAloneAndBehindMemory() async throws {
        let server = try await RedisServer()
        let number = Watched(0)
        let shared = { @Sendable () -> RedisVectorCache in
            number.update { $0 += 1 }
            return cache(try client(server), prefix: "\(number.value):")
        }
        try await VectorCacheConformance { try shared() }.run()
        try await VectorCacheConformance {
            TieredVectorCache(memory: MemoryVectorCache(maximumBytes: 1 << 20), shared: try shared())
        }.run()
    }

    @Test func theNameTellsAllThatAVectorDependsOnAndNothingOfTheText() async throws {
        let server = try await RedisServer()
        let client = try client(server)
        let text = VectorCacheKey(space: .init(model: "m", fingerprint: "f", dimension: 2), type: .passage, text: "abc")
        await cache(client, prefix: "haus:", lifetime: .seconds(100)).store([(text, value(1))])
        let name = "haus:vector:m:f:passage:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(try await command(client, "KEYS", "*") == .array([.bytes(Array(name.utf8))]))
        #expect(try await command(client, "STRLEN", name) == .integer(12))
        let rest = try await command(client, "TTL", name)
        #expect(rest == .integer(100) || rest == .integer(99))
        await cache(client, prefix: "haus:", lifetime: .zero).store([(text, value(1))])
        #expect(try await command(client, "TTL", name) == .integer(-1))
    }

    @Test(arguments: ["", "x", "twelve bytes", "0123456789a", "0123456789abc", "\0\0\0\0\0\0\0\0\0\0\0\0"])
    func whatIsNoVectorIsAMissAndIsOverwritten(_ garbage: String) async throws {
        let server = try await RedisServer()
        let client = try client(server)
        let cache = cache(client)
        let name = String(decoding: cache.name(of: key("a")), as: UTF8.self)
        _ = try await command(client, "SET", name, garbage)
        #expect(await cache.vectors(for: [key("a")]) == [nil])
        await cache.store([(key("a"), value(1))])
        #expect(await cache.vectors(for: [key("a")]) == [value(1)])
        // A value of another kind than bytes.
        _ = try await client.send([RedisCommand("DEL", texts: [name]), RedisCommand("RPUSH", texts: [name, "x"])])
        #expect(await cache.vectors(for: [key("a"), key("b")]) == [nil, nil])
        await cache.store([(key("a"), value(2))])
        #expect(await cache.vectors(for: [key("a")]) == [value(2)] && log.entries.isEmpty)
    }

    @Test func clearingDeletesWhatIsOursAndNothingElse() async throws {
        let server = try await RedisServer()
        let client = try client(server)
        let (ours, others) = (cache(client, prefix: "a*[b]?:"), cache(client, prefix: "ab:"))
        let entries = (0..<3000).map { (key("\($0)"), value(1)) }
        await ours.store(entries)
        await others.store([(key("a"), value(1))])
        _ = try await client.send([
            RedisCommand("SET", texts: ["a*[b]?:limit:x", "1"]), RedisCommand("SET", texts: ["else", "1"]),
        ])
        try await ours.clear()
        #expect(try await command(client, "DBSIZE") == .integer(3))
        #expect(await ours.vectors(for: [key("7")]) == [nil])
        #expect(await others.vectors(for: [key("a")]) == [value(1)])
    }

    @Test func clearingSaysSoWhereRedisIsGone() async throws {
        let server = try await RedisServer()
        let memory = MemoryVectorCache(maximumBytes: 1 << 20)
        let cache = TieredVectorCache(memory: memory, shared: cache(try client(server)))
        await cache.store([(key("a"), value(1))])
        server.kill()
        let error = await #expect(throws: ServiceError.self) { try await cache.clear() }
        #expect(error?.code == .overloaded && error?.retryAfter != nil && memory.statistics().entries == 0)
    }

    /// Memory goes on, there is one line, and it comes back by itself.
    @Test func aServerThatIsKilledFrozenOrRestartedNeverFailsARequest() async throws {
        let server = try await RedisServer()
        let client = try client(server, timeout: .seconds(1))
        let cache = TieredVectorCache(memory: MemoryVectorCache(maximumBytes: 1 << 20), shared: cache(client))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            defer { group.cancelAll() }
            await cache.store([(key("a"), value(1))])
            for isKilled in [true, false] {
                isKilled ? server.kill() : server.freeze()
                for number in 0..<50 {
                    #expect(await cache.vectors(for: [key("a"), key("\(number)")]) == [value(1), nil])
                    await cache.store([(key("b"), value(2))])
                }
                let down = await cache.statistics()
                #expect(!down.isUp && down.failures > 0 && down.tiers.map(\.isUp) == [true, false])
                if isKilled { try await server.start() } else { server.thaw() }
                try await waitUntil(every: .milliseconds(20)) { client.status.isUp }
            }
            await cache.store([(key("c"), value(3))])
            #expect(try await command(client, "DBSIZE") == .integer(1))
        }
        #expect(log.entries(at: .warning).count == 2 && log.entries(at: .notice).count == 2)
        #expect(log.entries.count == 4)
    }

    @Test func aFullServerIsStillAskedAndTakesAgainWhenThereIsRoom() async throws {
        let server = try await RedisServer(["--maxmemory-policy", "noeviction"])
        let client = try client(server)
        let cache = cache(client)
        await cache.store([(key("a"), value(1))])
        _ = try await command(client, "CONFIG", "SET", "maxmemory", "1")
        for number in 0..<20 {
            await cache.store([(key("\(number)"), value(2))])
            #expect(await cache.vectors(for: [key("a"), key("\(number)")]) == [value(1), nil])
        }
        #expect(log.entries.map(\.level) == [.warning] && log.text.contains("code=OOM"))
        _ = try await command(client, "CONFIG", "SET", "maxmemory", "0")
        try await waitUntil(every: .milliseconds(50)) {
            await cache.store([(key("b"), value(2))])
            return await cache.vectors(for: [key("b")]) == [value(2)]
        }
        #expect(log.entries.map(\.level) == [.warning, .notice] && client.status.isUp)
    }

    @Test func vectorsOfOneServerAreFoundByAnother() async throws {
        let server = try await RedisServer()
        let backends = [FakeEmbeddingBackend(), FakeEmbeddingBackend()]
        let caches = try backends.map { _ in
            TieredVectorCache(memory: MemoryVectorCache(maximumBytes: 1 << 20), shared: cache(try client(server)))
        }
        let services = zip(backends, caches).map { backend, cache in
            EmbeddingService(
                models: .fake(default: "fake-embeddings") { _ in backend }, cache: cache,
                admission: WorkScheduler().admission(what: "embedding", maxConcurrent: 4, maxQueued: 4),
                logger: log.logger)
        }
        _ = try await services[0].embed(["un", "deux"])
        let answer = try await services[1].embed(["trois", "deux", "un"])
        #expect(answer.items.map(\.cached) == [false, true, true])
        #expect(answer.items.map(\.embedded.vector) == ["trois", "deux", "un"].map(backends[0].vector))
        #expect(backends[1].calls.flatMap(\.self).count == 1)
        let statistics = await services[1].cacheStatistics()
        #expect((statistics.backend, statistics.hits, statistics.misses) == ("memory+redis", 2, 1))
    }
}
