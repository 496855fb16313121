import BridgeSupport
import HTTPTypes
import Hummingbird

/// What the router found nothing for, in our envelope: a path that nobody knows is 404; a known path with a method
/// that it does not have is 405, whatever the method is called (WebDAV has its own). Invented methods end in the HTTP
/// parser, at 400.
///
/// Added after all routes, whose table it reads. The router hands what it does not find to every middleware.
struct NotFoundMiddleware: RouterMiddleware {
    private struct KnownPath {
        var path: RouterPath
        var methods: [String]

        func matches(_ pieces: [Substring]) -> Bool {
            path.components.count == pieces.count && zip(path.components, pieces).allSatisfy { $0 ~= $1 }
        }
    }

    private let paths: [KnownPath]

    init(routes: [Router<BridgeContext>.RouteDescription]) {
        let byPath = Dictionary(grouping: routes, by: \.path.description)
        let known = byPath.values.compactMap { routes in
            routes.first.map { KnownPath(path: $0.path, methods: routes.map(\.method.rawValue).sorted()) }
        }
        // Of two paths that match, the one that spells more out counts, as in the router: fewer parameters come first.
        paths = known.sorted { $0.path.parameterCount < $1.path.parameterCount }
    }

    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            let pieces = request.uri.path.split(separator: "/")
            guard let known = paths.first(where: { $0.matches(pieces) }) else {
                throw ServiceError(
                    .notFound, "There is nothing at this path; GET /openapi.yaml describes every path of this server.")
            }
            // For the log and the metrics, as for every request that was found.
            context.coreContext.endpointPath.value = known.path.description
            return Self.refusal(of: request.method, allowed: known.methods.joined(separator: ", "))
        }
    }

    private static func refusal(of method: HTTPRequest.Method, allowed: String) -> Response {
        let message = "This path takes \(allowed), not \(method.rawValue.prefix(40))."
        var response = ServiceError(.methodNotAllowed, message).response()
        response.headers[.allow] = allowed
        return response
    }
}

extension RouterPath {
    fileprivate var parameterCount: Int { components.count { $0.description.contains("{") } }
}
