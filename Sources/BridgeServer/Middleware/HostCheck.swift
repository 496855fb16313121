import BridgeRuntime
import BridgeSupport
import Foundation
import Hummingbird

/// Refuses requests for a server of another name before any work is done for them.
///
/// The owner of a web page can make a name of the page resolve to this machine (DNS rebinding). The browser then takes the server for a
/// part of that page, and sends no `Origin` that would reveal it; the name in `Host` does.
struct HostCheck: RequestCheck {
    let names: ServerNames

    func check(_ request: Request, _ context: inout BridgeContext) throws {
        // HTTP/1.0 clients need not name a host. No browser is such a client.
        if let host = request.head.authority, !host.isEmpty, !names.contain(host) {
            throw ServiceError(
                .forbiddenHost,
                "The Host of the request, \(host.prefix(100)), is no name of this server. If it should be one, as behind a reverse proxy, set \(Keys.allowedHosts.names)."
            )
        }
    }
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

    /// Whether a request may name this authority.
    ///
    /// - Parameter authority: a host, with or without a port.
    func contain(_ authority: String) -> Bool {
        if takesAll || usual.contains(authority) { return true }
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
