import AsyncHTTPClient
import BridgeTesting
import Foundation
import NIOCore
import NIOHTTP1
import Testing

/// What the running program does with input that is too much, lies, or leans on what is not there.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BadInputTests {
    private static let routes = [
        "/api/llm/generate", "/api/llm/chat", "/api/stt/transcribe", "/api/tts/synthesize", "/api/embeddings/embed",
        "/api/embeddings/embed-batch",
    ]

    private func error(_ object: [String: Any]) -> (code: String, message: String, param: String) {
        let error = object["error"] as? [String: Any] ?? [:]
        return (error["code"] as? String ?? "", error["message"] as? String ?? "", error["param"] as? String ?? "")
    }

    private func expectWell(_ server: RunningServer, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let (status, _, _) = try await server.request("/health")
        #expect(status == 200, sourceLocation: sourceLocation)
        let speech = try await server.json("/api/tts/synthesize", #"{"text":"Bonjour"}"#)
        #expect(speech.status == 200, sourceLocation: sourceLocation)
    }

    // MARK: Too much

    /// The most memory that the server ever held, in MiB.
    private func mostMemory(_ server: RunningServer) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(server.process.processIdentifier)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber))) / 1024
    }

    @Test func aHundredMegabytesAreNotKept() async throws {
        let server = try await RunningServer()
        try await expectWell(server)
        let before = try mostMemory(server)
        let megabyte = ByteBuffer(repeating: 0x61, count: 1 << 20)
        // Speech may be large: what is over its limit is not read at all where the length is told.
        for path in Self.routes {
            for isAnnounced in path.contains("stt") ? [true] : [true, false] {
                var request = HTTPClientRequest(url: server.base + path)
                request.method = .POST
                request.headers.add(name: "Content-Type", value: "application/json")
                let pieces = AsyncStream<ByteBuffer> { continuation in
                    for _ in 0..<100 { continuation.yield(megabyte) }
                    continuation.finish()
                }
                request.body = .stream(pieces, length: isAnnounced ? .known(Int64(100 << 20)) : .unknown)
                let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
                let body = String(buffer: try await response.body.collect(upTo: 1 << 20))
                #expect(response.status.code == 413 && body.contains("payload_too_large"), "\(path): \(body)")
            }
        }
        #expect(try mostMemory(server) - before < 64)
        try await expectWell(server)
        #expect(try await server.stop() == 0)
    }

    @Test func aMegabyteOfText() async throws {
        try await FakeOllama.withServer { ollama in
            let server = try await RunningServer(environment: ["JARVIS_OLLAMA_HOST": ollama.baseURL])
            let text = String(repeating: "mot ", count: 262_000)
            let vector = try await server.json("/api/embeddings/embed", #"{"text":"\#(text)"}"#)
            #expect(vector.status == 200 && vector.object["truncated"] as? Bool == true)
            let speech = try await server.json("/api/tts/synthesize", #"{"text":"\#(text)"}"#)
            #expect(speech.status == 400 && error(speech.object).param == "text")
            #expect(error(speech.object).message.contains("20000"))
            let prompt = try await server.json("/api/stt/transcribe", #"{"audio_data":"AAAAAA==","prompt":"\#(text)"}"#)
            #expect(prompt.status == 400 && error(prompt.object).param == "prompt")
            let answer = try await server.json("/api/llm/generate", #"{"prompt":"\#(text)"}"#)
            #expect(answer.status == 200)
            // A little more is over the limit.
            for path in Self.routes where !path.contains("stt") {
                let refused = try await server.json(
                    path, #"{"text":"\#(text)aaaaaaaa aaaaaaaa aaaaaaaa","x":"\#(text.prefix(600))"}"#)
                #expect(refused.status == 413 && error(refused.object).code == "payload_too_large", "\(path)")
            }
            try await expectWell(server)
            #expect(try await server.stop() == 0)
        }
    }

    // MARK: Lies

    @Test func aLengthThatLies() async throws {
        let server = try await RunningServer()
        let port = try #require(server.base.split(separator: ":").last.flatMap { Int($0) })
        for path in Self.routes {
            let head = "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            let cut = try await RawSocket.exchange(
                Array("\(head)Content-Length: 500\r\n\r\n{\"text\":\"a\"}".utf8), port: port)
            #expect(cut.hasPrefix("HTTP/1.1 400") && cut.contains("ended after 12 bytes"), "\(path): \(cut)")
            // Refused for what it announces, before any of it is sent.
            let long = try await RawSocket.asking("\(head)Content-Length: 200000000\r\n\r\n", body: [], port: port)
            #expect(long.first.hasPrefix("HTTP/1.1 413"), "\(long.first)")
            for length in ["3", "abc", "-5", "99999999999999999999", "9223372036854775807", "5\r\nContent-Length: 7"] {
                let lie = "\(head)Content-Length: \(length)\r\n\r\n{\"text\":\"a\"}"
                let answer = try await RawSocket.exchange(Array(lie.utf8), port: port)
                #expect(answer.hasPrefix("HTTP/1.1 4") && !answer.contains(" 200 "), "\(path) \(length): \(answer)")
                #expect(answer.contains("{\"error\":{") && answer.lowercased().contains("x-request-id: "), "\(answer)")
            }
        }
        // What the parser refuses before any route sees it.
        for line in [
            "FOO /health HTTP/1.1", "GET /health HTTP/9", "\u{16}\u{3}\u{1}\u{0}", "GET", "GET /hea lth HTTP/1.1",
        ] {
            let answer = try await RawSocket.exchange(Array("\(line)\r\nHost: a\r\n\r\n".utf8), port: port)
            #expect(answer.hasPrefix("HTTP/1.1 4"), "\(line): \(answer)")
            #expect(answer.contains("{\"error\":{") && answer.lowercased().contains("x-request-id: "), "\(answer)")
        }
        try await expectWell(server)
        #expect(try await server.stop() == 0)
    }

    @Test func aRequestThatDripsIsNotWaitedForWithoutEnd() async throws {
        let server = try await RunningServer(environment: ["JARVIS_TIMEOUTS_UPLOAD": "1"])
        let port = try #require(server.base.split(separator: ":").last.flatMap { Int($0) })
        let whole = "POST /api/tts/synthesize HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n"
        for head in [whole, "GET /health HTTP/1.1\r\nHost: a\r\nX-Slow:"] {
            let seconds = try await RawSocket.dripping(head, every: .milliseconds(50), port: port)
            #expect((0.9...10).contains(seconds), "\(seconds) s")
        }
        // Only the upload is timed: a request that was sent in time may work for longer.
        try await expectWell(server)
        #expect(try await server.stop() == 0)
    }

    // MARK: What is not there

    @Test func withoutOllamaTheRestServes() async throws {
        // Port 9 of this machine has no server.
        let server = try await RunningServer(environment: ["JARVIS_OLLAMA_HOST": "127.0.0.1:9"])
        for (path, body) in [
            ("generate", #"{"prompt":"a"}"#), ("generate", #"{"prompt":"a","stream":true}"#),
            ("chat", #"{"messages":[{"role":"user","content":"a"}]}"#),
        ] {
            let answer = try await server.json("/api/llm/\(path)", body)
            #expect(answer.status == 503 && error(answer.object).code == "llm_unavailable")
            #expect(error(answer.object).message.contains("ollama serve"))
        }
        let (status, headers, models) = try await server.request("/api/llm/models")
        #expect(
            status == 503 && headers["retry-after"] != nil
                && String(decoding: models, as: UTF8.self).contains("llm_unavailable"))
        try await expectWell(server)
        #expect(try await server.stop() == 0)
        let chat = try await Program.run(["chat", "Bonjour"], environment: ["JARVIS_OLLAMA_HOST": "127.0.0.1:9"])
        #expect(chat.status == 1 && chat.errors.contains("ollama serve"), "\(chat.errors)")
    }

    @Test func aModelFileThatIsCutInHalf() async throws {
        let folder = try TemporaryFolder()
        let models = folder.url.appending(path: "models")
        try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: folder.url.appending(path: "runtime"), withDestinationURL: TestData.folder.appending(path: "runtime"))
        let name = "all-MiniLM-L6-v2"
        try FileManager.default.copyItem(at: TestData.model(name), to: models.appending(path: name))
        let weights = try FileHandle(forUpdating: models.appending(path: "\(name)/model.safetensors"))
        try weights.truncate(atOffset: try weights.seekToEnd() / 2)
        try weights.close()
        // Put there by hand, so that only the engine can tell.
        try? FileManager.default.removeItem(at: models.appending(path: "\(name)/manifest.json"))

        let server = try await RunningServer(environment: [
            "JARVIS_DATA_DIR": folder.url.path, "JARVIS_READY_REQUIRE": "tts",
        ])
        for _ in 0..<2 {
            let answer = try await server.json("/api/embeddings/embed", #"{"text":"a"}"#)
            #expect(answer.status == 503 && error(answer.object).code == "model_not_installed", "\(answer.object)")
            let message = error(answer.object).message
            for words in [name, "model.safetensors", "models remove \(name)", "models pull \(name)"] {
                #expect(message.contains(words), "\(message)")
            }
            #expect(!message.contains(folder.url.path), "\(message)")
        }
        let (_, _, health) = try await server.request("/health")
        let services = try #require(
            (JSONSerialization.jsonObject(with: health) as? [String: Any])?["services"] as? [String: String])
        #expect(services["embeddings"] == "unavailable")
        try await expectWell(server)
        #expect(try await server.stop() == 0)
    }
}
