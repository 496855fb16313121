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
    /// The trace that the request belongs to; nil if its sender traces nothing.
    var trace: TraceContext?
    /// The connection of the request.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        coreContext = .init(source: source)
        record = RequestRecord()
    }
}
