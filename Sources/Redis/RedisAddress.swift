import Foundation

/// Where a Redis listens, and who asks: `redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]`, or `rediss://` for TLS.
public struct RedisAddress: Sendable, Hashable {
    /// A name or an address, without brackets.
    public var host: String
    /// 6379 unless told.
    public var port: Int
    /// Whether the bytes go through TLS.
    public var isEncrypted: Bool
    /// nil is the default user of Redis.
    public var user: String?
    /// nil where none is asked for.
    public var password: String?
    /// The number of the database; nil unless told, which is 0.
    public var database: Int?

    /// The address that `text` spells; nil if it is not such an address, or says more than that.
    public init?(_ text: String) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["redis", "rediss"].contains(scheme), let host = parts.host, !host.isEmpty, parts.query == nil,
            parts.fragment == nil, parts.port.map({ (1...65535).contains($0) }) ?? true
        else { return nil }
        let path = parts.path.drop { $0 == "/" }
        guard parts.path.count - path.count <= 1, path.isEmpty || Int(path).map((0...65535).contains) == true
        else { return nil }
        database = Int(path)
        // Foundation leaves an IPv6 address in its brackets.
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        (port, isEncrypted) = (parts.port ?? 6379, scheme == "rediss")
        (user, password) = (Self.text(parts.user), Self.text(parts.password))
    }

    private static func text(_ part: String?) -> String? { part.flatMap { $0.isEmpty ? nil : $0 } }
}

extension RedisAddress: CustomStringConvertible, CustomDebugStringConvertible {
    /// Without user and password, for logs and errors.
    public var description: String {
        "\(isEncrypted ? "rediss" : "redis")://\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database ?? 0)"
    }
    /// The same, so that no password gets into a dump.
    public var debugDescription: String { description }
}

extension RedisAddress: CustomReflectable {
    /// Hides the password from `dump` and from messages of tests.
    public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}
