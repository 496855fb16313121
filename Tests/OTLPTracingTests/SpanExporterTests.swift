import BridgeSupport
import BridgeTesting
import Foundation
import InMemoryLogging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import Testing
import Tracing

@testable import OTLPTracing

/// Spans on their way to a collector that works, and to collectors that do not.
@Suite(.timeLimit(.minutes(2))) struct SpanExporterTests {
    private let log = LogRecorder()
    private let counts = Watched<[SpanExporter.Outcome: Int]>([:])

    private func exporter(_ collector: FakeCollector, _ change: (inout SpanExporter.Settings) -> Void = { _ in })
        throws -> SpanExporter
    {
        try .to(collector.endpoint, log: log, counts: counts, change)
    }

    private var lines: [String] { log.entries.map { "\($0.message)" } }

    @Test func spansArriveAsTheyWereMade() async throws {
        try await FakeCollector.withServer { collector in
            let exporter = try exporter(collector)
            let tracer = OTLPTracer(ratio: 1, exporter: exporter)
            let outer = tracer.startSpan(
                "outer", context: .topLevel, ofKind: .server,
                at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 1_700_000_000_000_000_001))
            outer.attributes = ["text": "é\n\"", "number": 7, "share": 0.5, "odd": .double(.nan), "flag": true]
            outer.attributes["list"] = ["a", "b"]
            outer.addEvent(SpanEvent(name: "event"))
            outer.setStatus(.init(code: .error, message: "Geheim"))
            let inner = tracer.startSpan("inner", context: outer.context, ofKind: .client)
            inner.addLink(SpanLink(context: outer.context, attributes: [:]))
            inner.end()
            outer.end(at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 1_700_000_000_000_000_003))
            let spans = try await exporter.running {
                try await counts.wait { $0 == [.exported: 2] }
                return collector.spans
            }
            let server = try #require(spans.first { $0.name == "outer" })
            let client = try #require(spans.first { $0.name == "inner" })
            #expect(server.kind == 2 && server.parentID == nil && server.isFailed)
            #expect(server.start == 1_700_000_000_000_000_001 && server.end == server.start + 2)
            #expect(server.attributes["text"] == "é\n\"" && server.attributes["number"] == "7")
            #expect(client.kind == 3 && client.parentID == server.spanID && client.traceID == server.traceID)
            let exchange = try #require(collector.server.exchanges.first)
            #expect(exchange.method == "POST" && exchange.headers["content-type"] == "application/json")
            let resource = exchange.json?["resourceSpans"]?.arrayValue?.first?["resource"]?["attributes"]
            #expect(
                resource?.arrayValue?.contains(["key": "service.name", "value": ["stringValue": "maison"]]) == true)
            #expect(!String(decoding: exchange.body, as: UTF8.self).contains("Geheim"))
        }
        #expect(lines.isEmpty)
    }

    @Test func aCollectorGetsTheFieldsThatItWants() async throws {
        try await FakeCollector.withServer { collector in
            let exporter = try exporter(collector) {
                $0.headers = ["Authorization=Bearer%20hush%3D", "x-scope= maison "].compactMap(CollectorHeader.init)
            }
            exporter.addSpan()
            try await exporter.running { try await counts.wait { $0 == [.exported: 1] } }
            let headers = try #require(collector.server.exchanges.first?.headers)
            #expect(headers["authorization"] == "Bearer hush=" && headers["x-scope"] == "maison")
        }
    }

    @Test(arguments: ["", "a", "=b", "a b=c", "é=c", "a=b%0D%0Ac", "a=%", "Host=a", "content-length=1"])
    func whatIsNoFieldIsNone(_ text: String) {
        #expect(CollectorHeader(text) == nil)
    }

    @Test(arguments: [429, 502, 503, 504])
    func aCollectorThatComesBackGetsWhatWaited(status: Int) async throws {
        try await FakeCollector.withServer { collector in
            collector.enqueue(.whole(status), .whole(status, "Geheim"))
            let exporter = try exporter(collector)
            exporter.addSpan("first")
            try await exporter.running {
                try await collector.server.exchanges(of: FakeCollector.path, atLeast: 2)
                exporter.addSpan("second")
                try await counts.wait { $0[.exported] == 2 }
            }
            #expect(Set(collector.spans.map(\.name)) == ["first", "second"])
        }
        #expect(lines.count == 2 && lines[0].contains("\(status)") && lines[1].contains("again"))
        #expect(!log.text.contains("Geheim") && counts.value == [.exported: 2])
    }

    @Test func aPauseThatIsAskedForIsKept() async throws {
        let clock = ContinuousClock()
        try await FakeCollector.withServer { collector in
            collector.enqueue(.whole(503, headers: ["Retry-After": "1"]))
            let exporter = try exporter(collector)
            exporter.addSpan()
            let start = clock.now
            try await exporter.running { _ = try await counts.wait { $0[.exported] == 1 } }
            #expect(clock.now - start >= .seconds(1))
        }
    }

    @Test func aCollectorThatIsAwayIsFoundWhenItIsThere() async throws {
        let port = try await FakeCollector.withServer { $0.server.port }
        let exporter = try SpanExporter.to("http://127.0.0.1:\(port)", log: log, counts: counts)
        exporter.addSpan()
        try await exporter.running {
            try await waitUntil(every: .milliseconds(5)) { !lines.isEmpty }
            try await FakeCollector.withServer(port: port) { collector in
                try await collector.spans { $0.count == 1 }
                try await counts.wait { $0[.exported] == 1 }
            }
            try await waitUntil(every: .milliseconds(5)) { lines.count == 2 }
        }
        #expect(lines.count == 2 && lines[1].contains("again"))
    }

    @Test func aCollectorThatIsSlowDelaysNobodyAndLosesNothing() async throws {
        let gate = Gate()
        try await FakeCollector.withServer { collector in
            collector.enqueue(FakeOllama.Reply([.hold(gate)]))
            let exporter = try exporter(collector) {
                $0.timeout = .milliseconds(100)
                $0.capacity = 8
                $0.batch = 4
            }
            try await exporter.running {
                for _ in 0..<8 { exporter.addSpan() }
                try await collector.server.exchanges(of: FakeCollector.path, atLeast: 1)
                // The collector is waited for; spans that find no room are dropped at once, and counted.
                for _ in 0..<3 { exporter.addSpan() }
                #expect(counts.value[.dropped] == 3 && exporter.waitingCount == 8)
                try await counts.wait { $0[.exported] == 8 }
            }
            // Once more than there are batches, or oftener where the machine is slow as well.
            let exchanges = collector.server.exchanges
            #expect(exchanges.count >= 3 && exchanges.allSatisfy { $0.json != nil })
        }
        #expect(lines.count == 2 && lines[0].contains("did not answer"))
        #expect(counts.value == [.exported: 8, .dropped: 3])
    }

    @Test func whatIsNoAnswerIsTriedAgain() async throws {
        try await FakeCollector.withServer { collector in
            collector.enqueue(
                FakeOllama.Reply([.bytes(Array("Geheim\r\n\r\n".utf8)), .close]), .closedBeforeHead,
                .whole(200, "{ Geheim"))
            let exporter = try exporter(collector)
            exporter.addSpan()
            try await exporter.running { _ = try await counts.wait { $0[.exported] == 1 } }
            #expect(collector.server.exchanges.count == 3)
        }
        #expect(lines.count == 2 && !log.text.contains("Geheim"))
    }

    @Test(arguments: [
        (FakeOllama.Reply.whole(400, "Geheim"), 3, 0), (.whole(404), 3, 0),
        (.whole(301, headers: ["Location": "/a"]), 3, 0),
        (.json(200, ["partialSuccess": ["rejectedSpans": "2", "errorMessage": "Geheim"]]), 2, 1),
        (.json(200, ["partialSuccess": ["rejectedSpans": 1]]), 1, 2),
        (.json(200, ["partialSuccess": ["rejectedSpans": "many"]]), 0, 3),
        (.json(200, ["partialSuccess": ["rejectedSpans": 1e300]]), 0, 3),
    ])
    func spansThatAreNotWantedAreCountedAndNotSentAgain(_ reply: FakeOllama.Reply, rejected: Int, exported: Int)
        async throws
    {
        try await FakeCollector.withServer { collector in
            collector.enqueue(reply)
            let exporter = try exporter(collector)
            for _ in 0..<3 { exporter.addSpan() }
            try await exporter.running {
                try await counts.wait { $0[.exported, default: 0] + $0[.rejected, default: 0] == 3 }
            }
            #expect(collector.server.exchanges.count == 1)
        }
        #expect(counts.value[.rejected, default: 0] == rejected && counts.value[.exported, default: 0] == exported)
        #expect(!log.text.contains("Geheim"))
    }

    @Test func theLastSpansAreSentAtTheEnd() async throws {
        try await FakeCollector.withServer { collector in
            let exporter = try exporter(collector) { $0.interval = .seconds(3600) }
            try await exporter.running { for _ in 0..<1200 { exporter.addSpan() } }
            await exporter.flush(within: .seconds(30))
            #expect(collector.spans.count == 1200 && exporter.waitingCount == 0)
        }
        #expect(counts.value == [.exported: 1200])
    }

    @Test func itStopsInTheMiddleOfARequest() async throws {
        try await FakeCollector.withServer { collector in
            for round in 1...20 {
                let exporter = try exporter(collector)
                exporter.addSpan()
                // Whatever became of it, it is sent again if no answer has come.
                try await exporter.running { _ = try await collector.spans { $0.count == round } }
                await exporter.flush(within: .seconds(30))
                #expect(exporter.waitingCount == 0)
            }
        }
        #expect(counts.value == [.exported: 20] && lines.isEmpty)
    }

    @Test func theEndWaitsForNoCollector() async throws {
        let clock = ContinuousClock()
        try await FakeCollector.withServer { collector in
            collector.enqueue(FakeOllama.Reply([.hold(Gate())]))
            let exporter = try exporter(collector)
            for _ in 0..<5 { exporter.addSpan() }
            let start = clock.now
            await exporter.flush(within: .milliseconds(200))
            #expect(clock.now - start < .seconds(5))
        }
        #expect(counts.value == [.dropped: 5] && lines.last?.contains("lost") == true)
    }

    @Test func anEncryptedCollectorIsTrustedByItsAuthority() async throws {
        let (own, other) = (
            try await TestCertificate(for: "IP:127.0.0.1"), try await TestCertificate(for: "IP:127.0.0.1")
        )
        let received = Watched(0)
        let server = try await Self.encryptedServer(own) { received.update { $0 += 1 } }
        let address = "https://127.0.0.1:\(server.localAddress?.port ?? 0)"
        let exporter = try SpanExporter.to(address, log: log, counts: counts, authorities: own.authority.path)
        exporter.addSpan()
        try await exporter.running { _ = try await counts.wait { $0[.exported] == 1 } }
        #expect(received.value == 1 && lines.isEmpty)
        let stranger = try SpanExporter.to(address, log: log, counts: counts, authorities: other.authority.path)
        #expect(await stranger.check() != nil && received.value == 1)
        try await server.close()
    }

    @Test func certificatesThatCannotBeReadAreRefusedAtTheStart() throws {
        let error = #expect(throws: ServiceError.self) {
            _ = try SpanExporter.to("https://127.0.0.1:9", authorities: "/nowhere/ca.pem")
        }
        #expect(error?.message.contains("/nowhere/ca.pem") == true)
    }

    /// Answers each request with 200 and nothing.
    private static func encryptedServer(_ certificate: TestCertificate, onRequest: @escaping @Sendable () -> Void)
        async throws -> any Channel
    {
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(certificate.certificate.path).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.key.path, format: .pem))))
        return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Answer(onRequest))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private final class Answer: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let onRequest: @Sendable () -> Void

        init(_ onRequest: @escaping @Sendable () -> Void) { self.onRequest = onRequest }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .end = unwrapInboundIn(data) else { return }
            onRequest()
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "0"])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
