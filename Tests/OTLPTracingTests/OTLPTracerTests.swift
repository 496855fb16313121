import BridgeSupport
import BridgeTesting
import Testing
import Tracing

@testable import OTLPTracing

@Suite(.timeLimit(.minutes(1))) struct OTLPTracerTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00-\(trace)-00f067aa0ba902b7-01"

    private struct Headers: Extractor, Injector {
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
    }

    private func exporter() throws -> SpanExporter { try .to("http://127.0.0.1:9") }

    private func context(_ headers: [String: String], _ tracer: OTLPTracer) -> ServiceContext {
        var context = ServiceContext.topLevel
        tracer.extract(headers, into: &context, using: Headers())
        return context
    }

    private func headers(_ context: ServiceContext, _ tracer: OTLPTracer) -> [String: String] {
        var headers: [String: String] = [:]
        tracer.inject(context, into: &headers, using: Headers())
        return headers
    }

    @Test(arguments: [0.0, 1.0])
    func theSenderDecidesWhetherItsTraceIsRecorded(share: Double) throws {
        let exporter = try exporter()
        let tracer = OTLPTracer(ratio: share, exporter: exporter)
        let sampled = tracer.startSpan(
            "a", context: context(["traceparent": Self.parent, "tracestate": "house=1"], tracer))
        #expect(sampled.isRecording)
        let told = headers(sampled.context, tracer)
        let fields = told["traceparent"]?.split(separator: "-") ?? []
        #expect(fields.count == 4 && fields[1] == Self.trace && fields[2] != "00f067aa0ba902b7" && fields[3] == "01")
        #expect(told["tracestate"] == "house=1")

        let notSampled = ["traceparent": String(Self.parent.dropLast(2)) + "00", "tracestate": "house=1"]
        let left = tracer.startSpan("a", context: context(notSampled, tracer))
        #expect(!left.isRecording && headers(left.context, tracer) == notSampled)
        sampled.end()
        left.end()
        #expect(exporter.waitingCount == 1)
    }

    @Test func aShareOfTheOtherTracesIsRecorded() throws {
        let exporter = try exporter()
        let tracer = OTLPTracer(ratio: 0.25, exporter: exporter)
        var traces: Set<String> = []
        for _ in 0..<4000 {
            let span = tracer.startSpan("a", context: .topLevel)
            let told = headers(span.context, tracer)["traceparent"] ?? ""
            let context = try #require(TraceContext(parent: told, state: nil))
            traces.insert(context.id)
            #expect(context.isSampled == span.isRecording)
            // What belongs to it is recorded, or is not, like itself.
            #expect(tracer.startSpan("b", context: span.context).isRecording == span.isRecording)
            span.end()
        }
        #expect(traces.count == 4000)
        // Ten standard deviations.
        #expect(abs(exporter.waitingCount - 1000) < 275)
        let none = OTLPTracer(ratio: 0, exporter: exporter)
        #expect(!(0..<100).contains { _ in none.startSpan("a", context: .topLevel).isRecording })
        let all = OTLPTracer(ratio: 1, exporter: exporter)
        #expect(!(0..<100).contains { _ in !all.startSpan("a", context: .topLevel).isRecording })
    }

    @Test(arguments: ["", "00-nonsense", "00-\(String(repeating: "0", count: 32))-00f067aa0ba902b7-01"])
    func aHeaderThatIsNotValidBeginsATraceOfItsOwn(_ header: String) throws {
        let tracer = OTLPTracer(ratio: 1, exporter: try exporter())
        let span = tracer.startSpan("a", context: context(["traceparent": header], tracer))
        #expect(span.isRecording && headers(span.context, tracer)["traceparent"]?.contains(Self.trace) == false)
    }

    @Test func aSpanThatHasEndedStaysAsItWas() throws {
        let exporter = try exporter()
        let span = OTLPTracer(ratio: 1, exporter: exporter).startSpan("a", context: .topLevel)
        span.attributes["n"] = 1
        span.operationName = "b"
        span.end()
        span.end()
        span.attributes["n"] = 2
        span.setStatus(.init(code: .error))
        #expect(exporter.waitingCount == 1 && !span.isRecording)
        #expect(span.operationName == "b" && span.attributes.get("n") == .int64(1))
    }

    @Test func errorsAreNotedWithoutTheirWords() throws {
        let tracer = OTLPTracer(ratio: 1, exporter: try exporter())
        let span = tracer.startSpan("a", context: .topLevel)
        span.recordError(ServiceError(.overloaded, "Geheim", cause: nil))
        #expect(span.attributes.get("error.type") == .string("overloaded"))
        struct Other: Error { var words = "Geheim" }
        span.recordError(Other())
        #expect(span.attributes.get("error.type") == .string("Other"))
        let text = "\(TracedService(name: "s", version: "1", instance: "i").request([try #require(span.data)]))"
        #expect(!text.contains("Geheim"))
    }

    @Test(arguments: [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
        ("https://collector.example/", "https://collector.example/v1/traces"),
        ("HTTP://[::1]:4318/otlp", "http://[::1]:4318/otlp/v1/traces"),
        ("http://a:4318/v1/traces", "http://a:4318/v1/traces"),
    ])
    func addressesAreUnderstood(_ text: String, url: String) { #expect(OTLPEndpoint(text)?.url == url) }

    @Test(arguments: [
        "", "a", "127.0.0.1:4318", "grpc://a:4317", "http://", "http://a:0", "http://a:65536", "http://a:",
        "http://u:p@a",
        "http://u@a", "http://a/?key=1", "http://a#x", "http://a b", "http://é", "http://a:port",
    ])
    func otherAddressesAreRefused(_ text: String) { #expect(OTLPEndpoint(text) == nil) }

    @Test func noPathIsShown() {
        #expect(OTLPEndpoint("https://a:1/key/v1/traces")?.description == "https://a:1/…")
        #expect(OTLPEndpoint("https://a:1/v1/traces")?.description == "https://a:1")
    }
}

extension OTLPSpan {
    /// What is known of it while it is open.
    fileprivate var data: SpanData? {
        guard let place = context.place else { return nil }
        var data = SpanData(trace: place.trace, parent: nil, name: operationName, kind: .internal, start: 1)
        data.attributes = attributes
        return data
    }
}

extension SpanExporter {
    static func to(
        _ endpoint: String, log: LogRecorder = LogRecorder(), counts: Watched<[Outcome: Int]> = Watched([:]),
        authorities: String? = nil, _ change: (inout Settings) -> Void = { _ in }
    ) throws -> SpanExporter {
        var settings = Settings(endpoint: try #require(OTLPEndpoint(endpoint)), authorities: authorities)
        (settings.interval, settings.firstPause) = (.milliseconds(10), .milliseconds(10))
        change(&settings)
        return try SpanExporter(
            settings, service: TracedService(name: "maison", version: "2.0", instance: "i"), logger: log.logger
        ) { outcome, count in
            counts.update { $0[outcome, default: 0] += count }
        }
    }

    /// One that has ended.
    func addSpan(_ name: String = "a") {
        OTLPTracer(ratio: 1, exporter: self).startSpan(name, context: .topLevel).end()
    }

    /// Sends spans while `body` runs.
    @discardableResult
    func running<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.run() }
            defer { group.cancelAll() }
            return try await body()
        }
    }
}
