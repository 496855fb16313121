package import BridgeSupport
import OTLPTracing
import Synchronization
import Tracing
import WorkScheduling

/// The span of one request, and those of its stages.
///
/// All its moments come from one look at the date and the clock that everything else is measured by, so that they agree with the metrics,
/// and no correction of the date comes between them.
package final class RequestSpan: Sendable {
    /// A file of hours has thousands of windows.
    private static let mostStages = 256

    private struct Pieces {
        var span: OTLPSpan
        var end: Duration
        var busy: Duration
    }

    private struct State {
        var stages = 0
        var leftOut = 0
        var pieces: [Stage: Pieces] = [:]
        var isOver = false
    }

    private let tracer: OTLPTracer
    private let span: OTLPSpan
    /// Nanoseconds since 1970.
    private let start: UInt64
    let elapsed: @Sendable () -> Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - headers: of the request, as far as they tell of a trace.
    ///   - elapsed: tells how long ago the request came.
    init(
        _ name: String, _ tracer: OTLPTracer, headers: TraceHeaders, facts: StageFacts,
        elapsed: @escaping @Sendable () -> Duration
    ) {
        (self.tracer, self.elapsed) = (tracer, elapsed)
        start = DefaultTracerClock.now.nanosecondsSinceEpoch &- elapsed().wholeNanoseconds
        var context = ServiceContext.topLevel
        tracer.extract(headers, into: &context, using: TraceHeaders.Field())
        span = tracer.startSpan(
            name, context: context, ofKind: .server,
            at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: start))
        if span.isRecording { span.add(facts) }
    }

    /// Where the work for the request belongs.
    var context: ServiceContext { span.context }

    /// Whether the trace is recorded.
    package var isRecorded: Bool { span.isRecording }

    /// What other servers are told, and the log says.
    package var trace: TraceContext? { trace(of: context) }

    func trace(of context: ServiceContext) -> TraceContext? {
        var headers = TraceHeaders()
        tracer.inject(context, into: &headers, using: TraceHeaders.Field())
        return headers.trace
    }

    /// The request has ended.
    ///
    /// - Parameters:
    ///   - facts: what is known now.
    ///   - hasFailed: by a fault of this side.
    func end(_ facts: StageFacts, hasFailed: Bool) {
        guard span.isRecording else { return }
        let end = elapsed()
        let (pieces, leftOut) = state.withLock { state in
            state.isOver = true
            return (state.pieces.values, state.leftOut)
        }
        for piece in pieces {
            piece.span.add(["jarvis.busy_us": .number(Int(piece.busy.wholeNanoseconds / 1000))])
            piece.span.end(at: instant(piece.end))
        }
        span.add(facts)
        if leftOut > 0 { span.add(["jarvis.stages_left_out": .number(leftOut)]) }
        if hasFailed { span.setStatus(.init(code: .error)) }
        span.end(at: instant(end))
    }

    // MARK: Stages

    /// A stage begins; nil where it is not recorded.
    func begin(_ stage: Stage, in context: ServiceContext, at moment: Duration, _ facts: () -> StageFacts)
        -> OTLPSpan?
    {
        guard span.isRecording, mayBegin() else { return nil }
        let child = tracer.startSpan(
            stage.rawValue, context: context, ofKind: stage == .upstream ? .client : .internal, at: instant(moment))
        child.add(facts())
        return child
    }

    func end(_ child: OTLPSpan, at moment: Duration, _ failure: (any Error)?) {
        if let failure { child.fail(failure) }
        child.end(at: instant(moment))
    }

    /// One more piece of a stage that is shown as one.
    func add(_ stage: Stage, from start: Duration, to end: Duration) {
        guard span.isRecording else { return }
        state.withLock { state in
            if state.isOver { return }
            if let known = state.pieces[stage] {
                state.pieces[stage] = Pieces(span: known.span, end: end, busy: known.busy + end - start)
            } else {
                let span = tracer.startSpan(stage.rawValue, context: context, at: instant(start))
                state.pieces[stage] = Pieces(span: span, end: end, busy: end - start)
            }
        }
    }

    private func mayBegin() -> Bool {
        state.withLock { state in
            if state.isOver { return false }
            state.stages += 1
            if state.stages > Self.mostStages { state.leftOut += 1 }
            return state.stages <= Self.mostStages
        }
    }

    private func instant(_ moment: Duration) -> DefaultTracerClock.Timestamp {
        .init(nanosecondsSinceEpoch: start &+ moment.wholeNanoseconds)
    }
}

/// The headers that tell of a trace.
package struct TraceHeaders: Sendable {
    package var parent: String?
    package var state: String?

    package init(parent: String? = nil, state: String? = nil) { (self.parent, self.state) = (parent, state) }

    /// nil where they tell of none, or are not valid.
    package var trace: TraceContext? { parent.flatMap { TraceContext(parent: $0, state: state) } }

    struct Field: Extractor, Injector {
        func extract(key: String, from carrier: TraceHeaders) -> String? {
            key == "traceparent" ? carrier.parent : key == "tracestate" ? carrier.state : nil
        }

        func inject(_ value: String, forKey key: String, into carrier: inout TraceHeaders) {
            if key == "traceparent" { carrier.parent = value }
            if key == "tracestate" { carrier.state = value }
        }
    }
}

extension OTLPSpan {
    func add(_ facts: StageFacts) {
        guard !facts.isEmpty else { return }
        updateAttributes { attributes in
            for (name, fact) in facts {
                switch fact {
                case .text(let text): attributes[name] = text
                case .number(let number): attributes[name] = number
                }
            }
        }
    }

    /// Notes the kind of a failure, and no words of it. Work that nobody wants any more has not failed.
    func fail(_ error: any Error) {
        if error is CancellationError || error is ClientLeft { return add(["error.type": .text("cancelled")]) }
        recordError(error)
        setStatus(.init(code: .error))
    }
}

extension Duration {
    /// 0 for what is negative.
    fileprivate var wholeNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        return UInt64(max(0, seconds)) &* 1_000_000_000 &+ UInt64(max(0, attoseconds) / 1_000_000_000)
    }
}
