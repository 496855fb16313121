package import BridgeSupport
import Synchronization
package import WorkScheduling

/// Collects what the log line and the metrics will say about the work for a request; the code that answers it adds to this. Never
/// contains words, audio or keys.
package final class RequestRecord: Sendable {
    package struct Contents: Sendable {
        /// Who asks, as far as it was looked at.
        package var caller = Caller.stranger
        package var timings: StageTimings?
        /// How long each stage of the work took, all its pieces together.
        package var stages: [Stage: Duration] = [:]
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
        /// Who pays for what the request comes to; nil where nothing is limited.
        var payer: String?
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

    /// A piece of a stage has ended.
    package func add(_ duration: Duration, to stage: Stage) {
        contents.withLock { $0.stages[stage, default: .zero] += duration }
    }

    /// What an answer that may break off has come to so far.
    package func note(_ usage: RequestUsage) { contents.withLock { $0.usage = usage } }
    /// One more token, as a rule: pieces of an answer come one by one.
    package func noteToken() { contents.withLock { $0.usage.generatedTokens += 1 } }
    func note(payer: String) { contents.withLock { $0.payer = payer } }
    package func note(_ caller: Caller) { contents.withLock { $0.caller = caller } }
    package func note(_ trace: TraceContext?) { contents.withLock { $0.trace = trace } }
    package func note(firstAudio: Duration?) { contents.withLock { $0.firstAudio = firstAudio } }

    package func note(firstToken: Duration?, generation: Duration) {
        contents.withLock { ($0.firstToken, $0.generation) = (firstToken, generation) }
    }

    package func note(failure: ServiceError) { contents.withLock { $0.failure = failure } }
    package func noteClientLeft() { contents.withLock { $0.clientLeft = true } }
}
