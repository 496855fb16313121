import BridgeRuntime
import HTTPTypes
import Hummingbird

/// Refuses interactive work while its queue is full, before its body is read. Under many times the load that a bridge can carry, reading
/// what is refused would take the processor from what is not.
///
/// Work whose lane depends on what the body says is refused later, when that is known.
struct QueueCheck: RequestCheck {
    let services: BridgeServices

    func check(_ request: Request, _ context: inout BridgeContext) throws {
        let limit = context.policy.interactiveLimit
        guard limit > 0, let bridge = context.policy.request.bridge,
            let length = request.headers[.contentLength].flatMap({ Int($0) }), length <= limit
        else { return }
        try services.checkRoom(for: bridge)
    }
}
