import BridgeSupport
import HTTPTypes
import Hummingbird

/// Refuses requests on connections beyond `limits.connections`, but for those that ask how the server is.
struct CrowdMiddleware: RouterMiddleware {
    let connections: ConnectionWatch

    private static let open: Set<[Substring]> = [["health"], ["ready"], ["metrics"]]

    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        guard connections.isBeyondLimit(context.channel), !Self.open.contains(request.uri.path.split(separator: "/"))
        else { return try await next(request, context) }
        throw ServiceError(
            .overloaded, "As many connections as limits.connections allows are in use. Try again in a moment.",
            retryAfter: .seconds(5))
    }
}
