import Foundation
import Testing

/// HTTP as nobody should speak it: bytes on a socket, without a library that would refuse to send them.
///
/// Blocking calls on threads of their own, because Swift's threads are as few as the cores.
enum RawSocket {
    static let queue = DispatchQueue(label: "jarvis.tests.sockets", attributes: .concurrent)

    /// Sends bytes to a server of this machine, says that no more come, and gives what it answers until it closes.
    static func exchange(_ bytes: [UInt8], port: Int) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(
                    with: Result {
                        let descriptor = try connected(to: port)
                        defer { close(descriptor) }
                        write(bytes, to: descriptor)
                        shutdown(descriptor, Int32(SHUT_WR))
                        // Interim answers may come as soon as no more bytes do.
                        return String(decoding: read(descriptor) { _ in false }, as: UTF8.self)
                            .replacing("HTTP/1.1 100 Continue\r\n\r\n", with: "")
                    })
            }
        }
    }

    /// Sends a head, waits for what the server says to it, and sends the body only if that is `100 Continue`.
    ///
    /// - Returns: the first answer, and what came after the body; nil when it was not sent.
    static func asking(_ head: String, body: [UInt8], port: Int) async throws -> (first: String, last: String?) {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(
                    with: Result {
                        let descriptor = try connected(to: port)
                        defer { close(descriptor) }
                        write(Array(head.utf8), to: descriptor)
                        let first = answer(descriptor)
                        guard first.hasPrefix("HTTP/1.1 100") else { return (first, nil) }
                        write(body, to: descriptor)
                        return (first, answer(descriptor))
                    })
            }
        }
    }

    /// Sends a head, then one byte after another, and gives the seconds until the server has closed the connection.
    static func dripping(_ head: String, every pause: Duration, port: Int) async throws -> Double {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(
                    with: Result {
                        let descriptor = try connected(to: port)
                        defer { close(descriptor) }
                        let clock = ContinuousClock()
                        let start = clock.now
                        write(Array(head.utf8), to: descriptor)
                        while clock.now - start < .seconds(30) {
                            usleep(UInt32(pause / .microseconds(1)))
                            let sent = send(descriptor, [0x20], 1, Int32(MSG_NOSIGNAL))
                            if sent < 0 { break }
                        }
                        return (clock.now - start) / .seconds(1)
                    })
            }
        }
    }

    /// What comes until a head is complete.
    private static func answer(_ descriptor: Int32) -> String {
        let end = Array("\r\n\r\n".utf8)
        let bytes = read(descriptor) { bytes in bytes.indices.contains { bytes[$0...].starts(with: end) } }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Answers each connection once, on a free port, until `body` is done.
    ///
    /// - Parameter answer: bytes to send for the head of a request.
    static func serving<R>(
        _ answer: @escaping @Sendable (_ head: String) -> [UInt8], _ body: (_ port: Int) async throws -> R
    ) async throws -> R {
        try await accepting({ write(answer(head($0)), to: $0) }, body)
    }

    /// The head of a request.
    static func head(_ descriptor: Int32) -> String {
        String(decoding: read(descriptor) { $0.suffix(4) == Array("\r\n\r\n".utf8)[...] }, as: UTF8.self)
    }

    /// Hands each connection to a free port to `handle`, on a thread of its own, until `body` is done.
    static func accepting<R>(
        _ handle: @escaping @Sendable (_ descriptor: Int32) -> Void, _ body: (_ port: Int) async throws -> R
    ) async throws -> R {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listens = withPointer(to: &address) {
            bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
        }
        try #require(listens && listen(listener, 16) == 0)
        queue.async {
            // Ends when the listener is shut down.
            while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
                queue.async {
                    handle(descriptor)
                    close(descriptor)
                }
            }
            close(listener)
        }
        defer { shutdown(listener, Int32(SHUT_RDWR)) }
        return try await body(Int(UInt16(bigEndian: address.sin_port)))
    }

    static func connected(to port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // A server that hangs fails the test, and does not stop it.
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = loopback(port: port)
        let isConnected = withPointer(to: &address) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
        try #require(isConnected)
        return descriptor
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // The other side may have closed, as it should for some of what is sent.
            guard count > 0 else { return }
            sent += count
        }
    }

    static func read(_ descriptor: Int32, until isEnough: ([UInt8]) -> Bool) -> [UInt8] {
        var all: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65536)
        while !isEnough(all), case let count = recv(descriptor, &block, block.count, 0), count > 0 {
            all += block.prefix(count)
        }
        return all
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return address
    }

    private static func withPointer<R>(to address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> R)
        -> R
    {
        withUnsafeMutablePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
    }
}
