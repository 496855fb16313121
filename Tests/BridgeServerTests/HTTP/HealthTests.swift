import BridgeSupport
import BridgeTesting
import Foundation
import LanguageModels
import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(5))) struct HealthTests {
    @Test func healthNamesEveryBridge() async throws {
        let server = try TestServer()
        try await server.run { client in
            _ = try await client.post("/api/embeddings/embed", #"{"text":"a"}"#)
            let answer = try await client.get("/health")
            #expect(answer.status == 200)
            #expect(answer.json?["service"]?.stringValue == "jarvis-bridges")
            #expect(answer.json?["version"]?.stringValue == BridgeVersion.current)
            for bridge in ["ollama_llm", "whisper_stt", "piper_tts", "embeddings"] {
                #expect(answer.json?["services"]?[bridge]?.stringValue != nil)
                #expect(answer.json?["details"]?[bridge]?["state"]?.stringValue != nil)
            }
            // Keys come in order, so that one answer is always the same bytes.
            let keys = ["details", "service", "services", "status", "version"].compactMap {
                answer.text.range(of: "\"\($0)\":")?.lowerBound
            }
            #expect(keys.count == 5 && keys == keys.sorted())
        }
    }

    @Test func aDisabledBridgeIsSaidToBeAndAnswersNotFound() async throws {
        try await TestServer(["services.enabled": "embeddings"]).run { client in
            #expect(try await client.get("/health").json?["services"]?["piper_tts"]?.stringValue == "disabled")
            let answer = try await client.post("/api/tts/synthesize", #"{"text":"a"}"#)
            #expect((answer.status, answer.code) == (404, "not_found"))
        }
    }

    @Test func readyWaitsForPreloadedModels() async throws {
        let gate = Gate()
        try await TestServer(gate: gate).run { client in
            let answer = try await client.get("/ready")
            #expect(answer.status == 200)
        }
        try await TestServer(["preload": "true", "ready.require": "embeddings"]).run { client in
            try await waitUntil(every: .milliseconds(5)) { try await client.get("/ready").status == 200 }
        }
    }

    @Test func ollamaIsAskedAgainWhileModelsLoad() async throws {
        let clock = ManualClock()
        let server = try TestServer(["preload": "true"], gate: Gate(), clock: clock)
        server.language.failListing(with: ServiceError(.llmUnavailable, "Not there yet."))
        try await server.run { client in
            let state = { try await client.get("/health").json?["services"]?["ollama_llm"]?.stringValue }
            try await clock.sleepers(atLeast: 1)
            #expect(try await state() == "unavailable")
            server.language.failListing(with: nil)
            clock.advance(by: .seconds(10))
            try await waitUntil(every: .milliseconds(5)) {
                // An answer is kept for a tenth of a second.
                clock.advance(by: .milliseconds(100))
                return try await state() == "healthy"
            }
        }
    }

    /// A model that was let go of because nobody used it comes back with the next request.
    @Test func restingModelsAreReady() async throws {
        let settings = ["preload": "true", "ready.require": "embeddings", "models.idle": "1"]
        try await TestServer(settings).run { client in
            let embeddings = { try await client.get("/health").json?["details"]?["embeddings"] }
            try await waitUntil(every: .milliseconds(5)) { try await client.get("/ready").status == 200 }
            try await waitUntil(every: .milliseconds(20)) { try await embeddings()?["loaded"] == .bool(false) }
            #expect(try await embeddings()?["state"]?.stringValue == "healthy")
            let ready = try await client.get("/ready")
            #expect(ready.status == 200)
        }
    }

    @Test func aModelThatIsTooLargeIsRefusedWithBothNumbers() async throws {
        let folder = try TemporaryFolder()
        let directory = folder.url.appending(path: "models/large")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data("{}".utf8).write(to: directory.appending(path: "tokenizer.json"))
        try Data(count: 2 << 20).write(to: directory.appending(path: "model.onnx"))
        try await TestServer.onDisk(["data_dir": folder.url.path, "models.memory": "1"]).run { client in
            let answer = try await client.post("/api/embeddings/embed", #"{"text":"a"}"#)
            #expect((answer.status, answer.code) == (507, "model_too_large"))
            #expect(answer.text.contains("large takes about 2 MiB") && answer.text.contains("may take 1 MiB"))
            let told = try await client.get("/health").json?["details"]?["embeddings"]
            #expect(told?["state"]?.stringValue == "unavailable")
            #expect(told?["message"]?.stringValue?.contains("models.memory") == true)
        }
    }

    @Test func aMissingModelIsShownWithWhatToDo() async throws {
        try await TestServer.onDisk().run { client in
            let health = try await client.get("/health")
            #expect(health.status == 200)
            #expect(health.json?["services"]?["embeddings"]?.stringValue == "unavailable")
            #expect(health.json?["details"]?["embeddings"]?["message"]?.stringValue?.contains("models pull") == true)
            #expect(health.json?["services"]?["piper_tts"]?.stringValue == "degraded")
            #expect(health.json?["details"]?["piper_tts"]?["model"]?.stringValue == "espeak-fr")
            let ready = try await client.get("/ready")
            #expect(ready.status == 503)
            #expect(ready.text.contains(#""waiting_for":["embeddings"]"#), "\(ready.text)")
        }
        try await TestServer.onDisk(["ready.require": "stt,tts"]).run { client in
            let ready = try await client.get("/ready")
            #expect(ready.status == 200)
        }
    }

    @Test func aMissingVoiceActivityModelIsShown() async throws {
        let folder = try TemporaryFolder()
        let place = folder.url.appending(path: "models/silero-vad")
        try await TestServer.onDisk(["data_dir": folder.url.path]).run { client in
            let told = try await client.get("/health").json?["details"]?["whisper_stt"]
            #expect(told?["state"]?.stringValue == "degraded")
            #expect(told?["message"]?.stringValue?.contains("models pull silero-vad") == true)
        }
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: place.appending(path: "silero_vad_16k_sequence.onnx"))
        try await TestServer.onDisk(["data_dir": folder.url.path, "models.stt": "whisper-nano"]).run { client in
            let told = try await client.get("/health").json?["details"]?["whisper_stt"]
            #expect(told?["state"]?.stringValue == "healthy" && told?["message"]?.stringValue == nil)
        }
    }

    @Test func everyAnswerHasARequestID() async throws {
        try await TestServer().run { client in
            #expect(
                try await client.get("/health", ["X-Request-Id": "kitchen-1.a_B"])["X-Request-Id"] == "kitchen-1.a_B")
            #expect(try await client.get("/nowhere", ["X-Request-Id": "kitchen-2"])["X-Request-Id"] == "kitchen-2")
            for bad in ["a b", String(repeating: "x", count: 129), "<script>", "é"] {
                let id = try await client.get("/health", ["X-Request-Id": bad])["X-Request-Id"]
                #expect(id != nil && id != bad)
            }
        }
    }

    @Test func headIsGetWithoutItsBody() async throws {
        try await TestServer().run { client in
            for path in ["/health", "/ready", "/metrics", "/openapi.yaml", "/api/tts/voices"] {
                let answer = try await client.send("HEAD", path)
                #expect(answer.status == 200 && answer.body.isEmpty, "\(path)")
            }
        }
    }

    @Test func metricsHaveRouteTemplatesAndNoMore() async throws {
        try await TestServer().run { client in
            _ = try await client.post("/api/embeddings/embed", #"{"text":"secretword"}"#)
            _ = try await client.get("/wp-admin/secretpath")
            let metrics = try await client.get("/metrics").text
            #expect(
                metrics.contains(
                    #"jarvis_http_requests_total{method="POST",route="/api/embeddings/embed",status="200"} 1"#))
            #expect(metrics.contains(#"route="unmatched",status="404""#))
            #expect(metrics.contains("# TYPE jarvis_http_request_duration_seconds histogram"))
            #expect(metrics.contains(#"jarvis_model_loaded{service="embeddings"} 1"#))
            #expect(
                metrics.contains(#"jarvis_stage_duration_seconds_count{route="/api/embeddings/embed",stage="queue"} 1"#)
            )
            #expect(!metrics.contains("secret"))
        }
    }

    @Test func theContractIsServed() async throws {
        // Some of the operations write into it.
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try await TestServer(["data_dir": folder.url.path]).run { client in
            let yaml = try await client.get("/openapi.yaml")
            #expect(yaml.text.hasPrefix("openapi: 3.1.0"))
            let document = try await client.get("/openapi.json").json
            guard case .object(let paths)? = document?["paths"] else {
                Issue.record("openapi.json has no paths")
                return
            }
            // Each operation that is described exists.
            for (path, item) in paths {
                guard case .object(let operations) = item else { continue }
                for method in operations.keys where method != "parameters" {
                    let answer = try await client.send(method.uppercased(), path.replacing("{id}", with: "nothing"))
                    #expect(answer.code != "not_found" && answer.status != 405, "\(method) \(path)")
                }
            }
        }
    }
}
