import NIOCore
import NIOHTTP1

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One connection to the fake server: requests come parsed, answers go out as raw bytes.
///
/// Not an `NIOAsyncChannel`, which ends the process when a server stops between accepting a connection and serving it.
struct FakeConnection: Sendable {
    let requests: AsyncStream<FakeOllama.Exchange>
    private let channel: any Channel

    /// Must be called on the channel's event loop, before it becomes active.
    init(on channel: any Channel) throws {
        let (requests, continuation) = AsyncStream<FakeOllama.Exchange>.makeStream()
        self.requests = requests
        self.channel = channel
        try channel.pipeline.syncOperations.addHandlers([
            ByteToMessageHandler(HTTPRequestDecoder()), RequestCollector(continuation),
        ])
    }

    func write(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Both go out in one packet.
    func writeAndClose(_ bytes: [UInt8]) async throws {
        #if os(Linux)
            let holdBack = NIOBSDSocket.Option(rawValue: TCP_CORK)
        #else
            let holdBack = NIOBSDSocket.Option(rawValue: TCP_NOPUSH)
        #endif
        // In one turn of the loop: the system holds bytes back for no more than a fifth of a second.
        try await channel.eventLoop.flatSubmit { [channel] in
            channel.setOption(.tcpOption(holdBack), value: 1)
                .flatMap { channel.writeAndFlush(ByteBuffer(bytes: bytes)) }
                .flatMap { channel.close() }
        }.get()
    }

    func close() { channel.close(promise: nil) }

    /// Returns once either side has closed the connection; closes it when the task is cancelled.
    func closed() async {
        await withTaskCancellationHandler {
            try? await channel.closeFuture.get()
        } onCancel: {
            close()
        }
    }
}

/// Assembles the parts of each request.
private final class RequestCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let requests: AsyncStream<FakeOllama.Exchange>.Continuation
    private var current: FakeOllama.Exchange?

    init(_ requests: AsyncStream<FakeOllama.Exchange>.Continuation) {
        self.requests = requests
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            current = FakeOllama.Exchange(
                method: head.method.rawValue, path: head.uri,
                headers: Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { $1 }, body: [],
                connection: 0)
        case .body(let bytes):
            current?.body += Array(buffer: bytes)
        case .end:
            if let current { requests.yield(current) }
            current = nil
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        requests.finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
