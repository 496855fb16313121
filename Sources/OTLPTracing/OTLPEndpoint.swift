import Foundation

/// Where a collector takes spans: the base of its address, as `OTEL_EXPORTER_OTLP_ENDPOINT` has it.
public struct OTLPEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// Where spans are posted.
    let url: String
    /// Whether it speaks TLS.
    public let isEncrypted: Bool
    /// For messages: without the path, which may hold a key.
    public let description: String

    /// - Returns: nil for what is not an http or https address, and for one with a user, a query or a fragment.
    public init?(_ text: String) {
        guard text.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }), let parts = URLComponents(string: text),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme), parts.user == nil,
            parts.password == nil, parts.query == nil, parts.fragment == nil, let host = parts.host, !host.isEmpty,
            (1...65535).contains(parts.port ?? 4318), !text.hasSuffix(":")
        else { return nil }
        let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        let origin = "\(scheme)://\(bracketed)" + (parts.port.map { ":\($0)" } ?? "")
        var path = Substring(parts.percentEncodedPath)
        while path.last == "/" { path.removeLast() }
        // Some write down the whole address.
        let end = "/v1/traces"
        url = origin + path + (path.hasSuffix(end) ? "" : end)
        isEncrypted = scheme == "https"
        description = path.isEmpty || path == end ? origin : origin + "/…"
    }
}
