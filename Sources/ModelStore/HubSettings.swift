import BridgeSupport
public import Foundation

/// Where models come from and how to get there.
public struct HubSettings: Sendable {
    /// Base URL of the hub or of a mirror, without a slash at its end, a user or a password.
    public var endpoint: String
    /// Sent to the endpoint's host only, unless its address has a user and password, which take precedence.
    public var token: String?
    /// "user:password" from the address of a mirror that asks for them. Kept separately, so that neither manifests nor messages
    /// show them; sent to the endpoint's host only, and in place of the token.
    var credentials: String?
    /// Whether the network must not be used.
    public var offline: Bool
    /// The settings from HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY.
    var proxies: ProxySettings

    /// Where models come from unless HF_ENDPOINT names a mirror.
    public static let defaultEndpoint = "https://huggingface.co"

    /// Reads HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE and the proxy variables, as the hub's own tools do.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        var endpoint = environment["HF_ENDPOINT"]?.trimmingCharacters(in: .whitespaces) ?? ""
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        if let match = endpoint.wholeMatch(of: /([A-Za-z][^:\/]*:\/\/)([^\/]*)@(.*)/) {
            endpoint = String(match.1 + match.3)
            credentials = match.2.removingPercentEncoding ?? String(match.2)
        }
        self.endpoint = endpoint.isEmpty ? Self.defaultEndpoint : endpoint
        let token = environment["HF_TOKEN"]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        self.token = token.isEmpty ? nil : token
        offline = ["1", "true", "yes", "on"].contains(environment["HF_HUB_OFFLINE"]?.lowercased() ?? "")
        proxies = ProxySettings(environment: environment)
    }

    /// Why nothing can be fetched with these settings, as a sentence that says what to do; nil if they are valid.
    public var problem: String? {
        // A remaining "@" stands after a slash, so that what was meant as the user would become the host.
        guard let url = URL(string: endpoint), url.scheme == "http" || url.scheme == "https", url.host() != nil,
            url.hasUsablePort, !endpoint.contains("@")
        else { return HubErrors.badAddress(endpoint).message }
        // Only visible ASCII: the client refuses other headers with an error that shows them.
        if credentials == nil, let token, !token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            return
                "HF_TOKEN is no token: it holds a line break, a space or another character that none has. Copy it anew from the hub's settings, or unset it."
        }
        return proxies.server(for: url)?.problem
    }
}

/// Whether and how the hub answers.
public enum HubState: Sendable, Hashable {
    /// It answered a request.
    case reachable
    /// It wants a user, a password or a token other than the given one; a sentence that says what to do.
    case refused(String)
    /// It did not answer in time.
    case unreachable
}

/// The proxy variables that most Unix programs share (as curl and wget read them).
struct ProxySettings: Sendable, Hashable {
    struct Server: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            /// Used with CONNECT, even for plain http: AsyncHTTPClient supports nothing else.
            case http
            /// SOCKS 5, which resolves the names.
            case socks
            /// One that cannot be used; the text says why.
            case unusable(String)
        }

        /// The variable that names it.
        var variable: String
        var kind: Kind
        var host = ""
        var port = 0
        var user: String?
        var password: String?

        /// Why it cannot be used, as a sentence that says what to do; nil if it can.
        var problem: String? {
            guard case .unusable(let reason) = kind else { return nil }
            return
                "\(variable) \(reason). Write it as http://host:port or socks5://host:port, or name the hub in NO_PROXY to go without it."
        }
    }

    var http: Server?
    var https: Server?
    var exceptions: [String]

    init(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name.lowercased()] ?? environment[name] }
        func server(_ name: String) -> Server? {
            let names = [name, "ALL_PROXY"]
            return names.first { value($0) != nil }.flatMap { Self.server(value($0), variable: $0) }
        }
        http = server("HTTP_PROXY")
        https = server("HTTPS_PROXY")
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

    /// nil if the variable is empty, which forbids a proxy.
    private static func server(_ text: String?, variable: String) -> Server? {
        guard let text, !text.isEmpty else { return nil }
        guard let url = URL(string: text.contains("://") ? text : "http://\(text)"), let host = url.host(),
            url.hasUsablePort, let scheme = url.scheme?.lowercased()
        else { return Server(variable: variable, kind: .unusable("is no address")) }
        switch scheme {
        case "http", "https":
            return Server(
                variable: variable, kind: .http, host: host, port: url.port ?? (scheme == "https" ? 443 : 80),
                user: url.user(percentEncoded: false), password: url.password(percentEncoded: false))
        case "socks", "socks5", "socks5h":
            guard url.user() == nil else {
                return Server(
                    variable: variable,
                    kind: .unusable("names a SOCKS proxy with a user, and only those that ask for none can be used"))
            }
            return Server(variable: variable, kind: .socks, host: host, port: url.port ?? 1080)
        default:
            return Server(
                variable: variable, kind: .unusable("names a proxy of the kind \(scheme), which cannot be used"))
        }
    }
}

extension URL {
    /// Whether the port is valid. NIO ends the process on a greater number, and a redirect may contain any.
    var hasUsablePort: Bool { port.map { (1...65535).contains($0) } ?? true }
}
