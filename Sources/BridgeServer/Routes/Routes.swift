import BridgeSupport
import HTTPTypes
import Hummingbird

typealias Handler = @Sendable (Request, BridgeContext) async throws -> Response

extension Router where Context == BridgeContext {
    static var knownMethods: [HTTPRequest.Method] {
        // QUERY is young; the library has no name for it yet.
        [.get, .head, .post, .put, .patch, .delete, .options, .trace] + [HTTPRequest.Method("QUERY")].compactMap(\.self)
    }

    /// A path with the methods that it has; every other method is answered by 405, OPTIONS by what is allowed.
    func path(_ path: RouterPath, _ handlers: [(HTTPRequest.Method, Handler)]) {
        var known = handlers
        // HEAD is GET without its body.
        if let get = handlers.first(where: { $0.0 == .get }) { known.append((.head, get.1)) }
        let allowed = (known.map(\.0.rawValue) + ["OPTIONS"]).joined(separator: ", ")
        for (method, handler) in known {
            on(path, method: method) { request, context in
                var response = try await handler(request, context)
                if method == .head { response = Self.withoutBody(response) }
                return response
            }
        }
        for method in Self.knownMethods where !known.contains(where: { $0.0 == method }) {
            on(path, method: method) { _, _ in
                if method == .options { return Response(status: .noContent, headers: [.allow: allowed]) }
                var response = ServiceError(.methodNotAllowed, "This path takes \(allowed), not \(method.rawValue).").response()
                response.headers[.allow] = allowed
                return response
            }
        }
    }

    private static func withoutBody(_ response: Response) -> Response {
        var response = response
        // The length stays GET's; the bytes are not sent.
        response.body = ResponseBody(contentLength: response.body.contentLength) { writer in try await writer.finish(nil) }
        return response
    }
}
