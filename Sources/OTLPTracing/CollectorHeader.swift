import Foundation

/// A field in the head of each request to a collector, such as a key for a hosted one, written `name=value` as in
/// `OTEL_EXPORTER_OTLP_HEADERS`: what a field may not hold as it is, is percent-encoded.
public struct CollectorHeader: Sendable, Hashable {
    let name: String
    let value: String

    /// - Returns: nil for what is not a field, and for one that the exporter writes by itself.
    public init?(_ text: String) {
        guard let sign = text.firstIndex(of: "="),
            let value = String(text[text.index(after: sign)...]).removingPercentEncoding
        else { return nil }
        let name = text[..<sign].trimmingCharacters(in: .whitespaces)
        // RFC 9110, 5.6.2 and 5.5.
        let isToken = !name.isEmpty && name.utf8.allSatisfy { Self.tokens.contains($0) }
        let isText = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        guard isToken, isText, !Self.own.contains(name.lowercased()) else { return nil }
        (self.name, self.value) = (name, value.trimmingCharacters(in: .whitespaces))
    }

    private static let tokens = Set(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
    private static let own: Set = ["host", "content-length", "content-type", "transfer-encoding", "connection"]
}
