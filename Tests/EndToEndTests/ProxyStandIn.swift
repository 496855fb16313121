import Foundation

/// Proxies on this machine that lead every connection to one port, whatever was asked for.
enum ProxyStandIn {
    /// An HTTP proxy that takes CONNECT alone, from clients that send `authorization`, or from all where that is nil.
    static func http<R>(
        to target: Int, authorization: String? = nil, _ body: (_ port: Int) async throws -> R
    ) async throws -> R {
        try await RawSocket.accepting(
            { client in
                let head = RawSocket.head(client)
                let isAllowed = authorization.map { head.contains("proxy-authorization: \($0)\r\n") } ?? true
                guard isAllowed, head.hasPrefix("CONNECT ") else {
                    let status = isAllowed ? "405 Method Not Allowed" : "407 Proxy Authentication Required"
                    return RawSocket.write(Array("HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n".utf8), to: client)
                }
                RawSocket.write(Array("HTTP/1.1 200 OK\r\n\r\n".utf8), to: client)
                join(client, target)
            }, body)
    }

    /// An HTTP proxy that connects nobody to anywhere.
    static func refusing<R>(_ body: (_ port: Int) async throws -> R) async throws -> R {
        try await RawSocket.serving(
            { _ in Array("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".utf8) }, body)
    }

    /// A SOCKS 5 proxy (RFC 1928) that asks for no user.
    static func socks<R>(to target: Int, _ body: (_ port: Int) async throws -> R) async throws -> R {
        try await RawSocket.accepting(
            { client in
                guard RawSocket.read(client, until: { $0.count >= 3 }).first == 5 else { return }
                RawSocket.write([5, 0], to: client)
                // Version, command, reserved, kind 3 and length of the name; the name; the port.
                let request = RawSocket.read(client) { $0.count >= 5 && $0.count >= 7 + Int($0[4]) }
                guard request.count > 3, request[1] == 1, request[3] == 3 else { return }
                RawSocket.write([5, 0, 0, 1, 0, 0, 0, 0, 0, 0], to: client)
                join(client, target)
            }, body)
    }

    /// Passes bytes on, both ways, until one side has closed.
    private static func join(_ client: Int32, _ target: Int) {
        guard let server = try? RawSocket.connected(to: target) else { return }
        RawSocket.queue.async { pass(client, server) }
        pass(server, client)
        close(server)
    }

    private static func pass(_ source: Int32, _ destination: Int32) {
        var block = [UInt8](repeating: 0, count: 65536)
        while case let count = recv(source, &block, block.count, 0), count > 0 {
            RawSocket.write(Array(block.prefix(count)), to: destination)
        }
        shutdown(destination, Int32(SHUT_RDWR))
    }
}
