import Foundation

/// The address of a machine, of either kind. An IPv4 address within IPv6 is the IPv4 address.
public struct NetworkAddress: Sendable, Hashable {
    /// 4 or 16.
    public let bytes: [UInt8]

    /// Reads `192.0.2.1`, `2001:db8::1`, `[2001:db8::1]`, each with a port or without one; nil for anything else.
    public init?(_ text: some StringProtocol) {
        var text = text.trimmingCharacters(in: .whitespaces)
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"), Self.isPort(text[text.index(after: end)...]) else { return nil }
            text = String(text[text.index(after: text.startIndex)..<end])
            guard text.contains(":") else { return nil }
        } else if let colon = text.firstIndex(of: ":"), text.lastIndex(of: ":") == colon {
            guard Self.isPort(text[colon...]) else { return nil }
            text = String(text[..<colon])
        }
        // A zone, as in fe80::1%eth0, means nothing elsewhere.
        if let zone = text.firstIndex(of: "%") { text = String(text[..<zone]) }
        var (old, new) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, text, &old) == 1 {
            bytes = withUnsafeBytes(of: &old) { Array($0) }
        } else if inet_pton(AF_INET6, text, &new) == 1 {
            let all = withUnsafeBytes(of: &new) { Array($0) }
            bytes = all.starts(with: Self.mapped) ? Array(all.suffix(4)) : all
        } else {
            return nil
        }
    }

    private static let mapped = [UInt8](repeating: 0, count: 10) + [255, 255]

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty
            || (text.first == ":" && (1...5).contains(text.count - 1) && text.dropFirst().allSatisfy(\.isNumber))
    }

    /// What stands for the customer: all of an IPv4 address, and the first 64 bits of an IPv6 address, of which each has as many addresses as
    /// it likes.
    public var customer: String {
        let digits = bytes.prefix(bytes.count == 4 ? 4 : 8).map { byte in
            String(byte, radix: 16).count == 1 ? "0\(String(byte, radix: 16))" : String(byte, radix: 16)
        }
        return bytes.count == 4
            ? bytes.map(String.init).joined(separator: ".")
            : stride(from: 0, to: 8, by: 2).map { digits[$0] + digits[$0 + 1] }.joined(separator: ":") + "::/64"
    }
}

/// Addresses that begin alike, as in `10.0.0.0/8`.
public struct NetworkRange: Sendable, Hashable {
    private let first: NetworkAddress
    private let bits: Int

    /// Reads an address, alone or with a slash and a number of bits; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), !text.contains("]:"), let first = NetworkAddress(parts[0]) else {
            return nil
        }
        let all = first.bytes.count * 8
        guard let bits = parts.count == 1 ? all : Int(parts[1]), (0...all).contains(bits) else { return nil }
        (self.first, self.bits) = (first, bits)
    }

    /// Whether the address is one of them.
    public func contains(_ address: NetworkAddress) -> Bool {
        guard address.bytes.count == first.bytes.count else { return false }
        let (whole, rest) = bits.quotientAndRemainder(dividingBy: 8)
        guard address.bytes.prefix(whole) == first.bytes.prefix(whole) else { return false }
        return rest == 0 || address.bytes[whole] >> (8 - rest) == first.bytes[whole] >> (8 - rest)
    }
}
