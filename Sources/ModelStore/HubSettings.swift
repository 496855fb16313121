public import Foundation

/// Where models come from and how to get there.
public struct HubSettings: Sendable {
    /// Base URL of the hub or of a mirror, without a slash at its end.
    public var endpoint: String
    /// Sent to the endpoint's host only.
    public var token: String?
    /// Whether the network is off limits.
    public var offline: Bool
    /// What HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say.
    var proxies: ProxySettings

    public static let defaultEndpoint = "https://huggingface.co"

    /// Reads HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE and the proxy variables, as the hub's own tools do.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        var endpoint = environment["HF_ENDPOINT"]?.trimmingCharacters(in: .whitespaces) ?? ""
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        self.endpoint = endpoint.isEmpty ? Self.defaultEndpoint : endpoint
        let token = environment["HF_TOKEN"]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        self.token = token.isEmpty ? nil : token
        offline = ["1", "true", "yes", "on"].contains(environment["HF_HUB_OFFLINE"]?.lowercased() ?? "")
        proxies = ProxySettings(environment: environment)
    }
}

/// The proxy variables that most Unix programs share (as curl and wget read them).
struct ProxySettings: Sendable, Hashable {
    struct Server: Sendable, Hashable {
        var host: String
        var port: Int
        var user: String?
        var password: String?
    }

    var http: Server?
    var https: Server?
    var exceptions: [String]

    init(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name.lowercased()] ?? environment[name] }
        let fallback = value("ALL_PROXY")
        http = Self.server(value("HTTP_PROXY") ?? fallback)
        https = Self.server(value("HTTPS_PROXY") ?? fallback)
        exceptions = (value("NO_PROXY") ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).map { $0.lowercased() }
    }

    /// The proxy for this URL; nil for a direct connection.
    func server(for url: URL) -> Server? {
        guard let host = url.host()?.lowercased() else { return nil }
        let isException = exceptions.contains { exception in
            let name = exception.hasPrefix("*.") ? exception.dropFirst(2) : exception.drop { $0 == "." }
            return exception == "*" || host == name || host.hasSuffix(".\(name)")
        }
        if isException || host == "localhost" || host == "::1" || host.hasPrefix("127.") { return nil }
        return url.scheme == "https" ? https : http
    }

    private static func server(_ text: String?) -> Server? {
        guard let text, !text.isEmpty, let url = URL(string: text.contains("://") ? text : "http://\(text)"),
            let host = url.host(), url.scheme == "http" || url.scheme == "https"
        else { return nil }
        return Server(
            host: host, port: url.port ?? (url.scheme == "https" ? 443 : 80), user: url.user(), password: url.password()
        )
    }
}
