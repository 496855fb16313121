import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import LanguageModels

@Suite(.timeLimit(.minutes(1)))
struct PooledConnectionHandlerTests {
    /// Keeps the errors of a channel until it has closed.
    private final class ErrorKeeper: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart

        private let done: EventLoopPromise<[any Error]>
        private var errors: [any Error] = []

        init(_ done: EventLoopPromise<[any Error]>) { self.done = done }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { errors.append(error) }
        func channelInactive(context: ChannelHandlerContext) { done.succeed(errors) }
    }

    /// What a client hears that writes to a connection, and how the server closes it: before the client writes, perhaps with words that are
    /// no answer, or behind that.
    private func errors(closing isBefore: Bool, saying words: String? = nil) async throws -> [any Error] {
        let (listener, port) = try listening()
        defer { close(listener) }
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let done = loop.makePromise(of: [any Error].self)
        // Nothing is read until the test says so, as when the close has come and nobody has looked yet.
        let channel = try await ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        HTTPRequestEncoder(), ByteToMessageHandler(HTTPResponseDecoder()), PooledConnectionHandler(),
                        ErrorKeeper(done))
                    return channel
                }
            }
        let server = accept(listener, nil, nil)
        try #require(server >= 0)
        // In one turn of the loop, which can see the close no sooner than it writes.
        try await channel.eventLoop.flatSubmit {
            if let words {
                _ = words.utf8CString.withUnsafeBytes { send(server, $0.baseAddress, $0.count - 1, 0) }
                shutdown(server, Int32(SHUT_WR))
            } else if isBefore {
                close(server)
            }
            let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/api/generate")
            return channel.writeAndFlush(HTTPClientRequestPart.head(head))
        }.get()
        if words != nil {
            defer { close(server) }
            try? await channel.setOption(.autoRead, value: true).get()
            return try await done.futureResult.get()
        }
        if !isBefore {
            var byte: UInt8 = 0
            while recv(server, &byte, 1, 0) == 1, byte != UInt8(ascii: "t") {}
            close(server)
        }
        // The system may have told already.
        try? await channel.setOption(.autoRead, value: true).get()
        return try await done.futureResult.get()
    }

    private func listening() throws -> (listener: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listens = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 1) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        try #require(listens)
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    @Test
    func aConnectionClosedBeforeARequestSaysSo() async throws {
        #expect(try await errors(closing: true).first is ClosedBeforeUse)
    }

    @Test
    func bytesThatAreNoAnswerAreToldAsSuch() async throws {
        #expect(try await errors(closing: true, saying: "220 files, please\r\n").first is HTTPParserError)
    }

    @Test
    func aConnectionClosedAfterARequestDoesNotSaySo() async throws {
        #expect(try await !errors(closing: false).contains { $0 is ClosedBeforeUse })
    }
}
