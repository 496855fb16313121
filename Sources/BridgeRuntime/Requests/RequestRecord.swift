package import BridgeSupport
import Synchronization

/// Collects what the log line and the metrics will say about the work for a request; the code that answers it adds to this. Never
/// contains words, audio or keys.
package final class RequestRecord: Sendable {
    package struct Contents: Sendable {
        /// Who asks, as far as it was looked at.
        package var caller = Caller.stranger
        package var timings: StageTimings?
        package var failure: ServiceError?
        package var usage = RequestUsage()
        package var model: String?
        /// From the request to the first token of a language model.
        package var firstToken: Duration?
        /// How long a language model generated.
        package var generation: Duration?
        /// From the request to the first sentence of its speech.
        package var firstAudio: Duration?
        package var clientLeft = false
        /// The trace that the request belongs to.
        package var trace: TraceContext?
    }
    private let contents = Mutex(Contents())

    package init() {}

    package var snapshot: Contents { contents.withLock { $0 } }

    package func note(_ timings: StageTimings, model: String? = nil, usage: RequestUsage = RequestUsage()) {
        contents.withLock {
            $0.timings = timings
            $0.model = model
            $0.usage = usage
        }
    }

    package func note(_ caller: Caller) { contents.withLock { $0.caller = caller } }
    package func note(_ trace: TraceContext?) { contents.withLock { $0.trace = trace } }
    package func note(firstAudio: Duration?) { contents.withLock { $0.firstAudio = firstAudio } }

    package func note(firstToken: Duration?, generation: Duration) {
        contents.withLock { ($0.firstToken, $0.generation) = (firstToken, generation) }
    }

    package func note(failure: ServiceError) { contents.withLock { $0.failure = failure } }
    package func noteClientLeft() { contents.withLock { $0.clientLeft = true } }
}
