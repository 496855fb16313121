import BridgeTesting
import Foundation
import Testing

/// Two servers, processes of their own, that count together in a real Redis.
@Suite(.timeLimit(.minutes(2))) struct SharedLimitTests {
    @Test func twoProcessesLetThroughExactlyWhatIsConfigured() async throws {
        let redis = try await RedisServer()
        let environment = [
            "JARVIS_REDIS_URL": "redis://127.0.0.1:\(redis.port)", "JARVIS_RATES_TTS": "25/hour",
            "JARVIS_PRELOAD": "false", "JARVIS_REDIS_TIMEOUT": "5000", "JARVIS_READY_REQUIRE": "tts",
        ]
        let bases = try await [RunningServer(environment: environment), RunningServer(environment: environment)]
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<80 {
                let url = try #require(URL(string: bases[number % 2].base + "/api/tts/voices"))
                group.addTask { try await RunningServer.status(of: url) }
            }
            return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(statuses == [200: 25, 429: 55])
        for base in bases { #expect(try await base.stop() == 0) }
    }
}
