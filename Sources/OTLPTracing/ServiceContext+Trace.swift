import BridgeSupport
import Tracing

extension ServiceContext {
    /// Where in a trace some work belongs; nil where nobody traces it.
    var place: SpanPlace? {
        get { self[SpanPlace.self] }
        set { self[SpanPlace.self] = newValue }
    }
}

/// The span that new spans are children of.
struct SpanPlace: Sendable, ServiceContextKey {
    typealias Value = SpanPlace

    var trace: TraceContext
    /// Whether that span is of another process.
    var isRemote: Bool
}
