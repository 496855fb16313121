import Hummingbird

/// Gives each request the policy of its route, before everything else, so that all other middleware can go by it.
///
/// The router finds a route before its middleware runs, and tells it the path as it was declared. Where it found none, since there is
/// no such path or not with this method, the table is searched.
struct PolicyMiddleware: RouterMiddleware {
    let routes: RouteTable

    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let endpoint = routes.endpoint(declared: context.coreContext.endpointPath.value, path: request.uri.path) {
            context.endpoint = endpoint
            context.policy = endpoint.policy(of: request.method)
        }
        return try await next(request, context)
    }
}
