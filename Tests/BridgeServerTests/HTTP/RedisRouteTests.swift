import BridgeSupport
import BridgeTesting
import InMemoryLogging
import Testing

@testable import BridgeRuntime

/// A server that has a Redis, as clients see it.
@Suite(.timeLimit(.minutes(2))) struct RedisRouteTests {
    @Test func theCacheTellsItsTiersAndHealthThatRedisIsGone() async throws {
        let redis = try await RedisServer(["--requirepass", "geheim"])
        let server = try TestServer.onDisk([
            "redis.url": "redis://127.0.0.1:\(redis.port)", "redis.password": "geheim",
            "services.enabled": "embeddings",
        ])
        try await server.run { client in
            func tiers(_ answer: TestClient.Answer) -> [(String?, Bool?)] {
                guard case .array(let tiers)? = answer.json?["tiers"] else { return [] }
                return tiers.map { ($0["backend"]?.stringValue, $0["up"]?.boolValue) }
            }
            let cache = "/api/embeddings/cache"
            let up = try await client.get(cache)
            #expect(up.json?["backend"] == "memory+redis" && up.json?["entries"] == 0 && up.json?["bytes"] == 0)
            #expect(tiers(up).map(\.0) == ["memory", "redis"] && tiers(up).map(\.1) == [true, true])
            #expect(try await client.send("DELETE", cache).status == 200)
            #expect(try await client.get("/metrics").text.contains("\njarvis_redis_up 1\n"))

            redis.kill()
            try await waitUntil(every: .milliseconds(50)) {
                try await client.get("/metrics").text.contains("\njarvis_redis_up 0\n")
            }
            #expect(try await tiers(client.get(cache)).map(\.1) == [true, false])
            let refused = try await client.send("DELETE", cache)
            #expect((refused.status, refused.code) == (503, "overloaded") && refused["Retry-After"] != nil)
            #expect(refused.message?.contains("Those in memory are gone") == true)

            try await redis.start()
            try await waitUntil(every: .milliseconds(50)) {
                try await client.get("/metrics").text.contains("\njarvis_redis_up 1\n")
            }
        }
        let lines = server.log.entries.filter { "\($0.message)".contains("Redis") }
        #expect(lines.count == 2 && !server.log.text.contains("geheim"))
    }

    @Test(arguments: [
        (["redis.password": "geheim"], "redis.password", "redis.url"),
        (["redis.ca": "/ca.pem"], "redis.ca", "redis.url"),
        (["redis.url": "redis://a", "redis.ca": "/ca.pem"], "redis.ca", "rediss://"),
        (["redis.url": "rediss://a", "redis.ca": "/nowhere/ca.pem"], "redis.ca", "/nowhere/ca.pem"),
        (["redis.url": "http://:geheim@a"], "redis.url", "redis://cache:6379/0"),
        (["redis.prefix": "a*"], "redis.prefix", "letters"),
    ])
    func settingsThatDoNotGoTogetherStopTheStart(
        settings: [String: String], param: String, hint: String
    ) throws {
        let error = #expect(throws: ServiceError.self) { _ = try TestServer.onDisk(settings) }
        #expect(
            error?.param == param && error?.message.contains(hint) == true && error?.message.contains("geheim") == false
        )
    }

    @Test func noPasswordIsShown() throws {
        let configuration = try TestServer.configuration([
            "redis.url": "rediss://jarvis:geheim@cache:6380/2", "redis.password": "geheim",
        ])
        let shown = configuration.effectiveValues().map(\.value)
        #expect(shown.contains("rediss://********@cache:6380/2") && !shown.contains { $0.contains("geheim") })
    }
}
