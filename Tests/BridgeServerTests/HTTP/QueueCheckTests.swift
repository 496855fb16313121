import AsyncHTTPClient
import BridgeRuntime
import BridgeTesting
import Embeddings
import Foundation
import InMemoryLogging
import LanguageModels
import Logging
import NIOCore
import Testing
import TextToSpeech
import WorkScheduling

@testable import BridgeServer

/// Where no more interactive work is taken, it is refused before its body is read.
@Suite(.timeLimit(.minutes(1))) struct QueueCheckTests {
    private let gate = Gate()

    @Test(arguments: [
        ("/api/embeddings/embed", #"{"text":"a"}"#), ("/api/llm/generate", #"{"prompt":"a"}"#),
        ("/api/llm/chat", #"{"messages":[{"role":"user","content":"a"}]}"#),
        ("/api/tts/synthesize", #"{"text":"a"}"#),
    ])
    func whatIsRefusedIsNotRead(_ path: String, _ body: String) async throws {
        let server = try TestServer(["admission.queue": "0", "admission.embeddings": "1"], gate: gate)
        try await server.run { [gate] client in
            // A server with room reads it.
            #expect(try await client.post(path, "[").code == "invalid_json")
            async let first = client.post(path, body)
            try await waitUntil {
                let (services, isRunning) = (server.services, { (lane: AdmissionLimiter.Lane) in lane.running > 0 })
                return [services.languageModel.lanes, services.textToSpeech.lanes, services.embeddings.lanes]
                    .joined().contains(where: isRunning)
            }
            let refused = try await client.post(path, "[")
            #expect((refused.status, refused.code) == (503, "overloaded"))
            #expect(refused["Retry-After"] != nil && refused.message?.contains("full (1 running, 0 waiting)") == true)
            // What is not work of the route has no place in its queue.
            #expect(try await client.send("PUT", path, body: .bytes(Array("[".utf8))).status == 405)
            gate.open()
            #expect(try await first.status == 200)
            #expect(try await client.post(path, "[").code == "invalid_json")
        }
    }

    /// What is in such bodies may be work for another lane, which has room.
    @Test(arguments: [
        ("/api/embeddings/embed", #"{"text":"a"}"#, "/api/embeddings/embed-batch", 1),
        ("/api/tts/synthesize", #"{"text":"a"}"#, "/api/tts/synthesize", 300),
    ])
    func whatMayBelongIntoAnotherLaneIsRead(full: String, body: String, path: String, bytes: Int) async throws {
        let server = try TestServer(["admission.queue": "0", "admission.embeddings": "1"], gate: gate)
        try await server.run { [gate] client in
            async let first = client.post(full, body)
            try await waitUntil {
                !(server.voice.calls.isEmpty && server.embedder.calls.isEmpty)
            }
            #expect(try await client.post(path, String(repeating: "[", count: bytes)).code == "invalid_json")
            gate.open()
            #expect(try await first.status == 200)
        }
    }

    private static func request(_ more: String = "") -> String {
        "POST /api/embeddings/embed HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\(more)Content-Length: 1\r\n\r\n["
    }

    /// The answers to the request, sent so often on one connection, each time after the answer.
    private func answers(_ client: TestClient, to request: String, times: Int) async throws -> [String] {
        let text = try await client.raw(Array(request.utf8)) { text, outbound in
            let answers = text.components(separatedBy: "HTTP/1.1 503").count - 1
            guard text.hasSuffix("}}") else { return }
            if answers == times { outbound.finish() } else { try await outbound.write(ByteBuffer(string: request)) }
        }
        return text.components(separatedBy: "HTTP/1.1 ").dropFirst().map { String($0) }
    }

    private func header(_ name: String, of answer: String) -> String? {
        answer.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix(name + ": ") }
            .map { String($0.dropFirst(name.count + 2)) }
    }

    /// The ids of refused requests in the log.
    private func refused(_ server: TestServer) -> [String] {
        server.log.entries.filter { $0.metadata["code"] == "overloaded" }.flatMap { line in
            if case .array(let ids) = line.metadata["request_ids"] { return ids.map { "\($0)" } }
            return line.metadata["request_id"].map { ["\($0)"] } ?? []
        }
    }

    /// A connection refuses by itself what it has just refused, in the same words, and each refusal is accounted for.
    @Test func whatIsRefusedAgainIsRefusedAlike() async throws {
        let server = try TestServer(["admission.queue": "0", "admission.embeddings": "1"], gate: gate)
        try await server.run { [gate] client in
            async let first = client.post("/api/embeddings/embed", #"{"text":"a"}"#)
            try await waitUntil { !server.embedder.calls.isEmpty }
            let answers = try await answers(client, to: Self.request(), times: 4)
            #expect(answers.count == 4)
            let ids = Set(answers.compactMap { header("x-request-id", of: $0) })
            #expect(ids.count == 4)
            let names = answers.map { answer in
                answer.components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n").dropFirst()
                    .compactMap { $0.split(separator: ":").first?.lowercased() }.sorted()
            }
            #expect(Set(names).count == 1 && names[0].contains("retry-after"), "\(names)")
            for answer in answers {
                #expect(answer.hasPrefix("503 Service Unavailable\r\n") && answer.contains(#""code":"overloaded""#))
                #expect(answer.contains("full (1 running, 0 waiting)"), "\(answer)")
                #expect(header("content-type", of: answer) == "application/json; charset=utf-8")
            }
            // The connection's own are told together.
            try await waitUntil { self.refused(server).count == 4 }
            #expect(Set(refused(server)) == ids)
            let lines = server.log.entries.filter { $0.metadata["code"] == "overloaded" }
            #expect(
                lines.count < 4
                    && lines.allSatisfy {
                        $0.metadata["route"] == "/api/embeddings/embed"
                            && $0.metadata["status"].map { "\($0)" } == "503" && $0.level == .warning
                    })
            let counted =
                #"jarvis_http_requests_total{method="POST",route="/api/embeddings/embed",status="503"} 4"#
            let metrics = try await client.get("/metrics").text
            #expect(
                metrics.contains(counted),
                "\(metrics.split(separator: "\n").filter { $0.contains("embed\",status=\"503") })")
            gate.open()
            #expect(try await first.status == 200)
            #expect(try await client.post("/api/embeddings/embed", "[").code == "invalid_json")
        }
    }

    /// Answers of such requests depend on more than the queue.
    @Test(arguments: [
        ("X-Request-Id: mine\r\n", [:]),
        ("Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n", [:]),
        ("", ["rates.embeddings": "1000/minute"]), ("", [:]),
    ])
    func onlyWhatTheQueueDecidesIsRefusedByItself(_ more: String, _ settings: [String: String]) async throws {
        let settings = ["admission.queue": "0", "admission.embeddings": "1"].merging(settings) { $1 }
        let server = try TestServer(settings, gate: gate)
        try await server.run { [gate] client in
            async let first = client.post("/api/embeddings/embed", #"{"text":"a"}"#)
            try await waitUntil { !server.embedder.calls.isEmpty }
            let answers = try await answers(client, to: Self.request(more), times: 5)
            #expect(answers.count == 5)
            // Answers of a route say their length last, answers of a connection when to come again.
            let own = answers.filter {
                $0.components(separatedBy: "\r\n\r\n")[0].contains(/retry-after: \d+$/.ignoresCase())
            }
            // As a rule all but the first, which a machine that stands still for a second may spoil.
            #expect(own.isEmpty != (more.isEmpty && settings.count == 2), "\(answers)")
            gate.open()
            #expect(try await first.status == 200)
        }
    }
}
