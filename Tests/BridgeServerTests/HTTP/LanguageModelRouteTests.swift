import AsyncHTTPClient
import BridgeSupport
import BridgeTesting
import Foundation
import LanguageModels
import NIOCore
import NIOHTTP1
import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(5))) struct LanguageModelRouteTests {
    @Test func anAnswerHasTheFieldsOfTheContract() async throws {
        try await TestServer().run { client in
            let answer = try await client.post(
                "/api/llm/generate", #"{"prompt":"Bonjour ?","system_prompt":"Sois bref."}"#)
            #expect(answer.status == 200)
            #expect(answer.json?["text"]?.stringValue == "Bonjour !")
            #expect(answer.json?["model"]?.stringValue == "fake:latest")
            #expect(answer.json?["tokens_generated"]?.numberValue == 3)
            #expect(answer.json?["tokens_prompt"]?.numberValue == 7)
            #expect(answer.json?["duration_ms"]?.numberValue != nil)
            #expect(answer.json?["timings"]?["generate_ms"]?.numberValue == 3)
        }
    }

    @Test func optionsReachTheModel() async throws {
        let server = try TestServer()
        server.language.setModels(["fake:latest", "other"])
        try await server.run { client in
            let body =
                #"{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"}],"temperature":0,"max_tokens":2,"model":"other","top_p":0.5,"top_k":3,"seed":7,"stop":["x"],"format":"json","keep_alive":300}"#
            let answer = try await client.post("/api/llm/chat", body)
            #expect(answer.json?["text"]?.stringValue == "Bonjour")
            #expect(answer.json?["model"]?.stringValue == "other")
        }
        let call = try #require(server.language.calls.first)
        #expect(call.request.temperature == 0)
        #expect(call.request.maxTokens == 2)
        #expect((call.request.topP, call.request.topK, call.request.seed) == (0.5, 3, 7))
        #expect(call.request.stop == ["x"])
        #expect(call.request.format == .json)
    }

    @Test func streamsAreEventsOrLines() async throws {
        try await TestServer().run { client in
            let events = try await client.post("/api/llm/generate", #"{"prompt":"a","stream":true}"#)
            #expect(events["Content-Type"] == "text/event-stream; charset=utf-8")
            #expect(events["X-Accel-Buffering"] == "no")
            let messages = events.text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
            #expect(
                messages.prefix(3) == [#"data: {"delta":"Bon"}"#, #"data: {"delta":"jour"}"#, #"data: {"delta":" !"}"#])
            #expect(messages.count == 4 && messages[3].contains(#""done":true"#) && !messages[3].contains(#""text""#))
            let lines = try await client.post(
                "/api/llm/generate", #"{"prompt":"a","stream":true}"#, headers: ["Accept": "application/x-ndjson"])
            #expect(lines["Content-Type"] == "application/x-ndjson; charset=utf-8")
            #expect(lines.text.split(separator: "\n").first == #"{"delta":"Bon"}"#)
        }
    }

    @Test func tokensArePassedOnAsTheyArrive() async throws {
        try await FakeOllama.withServer { ollama in
            let gate = Gate()
            let first = FakeOllama.Reply.streamHead().line(FakeOllama.generateLine("Bon"))
            let rest = first.hold(gate).line(FakeOllama.generateLine("jour")).line(FakeOllama.doneLine()).end()
            ollama.enqueue(rest, for: "/api/generate")
            try await TestServer.onDisk(["ollama.host": ollama.baseURL]).run { client in
                var request = HTTPClientRequest(url: client.baseURL + "/api/llm/generate")
                request.method = .POST
                request.headers.add(name: "Content-Type", value: "application/json")
                request.body = .bytes(Array(#"{"prompt":"a","stream":true}"#.utf8))
                // Head and first token come while the model still writes.
                let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
                #expect(response.status == .ok)
                var text = ""
                for try await piece in response.body {
                    text += String(buffer: piece)
                    if text.hasSuffix("\n\n") { gate.open() }
                }
                #expect(text.hasPrefix("data: {\"delta\":\"Bon\"}\n\ndata: {\"delta\":\"jour\"}\n\n"))
                #expect(text.contains(#""done":true"#))
            }
        }
    }

    @Test func thoughtsAreApartInEveryForm() async throws {
        try await FakeOllama.withServer { ollama in
            let lines = ["<thi", "nk>Hm", ".</think>", "\n\nOui"].map { FakeOllama.generateLine($0) }
            let reply = FakeOllama.Reply.stream(lines + [FakeOllama.doneLine(reason: "length")])
            ollama.enqueue(reply, reply, for: "/api/generate")
            try await TestServer.onDisk(["ollama.host": ollama.baseURL]).run { client in
                let whole = try await client.post(
                    "/api/llm/generate", #"{"prompt":"a","think":true,"model":"qwen3:4b"}"#)
                #expect(whole.json?["text"]?.stringValue == "Oui")
                #expect(whole.json?["thinking"]?.stringValue == "Hm.")
                #expect(whole.json?["finish_reason"]?.stringValue == "length")
                let stream = try await client.post(
                    "/api/llm/generate", #"{"prompt":"a","stream":true,"model":"qwen3:4b"}"#)
                let messages = stream.text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
                #expect(
                    messages.dropLast() == [
                        #"data: {"thinking":"Hm"}"#, #"data: {"thinking":"."}"#, #"data: {"delta":"Oui"}"#,
                    ])
                #expect(messages.last?.contains(#""finish_reason":"length""#) == true)
            }
            #expect(ollama.exchanges(of: "/api/generate").map { $0.json?["think"] } == [true, false])
        }
    }

    @Test func aFailureInTheMiddleIsTheLastMessage() async throws {
        let server = try TestServer()
        server.language.fail(with: ServiceError(.upstreamError, "Ollama stopped in the middle of its answer."))
        try await server.run { client in
            let answer = try await client.post("/api/llm/generate", #"{"prompt":"a","stream":true}"#)
            #expect(answer.status == 200)
            let last = answer.text.components(separatedBy: "\n\n").last { !$0.isEmpty }
            #expect(last?.contains(#""code":"upstream_error""#) == true)
            let whole = try await client.post("/api/llm/generate", #"{"prompt":"a"}"#)
            #expect((whole.status, whole.code) == (502, "upstream_error"))
        }
    }

    @Test(arguments: ["text/event-stream", "application/x-ndjson"])
    func whatFailsBeforeTheFirstTokenIsNoStream(accept: String) async throws {
        try await FakeOllama.withServer { ollama in
            let settings = ["ollama.host": ollama.baseURL, "admission.llm": "1", "admission.queue": "0"]
            try await TestServer.onDisk(settings).run { client in
                let ask = { @Sendable (more: String) in
                    try await client.post(
                        "/api/llm/generate", #"{"prompt":"a","stream":true\#(more)}"#, headers: ["Accept": accept])
                }
                let unknown = try await ask(#","model":"nothing""#)
                #expect((unknown.status, unknown.code, unknown.param) == (404, "model_not_found", "model"))
                #expect(unknown.message?.contains("ollama pull nothing") == true)
                #expect(unknown["Content-Type"]?.hasPrefix("application/json") == true)

                let line: JSONValue = ["error": "llama runner process has terminated"]
                ollama.enqueue(
                    .error(500, "llama runner process has terminated"), .stream([line]), for: "/api/generate")
                for _ in 0..<2 {
                    let broken = try await ask("")
                    #expect((broken.status, broken.code) == (502, "upstream_error"))
                }

                let gate = Gate()
                ollama.enqueue(.streamHead().hold(gate).line(FakeOllama.doneLine()).end(), for: "/api/generate")
                async let running = ask("")
                try await ollama.exchanges(of: "/api/generate", atLeast: 4)
                let full = try await ask("")
                #expect((full.status, full.code) == (503, "overloaded"))
                #expect(full["Retry-After"] != nil)
                gate.open()
                #expect(try await running.status == 200)
            }
        }
    }

    @Test func aClientThatReadsSlowlySlowsTheModelDown() async throws {
        let gate = Gate(open: true)
        let server = try TestServer(gate: gate)
        // 100 MB in all: far more than sockets hold.
        server.language.setPieces([String](repeating: String(repeating: "a", count: 100_000), count: 1000))
        try await server.run { client in
            var request = HTTPClientRequest(url: client.baseURL + "/api/llm/generate")
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(Array(#"{"prompt":"a","stream":true,"max_tokens":1000}"#.utf8))
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            // The client does not read on; the model must come to rest long before its end.
            var (before, now) = (-1, gate.arrivalCount)
            while before != now {
                before = now
                try await Task.sleep(for: .milliseconds(300))
                now = gate.arrivalCount
            }
            #expect(now < 500)
            var bytes = 0
            for try await piece in response.body { bytes += piece.readableBytes }
            #expect(bytes > 100_000_000)
            #expect(gate.arrivalCount == 1000)
        }
    }

    @Test(arguments: [#"{"prompt":"a"}"#, #"{"prompt":"a","stream":true}"#])
    func aClientThatLeavesEndsTheWork(body: String) async throws {
        let gate = Gate()
        let server = try TestServer(gate: gate)
        try await server.run { client in
            let request = Task { try await client.post("/api/llm/generate", body) }
            try await gate.arrivals(atLeast: 1)
            request.cancel()
            try await server.language.cancelled(atLeast: 1)
            _ = try? await request.value
        }
    }

    @Test func aClientThatLeavesInTheMiddleEndsTheWorkToo() async throws {
        try await FakeOllama.withServer { ollama in
            let first = FakeOllama.Reply.streamHead().line(FakeOllama.generateLine("Bon"))
            ollama.enqueue(first.hold(Gate()), for: "/api/generate")
            try await TestServer.onDisk(["ollama.host": ollama.baseURL]).run { client in
                var request = HTTPClientRequest(url: client.baseURL + "/api/llm/generate")
                request.method = .POST
                request.headers.add(name: "Content-Type", value: "application/json")
                request.body = .bytes(Array(#"{"prompt":"a","stream":true}"#.utf8))
                let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
                for try await _ in response.body { break }
            }
            try await ollama.clientLeft()
        }
    }

    @Test func modelsAreListed() async throws {
        let server = try TestServer()
        try await server.run { client in
            let models = try await client.get("/api/llm/models")
            #expect(models.json?["models"]?.arrayValue?.compactMap(\.stringValue) == ["fake:latest"])
            #expect(models.json?["default"]?.stringValue == "fake:latest")
        }
    }

    @Test func withoutOllamaEveryPathSaysSo() async throws {
        // Port 9 of this machine has no server.
        try await TestServer.onDisk().run { client in
            for body in [#"{"prompt":"a"}"#, #"{"prompt":"a","stream":true}"#] {
                let answer = try await client.post("/api/llm/generate", body)
                #expect((answer.status, answer.code) == (503, "llm_unavailable"))
                #expect(answer["Retry-After"] != nil)
            }
            #expect(try await client.get("/api/llm/models").code == "llm_unavailable")
            #expect(try await client.get("/health").status == 200)
        }
    }
}
