import BridgeRuntime
import BridgeSupport
import HTTPTypes
import Hummingbird
import NIOCore

/// Who a request comes from, also where proxies stand between.
///
/// What a proxy says of its client counts only if the proxy is trusted: anybody can write the header. Each proxy adds the address that it
/// sees at the end, so the list is read from there, and the first address that is not a trusted proxy is the client.
struct ClientAddress: Sendable {
    /// The proxies whose word counts.
    let trusted: [NetworkRange]
    /// Where they write the address. Only one header counts: proxies pass on the other as the client has sent it.
    let header: Keys.ProxyHeader

    /// - Parameters:
    ///   - peer: the other end of the connection.
    ///   - values: all values of ``header``, in their order.
    func client(peer: NetworkAddress, values: [String]) -> NetworkAddress {
        guard isTrusted(peer) else { return peer }
        let elements = values.flatMap { $0.split(separator: ",") }.suffix(Self.mostProxies)
        var client = peer
        for element in elements.reversed() {
            // "unknown", a made-up name or nonsense: nobody knows who is behind the last one.
            guard let address = address(in: element) else { return client }
            client = address
            guard isTrusted(address) else { return client }
        }
        return client
    }

    private func isTrusted(_ address: NetworkAddress) -> Bool { trusted.contains { $0.contains(address) } }

    private func address(in element: Substring) -> NetworkAddress? {
        guard header == .forwarded else { return NetworkAddress(element) }
        // Parameters in any order (RFC 7239), of which "for" names whom the proxy has seen.
        let pairs = element.split(separator: ";").map { $0.split(separator: "=", maxSplits: 1) }
        let pair = pairs.first { $0.count == 2 && $0[0].filter { $0 != " " }.lowercased() == "for" }
        return pair.flatMap { NetworkAddress($0[1].filter { $0 != "\"" && $0 != " " }) }
    }

    /// More proxies than stand one behind another anywhere.
    private static let mostProxies = 32
}

extension ClientAddress {
    init(_ configuration: BridgeConfiguration) {
        trusted = configuration[Keys.trustedProxies]
        header = configuration[Keys.proxyHeader]
    }

    /// Whom a request without a key is counted for.
    func payer(of request: Request, on channel: any Channel) -> String {
        // A connection without an address comes from this machine.
        guard let peer = channel.remoteAddress?.ipAddress.flatMap({ NetworkAddress($0) }) else { return "local" }
        let name = header == .forwarded ? HTTPField.Name.forwarded : .xForwardedFor
        return client(peer: peer, values: request.headers[values: name]).customer
    }
}
