import BridgeSupport
import Synchronization
public import Tracing

/// A span as ``OTLPTracer`` makes it: handed over to be sent when it ends, unless its trace is not recorded.
public final class OTLPSpan: Span {
    /// More events and links than this are left out.
    private static let mostEvents = 32

    private enum State {
        case notRecorded(name: String)
        case open(SpanData, SpanExporter)
        case ended(SpanData)
    }

    /// For whatever works within this span.
    public let context: ServiceContext
    private let state: Mutex<State>

    /// One that is not recorded.
    init(_ name: String, _ context: ServiceContext) {
        self.context = context
        state = Mutex(.notRecorded(name: name))
    }

    init(_ name: String, _ context: ServiceContext, data: SpanData, to exporter: SpanExporter) {
        self.context = context
        state = Mutex(.open(data, exporter))
    }

    /// Whether what is noted here is kept.
    public var isRecording: Bool {
        state.withLock { if case .open = $0 { true } else { false } }
    }

    /// May become known while the work runs.
    public var operationName: String {
        get {
            state.withLock { state in
                switch state {
                case .notRecorded(let name): name
                case .open(let data, _), .ended(let data): data.name
                }
            }
        }
        set { change { $0.name = newValue } }
    }

    /// Empty where nothing is recorded.
    public var attributes: SpanAttributes {
        get {
            state.withLock { state in
                switch state {
                case .notRecorded: [:]
                case .open(let data, _), .ended(let data): data.attributes
                }
            }
        }
        set { change { $0.attributes = newValue } }
    }

    /// Whether the work has failed. Its message is left out: it could quote a request.
    public func setStatus(_ status: SpanStatus) { change { $0.status = status.code } }

    /// Something that happened meanwhile.
    public func addEvent(_ event: SpanEvent) {
        change { if $0.events.count < Self.mostEvents { $0.events.append(event) } }
    }

    /// Another span that has to do with this one.
    public func addLink(_ link: SpanLink) {
        change { if $0.links.count < Self.mostEvents { $0.links.append(link) } }
    }

    /// Notes the kind of an error. Its message is left out: it could quote a request.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        change {
            $0.attributes.merge(attributes)
            $0.attributes["error.type"] = (error as? ServiceError)?.code.rawValue ?? "\(type(of: error))"
        }
    }

    /// Hands the span over. What comes afterwards is ignored.
    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let end = instant().nanosecondsSinceEpoch
        let finished: (SpanData, SpanExporter)? = state.withLock { state in
            guard case .open(var data, let exporter) = state else { return nil }
            data.end = max(end, data.start)
            state = .ended(data)
            return (data, exporter)
        }
        if let (data, exporter) = finished { exporter.add(data) }
    }

    private func change(_ change: (inout SpanData) -> Void) {
        state.withLock { state in
            guard case .open(var data, let exporter) = state else { return }
            // Held once, so that it is changed in place.
            state = .notRecorded(name: "")
            change(&data)
            state = .open(data, exporter)
        }
    }
}

/// What is known of a span.
struct SpanData: Sendable {
    var trace: TraceContext
    /// nil for the first span of its trace.
    var parent: SpanPlace?
    var name: String
    var kind: SpanKind
    /// Nanoseconds since 1970.
    var start: UInt64
    var end: UInt64 = 0
    var attributes: SpanAttributes = [:]
    /// nil while nobody has said.
    var status: SpanStatus.Code?
    var events: [SpanEvent] = []
    var links: [SpanLink] = []

    init(trace: TraceContext, parent: SpanPlace?, name: String, kind: SpanKind, start: UInt64) {
        (self.trace, self.parent, self.name, self.kind, self.start) = (trace, parent, name, kind, start)
    }
}
