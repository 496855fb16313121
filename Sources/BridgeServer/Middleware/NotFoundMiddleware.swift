import BridgeSupport
import HTTPTypes
import Hummingbird

/// Answers in our envelope when the router has found nothing: an unknown path is 404; a known path with a method
/// that it does not have is 405, whatever the method is called (WebDAV has its own). Invented methods end in the HTTP
/// parser, at 400.
///
/// Added after all routes. The router passes requests without a route to every middleware.
struct NotFoundMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            guard let endpoint = context.endpoint else {
                throw ServiceError(
                    .notFound, "There is nothing at this path; GET /openapi.yaml describes every path of this server.")
            }
            // For the log and the metrics, as for every request with a route.
            context.coreContext.endpointPath.value = endpoint.path.description
            return Self.refusal(of: request.method, allowed: endpoint.allowed)
        }
    }

    private static func refusal(of method: HTTPRequest.Method, allowed: String) -> Response {
        let message = "This path takes \(allowed), not \(method.rawValue.prefix(40))."
        var response = ServiceError(.methodNotAllowed, message).response()
        response.headers[.allow] = allowed
        return response
    }
}
