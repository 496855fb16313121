package import BridgeSupport
import OTLPTracing
import Tracing
package import WorkScheduling

/// Makes of the stages of a request's work what operators see: the histograms, by its record, and spans, where it is traced.
struct RequestStages: StageMeter {
    private let record: RequestRecord
    /// nil where traces are off.
    private let request: RequestSpan?
    /// The span that the stages belong to.
    private let context: ServiceContext
    let trace: TraceContext?
    private let elapsed: @Sendable () -> Duration

    /// - Parameters:
    ///   - trace: what the request's sender has told; its own span counts where it has one.
    ///   - clock: measures the stages, unless the span does.
    init(_ record: RequestRecord, _ request: RequestSpan?, trace: TraceContext?, clock: any Clock<Duration>) {
        (self.record, self.request) = (record, request)
        context = request?.context ?? .topLevel
        self.trace = request?.trace ?? trace
        elapsed = request?.elapsed ?? clock.stopwatch()
    }

    private init(_ outer: RequestStages, within span: OTLPSpan) {
        (record, request, elapsed) = (outer.record, outer.request, outer.elapsed)
        context = span.context
        trace = outer.request?.trace(of: span.context)
    }

    func begin(_ stage: Stage, _ facts: () -> StageFacts) -> any RunningStage {
        let start = elapsed()
        let span = stage.isPiecemeal ? nil : request?.begin(stage, in: context, at: start, facts)
        return Running(stages: self, stage: stage, start: start, span: span)
    }

    func tell(of stage: Stage, lasting duration: Duration, endedAgo ago: Duration) {
        record.add(duration, to: stage)
        guard let request else { return }
        let end = elapsed() - ago
        if let span = request.begin(stage, in: context, at: end - duration, { [:] }) { request.end(span, at: end, nil) }
    }

    private struct Running: RunningStage {
        let stages: RequestStages
        let stage: Stage
        let start: Duration
        let span: OTLPSpan?

        var meter: (any StageMeter)? { span.map { RequestStages(stages, within: $0) } }

        func end(_ failure: (any Error)?) {
            let end = stages.elapsed()
            stages.record.add(end - start, to: stage)
            if stage.isPiecemeal { stages.request?.add(stage, from: start, to: end) }
            if let span { stages.request?.end(span, at: end, failure) }
        }
    }
}

extension Runtime {
    /// Begins the span of a request; nil where traces are off.
    ///
    /// - Parameters:
    ///   - name: what was asked for, in few words that are the same for all requests of its kind.
    ///   - elapsed: tells how long ago the request came.
    package func beginSpan(
        _ name: @autoclosure () -> String, headers: @autoclosure () -> TraceHeaders,
        facts: @autoclosure () -> StageFacts, elapsed: @escaping @Sendable () -> Duration
    ) -> RequestSpan? {
        services.traces.map {
            RequestSpan(name(), $0.tracer, headers: headers(), facts: facts(), elapsed: elapsed)
        }
    }

    /// Runs the work of a request so that its stages are measured.
    ///
    /// - Parameters:
    ///   - record: gets how long each of them took.
    ///   - trace: what the request's sender has told.
    package func measuring<R: Sendable>(
        _ record: RequestRecord, in span: RequestSpan?, trace: TraceContext?, _ work: () async throws -> R
    ) async rethrows -> R {
        let stages = RequestStages(record, span, trace: trace, clock: services.clock)
        return try await Stage.$meter.withValue(stages) { try await work() }
    }
}
