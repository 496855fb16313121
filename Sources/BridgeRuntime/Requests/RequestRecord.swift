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
        /// Seconds of audio that were heard or spoken.
        package var audioSeconds: Double?
        package var model: String?
        /// From the request to the first token of a language model.
        package var firstToken: Duration?
        package var clientLeft = false
    }
    private let contents = Mutex(Contents())

    package init() {}

    package var snapshot: Contents { contents.withLock { $0 } }

    package func note(_ timings: StageTimings, model: String? = nil, audioSeconds: Double? = nil) {
        contents.withLock {
            $0.timings = timings
            $0.model = model
            $0.audioSeconds = audioSeconds
        }
    }

    package func note(_ caller: Caller) { contents.withLock { $0.caller = caller } }
    package func note(firstToken: Duration?) { contents.withLock { $0.firstToken = firstToken } }
    package func note(failure: ServiceError) { contents.withLock { $0.failure = failure } }
    package func noteClientLeft() { contents.withLock { $0.clientLeft = true } }
}
