import BridgeRuntime
import Hummingbird
import NIOCore

/// What is known about one request while it is served.
struct BridgeContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let record: RequestRecord
    /// The path as the server knows it; nil where there is nothing.
    var endpoint: RouteTable.Endpoint?
    var policy = RoutePolicy.unknown
    /// Who asks, as far as it was looked at.
    var caller = Caller.stranger
    /// The time that the client gives the work of this request; nil where it leaves that to the server.
    var timeLimit: RequestScope.RequestedTime?
    /// The connection that the request came on.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        coreContext = .init(source: source)
        record = RequestRecord()
    }
}
