import Hummingbird

/// Gives each request the policy of its route before everything else, so that all other middleware can use it.
///
/// The router finds the route before its middleware runs, and passes on the declared path. If it found none, because there is no such
/// path or it lacks the method, the table is searched.
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
