import BridgeTesting
import Foundation
import Testing

/// The program, started as a user starts it, asked over HTTP as the assistant asks.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ServeTests {
    @Test func theFourBridgesAnswer() async throws {
        try await FakeOllama.withServer { ollama in
            let server = try await RunningServer(environment: ["JARVIS_OLLAMA_HOST": ollama.baseURL])

            let embedding = try await server.json(
                "/api/embeddings/embed", #"{"text":"Ceci est un texte à vectoriser","encoding":"float"}"#)
            #expect(embedding.status == 200)
            #expect(embedding.object["model"] as? String == "all-MiniLM-L6-v2")
            let vector = try #require(embedding.object["vector"] as? [Double])
            #expect(vector.count == 384)
            // The first values of the reference vector (sentence-transformers, same weights).
            for (value, expected) in zip(vector, [-0.01708781, 0.02842031, 0.00235931, -0.07236097]) {
                #expect(abs(value - expected) < 1e-5)
            }

            let speech = try await server.json("/api/tts/synthesize", #"{"text":"Bonjour, comment allez-vous ?"}"#)
            #expect(speech.status == 200)
            let audio = try #require((speech.object["audio_data"] as? String).flatMap { Data(base64Encoded: $0) })
            let rate = try #require(speech.object["sample_rate"] as? Int)
            let duration = try #require(speech.object["duration_ms"] as? Int)
            #expect(abs(audio.count / 4 * 1000 / rate - duration) <= 1)
            #expect(duration > 800 && duration < 4000)
            let peak = audio.withUnsafeBytes { $0.bindMemory(to: Float.self).map(abs).max() ?? 0 }
            #expect(peak > 0.1 && peak <= 1)

            let answer = try await server.json("/api/llm/generate", #"{"prompt":"Bonjour !"}"#)
            #expect(answer.status == 200)
            #expect((answer.object["text"] as? String)?.isEmpty == false)
            #expect(answer.object["tokens_generated"] as? Int != nil)

            let (status, headers, stream) = try await server.request(
                "/api/llm/generate", method: "POST", headers: ["Content-Type": "application/json"],
                body: Data(#"{"prompt":"Bonjour !","stream":true}"#.utf8))
            #expect(status == 200)
            #expect(headers["content-type"]?.hasPrefix("text/event-stream") == true)
            let messages = String(decoding: stream, as: UTF8.self).components(separatedBy: "\n\n").filter {
                !$0.isEmpty
            }
            #expect(messages.count >= 2)
            #expect(messages.allSatisfy { $0.hasPrefix("data: {") })
            #expect(messages.last?.contains(#""done":true"#) == true)

            let (_, _, health) = try await server.request("/health")
            let services = try #require(
                (JSONSerialization.jsonObject(with: health) as? [String: Any])?["services"] as? [String: String])
            #expect(services["ollama_llm"] == "healthy")
            #expect(try await server.stop() == 0)
            // Neither what was asked nor what was said may stand in the log.
            for word in ["vectoriser", "comment allez-vous ?\"", "Bonjour !\""] where server.logText.contains(word) {
                // The start table shows the same words in its examples, so only JSON log lines count.
                let lines = server.logText.split(separator: "\n").filter { $0.hasPrefix("{") && $0.contains(word) }
                #expect(lines.isEmpty)
            }
        }
    }

    @Test func aWavComesOutWhenAcceptAsksForIt() async throws {
        let server = try await RunningServer()
        let (status, headers, wav) = try await server.request(
            "/api/tts/synthesize", method: "POST",
            headers: ["Content-Type": "application/json", "Accept": "audio/wav"],
            body: Data(#"{"text":"Bonjour"}"#.utf8))
        #expect(status == 200)
        #expect(headers["content-type"] == "audio/wav")
        #expect(wav.prefix(4) == Data("RIFF".utf8))
        #expect(headers["x-request-id"] != nil)
        #expect(try await server.stop() == 0)
    }

    @Test func theExamplesCarryAKeyWhereOneIsAskedFor() async throws {
        let server = try await RunningServer(environment: [
            "JARVIS_API_KEYS": "geheimgeheimgeheimgeheim", "JARVIS_SERVICES_ENABLED": "tts",
        ])
        // The table is written by the side of the first answers, and not at all by a server that is told to end.
        for _ in 0..<600 where !server.logText.contains("  curl ") { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try await server.stop() == 0)
        let examples = server.logText.split(separator: "\n").filter { $0.hasPrefix("  curl ") }
        #expect(examples.count == 5)
        #expect(examples.allSatisfy { $0.contains(#"-H "Authorization: Bearer $JARVIS_KEY""#) })
        #expect(!server.logText.contains("geheim"))
    }

    @Test func aPortInUseIsExplained() async throws {
        let server = try await RunningServer()
        let port = try #require(server.base.split(separator: ":").last)
        let second = try await Program.run(["serve", "--port", String(port)])
        #expect(second.status != 0)
        #expect(second.errors.contains("Port \(port) is in use"))
        #expect(try await server.stop() == 0)
    }

    @Test func aClientThatAsksBeforeItSendsIsAnswered() async throws {
        let server = try await RunningServer(environment: ["JARVIS_LIMITS_BODY_TEXT": "2048"])
        let port = try #require(server.base.split(separator: ":").last.flatMap { Int($0) })
        let body = Array(#"{"text":"Bonjour"}"#.utf8)
        func head(_ path: String, _ length: Int) -> String {
            "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Expect: 100-continue\r\nContent-Length: \(length)\r\n\r\n"
        }
        let wanted = try await RawSocket.asking(head("/api/tts/synthesize", body.count), body: body, port: port)
        #expect(wanted.first == "HTTP/1.1 100 Continue\r\n\r\n", "\(wanted.first)")
        #expect(wanted.last?.hasPrefix("HTTP/1.1 200") == true, "\(wanted.last?.prefix(300) ?? "")")
        // What is refused by its head is not sent at all.
        let tooLarge = try await RawSocket.asking(head("/api/tts/synthesize", 5000), body: body, port: port)
        #expect(tooLarge.first.hasPrefix("HTTP/1.1 413") && tooLarge.last == nil, "\(tooLarge.first)")
        let nowhere = try await RawSocket.asking(head("/api/nowhere", 5000), body: body, port: port)
        #expect(nowhere.first.hasPrefix("HTTP/1.1 404") && nowhere.last == nil, "\(nowhere.first)")
        #expect(try await server.stop() == 0)
    }

    private struct Health: Decodable {
        var services: [String: String]
    }

    @Test func withoutTheEngineTheRestServes() async throws {
        let server = try await RunningServer(environment: [
            "JARVIS_ONNXRUNTIME": "/nowhere/libonnxruntime.so", "JARVIS_READY_REQUIRE": "tts",
        ])
        let speech = try await server.json("/api/tts/synthesize", #"{"text":"Bonjour"}"#)
        #expect(speech.status == 200)
        let embedding = try await server.json("/api/embeddings/embed", #"{"text":"Bonjour"}"#)
        #expect(embedding.status == 503)
        #expect((embedding.object["error"] as? [String: Any])?["code"] as? String == "model_not_installed")
        let hearing = try await server.json("/api/stt/transcribe", #"{"audio_data":"AAAAAA=="}"#)
        #expect(hearing.status == 503)
        #expect((hearing.object["error"] as? [String: Any])?["code"] as? String == "model_not_installed")
        let (_, _, health) = try await server.request("/health")
        let services = try JSONDecoder().decode(Health.self, from: health).services
        #expect(services["whisper_stt"] == "unavailable" && services["embeddings"] == "unavailable", "\(services)")
        #expect(try await server.stop() == 0)
    }
}
