import BridgeRuntime
import BridgeSupport
import HTTPTypes
import Hummingbird

/// Refuses requests on connections beyond `limits.connections`, except requests that cost nothing, which ask for the server's health.
struct CrowdCheck: Sendable {
    let connections: ConnectionWatch

    /// - Throws: `overloaded`.
    func check(_ context: BridgeContext) throws {
        guard context.policy.request.cost != .nothing, connections.isExtra(context.channel) else { return }
        throw ServiceError(
            .overloaded, "As many connections as \(Keys.connections.name) allows are in use. Try again in a moment.",
            retryAfter: .seconds(5))
    }
}
