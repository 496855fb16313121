import AsyncHTTPClient
import BridgeSupport
import BridgeTesting
import Foundation
import HTTPTypes
import NIOCore
import InMemoryLogging
import LanguageModels
import Logging
import Testing

@testable import BridgeServer

/// What the server says to requests that it cannot take.
@Suite(.timeLimit(.minutes(5))) struct RefusalTests {
    @Test func theTableHoldsEveryCode() {
        let table: [(ServiceError.Code, Int)] = [
            (.invalidJSON, 400), (.invalidRequest, 400), (.unauthorized, 401), (.modelNotFound, 404),
            (.voiceNotFound, 404),
            (.notFound, 404), (.methodNotAllowed, 405), (.payloadTooLarge, 413), (.unsupportedMediaType, 415),
            (.undecodableAudio, 422), (.rateLimited, 429), (.upstreamError, 502), (.llmUnavailable, 503),
            (.modelNotInstalled, 503), (.overloaded, 503), (.shuttingDown, 503), (.timeout, 504), (.internal, 500),
            (.storageFull, 507),
        ]
        for (code, status) in table { #expect(ErrorTable.status(code).code == status) }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var path: String
        var body: String
        var code: String
        var param: String?
        init(_ path: String, _ body: String, code: String = "invalid_request", param: String? = nil) {
            (self.path, self.body, self.code, self.param) = (path, body, code, param)
        }
        var testDescription: String { "\(path) \(body.prefix(60))" }
    }

    static let embed = "/api/embeddings/embed"
    static let generate = "/api/llm/generate"
    static let speak = "/api/tts/synthesize"
    static let listen = "/api/stt/transcribe"

    static let bad: [Bad] = [
        Bad(embed, "", code: "invalid_json"), Bad(embed, "hello", code: "invalid_json"),
        Bad(embed, "[1]", code: "invalid_json"),
        Bad(embed, "\"text\"", code: "invalid_json"), Bad(embed, "null", code: "invalid_json"),
        Bad(embed, "{\"text\":\"a\"", code: "invalid_json"),
        Bad(embed, #"{"text":"\ud800"}"#, code: "invalid_json"),
        Bad(embed, #"{"text":"a\udc00b"}"#, code: "invalid_json"),
        Bad(embed, #"{"text":NaN}"#, code: "invalid_json"),
        Bad(embed, #"{"a":"# + String(repeating: "[", count: 100_000), code: "invalid_json"),
        Bad(
            embed, String(repeating: #"{"a":"#, count: 20_000) + "1" + String(repeating: "}", count: 20_000),
            code: "invalid_json"),
        Bad(embed, "{}", param: "text"), Bad(embed, #"{"text":null}"#, param: "text"),
        Bad(embed, #"{"text":1}"#, param: "text"),
        Bad(embed, #"{"text":["a"]}"#, param: "text"),
        Bad(embed, #"{"text":"a","encoding":"hex"}"#, param: "encoding"),
        Bad(embed, #"{"text":"a","input_type":"document"}"#, param: "input_type"),
        Bad(embed, #"{"text":"a","model":7}"#, param: "model"),
        Bad(embed, #"{"text":"a","model":"nobody"}"#, code: "model_not_found", param: "model"),
        Bad("/api/embeddings/embed-batch", "{}", param: "texts"),
        Bad("/api/embeddings/embed-batch", #"{"texts":"a"}"#, param: "texts"),
        Bad("/api/embeddings/embed-batch", #"{"texts":[]}"#, param: "texts"),
        Bad("/api/embeddings/embed-batch", #"{"texts":["a",2]}"#, param: "texts"),
        Bad(generate, "{}", param: "prompt"),
        Bad(generate, #"{"prompt":"  "}"#, param: "prompt"),
        Bad(generate, #"{"prompt":"a","temperature":2.1}"#, param: "temperature"),
        Bad(generate, #"{"prompt":"a","temperature":"hot"}"#, param: "temperature"),
        Bad(generate, #"{"prompt":"a","max_tokens":0}"#, param: "max_tokens"),
        Bad(generate, #"{"prompt":"a","max_tokens":1.5}"#, param: "max_tokens"),
        Bad(generate, #"{"prompt":"a","max_tokens":1e300}"#, param: "max_tokens"),
        Bad(generate, #"{"prompt":"a","stream":"yes"}"#, param: "stream"),
        Bad(generate, #"{"prompt":"a","format":"xml"}"#, param: "format"),
        Bad(generate, #"{"prompt":"a","keep_alive":"0x10"}"#, param: "keep_alive"),
        Bad(generate, #"{"prompt":"a","keep_alive":"1e3"}"#, param: "keep_alive"),
        Bad(generate, #"{"prompt":"a","keep_alive":"5 min","stream":true}"#, param: "keep_alive"),
        Bad(generate, #"{"prompt":"a","keep_alive":true}"#, param: "keep_alive"),
        Bad(generate, #"{"prompt":"a","keep_alive":-1.5e200}"#, param: "keep_alive"),
        Bad(
            generate, #"{"prompt":"a","keep_alive":"\#(String(repeating: "9", count: 400))"}"#,
            param: "keep_alive"),
        Bad(generate, #"{"prompt":"a","stop":[1]}"#, param: "stop"),
        Bad("/api/llm/chat", "{}", param: "messages"),
        Bad("/api/llm/chat", #"{"messages":[]}"#, param: "messages"),
        Bad("/api/llm/chat", #"{"messages":[{"role":"boss","content":"a"}]}"#, param: "messages"),
        Bad("/api/llm/chat", #"{"messages":["a"]}"#, param: "messages"),
        Bad(speak, "{}", param: "text"), Bad(speak, #"{"text":""}"#, param: "text"),
        Bad(speak, #"{"text":"a","speed":0.1}"#, param: "speed"),
        Bad(speak, #"{"text":"a","speed":true}"#, param: "speed"),
        Bad(speak, #"{"text":"a","format":"doc"}"#, param: "format"),
        Bad(speak, #"{"text":"a","stream":true}"#, param: "stream"),
        Bad(speak, #"{"text":"a","speaker":-1}"#, param: "speaker"),
        Bad(speak, #"{"text":"a","voice":"../../etc/passwd"}"#, code: "voice_not_found"),
        Bad(listen, "{}", param: "audio_data"),
        Bad(listen, #"{"audio_data":"%%%%"}"#, param: "audio_data"),
        Bad(listen, #"{"audio_data":"AAAAA"}"#, param: "audio_data"),
        Bad(listen, #"{"audio_data":""}"#, param: "audio_data"),
        // Three bytes are no float.
        Bad(listen, #"{"audio_data":"AAAA"}"#, param: "audio_data"),
        // NaN, and 3e38.
        Bad(listen, #"{"audio_data":"AADAfw=="}"#, param: "audio_data"),
        Bad(listen, #"{"audio_data":"5rFhfw=="}"#, param: "audio_data"),
        Bad(listen, #"{"audio_data":"AAAAAA==","sample_rate":0}"#, param: "sample_rate"),
        Bad(listen, #"{"audio_data":"AAAAAA==","encoding":"gsm"}"#, param: "encoding"),
        Bad(listen, #"{"audio_data":"AAAAAA==","task":"sing"}"#, param: "task"),
        Bad(listen, #"{"audio_data":"AAAAAA==","vad":"maybe"}"#, param: "vad"),
        Bad(listen, #"{"audio_data":"AAAAAA==","temperature":9}"#, param: "temperature"),
        Bad(listen, #"{"audio_data":"AAAAAA==","stream":true}"#, param: "stream"),
    ]

    @Test(.sharedServer, .serialized, arguments: bad)
    func badBodiesGetAnErrorThatNamesTheField(_ bad: Bad) async throws {
        let (_, client) = try #require(SharedServer.current)
        let answer = try await client.post(bad.path, bad.body)
        #expect(answer.status == (bad.code.hasSuffix("not_found") ? 404 : 400), "\(answer.text)")
        #expect(answer.code == bad.code, "\(answer.text)")
        if let param = bad.param { #expect(answer.param == param, "\(answer.text)") }
        #expect(answer.message?.hasSuffix(".") == true, "\(answer.text)")
        #expect(answer["X-Request-Id"] != nil)
        // It still works.
        #expect(try await client.post(Self.embed, #"{"text":"a","unknown":{"x":[1]}}"#).status == 200)
    }

    @Test func invalidUTF8IsNoJSON() async throws {
        try await TestServer().run { client in
            let answer = try await client.post(
                Self.embed, bytes: Array(#"{"text":""#.utf8) + [0xFF, 0xFE] + Array("\"}".utf8))
            #expect((answer.status, answer.code, answer.param) == (400, "invalid_json", "text"))
            #expect(answer.message?.contains("UTF-8") == true)
            let half = try await client.post(
                "/api/embeddings/embed-batch", #"{"count":1,"model":"a","texts":["a","\ud800"],"user":"b"}"#)
            #expect((half.status, half.code, half.param) == (400, "invalid_json", "texts"))
            #expect(half.message?.contains("surrogate") == true)
        }
    }

    @Test func unknownPathsAndMethods() async throws {
        try await TestServer().run { client in
            let nowhere = try await client.get("/api/nowhere")
            #expect((nowhere.status, nowhere.code) == (404, "not_found"))
            let wrong = try await client.get(Self.embed)
            #expect((wrong.status, wrong.code, wrong["Allow"]) == (405, "method_not_allowed", "OPTIONS, POST"))
            let health = try await client.send("DELETE", "/health")
            #expect((health.status, health["Allow"]) == (405, "GET, HEAD, OPTIONS"))
            for method in ["TRACE", "QUERY", "PROPFIND", "MKCOL"] {
                let strange = try await client.send(method, Self.generate)
                #expect(
                    (strange.status, strange.code, strange["Allow"]) == (405, "method_not_allowed", "OPTIONS, POST"))
                #expect(strange.message?.contains(method) == true)
                let lost = try await client.send(method, "/api/nowhere")
                #expect((lost.status, lost.code) == (404, "not_found"))
            }
            #expect(try await client.send("PROPFIND", "/health")["Allow"] == "GET, HEAD, OPTIONS")
            // Accounted for under its path.
            let metrics = try await client.get("/metrics").text
            #expect(metrics.contains(#"{method="OTHER",route="/api/llm/generate",status="405"}"#), "\(metrics)")
            #expect(try await client.send("OPTIONS", "/health").status == 204)
        }
    }

    @Test func otherMediaTypesAreRefused() async throws {
        try await TestServer().run { client in
            for path in [Self.embed, Self.generate, Self.speak, Self.listen] {
                let answer = try await client.post(
                    path, "text=a", headers: ["Content-Type": "application/x-www-form-urlencoded"])
                #expect((answer.status, answer.code) == (415, "unsupported_media_type"))
            }
        }
    }

    @Test func largeBodiesAreRefusedWhileReading() async throws {
        let server = try TestServer(["limits.body_text": "1024", "limits.body_audio": "4096"])
        try await server.run { client in
            let text = #"{"text":""# + String(repeating: "a", count: 1 << 20) + "\"}"
            for path in [Self.embed, Self.generate, Self.speak] {
                let answer = try await client.post(path, text)
                #expect((answer.status, answer.code) == (413, "payload_too_large"))
            }
            // Chunked: no length is announced.
            let pieces = AsyncStream<ByteBuffer> { continuation in
                for _ in 0..<100 { continuation.yield(ByteBuffer(repeating: 0x20, count: 1024)) }
                continuation.finish()
            }
            let chunked = try await client.send(
                "POST", Self.listen, headers: ["Content-Type": "audio/wav"], body: .stream(pieces, length: .unknown))
            #expect((chunked.status, chunked.code) == (413, "payload_too_large"))
            // The server goes on.
            #expect(try await client.get("/health").status == 200)
        }
    }

    @Test func aHundredMegabytesAreRefused() async throws {
        try await TestServer().run { client in
            let megabyte = ByteBuffer(repeating: 0, count: 1 << 20)
            let body = AsyncStream<ByteBuffer> { continuation in
                for _ in 0..<100 { continuation.yield(megabyte) }
                continuation.finish()
            }
            let answer = try await client.send(
                "POST", Self.listen, headers: ["Content-Type": "audio/wav"],
                body: .stream(body, length: .known(Int64(100 << 20))))
            #expect((answer.status, answer.code) == (413, "payload_too_large"))
        }
    }

    @Test func aLyingContentLengthHarmsNobody() async throws {
        try await TestServer().run { client in
            let head = "POST /api/embeddings/embed HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            // More is announced than comes.
            let cut = try await client.raw(Array("\(head)Content-Length: 500\r\n\r\n{\"text\":\"a\"}".utf8))
            #expect(cut.hasPrefix("HTTP/1.1 400") && cut.contains("The body ended after 12 bytes"), "\(cut)")
            // Less is announced than comes: the rest is not a request.
            let short = try await client.raw(Array("\(head)Content-Length: 3\r\n\r\n{\"text\":\"a\"}".utf8))
            #expect(short.contains("400 Bad Request"))
            // It is not a number, or negative.
            for length in ["abc", "-5", "99999999999999999999"] {
                let answer = try await client.raw(Array("\(head)Content-Length: \(length)\r\n\r\n{}".utf8))
                #expect(answer.isEmpty || answer.contains(" 400 ") || answer.contains(" 413 "))
            }
            #expect(try await client.get("/health").status == 200)
        }
    }

    @Test func unexpectedErrorsHideWhatHappenedAndLogIt() async throws {
        struct Secret: Error { var path = "/home/somebody/private" }
        let server = try TestServer()
        server.embedder.fail(with: Secret())
        try await server.run { client in
            let answer = try await client.post(Self.embed, #"{"text":"a"}"#, headers: ["X-Request-Id": "failing-1"])
            #expect((answer.status, answer.code) == (500, "internal"))
            #expect(!answer.text.contains("private"))
        }
        let entry = server.log.entries(at: .error).first { "\($0.metadata["request_id"] ?? "")" == "failing-1" }
        #expect(entry != nil)
        #expect(entry.map { "\($0.metadata)".contains("private") } == true)
    }

    @Test func aFullQueueIsRefusedAtOnce() async throws {
        let gate = Gate()
        let server = try TestServer(["admission.embeddings": "1", "admission.queue": "0"], gate: gate)
        try await server.run { client in
            async let first = client.post("/api/embeddings/embed", #"{"text":"one"}"#)
            try await gate.arrivals(atLeast: 1)
            let second = try await client.post("/api/embeddings/embed", #"{"text":"two"}"#)
            #expect((second.status, second.code) == (503, "overloaded"))
            #expect(second["Retry-After"] == "1")
            gate.open()
            #expect(try await first.status == 200)
        }
    }

    @Test func timeLimitsEndRequests() async throws {
        let limits = ["timeouts.llm": "1", "timeouts.stt": "1", "timeouts.tts": "1", "timeouts.embeddings": "1"]
        let (clock, gate) = (ManualClock(), Gate())
        try await TestServer(limits, gate: gate, clock: clock).run { client in
            async let embed = client.post(Self.embed, #"{"text":"a"}"#)
            async let generate = client.post(Self.generate, #"{"prompt":"a"}"#)
            async let speak = client.post(Self.speak, #"{"text":"a."}"#)
            try await gate.arrivals(atLeast: 3)
            clock.advance(by: .seconds(1))
            let answers = try await [embed, generate, speak]
            for answer in answers { #expect((answer.status, answer.code) == (504, "timeout")) }
        }
    }

    @Test func requestsEndAtTheTimeThatTheyGiveThemselves() async throws {
        let (clock, gate) = (ManualClock(), Gate())
        try await TestServer(["timeouts.embeddings": "1"], gate: gate, clock: clock).run { client in
            let soon = ["X-Request-Timeout": "0.25"]
            async let generate = client.post(Self.generate, #"{"prompt":"a"}"#, headers: soon)
            async let speak = client.post(Self.speak, #"{"text":"a."}"#, headers: soon)
            // It shortens a limit and lengthens none.
            async let embed = client.post(Self.embed, #"{"text":"a"}"#, headers: ["X-Request-Timeout": "86400"])
            try await gate.arrivals(atLeast: 3)
            clock.advance(by: .milliseconds(250))
            for answer in try await [generate, speak] {
                #expect((answer.status, answer.code) == (504, "timeout"))
                #expect(answer.message == "The request took longer than its X-Request-Timeout.")
            }
            clock.advance(by: .milliseconds(750))
            let last = try await embed
            #expect((last.status, last.code) == (504, "timeout"))
            #expect(last.message?.contains("timeouts.embeddings") == true)
        }
    }

    @Test(arguments: ["", "0", "0.0", "-1", "-1e3", "soon", "5s", "1e", "inf", "nan", "0x10", ".", "1.2.3", "5, 6"])
    func aTimeLimitThatIsNoNumberIsNamed(_ limit: String) async throws {
        try await TestServer().run { client in
            let answer = try await client.post(Self.embed, #"{"text":"a"}"#, headers: ["X-Request-Timeout": limit])
            #expect((answer.status, answer.code, answer.param) == (400, "invalid_request", "X-Request-Timeout"))
        }
    }
}
