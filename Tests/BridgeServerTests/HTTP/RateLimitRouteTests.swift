import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@testable import BridgeRuntime

/// Limits on what callers may use, as clients see them.
@Suite(.timeLimit(.minutes(2))) struct RateLimitRouteTests {
    private let embed = "/api/embeddings/embed"

    @Test func beyondTheLimitThereAre429WithAllHeaders() async throws {
        let server = try TestServer(["rates.embeddings": "3/hour", "rates.documents": "1/hour"])
        try await server.run { client in
            for _ in 0..<3 { #expect(try await client.post(embed, #"{"text":"a"}"#).status == 200) }
            let refused = try await client.post(embed, #"{"text":"a"}"#)
            #expect((refused.status, refused.code) == (429, "rate_limited"))
            #expect((refused["RateLimit-Limit"], refused["RateLimit-Remaining"]) == ("3", "0"))
            let (retry, reset) = (Int(refused["Retry-After"] ?? "") ?? 0, Int(refused["RateLimit-Reset"] ?? "") ?? 0)
            #expect((1190...1200).contains(retry) && (3590...3600).contains(reset))
            #expect(refused.json?["error"]?["type"] == "rate_limit_error")
            #expect(refused.message?.contains("3 requests/hour") == true)
            // Other bridges, and how the server is, are another matter.
            for _ in 0..<5 {
                #expect(try await client.get("/api/tts/voices").status == 200)
                #expect(try await client.get("/health").status == 200)
                #expect(try await client.get("/metrics").status == 200)
            }
            #expect(try await client.get("/openapi.yaml").status == 200)
            #expect(try await client.get("/openapi.yaml").status == 429)
            let metrics = try await client.get("/metrics").text
            for line in [#"decision="allowed"} 4"#, #"decision="refused"} 2"#] {
                #expect(metrics.contains("\njarvis_rate_limit_decisions_total{\(line)\n"), "\(line)")
            }
            let counted = metrics.split(separator: "\n").first {
                $0.hasPrefix("jarvis_errors_total{") && $0.contains(#"code="rate_limited""#) && $0.contains(embed)
            }
            #expect(counted?.hasSuffix(" 1") == true)
        }
    }

    @Test func whatRequestsContainIsChargedToTheirSender() async throws {
        let server = try TestServer(
            [
                "rates.embeddings": "10 texts/hour", "rates.tts": "30 characters/hour", "rates.llm": "1 tokens/hour",
                "rates.stt": "1 seconds/hour",
            ])
        let speech = Data(repeating: 0, count: 4 * 32000).base64EncodedString()
        try await server.run { client in
            let requests = [
                ("/api/embeddings/embed-batch", #"{"texts":["a","b","c","d","e","f","g","h","i","j","k"]}"#),
                ("/api/tts/synthesize", #"{"text":"Bonjour tout le monde, il fait beau."}"#),
                ("/api/llm/generate", #"{"prompt":"Bonjour"}"#),
                ("/api/stt/transcribe", #"{"audio_data":"\#(speech)"}"#),
            ]
            for (path, body) in requests {
                // What is wrong costs nothing.
                #expect(try await client.post(path, "{}").status == 400)
                let first = try await client.post(path, body)
                #expect(first.status == 200, "\(path) \(first.text)")
                try await waitUntil(every: .milliseconds(20)) { try await client.post(path, body).status == 429 }
            }
        }
    }

    @Test func aKeyHasLimitsOfItsOwnAndTheOthersTheirs() async throws {
        let folder = try TemporaryFolder()
        let file = KeyFile(folder.url.appending(path: "keys.jsonl"))
        let (one, two) = (AccessKey.random(), AccessKey.random())
        let own = RateRules([.bridge(.tts): RateRules.rules("2/hour", for: .bridge(.tts)) ?? []])
        let entries = [
            try KeyEntry(one, name: "one", role: .use, limits: own, created: .now),
            try KeyEntry(two, name: "two", role: .use, created: .now),
        ]
        try file.update { list throws(ServiceError) in for entry in entries { try list.add(entry) } }
        #expect(try file.read()?.entries.map(\.limits) == [own, RateRules()])
        let server = try TestServer(["keys.file": file.url.path, "rates.tts": "4/hour"])
        try await server.run { client in
            for (key, amount) in [(one, 2), (two, 4)] {
                var admitted = 0
                for _ in 0..<6
                where try await client.get("/api/tts/voices", ["X-API-Key": key.text]).status == 200 { admitted += 1 }
                #expect(admitted == amount)
            }
        }
    }

    @Test func clientsOfATrustedProxyAreToldApartAndOthersAreNotBelieved() async throws {
        for (trusted, amount) in [("127.0.0.0/8", 6), ("10.0.0.0/8", 2)] {
            let server = try TestServer(["rates.tts": "2/hour", "proxies.trusted": trusted])
            try await server.run { client in
                var admitted = 0
                for number in 0..<9 {
                    let address = [
                        "X-Forwarded-For": "1.1.1.\(number), 198.51.100.\(number % 3)",
                        "Forwarded": "for=9.9.9.\(number)",
                    ]
                    if try await client.get("/api/tts/voices", address).status == 200 { admitted += 1 }
                }
                #expect(admitted == amount)
            }
        }
    }

    @Test func twoServersThatShareARedisLetThroughExactlyWhatIsConfigured() async throws {
        let redis = try await RedisServer()
        let settings = [
            "redis.url": "redis://127.0.0.1:\(redis.port)", "rates.tts": "10/hour", "redis.timeout": "5000",
        ]
        let (one, two) = (try TestServer.onDisk(settings), try TestServer.onDisk(settings))
        let statuses = try await one.run { first in
            try await two.run { second in
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<40 {
                        group.addTask { try await (number % 2 == 0 ? first : second).get("/api/tts/voices").status }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
        }
        #expect(statuses.count { $0 == 200 } == 10 && statuses.count { $0 == 429 } == 30)
    }
}
