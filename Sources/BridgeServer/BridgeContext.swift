import BridgeRuntime
import BridgeSupport
import Hummingbird
import NIOCore

/// What is known about one request while it is served.
struct BridgeContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let record: RequestRecord
    /// The declared path of the route; nil if there is none.
    var endpoint: RouteTable.Endpoint?
    var policy = RoutePolicy.unknown
    /// The time limit that the client sets for the work of this request; nil if it leaves that to the server.
    var timeLimit: RequestScope.RequestedTime?
    /// The trace that the request belongs to; nil if nobody traces it.
    var trace: TraceContext?
    /// The request's own span in it; nil where traces are off.
    var span: RequestSpan?
    /// The connection of the request.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        coreContext = .init(source: source)
        record = RequestRecord()
    }
}
