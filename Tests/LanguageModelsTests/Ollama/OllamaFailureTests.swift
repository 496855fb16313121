import AsyncHTTPClient
import BridgeSupport
import BridgeTesting
import Foundation
import NIOCore
import Testing

@testable import LanguageModels

@Suite(.timeLimit(.minutes(1)))
struct OllamaFailureTests {
    typealias Reply = FakeOllama.Reply

    /// An answer and what the caller is to hear.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var replies: [Reply]
        var code: ServiceError.Code
        var says: String
        var param: String?
        var testDescription: String { name }

        init(_ name: String, _ replies: Reply..., code: ServiceError.Code, says: String, param: String? = nil) {
            self.name = name
            self.replies = replies
            self.code = code
            self.says = says
            self.param = param
        }
    }

    static let one = FakeOllama.generateLine("un")
    static let cases: [Case] = [
        // Answers that are errors.
        Case(
            "404", .error(404, "model 'qwen3:4b' not found"), code: .modelNotFound, says: "ollama pull qwen3:4b",
            param: "model"),
        Case(
            "404 of something else", .whole(404, "404 page not found", contentType: "text/plain"), code: .upstreamError,
            says: "another kind of server"),
        Case("400", .error(400, "invalid duration"), code: .invalidRequest, says: "invalid duration."),
        Case(
            "400 about the model", .error(400, "\"qwen3:4b\" does not support chat"), code: .invalidRequest,
            says: "does not support chat", param: "model"),
        Case("401", .error(401, "unauthorized"), code: .upstreamError, says: "sign-in"),
        Case("403", .whole(403), code: .llmUnavailable, says: "refuses requests to this host name"),
        Case("405", .whole(405, "method not allowed"), code: .upstreamError, says: "status 405"),
        Case("429", .error(429, "slow down"), code: .overloaded, says: "too many"),
        Case(
            "500", .error(500, "model requires more system memory (9.9 GiB) than is available"), code: .upstreamError,
            says: "smaller model"),
        Case("500 without a reason", .whole(500), code: .upstreamError, says: "did not say why"),
        Case(
            "500 with a page", .whole(500, "<html>", contentType: "text/html"), code: .upstreamError,
            says: "did not say why"),
        Case(
            "500 with a path", .error(500, "open /home/paul/.ollama/models/x: permission denied"), code: .upstreamError,
            says: "failed (status 500): open …: permission denied."),
        Case(
            "400 with a path", .error(400, "invalid file \"/home/paul/x\""), code: .invalidRequest,
            says: "invalid file \"…\"."),
        Case(
            "503", .error(503, "server busy, please try again.  maximum pending requests exceeded"), code: .overloaded,
            says: "queue is full"),
        Case("504", .whole(504), code: .timeout, says: "gave up"),
        Case(
            "redirect", .whole(307, "", headers: ["Location": "http://127.0.0.1:1/api/generate"]), code: .upstreamError,
            says: "redirects"),
        // The same on lines of an answer that began well.
        Case(
            "error on the first line", .stream([["error": "model 'qwen3:4b' not found"]]), code: .modelNotFound,
            says: "ollama pull", param: "model"),
        Case(
            "busy on the first line", .stream([["error": "server busy, please try again."]]), code: .overloaded,
            says: "queue is full"),
        Case(
            "error in mid-stream", .stream([one, ["error": "model runner has unexpectedly stopped"]]),
            code: .upstreamError, says: "unexpectedly stopped."),
        // Answers that make no sense, or stop.
        Case("end without done", .stream([one]), code: .upstreamError, says: "before it was complete"),
        Case("empty stream", .stream([]), code: .upstreamError, says: "before it was complete"),
        Case("empty body", .whole(200), code: .upstreamError, says: "before it was complete"),
        Case(
            "a web page", .whole(200, "<html>\n<body>hello</body>\n", contentType: "text/html"), code: .upstreamError,
            says: "not an answer of Ollama"),
        Case(
            "garbage in mid-stream", .streamHead().line(one).chunk("\u{1}\u{2}{\n").end(), code: .upstreamError,
            says: "a line that cannot be read, in the middle"),
        Case(
            "half a line at the end", .streamHead().line(one).chunk("{\"response\":\"de").end(), code: .upstreamError,
            says: "a line that cannot be read, in the middle"),
        Case(
            "bytes that are no text", .streamHead().chunk([0xFF, 0xFE, 0x0A]).end(), code: .upstreamError,
            says: "not an answer of Ollama"),
        Case(
            "wrong types", .stream([["response": 5, "done": "yes"]]), code: .upstreamError,
            says: "not an answer of Ollama"),
        Case(
            "a huge line", .streamHead().chunk("{\"response\":\"" + String(repeating: "x", count: 5000)).hold(Gate()),
            code: .upstreamError, says: "more than 4096 bytes"),
        Case(
            "death in mid-stream", .streamHead().line(one).close(), code: .upstreamError,
            says: "in the middle of its answer"),
        Case(
            "death in mid-line", .streamHead().line(one).chunk("{\"respon").close(), code: .upstreamError,
            says: "in the middle of its answer"),
        Case("death after the head", .streamHead().close(), code: .upstreamError, says: "in the middle of its answer"),
        Case("closed before the head", .closedBeforeHead, code: .upstreamError, says: "without an answer"),
        Case(
            "no HTTP", Reply([.bytes(Array("SSH-2.0-OpenSSH_9.2\r\n\r\n".utf8)), .close]), code: .upstreamError,
            says: "not an answer of Ollama"),
    ]

    @Test(arguments: cases)
    func failuresBecomeErrorsThatSayWhatToDo(_ wanted: Case) async throws {
        try await FakeOllama.withServer { fake in
            for reply in wanted.replies { fake.enqueue(reply, for: "/api/generate") }
            let client = try client(of: fake) { $0.maxLineBytes = 4096 }
            let error = try await serviceError { _ = try await events(client) }
            #expect(error.code == wanted.code)
            #expect(error.message.contains(wanted.says), "\(error.message)")
            #expect(error.message.hasSuffix("."))
            #expect(error.param == wanted.param)
            #expect(fake.exchanges.count == wanted.replies.count)
            // The next request finds a client in good order.
            #expect(try await events(client).summary != nil)
        }
    }

    @Test func brokenUnicodeInAnAnswerIsNone() async throws {
        try await FakeOllama.withServer { fake in
            let client = try client(of: fake)
            let done = "{\"done\":true}\n"
            fake.enqueue(
                .streamHead().chunk(Array("{\"response\":\"caf".utf8) + [0xE9] + Array("\"}\n\(done)".utf8)).end(),
                .streamHead().chunk(#"{"response":"a\ud83d"}"# + "\n" + #"{"response":"\ude00b"}"# + "\n" + done).end(),
                for: "/api/generate")
            #expect(try await events(client).text == "caf\u{FFFD}")
            #expect(try await events(client).text == "a\u{FFFD}\u{FFFD}b")
        }
    }

    @Test(arguments: [("7", 7), ("soon", 5), ("-3", 1), ("999999", 3600)])
    func anOverloadSaysWhenToComeBack(header: String, seconds: Int) async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(.error(503, "server busy", headers: ["Retry-After": header]), for: "/api/generate")
            let error = try await serviceError { _ = try await events(of: fake) }
            #expect(error.retryAfter == .seconds(seconds))
        }
    }

    @Test(arguments: [
        Reply.stream([one, ["error": "boom"]]),
        Reply.streamHead().chunk("{\"response\":\"un\"}\n{\"error\":\"boom\"}\n").close(),
    ])
    func piecesBeforeAFailureAreKept(_ reply: Reply) async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(reply, for: "/api/generate")
            let client = try client(of: fake)
            let text = Watched("")
            let error = try await serviceError {
                try await client.generate(.question, model: "qwen3:4b") { event in
                    if case .delta(let piece) = event { text.update { $0 += piece } }
                }
            }
            #expect(error.code == .upstreamError)
            #expect(text.value == "un")
        }
    }

    @Test
    func aRequestOnAClosedConnectionIsSentOnceMore() async throws {
        let asks: [@Sendable (OllamaClient) async throws -> Void] = [
            { _ = try await events($0) }, { _ = try await $0.models() },
        ]
        for ask in asks {
            let log = LogRecorder()
            try await FakeOllama.withServer { fake in
                // The second request waits for the only connection. It is written to it as soon as the first answer is read, and
                // the close has come with that.
                let client = try client(of: fake, logger: log.logger) { $0.maxConnections = 1 }
                let gate = Gate()
                fake.enqueue(.wholeAndClose("{\"done\":true}", behind: gate), for: "/api/generate")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await events(client) }
                    try await fake.exchanges(of: "/api/generate", atLeast: 1)
                    let executor = CalmExecutor()
                    group.addTask(executorPreference: executor) { try await ask(client) }
                    await executor.calm()
                    gate.open()
                    try await group.waitForAll()
                }
                #expect(fake.exchanges.map(\.connection) == [0, 1])
            }
            #expect(log.text.contains("trying once more"))
        }
    }

    @Test
    func failuresOfTheRequestAreNeverTriedAgain() async throws {
        try await FakeOllama.withServer { fake in
            let client = try client(of: fake)
            for _ in 0..<2 {
                fake.enqueue(.closedBeforeHead, for: "/api/generate")
                let error = try await serviceError { _ = try await events(client) }
                #expect(error.code == .upstreamError)
                #expect(try await events(client).summary != nil)
            }
            #expect(fake.exchanges.map(\.connection) == [0, 1, 1, 2])
        }
    }

    @Test
    func aFailedConnectionSaysWhetherTheRequestWasSent() {
        #expect(OllamaFailure.wasNeverSent(ClosedBeforeUse()))
        #expect(OllamaFailure.wasNeverSent(ChannelError.ioOnClosedChannel))
        #expect(!OllamaFailure.wasNeverSent(HTTPClientError.remoteConnectionClosed))
    }

    @Test
    func nothingIsTriedAgainAfterTheFirstByte() async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(.streamHead().line(Self.one).close(), for: "/api/generate")
            let client = try client(of: fake)
            _ = try await serviceError { _ = try await events(client) }
            #expect(fake.exchanges.count == 1)
        }
    }

    @Test(arguments: [Reply.streamHead().line(FakeOllama.doneLine()).close()])
    func aFailureAfterTheAnswerDoesNotSpoilIt(reply: Reply) async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(reply, for: "/api/generate")
            let events = try await events(of: fake)
            #expect(events.summary != nil)
        }
    }

    @Test
    func aServerThatDoesNotListenIsToldAtOnce() async throws {
        let port = try await FakeOllama.withServer { $0.port }
        let address = try OllamaAddress("127.0.0.1:\(port)")
        let client = OllamaClient(settings: .init(address: address), logger: LogRecorder().logger)
        for ask in [{ _ = try await events(client) }, { _ = try await client.models() }] {
            let error = try await serviceError(ask)
            #expect(error.code == .llmUnavailable)
            #expect(error.message.contains("ollama serve"))
            #expect(error.retryAfter != nil)
        }
    }

    @Test
    func anUnknownHostIsToldWithWhatToDo() async throws {
        let address = try OllamaAddress("http://ollama.invalid:11434")
        let client = OllamaClient(settings: .init(address: address), logger: LogRecorder().logger)
        let error = try await serviceError { _ = try await events(client) }
        #expect(error.code == .llmUnavailable)
        #expect(error.message.contains("ollama.invalid"))
    }

    @Test
    func failuresNeverHoldWhatWasAsked() async throws {
        let log = LogRecorder()
        try await FakeOllama.withServer { fake in
            fake.enqueue(.closedBeforeHead, .whole(200, "geheim"), for: "/api/generate")
            let client = try client(of: fake, logger: log.logger)
            let request = GenerationRequest(input: .prompt("geheim", system: "geheim"))
            for _ in 0..<2 {
                let error = try await serviceError { _ = try await events(client, request) }
                #expect(!"\(error)".contains("geheim"))
            }
            fake.enqueue(.streamHead().line(FakeOllama.doneLine()).close(), for: "/api/generate")
            _ = try await events(client, request)
        }
        #expect(!log.entries.isEmpty)
        #expect(!log.text.contains("geheim"))
    }

    /// A host that drops what is sent to it: its queue of connections is full, so that it does not even answer.
    @Test
    func connectingHasALimitOfItsOwn() async throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let full = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(listener, address, length) == 0, listen(listener, 0) == 0,
                    getsockname(listener, address, &length) == 0
                else { return [Int32]() }
                return (0..<4).map { _ in
                    let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
                    _ = connect(filler, address, length)
                    return filler
                }
            }
        }
        defer { for descriptor in full + [listener] { close(descriptor) } }
        try #require(full.count == 4)
        var settings = OllamaClient.Settings(
            address: try OllamaAddress("127.0.0.1:\(UInt16(bigEndian: address.sin_port))"))
        settings.connectTimeout = .milliseconds(200)
        let client = OllamaClient(settings: settings, logger: LogRecorder().logger)
        let start = ContinuousClock.now
        let error = try await serviceError { _ = try await events(client) }
        #expect(error.code == .llmUnavailable)
        // The library's own limit is 10 s.
        #expect(start.duration(to: .now) < .seconds(5))
    }

    // MARK: Silence

    @Test
    func failuresOfTheListAreMappedToo() async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(
                .whole(404, "no"), .whole(200, "<html>"), .error(500, "boom"), .streamHead().chunk("{\"mod").close(),
                .whole(200, "[" + String(repeating: "1,", count: 4000)), for: "/api/tags")
            let client = try client(of: fake) { $0.maxLineBytes = 4096 }
            for _ in 0..<5 {
                let error = try await serviceError { _ = try await client.models() }
                #expect(error.code == .upstreamError)
            }
        }
    }
}
