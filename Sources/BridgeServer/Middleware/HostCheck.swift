import BridgeRuntime
import BridgeSupport
import Foundation
import Hummingbird

/// Refuses requests for a server of another name before any work is done for them, and requests that name no host, or more than one.
///
/// The owner of a web page can make a name of the page resolve to this machine (DNS rebinding). The browser then takes the server for a
/// part of that page, and sends no `Origin` that would reveal it; the name in `Host` does. And when a proxy and this server read the same
/// request differently, the rules of either can be evaded (RFC 9112, 3.2).
struct HostCheck: Sendable {
    let names: ServerNames

    /// - Throws: `invalid_request`, `forbidden_host`.
    func check(_ request: Request) throws {
        // The first Host becomes the authority; any others stay among the headers.
        guard let authority = request.head.authority,
            !request.headers.contains(where: { $0.name.canonicalName == "host" })
        else {
            throw ServiceError.invalid("Host", "A request of HTTP/1.1 must have one Host header, not none or several.")
        }
        if names.isUsual(authority) { return }
        guard authority.utf8.allSatisfy({ Self.isOfHosts[Int($0)] }) else {
            throw ServiceError.invalid("Host", "Host must be a name or an address, perhaps with a port.")
        }
        // HTTP/1.0 clients need not name a host. No browser is such a client.
        guard authority.isEmpty || names.contain(authority) else {
            throw ServiceError(
                .forbiddenHost,
                "The Host of the request, \(authority.prefix(100)), is no name of this server. If it should be one, as behind a reverse proxy, set \(Keys.allowedHosts.names)."
            )
        }
    }

    /// For each byte, whether it is a letter, a digit, or another character of names, addresses and ports (RFC 3986, 3.2.2).
    private static let isOfHosts: [Bool] = {
        let letters = [UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z")].joined()
        let others = (UInt8(ascii: "0")...UInt8(ascii: "9")) + Array("-._~%!$&'()*+,;=:[]".utf8)
        let taken = Set(letters).union(others)
        return (0...UInt8.max).map(taken.contains)
    }()
}

/// The names that requests may have in `Host`. On a loopback address these are the machine's own and `allowed_hosts`. On other addresses
/// any name is accepted until `allowed_hosts` is set, since containers and networks assign names; addresses are always accepted there.
struct ServerNames: Sendable {
    private let names: Set<String>
    /// The same, alone and with the server's port, as they stand in most requests: found without taking them apart.
    private let usual: Set<String>
    private let takesAll: Bool
    private let takesAllAddresses: Bool

    /// - Parameter machine: the machine's own name.
    init(_ configuration: BridgeConfiguration, machine: String = ProcessInfo.processInfo.hostName) {
        let allowed = configuration[Keys.allowedHosts]
        takesAll = allowed.contains("*") || (allowed.isEmpty && !configuration.isLoopback)
        takesAllAddresses = !configuration.isLoopback
        let names = Set(
            ["localhost", "127.0.0.1", "::1", machine.lowercased()] + allowed.compactMap { Self.host(in: $0) })
        self.names = names
        usual = Set(names.flatMap { [$0, "\($0):\(configuration.port)"] }).filter {
            Self.host(in: $0).map(names.contains) ?? false
        }
    }

    /// Whether this is one of the names, as most requests write it.
    func isUsual(_ authority: String) -> Bool { usual.contains(authority) }

    /// Whether a request may name this authority.
    ///
    /// - Parameter authority: a host, with or without a port.
    func contain(_ authority: String) -> Bool {
        if takesAll { return true }
        guard let host = Self.host(in: authority) else { return false }
        if names.contains(host) { return true }
        let bytes = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        let isAddress = host.contains(":") || (bytes.count == 4 && !bytes.contains(nil))
        return isAddress && (takesAllAddresses || bytes.first == 127)
    }

    /// The host without its port, in lower case, and without the brackets of an IPv6 address or the dot at the end of a fully qualified
    /// name. nil if it is not a host.
    static func host(in authority: String) -> String? {
        let text = authority.utf8
        let isBracketed = text.first == UInt8(ascii: "[")
        let colon = UInt8(ascii: ":")
        let end = isBracketed ? text.firstIndex(of: UInt8(ascii: "]")) : text.firstIndex(of: colon) ?? text.endIndex
        guard let end else { return nil }
        var host = text[..<end]
        var port = text[end...]
        if isBracketed {
            host.removeFirst()
            port.removeFirst()
            guard host.allSatisfy({ Self.isHexadecimal($0) || $0 == colon || $0 == UInt8(ascii: ".") }),
                host.contains(colon)
            else { return nil }
        }
        guard port.isEmpty || port.first == colon, port.dropFirst().allSatisfy(Self.isDigit) else { return nil }
        if host.last == UInt8(ascii: ".") { host.removeLast() }
        return host.isEmpty ? nil : String(Substring(host)).lowercased()
    }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte | 0x20
    }
}
