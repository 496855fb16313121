import BridgeSupport

/// A collector of traces on 127.0.0.1, which misbehaves as a test says: a ``FakeOllama`` that knows one path more.
public struct FakeCollector: Sendable {
    /// Where spans are posted.
    public static let path = "/v1/traces"

    /// A span as the collector got it.
    public struct Span: Sendable, Hashable {
        public var name: String
        public var traceID: String
        public var spanID: String
        /// nil for the first one of its trace.
        public var parentID: String?
        /// 2 for a server's, 3 for a client's.
        public var kind: Int
        /// Nanoseconds since 1970.
        public var start: UInt64
        public var end: UInt64
        /// All values as texts.
        public var attributes: [String: String]
        /// Whether its work has failed.
        public var isFailed: Bool
    }

    /// To script answers with, and to see what came.
    public let server: FakeOllama

    /// The setting `tracing.endpoint`.
    public var endpoint: String { server.baseURL }

    /// - Parameter port: 0 for any free one.
    public init(port: Int = 0) async throws {
        var persona = FakeOllama.Persona()
        persona.others[Self.path] = .json(200, ["partialSuccess": [:]])
        server = try await FakeOllama(port: port, persona: persona)
    }

    /// Runs `body` beside a collector of its own, which is gone afterwards.
    public static func withServer<R: Sendable>(
        port: Int = 0, _ body: @Sendable (FakeCollector) async throws -> R
    ) async throws -> R {
        let collector = try await FakeCollector(port: port)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await collector.server.run() }
            defer { group.cancelAll() }
            return try await body(collector)
        }
    }

    /// Scripts the next answers.
    public func enqueue(_ replies: FakeOllama.Reply...) {
        for reply in replies { server.enqueue(reply, for: Self.path) }
    }

    /// All spans that have come so far, each once, including the ones that were not taken.
    public var spans: [Span] { Self.spans(server.exchanges) }

    /// Everything that has come so far, as it was sent.
    public var bytes: [UInt8] { server.exchanges.flatMap(\.body) }

    /// Waits until `isDone` is true of the spans that have come.
    @discardableResult
    public func spans(until isDone: @escaping @Sendable ([Span]) -> Bool) async throws -> [Span] {
        Self.spans(try await server.state.wait { isDone(Self.spans($0.exchanges)) }.exchanges)
    }

    private static func spans(_ exchanges: [FakeOllama.Exchange]) -> [Span] {
        var seen: Set<String> = []
        return exchanges.filter { $0.path == path }.flatMap { exchange in
            (exchange.json?["resourceSpans"]?.arrayValue ?? []).flatMap { $0["scopeSpans"]?.arrayValue ?? [] }
                .flatMap { $0["spans"]?.arrayValue ?? [] }.compactMap(Span.init)
        }.filter { seen.insert($0.spanID).inserted }
    }
}

extension FakeCollector.Span {
    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.stringValue, let trace = json["traceId"]?.stringValue,
            let id = json["spanId"]?.stringValue, let kind = json["kind"]?.numberValue,
            let start = json["startTimeUnixNano"]?.stringValue.flatMap({ UInt64($0) }),
            let end = json["endTimeUnixNano"]?.stringValue.flatMap({ UInt64($0) })
        else { return nil }
        let attributes = (json["attributes"]?.arrayValue ?? []).compactMap { member -> (String, String)? in
            guard let key = member["key"]?.stringValue, let value = member["value"] else { return nil }
            return (key, value["stringValue"]?.stringValue ?? value["intValue"]?.stringValue ?? "\(value)")
        }
        self.init(
            name: name, traceID: trace, spanID: id, parentID: json["parentSpanId"]?.stringValue, kind: Int(kind),
            start: start, end: end, attributes: Dictionary(attributes) { first, _ in first },
            isFailed: json["status"]?["code"]?.numberValue == 2)
    }
}
