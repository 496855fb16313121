import BridgeSupport
import BridgeTesting
import InMemoryLogging
import Logging
import Redis
import Testing

@testable import BridgeRuntime

/// Limits in memory, and limits that servers share in a real Redis.
@Suite(.timeLimit(.minutes(2)), .serialized) struct RateLimiterTests {
    private let log = LogRecorder()
    private let embed = RequestPolicy(group: .bridge(.embeddings), cost: .texts)

    private func client(_ server: RedisServer) throws -> RedisClient {
        let address = try #require(RedisAddress("redis://127.0.0.1:\(server.port)"))
        return try RedisClient(
            .init(address: address, timeout: .seconds(5), breaker: .init(failures: 1)), logger: log.logger)
    }

    private func limiter(
        _ rules: String, _ client: RedisClient? = nil, clock: any Clock<Duration> = ContinuousClock()
    ) throws -> RateLimiter {
        RateLimiter(
            rules: RateRules([.bridge(.embeddings): try #require(RateRules.rules(rules, for: .bridge(.embeddings)))]),
            shared: client.map { SharedRates(client: $0, prefix: "t:") }, clock: clock, logger: log.logger)
    }

    private func isAdmitted(_ payer: String, _ limiter: RateLimiter) async -> Bool {
        do {
            try await limiter.admit(payer, for: embed, by: limiter.rules(for: embed, of: .anyone))
            return true
        } catch { return false }
    }

    @Test func rulesOfAKeyComeInPlaceOfTheServersAndNothingIsLimitedWithout() throws {
        let limiter = try limiter("5/minute, 100 texts/minute")
        #expect(limiter.rules(for: embed, of: .anyone).map(\.text) == ["5 requests/minute", "100 texts/minute"])
        let look = RequestPolicy(group: .bridge(.embeddings))
        #expect(limiter.rules(for: look, of: .anyone).map(\.text) == ["5 requests/minute"])
        let own = RateRules([.bridge(.embeddings): RateRules.rules("9/hour", for: .bridge(.embeddings)) ?? []])
        let caller = Caller(name: "kitchen", role: .use, limits: own)
        #expect(limiter.rules(for: embed, of: caller).map(\.text) == ["9 requests/hour"])
        #expect(limiter.rules(for: .init(group: .bridge(.stt)), of: caller).isEmpty)
        #expect(limiter.rules(for: .init(group: .probes, cost: .nothing), of: caller).isEmpty)
        #expect(RateLimiter(rules: RateRules()).rules(for: embed, of: .anyone).isEmpty)
    }

    @Test func whatARequestCameToIsChargedAfterwards() async throws {
        let clock = ManualClock()
        let limiter = try limiter("100 texts/minute", clock: clock)
        let rules = limiter.rules(for: embed, of: .anyone)
        #expect(await isAdmitted("a", limiter))
        limiter.charge(160, to: "a", for: embed, by: rules)
        #expect(await !isAdmitted("a", limiter))
        #expect(await isAdmitted("b", limiter))
        clock.advance(by: .seconds(35))
        #expect(await !isAdmitted("a", limiter))
        clock.advance(by: .seconds(2))
        #expect(await isAdmitted("a", limiter))
    }

    @Test func serversThatShareARedisLetThroughExactlyWhatIsConfigured() async throws {
        let server = try await RedisServer()
        for (rules, amount) in [("37/hour", 37), ("7/minute burst 11", 11), ("60/minute, 20/hour", 20)] {
            let limiters = try (0..<3).map { _ in try limiter(rules, client(server)) }
            let admitted = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<150 { group.addTask { await isAdmitted(rules, limiters[number % 3]) } }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(admitted == amount)
            #expect(await isAdmitted("another", limiters[0]))
        }
        #expect(log.entries.isEmpty)
    }

    @Test func aChargeReachesTheOtherServers() async throws {
        let server = try await RedisServer()
        let limiters = try (0..<2).map { _ in try limiter("100 texts/hour", client(server)) }
        #expect(await isAdmitted("a", limiters[1]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await limiters[0].run() }
            defer { group.cancelAll() }
            limiters[0].charge(150, to: "a", for: embed, by: limiters[0].rules(for: embed, of: .anyone))
            try await waitUntil(every: .milliseconds(20)) { await !isAdmitted("a", limiters[1]) }
        }
        do {
            try await limiters[1].admit("a", for: embed, by: limiters[1].rules(for: embed, of: .anyone))
        } catch {
            #expect((error.quota?.limit, error.quota?.remaining) == (100, 0))
            let (retry, reset) = (error.retryAfter ?? .zero, error.quota?.reset ?? .zero)
            #expect(
                retry > .seconds(1790) && retry <= .seconds(1801) && reset > .seconds(5390) && reset <= .seconds(5400))
        }
    }

    @Test func garbageInRedisIsAFullBucketAndItForgetsThoseThatAreFull() async throws {
        let server = try await RedisServer()
        let client = try client(server)
        let limiter = try limiter("3/second", client)
        let name = "t:rate:embeddings:3 requests/second:a"
        for value in ["garbage", "nan", "inf", "1e300", ""] {
            _ = try await client.send([RedisCommand("SET", texts: [name, value])])
            // What lies further ahead than any debt is garbage too, as after a clock that has jumped.
            #expect(await isAdmitted("a", limiter), "\(value)")
        }
        _ = try await client.send([RedisCommand("DEL", texts: [name]), RedisCommand("RPUSH", texts: [name, "x"])])
        #expect(await isAdmitted("a", limiter))
        try await waitUntil(every: .milliseconds(50)) {
            try await client.send([RedisCommand("EXISTS", texts: [name])]) == [.integer(0)]
        }
    }

    @Test func withoutRedisMemoryLimitsAndGoesOnFromWhatItHasSeen() async throws {
        let server = try await RedisServer()
        let limiter = try limiter("10/hour", client(server))
        for _ in 0..<6 { #expect(await isAdmitted("a", limiter)) }
        server.kill()
        var admitted = 0
        for _ in 0..<20 where await isAdmitted("a", limiter) { admitted += 1 }
        #expect(admitted == 4 && log.entries(at: .warning).count == 1)
    }

    /// One that is full, or read only, answers: its client has no reason to give it up.
    @Test func aRedisThatRefusesToCountIsSaidOnceAndMemoryLimits() async throws {
        let server = try await RedisServer(["--maxmemory-policy", "noeviction"])
        let client = try client(server)
        let limiter = try limiter("10/hour", client)
        for _ in 0..<6 { #expect(await isAdmitted("a", limiter)) }
        _ = try await client.send([RedisCommand("CONFIG", texts: ["SET", "maxmemory", "1"])])
        var admitted = 0
        for _ in 0..<20 where await isAdmitted("a", limiter) { admitted += 1 }
        #expect(admitted == 4 && client.status.isUp)
        #expect(log.entries.map(\.level) == [.warning] && log.text.contains("OOM"), "\(log.text)")
        _ = try await client.send([RedisCommand("CONFIG", texts: ["SET", "maxmemory", "0"])])
        // It is tried after a pause, and has seen six of them.
        try await waitUntil(every: .milliseconds(50)) {
            _ = await isAdmitted("another", limiter)
            return log.entries.count == 2
        }
        #expect(log.entries.last?.level == .notice)
    }

    @Test func aRedisThatWasStartedAnewGetsTheScriptAgain() async throws {
        let server = try await RedisServer()
        let client = try client(server)
        let limiter = try limiter("2/hour", client)
        #expect(await isAdmitted("a", limiter))
        _ = try await client.send([RedisCommand("SCRIPT", texts: ["FLUSH"])])
        #expect(await isAdmitted("a", limiter))
        #expect(await !isAdmitted("a", limiter))
        #expect(log.entries.isEmpty && client.status.failures == 0)
    }
}
