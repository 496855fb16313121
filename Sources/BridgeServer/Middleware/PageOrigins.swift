import BridgeRuntime
import BridgeSupport
import HTTPTypes
import Hummingbird

/// Tells browsers which pages may call, and refuses the others before any work is done for them: requests that browsers send without
/// asking first, such as forms and images, would otherwise be carried out even though the page cannot read the answer.
///
/// By default only pages on this machine are allowed. Hummingbird's middleware for this accepts one origin or all, and refuses none; here
/// there is a list, and localhost with any port.
struct PageOrigins: Sendable {
    private let origins: Set<String>
    private let methods: String
    private let headers: String
    private let maxAge: String

    /// Headers that pages may read in addition to the ones that browsers always show them.
    private static let exposedHeaders = [
        HTTPField.Name.requestID, .voice, .sampleRate, .durationMilliseconds, .retryAfter, .rateLimit, .rateRemaining,
        .rateReset,
    ].map(\.rawName).joined(separator: ", ")

    private static let vary = HTTPField(name: .vary, value: "Origin")

    init(_ configuration: BridgeConfiguration) {
        origins = Set(configuration[Keys.origins].map { $0.lowercased() })
        methods = configuration[Keys.methods].joined(separator: ", ")
        headers = configuration[Keys.headers].joined(separator: ", ")
        maxAge = String(configuration[Keys.preflightAge])
    }

    /// Who sent a request, as far as browsers tell.
    enum Page: Equatable {
        case allowed(origin: String)
        /// A page that is not on the list, which may still be one of this server.
        case other(origin: String)
        /// No page, or one that its browser does not name.
        case unnamed
    }

    func page(of request: Request) -> Page {
        guard let origin = request.headers[.origin] else { return .unnamed }
        return allows(origin) ? .allowed(origin: origin) : .other(origin: origin)
    }

    /// The answer when a browser asks whether its page may call; nil for all other requests.
    func preflightAnswer(_ request: Request, _ page: Page) -> Response? {
        guard request.method == .options, page != .unnamed, request.headers[.accessControlRequestMethod] != nil
        else { return nil }
        var response = Response(status: .noContent)
        if case .allowed = page {
            response.headers[.accessControlAllowMethods] = methods
            response.headers[.accessControlAllowHeaders] = headers
            response.headers[.accessControlMaxAge] = maxAge
        }
        return response
    }

    /// Lets an allowed page read the answer, errors as well.
    func mark(_ response: inout Response, for page: Page) {
        if case .allowed(let origin) = page {
            response.headers[.accessControlAllowOrigin] = origins.contains("*") ? "*" : origin
            response.headers[.accessControlExposeHeaders] = Self.exposedHeaders
        }
        // Also without an origin: a cache must not give this answer to a page that may get another one.
        response.headers.append(Self.vary)
    }

    /// - Throws: `forbidden_origin` if a page that is not allowed has sent the request.
    func refuseForeignPage(_ request: Request, _ page: Page) throws {
        switch page {
        case .allowed: return
        case .other(let origin):
            guard !isOwn(origin, of: request) else { return }
            throw ServiceError(
                .forbiddenOrigin,
                "Pages of the origin \(origin.prefix(100)) may not use this server. If they should, add it to \(Keys.origins.names)."
            )
        case .unnamed:
            guard isEmbedded(request), !origins.contains("*"), !hasAllowedReferer(request) else { return }
            throw ServiceError(
                .forbiddenOrigin,
                "Pages of other sites may not have images, scripts or media from this server. They can fetch what they need, once \(Keys.origins.names) names them."
            )
        }
    }

    /// Whether the page came from this server, possibly through the same proxy. The proxy may speak TLS, so the schemes may differ.
    private func isOwn(_ origin: String, of request: Request) -> Bool {
        guard let host = request.head.authority?.lowercased(), !host.isEmpty else { return false }
        return ["http://", "https://"].contains { origin.lowercased() == $0 + host }
    }

    /// Whether a browser loads this as a part of another site's page, in which case it names no origin. Following a link is something
    /// else.
    private func isEmbedded(_ request: Request) -> Bool {
        let isLink = request.headers[.fetchMode] == "navigate" && [.get, .head].contains(request.method)
        return request.headers[.fetchSite] == "cross-site" && !isLink
    }

    /// Whether the page is allowed, as far as the browser reveals it in this header. A page can withhold it, but cannot forge it.
    private func hasAllowedReferer(_ request: Request) -> Bool {
        // scheme://host:port/…
        let parts =
            request.headers[.referer]?.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false) ?? []
        return parts.count > 2 && allows(parts.prefix(3).joined(separator: "/"))
    }

    /// Schemes and hosts are case-insensitive (RFC 3986, 6.2.2.1).
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
