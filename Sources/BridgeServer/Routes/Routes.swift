import BridgeSupport
import HTTPTypes
import Hummingbird

typealias Handler = @Sendable (Request, BridgeContext) async throws -> Response

extension Router where Context == BridgeContext {
    /// A path with the methods that it has, and OPTIONS, which tells them. ``NotFoundMiddleware`` refuses every other one.
    func path(_ path: RouterPath, _ handlers: [(HTTPRequest.Method, Handler)]) {
        var known = handlers
        // HEAD is GET without its body, which the outermost middleware leaves out.
        if let get = handlers.first(where: { $0.0 == .get }) { known.append((.head, get.1)) }
        let allowed = (known.map(\.0.rawValue) + ["OPTIONS"]).sorted().joined(separator: ", ")
        for (method, handler) in known {
            on(path, method: method, use: handler)
        }
        on(path, method: .options) { _, _ in Response(status: .noContent, headers: [.allow: allowed]) }
    }
}
