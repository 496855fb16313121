import AsyncHTTPClient
import BridgeTesting
import Foundation
import LanguageModels
import NIOCore
import Testing

@testable import BridgeServer

/// Bodies that are not a request at all, at every route that takes a body.
@Suite(.timeLimit(.minutes(5))) struct BadInputBodyTests {
    /// A route with a good request of it, and the field that it cannot do without.
    struct Route: Sendable, CustomTestStringConvertible {
        var path: String
        var good: String
        var required: String
        var testDescription: String { "\(path) \(good)" }
    }

    static let routes = [
        Route(path: "/api/llm/generate", good: #"{"prompt":"a"}"#, required: "prompt"),
        Route(path: "/api/llm/generate", good: #"{"prompt":"a","stream":true}"#, required: "prompt"),
        Route(path: "/api/llm/chat", good: #"{"messages":[{"role":"user","content":"a"}]}"#, required: "messages"),
        Route(path: "/api/stt/transcribe", good: #"{"audio_data":"AAAAAA=="}"#, required: "audio_data"),
        Route(path: "/api/tts/synthesize", good: #"{"text":"a"}"#, required: "text"),
        Route(path: "/api/tts/normalize", good: #"{"text":"a"}"#, required: "text"),
        Route(path: "/api/embeddings/embed", good: #"{"text":"a"}"#, required: "text"),
        Route(path: "/api/embeddings/embed-batch", good: #"{"texts":["a"]}"#, required: "texts"),
    ]

    /// A status, a code, a sentence, and perhaps the field at fault.
    private func expect(
        _ answer: TestClient.Answer, _ status: Int, code: String, param: String? = nil, what: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            (answer.status, answer.code) == (status, code), "\(what): \(answer.text)", sourceLocation: sourceLocation)
        #expect(answer.message?.hasSuffix(".") == true, "\(what): \(answer.text)", sourceLocation: sourceLocation)
        #expect(answer["X-Request-Id"] != nil, sourceLocation: sourceLocation)
        if let param { #expect(answer.param == param, "\(what): \(answer.text)", sourceLocation: sourceLocation) }
    }

    @Test(arguments: routes) func whatIsNotJSON(_ route: Route) async throws {
        try await TestServer().run { client in
            #expect(try await client.post(route.path, route.good).status == 200)
            let cut = String(route.good.dropLast())
            for body in [
                "hello", "[1]", "null", "7", "\"text\"", cut, route.good + "}", "{'a':1}", "{\"a\":NaN}", "\u{0}",
                cut + ",}", cut + ",\"x\":[1,]}", cut + ",\"x\":\"a\nb\"}",
            ] {
                expect(try await client.post(route.path, body), 400, code: "invalid_json", what: body)
            }
            // A stream that cannot begin is not a stream either.
            #expect(try await client.post(route.path, cut)["Content-Type"]?.hasPrefix("application/json") == true)
            #expect(try await client.post(route.path, route.good).status == 200)
        }
    }

    @Test(arguments: routes) func nothingAtAll(_ route: Route) async throws {
        try await TestServer().run { client in
            let empty = try await client.post(route.path, "")
            expect(empty, 400, code: "invalid_json")
            #expect(empty.message?.contains("empty") == true)
            // Without a length, and without a type.
            let bare = try await client.raw(
                Array("POST \(route.path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8))
            #expect(bare.hasPrefix("HTTP/1.1 400") && bare.contains("The body is empty"), "\(bare)")
        }
    }

    @Test(arguments: routes) func aMissingFieldIsNamed(_ route: Route) async throws {
        try await TestServer().run { client in
            for body in ["{}", #"{"\#(route.required)":null}"#, #"{"\#(route.required.uppercased())":"a"}"#] {
                let answer = try await client.post(route.path, body)
                expect(answer, 400, code: "invalid_request", param: route.required, what: body)
                #expect(answer.message?.contains("\(route.required) is missing") == true, "\(answer.text)")
            }
        }
    }

    @Test(arguments: routes) func aFieldOfAWrongTypeIsNamed(_ route: Route) async throws {
        try await TestServer().run { client in
            for value in ["7", "true", "{}", "[7]", "[null]", "[[\"a\"]]"] {
                let answer = try await client.post(route.path, #"{"\#(route.required)":\#(value)}"#)
                expect(answer, 400, code: "invalid_request", param: route.required, what: value)
            }
        }
    }

    /// Half of a surrogate pair is not text. JSON can write it, UTF-8 cannot.
    @Test(arguments: routes) func loneSurrogates(_ route: Route) async throws {
        try await TestServer().run { client in
            let halves = [#"\ud800"#, #"a\udc00b"#, #"\udc00\ud800"#, #"\ud83d\ud83d"#].map { Array($0.utf8) }
            // The same written as three bytes, as some programs do.
            for half in halves + [[0xED, 0xA0, 0x80], [0xFF]] {
                for field in ["text", "texts", "prompt", "messages", "audio_data"] where route.required == field {
                    let quoted = Array("\"".utf8) + half + Array("\"".utf8)
                    let value =
                        switch field {
                        case "texts": Array("[\"a\",".utf8) + quoted + Array("]".utf8)
                        case "messages": Array(#"[{"role":"user","content":"#.utf8) + quoted + Array("}]".utf8)
                        default: quoted
                        }
                    let answer = try await client.post(
                        route.path, bytes: Array("{\"\(field)\":".utf8) + value + Array("}".utf8))
                    expect(answer, 400, code: "invalid_json", param: field)
                    #expect(answer.message?.contains("surrogate") == true, "\(answer.text)")
                }
                // Also where nobody reads the field.
                let other = Array(route.good.utf8).dropLast() + Array(",\"x\":\"".utf8) + half + Array("\"}".utf8)
                expect(try await client.post(route.path, bytes: Array(other)), 400, code: "invalid_json", param: "x")
            }
            // A whole pair is a text.
            #expect(
                try await client.post(route.path, String(route.good.dropLast()) + #","x":"\ud83d\ude42"}"#).status
                    == 200)
        }
    }

    @Test func numbersThatAreTooLarge() async throws {
        try await TestServer().run { client in
            for number in ["1e999", "-1e999", "1" + String(repeating: "0", count: 400)] {
                let answer = try await client.post("/api/llm/generate", #"{"prompt":"a","max_tokens":\#(number)}"#)
                expect(answer, 400, code: "invalid_request", param: "max_tokens", what: number)
                #expect(answer.message?.contains("A number in the body is too large") == true, "\(answer.text)")
            }
            let text = try await client.post("/api/llm/generate", #"{"prompt":"a","max_tokens":"many"}"#)
            expect(text, 400, code: "invalid_request", param: "max_tokens")
            #expect(text.message?.contains("a whole number from 1 to 32768") == true, "\(text.text)")
        }
    }

    /// Bodies of nothing but brackets, as an attack or a mistake may send them: work must grow with their length only.
    @Test(arguments: routes) func deepNesting(_ route: Route) async throws {
        try await TestServer().run { client in
            for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
                let inner = open == "[" ? "" : "1"
                let deep = String(repeating: open, count: 400) + inner + String(repeating: close, count: 400)
                // Half a second for each of these, where each level costs more than the one above it.
                let many = "[" + Array(repeating: deep, count: 100).joined(separator: ",") + "]"
                let clock = ContinuousClock()
                let start = clock.now
                let answer = try await client.post(route.path, route.good.dropLast() + #","x":\#(many)}"#)
                #expect(answer.status == 200, "\(answer.text)")
                #expect(clock.now - start < .seconds(20))
                let bottomless = String(repeating: open, count: 50_000)
                expect(
                    try await client.post(route.path, route.good.dropLast() + #","x":\#(bottomless)}"#), 400,
                    code: "invalid_json")
            }
        }
    }

    @Test func anotherEncodingIsNoJSON() async throws {
        try await TestServer().run { client in
            let wide = Array(#"{"text":"a"}"#.utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            expect(try await client.post("/api/tts/synthesize", bytes: wide), 400, code: "invalid_json")
        }
    }

    @Test func ofANameThatIsThereTwiceTheLastCounts() async throws {
        try await TestServer().run { client in
            let answer = try await client.post("/api/tts/synthesize", #"{"text":1,"text":"Oui."}"#)
            #expect(answer.status == 200, "\(answer.text)")
        }
    }

    @Test(arguments: routes) func aHundredMegabytes(_ route: Route) async throws {
        try await TestServer().run { client in
            let megabyte = ByteBuffer(repeating: 0x61, count: 1 << 20)
            for length in [HTTPClientRequest.Body.Length.known(Int64(100 << 20)), .unknown] {
                let pieces = AsyncStream<ByteBuffer> { continuation in
                    for _ in 0..<100 { continuation.yield(megabyte) }
                    continuation.finish()
                }
                let answer = try await client.send(
                    "POST", route.path, headers: ["Content-Type": "application/json"],
                    body: .stream(pieces, length: length))
                expect(answer, 413, code: "payload_too_large", what: "\(length)")
                #expect(answer.message?.contains("larger than the") == true)
            }
            #expect(try await client.post(route.path, route.good).status == 200)
        }
    }

    @Test(arguments: routes) func aLengthThatLies(_ route: Route) async throws {
        try await TestServer().run { client in
            let head = "POST \(route.path) HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            let size = route.good.utf8.count
            // More is announced than comes, and then the client is gone.
            let cut = try await client.raw(Array("\(head)Content-Length: \(size + 500)\r\n\r\n\(route.good)".utf8))
            #expect(cut.hasPrefix("HTTP/1.1 400") && cut.contains("ended after \(size) bytes"), "\(cut)")
            let chunk = try await client.raw(Array("\(head)Transfer-Encoding: chunked\r\n\r\nFF\r\n\(route.good)".utf8))
            #expect(chunk.hasPrefix("HTTP/1.1 400") && chunk.contains("invalid_request"), "\(chunk)")
            // Less is announced than comes: the rest is not a request, and runs nothing.
            let short = try await client.raw(Array("\(head)Content-Length: 3\r\n\r\n\(route.good)".utf8))
            #expect(short.hasPrefix("HTTP/1.1 400") && !short.contains(" 200 "), "\(short)")
            // It is not a number, or two, or one that no machine holds.
            let impossible = ["abc", "-5", "+3", "1e3", "5, 6", "99999999999999999999", "5\r\nContent-Length: 7"]
            for length in impossible + ["5\r\nTransfer-Encoding: chunked", "9223372036854775807"] {
                let answer = try await client.raw(Array("\(head)Content-Length: \(length)\r\n\r\n\(route.good)".utf8))
                #expect(answer.hasPrefix("HTTP/1.1 400") || answer.hasPrefix("HTTP/1.1 413"), "\(length): \(answer)")
            }
            #expect(try await client.post(route.path, route.good).status == 200)
        }
    }
}
