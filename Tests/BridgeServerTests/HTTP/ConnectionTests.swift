import BridgeSupport
import AsyncHTTPClient
import BridgeRuntime
import BridgeTesting
import Foundation
import InMemoryLogging
import LanguageModels
import Logging
import NIOCore
import NIOHTTP1
import Testing

@testable import BridgeServer

/// How connections begin and end, told byte by byte.
@Suite(.timeLimit(.minutes(2))) struct ConnectionTests {
    static let lastRequest = "GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    static func post(_ path: String, _ body: String, more: String = "", version: String = "1.1") -> [UInt8] {
        let head = "POST \(path) HTTP/\(version)\r\nHost: a\r\nContent-Type: application/json\r\n\(more)"
        return Array("\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
    }

    @Test func anAnswerToHeadNeverHasABody() async throws {
        try await TestServer(["api_keys": "a-key-of-22-characters"]).run { client in
            let key = "X-API-Key: a-key-of-22-characters\r\n"
            for (path, more, status) in [
                ("/nope", key, 404), ("/api/llm/generate", key, 405), ("/nope", "", 401), ("/api/tts/voices", key, 200),
            ] {
                let requests = "HEAD \(path) HTTP/1.1\r\nHost: a\r\n\(more)\r\n\(Self.lastRequest)"
                let parts = try await client.raw(Array(requests.utf8)).components(separatedBy: "\r\n\r\n")
                // Two heads and the body of the second.
                #expect(parts.count == 3, "\(parts)")
                #expect(parts[0].hasPrefix("HTTP/1.1 \(status)") && parts[1].hasPrefix("HTTP/1.1 200"), "\(parts)")
                #expect(parts[0].lowercased().contains("content-length: ") && parts[2].hasPrefix("{"), "\(parts)")
            }
        }
    }

    /// It has sent all it has to send, and reads on.
    @Test func aClientThatClosesItsSideIsAnswered() async throws {
        let gate = Gate()
        try await TestServer(gate: gate).run { client in
            let text = try await client.raw(Self.post("/api/embeddings/embed", #"{"text":"a"}"#), isAll: true) {
                text, _ in
                // The server has seen the end, and works on.
                if text == "HTTP/1.1 100 Continue\r\n\r\n" { gate.open() }
            }
            #expect(text.contains("\r\n\r\nHTTP/1.1 200 OK\r\n") && text.contains(#""dimension":"#), "\(text)")
        }
    }

    @Test func aClientThatClosesItsSideGetsItsStream() async throws {
        try await FakeOllama.withServer { ollama in
            let gate = Gate()
            let first = FakeOllama.Reply.streamHead().line(FakeOllama.generateLine("Bon"))
            ollama.enqueue(first.hold(gate).line(FakeOllama.doneLine()).end(), for: "/api/generate")
            try await TestServer.onDisk(["ollama.host": ollama.baseURL]).run { client in
                let request = Self.post("/api/llm/generate", #"{"prompt":"a","stream":true}"#)
                let text = try await client.raw(request, isAll: true) { text, _ in
                    // Asked in the middle of the stream, or before it where the machine is slow.
                    if text.contains("\n:\n\n") || text.contains("100 Continue") { gate.open() }
                }
                #expect(text.contains(#"data: {"delta":"Bon"}"#) && text.contains(#""done":true"#), "\(text)")
            }
        }
    }

    @Test func aStreamWhoseClientLeftIsLoggedAsThat() async throws {
        try await FakeOllama.withServer { ollama in
            let server = try TestServer.onDisk(["ollama.host": ollama.baseURL])
            try await server.run { client in
                for _ in 0..<5 {
                    // Ollama writes on, so that the server notices in writing, or stops.
                    var reply = FakeOllama.Reply.streamHead()
                    for _ in 0..<200 {
                        reply = reply.line(FakeOllama.generateLine(String(repeating: "a", count: 20_000)))
                    }
                    ollama.enqueue(reply.hold(Gate()), for: "/api/generate")
                    var request = HTTPClientRequest(url: client.baseURL + "/api/llm/generate")
                    request.method = .POST
                    request.headers.add(name: "Content-Type", value: "application/json")
                    request.body = .bytes(Array(#"{"prompt":"a","stream":true}"#.utf8))
                    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
                    for try await _ in response.body { break }
                }
                try await waitUntil(every: .milliseconds(5)) {
                    server.log.entries.count(where: { $0.message == "request" }) == 5
                }
            }
            let lines = server.log.entries.filter { $0.message == "request" }
            #expect(lines.map { "\($0.metadata["status"] ?? "")" } == [String](repeating: "499", count: 5))
        }
    }

    /// More sound than the connection holds: 23 MB.
    static func askForMuch(_ client: TestClient) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: client.baseURL + "/api/tts/synthesize")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(Array(#"{"text":"\#(String(repeating: "a", count: 20_000))"}"#.utf8))
        return try await HTTPClient.shared.execute(request, timeout: .seconds(60))
    }

    static func statuses(_ server: TestServer) -> [String] {
        server.log.entries.filter { $0.message == "request" }.map { "\($0.metadata["status"] ?? "")" }
    }

    /// The request ends when the last of its answer is sent, or nobody takes it any more.
    @Test func aLargeAnswerWhoseClientLeftIsLoggedAsThat() async throws {
        let server = try TestServer()
        try await server.run { client in
            let response = try await Self.askForMuch(client)
            #expect(Self.statuses(server).isEmpty)
            for try await _ in response.body { break }
            try await waitUntil(every: .milliseconds(5)) { !Self.statuses(server).isEmpty }
        }
        #expect(Self.statuses(server) == ["499"])
    }

    @Test func aClientThatTakesNothingIsLeft() async throws {
        let server = try TestServer(["timeouts.reader": "1"])
        try await server.run { client in
            let response = try await Self.askForMuch(client)
            try await waitUntil(every: .milliseconds(20)) { !Self.statuses(server).isEmpty }
            await #expect(throws: (any Error).self) { for try await _ in response.body {} }
        }
        #expect(Self.statuses(server) == ["499"])
    }

    @Test func aClientThatReadsSlowlyGetsItsAnswer() async throws {
        try await TestServer(["timeouts.reader": "2"]).run { client in
            let response = try await Self.askForMuch(client)
            var (bytes, pauses) = (0, 0)
            for try await piece in response.body {
                bytes += piece.readableBytes
                // An eighth of a megabyte each time, for five seconds.
                guard pauses < 20, bytes >= pauses << 17 else { continue }
                pauses += 1
                try await Task.sleep(for: .milliseconds(250))
            }
            #expect(pauses == 20 && response.headers["Content-Length"] == ["\(bytes)"])
        }
    }

    /// The connection that has been out of use longest makes room.
    @Test func connectionsOutOfUseMakeRoom() async throws {
        try await TestServer(["limits.connections": "1"]).run { client in
            let (answered, over) = (Gate(), Gate())
            try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask {
                    // Returns when the server has closed.
                    try await client.raw(Array("GET /ready HTTP/1.1\r\nHost: a\r\n\r\n".utf8)) { _, _ in answered.open()
                    }
                }
                try await answered.pass()
                for _ in 0...OpenFiles.extraConnections {
                    group.addTask {
                        try await client.connect().executeThenClose { _, _ in try await over.pass() }
                        return ""
                    }
                }
                #expect(try await group.next()?.hasPrefix("HTTP/1.1 200") == true)
                // The connections that have just come are still there, and keep nobody out.
                let last = try await client.raw(Array(Self.lastRequest.utf8))
                #expect(last.hasPrefix("HTTP/1.1 200"), "\(last)")
                over.open()
            }
        }
    }

    /// No connection in use is closed for a newcomer; a request for the state of the server is answered all the same.
    @Test func connectionsInUseStay() async throws {
        let gate = Gate()
        let server = try TestServer(["limits.connections": "1"], gate: gate)
        try await server.run { client in
            async let busy = client.raw(
                Self.post("/api/embeddings/embed", #"{"text":"a"}"#, more: "Connection: close\r\n")
            ) {
                _, _ in
            }
            try await server.embedder.calls(atLeast: 1)
            let refused = try await client.raw(
                Self.post("/api/embeddings/embed", #"{"text":"a"}"#, more: "Connection: close\r\n")
            ) { _, _ in }
            #expect(refused.hasPrefix("HTTP/1.1 503") && refused.contains("overloaded"), "\(refused)")
            for path in ["/health", "/ready", "/metrics"] {
                let text = try await client.raw(
                    Array("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8))
                #expect(text.hasPrefix("HTTP/1.1 200"), "\(text)")
            }
            gate.open()
            #expect(try await busy.hasPrefix("HTTP/1.1 200"))
        }
    }

    /// Its client may send the rest for as long as uploads may take.
    @Test func aConnectionAnsweredEarlyIsOutOfUse() async throws {
        try await TestServer(["limits.connections": "1"]).run { client in
            let head = "POST /api/nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc"
            let text = try await client.raw(Array(head.utf8)) { text, outbound in
                guard text.hasSuffix("}"), !text.contains("200 OK") else { return }
                let other = try await client.raw(Array(Self.lastRequest.utf8))
                #expect(other.hasPrefix("HTTP/1.1 200"), "\(other)")
                // It has not been cut off, and goes on.
                let rest = String(repeating: "a", count: 97) + Self.lastRequest
                try await outbound.write(ByteBuffer(string: rest))
            }
            #expect(text.hasPrefix("HTTP/1.1 404") && text.contains("HTTP/1.1 200"), "\(text)")
        }
    }

    /// Python's urllib sends all of a body before it reads an answer.
    @Test(arguments: ["Connection: close\r\n", ""])
    func aClientThatSendsBeforeItReadsGetsItsRefusal(_ wish: String) async throws {
        try await TestServer().run { client in
            let head = "POST /api/embeddings/embed HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\(wish)"
            let channel = try await client.connect()
            let text = try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "\(head)Content-Length: \(40 << 20)\r\n\r\n"))
                let piece = ByteBuffer(repeating: UInt8(ascii: "a"), count: 1 << 20)
                for _ in 0..<40 { try await outbound.write(piece) }
                var text = ""
                for try await piece in inbound {
                    text += String(buffer: piece)
                    if text.hasSuffix("}") { break }
                }
                return text
            }
            #expect(text.hasPrefix("HTTP/1.1 413") && text.contains("payload_too_large"), "\(text)")
        }
    }

    /// JDK's client and curl offer h2c with a request, and may send the next one behind it.
    @Test(arguments: [true, false]) func anOfferOfAnotherProtocolLeavesNoConnectionDeaf(pipelined: Bool) async throws {
        try await TestServer().run { client in
            let offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
            let first = String(
                decoding: Self.post("/api/embeddings/embed", #"{"text":"a"}"#, more: offer), as: UTF8.self)
            let sent = Array((pipelined ? first + Self.lastRequest : first).utf8)
            let text = try await client.raw(sent) { text, outbound in
                guard !pipelined, text.contains("dimension"), !text.contains("status") else { return }
                try await outbound.write(ByteBuffer(string: Self.lastRequest))
            }
            #expect(text.components(separatedBy: "HTTP/1.1 200 OK").count == 3, "\(text)")
        }
    }

    @Test func aHostIsNamedOnce() async throws {
        try await TestServer().run { client in
            for (hosts, version, status) in [
                ("", "1.1", "400"), ("Host: a\r\nHost: b\r\n", "1.1", "400"), ("Host: a b\r\n", "1.1", "400"),
                ("Host: a/b@c\r\n", "1.1", "400"), ("Host: [::1]:8005\r\n", "1.1", "200"), ("", "1.0", "200"),
            ] {
                let request = "GET /ready HTTP/\(version)\r\n\(hosts)Connection: close\r\n\r\n"
                let text = try await client.raw(Array(request.utf8)) { _, _ in }
                #expect(text.hasPrefix("HTTP/\(version) \(status)"), "\(hosts) \(text)")
            }
        }
    }

    @Test func headsAndChunksHaveLimits() async throws {
        try await TestServer().run { client in
            let long = String(repeating: "a", count: 64 << 10)
            let head = "GET /ready HTTP/1.1\r\nHost: a\r\nX-Long: \(long)\r\n\r\n"
            let refusal = try await client.raw(Array(head.utf8)) { _, _ in }
            #expect(refusal.hasPrefix("HTTP/1.1 400"), "\(refusal)")
            let chunk = "3;a=\(String(repeating: long, count: 16))\r\nabc\r\n0\r\n\r\n"
            let upload =
                "POST /api/embeddings/embed HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            let text = try await client.raw(Array((upload + chunk).utf8)) { _, _ in }
            #expect(text.hasPrefix("HTTP/1.1 400") && text.contains("extensions"), "\(text)")
        }
    }

    @Test(arguments: ["close", "Close", "CLOSE", "keep-alive, Close"])
    func connectionsCloseWhenAsked(_ wish: String) async throws {
        try await TestServer().run { client in
            let request = "GET /ready HTTP/1.1\r\nHost: a\r\nConnection: \(wish)\r\n\r\n"
            // Returns when the server has closed.
            let text = try await client.raw(Array(request.utf8)) { _, _ in }
            #expect(text.hasPrefix("HTTP/1.1 200") && text.contains("Connection: close\r\n"), "\(text)")
        }
    }

    @Test(arguments: ["", "Connection: keep-alive\r\n", "Expect: 100-continue\r\n"])
    func olderClientsReadUntilTheConnectionCloses(_ more: String) async throws {
        try await TestServer().run { client in
            let request = Self.post("/api/llm/generate", #"{"prompt":"a","stream":true}"#, more: more, version: "1.0")
            let text = try await client.raw(request) { _, _ in }
            let parts = text.components(separatedBy: "\r\n\r\n")
            #expect(parts[0].hasPrefix("HTTP/1.0 200") && parts.count == 2, "\(text)")
            #expect(!parts[0].lowercased().contains("transfer-encoding"), "\(text)")
            #expect(parts[1].hasPrefix("data: {") && parts[1].contains(#""done":true"#), "\(text)")
        }
    }

    /// The second head on a connection, of which only a part ever comes.
    @Test func aLaterHeadIsNotWaitedForWithoutEnd() async throws {
        try await TestServer(["timeouts.upload": "1"]).run { client in
            let start = ContinuousClock.now
            let text = try await client.raw(Array("GET /ready HTTP/1.1\r\nHost: a\r\n\r\n".utf8)) { text, outbound in
                if text.hasSuffix("}") { try await outbound.write(ByteBuffer(string: "GET /rea")) }
            }
            #expect(text.hasPrefix("HTTP/1.1 200"))
            // Else the connection stays for 75 s.
            #expect(start.duration(to: .now) < .seconds(40))
        }
    }
}
