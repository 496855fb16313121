import BridgeSupport
public import Tracing

/// A tracer whose spans go to a collector, by ``SpanExporter``.
///
/// Where work belongs to a trace already, its sender has decided whether the trace is recorded; of other traces, a share is.
public struct OTLPTracer: Tracer {
    /// The share of the traces begun here that is recorded: 0…1.
    private let ratio: Double
    private let exporter: SpanExporter

    /// - Parameter ratio: the share of the traces begun here that is recorded: 0…1.
    public init(ratio: Double, exporter: SpanExporter) { (self.ratio, self.exporter) = (ratio, exporter) }

    /// A span of the trace of `context`, or of a new one. It costs little where the trace is not recorded.
    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> OTLPSpan {
        var context = context()
        let parent = context.place
        if let parent, !parent.trace.isSampled {
            // Other servers that are asked for this work are told what the sender said.
            return OTLPSpan(operationName, context)
        }
        let trace = parent?.trace.child() ?? .new { Double($0 >> 11) * 0x1p-53 < ratio }
        context.place = SpanPlace(trace: trace, isRemote: false)
        guard trace.isSampled else { return OTLPSpan(operationName, context) }
        return OTLPSpan(
            operationName, context,
            data: SpanData(
                trace: trace, parent: parent, name: operationName, kind: kind,
                start: instant().nanosecondsSinceEpoch), to: exporter)
    }

    /// Has the spans that have ended sent soon.
    public func forceFlush() { exporter.wake() }

    /// Reads `traceparent` and `tracestate`; what is not valid is ignored.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let parent = extractor.extract(key: "traceparent", from: carrier),
            let trace = TraceContext(parent: parent, state: extractor.extract(key: "tracestate", from: carrier))
        else { return }
        context.place = SpanPlace(trace: trace, isRemote: true)
    }

    /// Writes `traceparent` and `tracestate`.
    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.place?.trace else { return }
        injector.inject(trace.parent, forKey: "traceparent", into: &carrier)
        if let state = trace.state { injector.inject(state, forKey: "tracestate", into: &carrier) }
    }
}
