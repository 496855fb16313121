import BridgeSupport
import NIOCore

/// Where Ollama listens: scheme, host, port and path prefix, read from a text in the same way as Ollama reads `OLLAMA_HOST`.
///
/// Without a scheme it is http on port 11434; a given scheme brings its own default port (80 or 443). The variable also
/// tells the server what to bind to, so unspecified addresses stand for loopback here.
public struct OllamaAddress: Sendable, Hashable, CustomStringConvertible {
    /// "http" or "https".
    public let scheme: String
    /// Without brackets.
    public let host: String
    /// 1…65535.
    public let port: Int
    /// Empty, or a path with a leading but no trailing slash, perhaps with a query.
    public let pathPrefix: String

    /// 127.0.0.1:11434.
    public static let standard = OllamaAddress(scheme: "http", host: "127.0.0.1", port: 11434, pathPrefix: "")

    private init(scheme: String, host: String, port: Int, pathPrefix: String) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.pathPrefix = pathPrefix
    }

    /// Reads the forms of `OLLAMA_HOST`: "", "1.2.3.4", ":1234", "[::1]:1337", "https://example.com/ollama".
    ///
    /// A port that is not a number of 0…65535 is replaced by the default, as in Ollama.
    ///
    /// - Throws: `invalid_request` for a scheme other than http and https, or an impossible host.
    public init(_ text: String) throws {
        let (scheme, rest, defaultPort) = try Self.splitScheme(Self.trimmed(text))
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let (host, port) = Self.splitPort(rest[..<slash], default: defaultPort)
        // A user and password in front of the host would end up in messages and logs; an unescaped slash may belong to the password.
        guard !rest.unicodeScalars.contains("@"), host.allSatisfy(Self.mayStandInHost), Self.isWholeAddress(host) else {
            throw Self.noAddress()
        }
        self.scheme = scheme
        self.host = Self.connectable(host)
        self.port = port
        var prefix = rest[slash...]
        while prefix.last == "/" { prefix.removeLast() }
        self.pathPrefix = String(prefix)
    }

    /// For instance "http://127.0.0.1:11434/ollama", never with a trailing slash. For requests only: see ``description``.
    public var url: String { origin + pathPrefix }

    /// For messages, logs and `/health`: scheme, host and port. A path is only hinted at, as it may contain a key.
    public var description: String { pathPrefix.isEmpty ? origin : origin + "/…" }

    private var origin: String {
        let bracketed = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(bracketed):\(port)"
    }

    private static func noAddress() -> ServiceError {
        ServiceError.invalid(
            "OLLAMA_HOST", "The address of Ollama is not a host and port. Write it as http://127.0.0.1:11434.")
    }

    private static func trimmed(_ text: String) -> Substring {
        func trim(_ text: Substring, _ drop: (Character) -> Bool) -> Substring {
            var text = text.drop(while: drop)
            while let last = text.last, drop(last) { text.removeLast() }
            return text
        }
        let bare = trim(text[...], \.isWhitespace)
        return trim(trim(bare) { $0 == "\"" || $0 == "'" }, \.isWhitespace)
    }

    private static func splitScheme(_ text: Substring) throws -> (scheme: String, rest: Substring, port: Int) {
        guard let mark = text.firstRange(of: "://") else {
            return text == "ollama.com" ? ("https", text, 443) : ("http", text, 11434)
        }
        let rest = text[mark.upperBound...]
        switch text[..<mark.lowerBound].lowercased() {
        case "http": return ("http", rest, 80)
        case "https": return ("https", rest, 443)
        // That part may be a user and a password.
        case let other where other.contains(":"): throw noAddress()
        case let other:
            throw ServiceError.invalid(
                "OLLAMA_HOST",
                "The address of Ollama starts with '\(other)://'. Only http:// and https:// are possible.")
        }
    }

    private static func splitPort(_ text: Substring, default port: Int) -> (host: Substring, port: Int) {
        if text.first == "[", let close = text.firstIndex(of: "]") {
            let host = text[text.index(after: text.startIndex)..<close]
            let tail = text[text.index(after: close)...]
            return (host, tail.first == ":" ? portNumber(tail.dropFirst(), default: port) : port)
        }
        // Several colons without brackets are an IPv6 address, which then has no port.
        guard let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") else { return (text, port) }
        return (text[..<colon], portNumber(text[text.index(after: colon)...], default: port))
    }

    private static func portNumber(_ text: Substring, default port: Int) -> Int {
        guard let number = Int(text), (0...65535).contains(number) else { return port }
        return number
    }

    private static func mayStandInHost(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || ".-_:%".contains(character))
    }

    /// A host with colons has to be an IPv6 address; a zone may follow it.
    private static func isWholeAddress(_ host: Substring) -> Bool {
        guard host.contains(":") else { return true }
        return (try? SocketAddress(ipAddress: String(host.prefix { $0 != "%" }), port: 0)) != nil
    }

    private static func connectable(_ host: Substring) -> String {
        switch host {
        case "", "0.0.0.0": "127.0.0.1"
        case "::": "::1"
        default: String(host)
        }
    }
}
