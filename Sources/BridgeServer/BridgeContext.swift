import BridgeRuntime
import BridgeSupport
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// What is known about one request while it is served.
struct BridgeContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let record: RequestRecord
    /// The path as the server knows it; nil where there is nothing.
    var endpoint: RouteTable.Endpoint?
    var policy = RoutePolicy.unknown
    /// The time that the client gives the work of this request; nil where it leaves that to the server.
    var timeLimit: Duration?
    /// The connection that the request came on.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        coreContext = .init(source: source)
        record = RequestRecord()
    }
}

/// What the log line and the metrics of a request will say; routes add to it. Never holds words, audio or keys.
final class RequestRecord: Sendable {
    struct Contents: Sendable {
        var timings: StageTimings?
        var failure: ServiceError?
        /// Seconds of audio that were heard or spoken.
        var audioSeconds: Double?
        var model: String?
        /// From the request to the first token of a language model.
        var firstToken: Duration?
        var clientLeft = false
        /// Whether the route has taken the memory of its answer from the budget itself.
        var isAnswerCounted = false
    }
    private let contents = Mutex(Contents())

    var snapshot: Contents { contents.withLock { $0 } }

    func note(_ timings: StageTimings, model: String? = nil, audioSeconds: Double? = nil) {
        contents.withLock {
            $0.timings = timings
            $0.model = model
            $0.audioSeconds = audioSeconds
        }
    }

    func note(firstToken: Duration?) { contents.withLock { $0.firstToken = firstToken } }
    func note(failure: ServiceError) { contents.withLock { $0.failure = failure } }

    func noteAnswerCounted() { contents.withLock { $0.isAnswerCounted = true } }
    func noteClientLeft() { contents.withLock { $0.clientLeft = true } }
}
