import HTTPTypes
import Hummingbird

/// Tells browsers which pages may call. Closed by default but for pages on this machine.
///
/// Hummingbird's own middleware knows one origin or all; here a list, and localhost with any port.
struct OriginMiddleware: RouterMiddleware {
    let origins: Set<String>
    let methods: String
    let headers: String
    let maxAge: String

    init(_ configuration: BridgeConfiguration) {
        origins = Set(configuration.list("cors.origins").map { $0.lowercased() })
        methods = configuration.list("cors.methods").joined(separator: ", ")
        headers = configuration.list("cors.headers").joined(separator: ", ")
        maxAge = configuration.text("cors.max_age")
    }

    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        let origin = request.headers[.origin]
        let allowed = origin.map(allows) ?? false
        let isPreflight =
            origin != nil && request.method == .options && request.headers[.accessControlRequestMethod] != nil
        var response: Response
        if isPreflight {
            response = Response(status: .noContent)
            if allowed {
                response.headers[.accessControlAllowMethods] = methods
                response.headers[.accessControlAllowHeaders] = headers
                response.headers[.accessControlMaxAge] = maxAge
            }
        } else {
            do {
                response = try await next(request, context)
            } catch {
                // The page must be able to read the error too.
                response = ServiceErrorResponse.make(error, context)
            }
        }
        if allowed {
            response.headers[.accessControlAllowOrigin] = origins.contains("*") ? "*" : origin
            response.headers[.accessControlExposeHeaders] =
                "X-Request-Id, X-Voice, X-Sample-Rate, X-Duration-Ms, Retry-After"
        }
        // Also without an origin: a cache must not give this answer to a page that may have another.
        response.headers[values: .vary].append("Origin")
        return response
    }

    /// Schemes and hosts are the same in any case (RFC 3986, 6.2.2.1).
    private func allows(_ origin: String) -> Bool {
        let origin = origin.lowercased()
        if origins.contains("*") || origins.contains(origin) { return true }
        guard let scheme = ["http://", "https://"].first(where: origin.hasPrefix) else { return false }
        let rest = origin.dropFirst(scheme.count)
        return ["localhost", "127.0.0.1", "[::1]"].contains { host in
            guard rest.hasPrefix(host) else { return false }
            let after = rest.dropFirst(host.count)
            let port = after.dropFirst()
            return after.isEmpty
                || (after.first == ":" && port.allSatisfy { $0.isASCII && $0.isNumber } && UInt16(port) != nil)
        }
    }
}
