import BridgeRuntime
import BridgeSupport
import HTTPTypes
import Hummingbird

/// Refuses requests on connections beyond `limits.connections`, but for those that cost nothing: they ask how the server is.
struct CrowdMiddleware: RouterMiddleware {
    let connections: ConnectionWatch

    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        guard connections.isExtra(context.channel), context.policy.request.cost != .nothing else {
            return try await next(request, context)
        }
        throw ServiceError(
            .overloaded, "As many connections as \(Keys.connections.name) allows are in use. Try again in a moment.",
            retryAfter: .seconds(5))
    }
}
