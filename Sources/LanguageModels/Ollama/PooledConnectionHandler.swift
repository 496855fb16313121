import NIOCore
import NIOHTTP1

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A request was given to a pooled connection that the server had already closed.
struct ClosedBeforeUse: Error {}

/// Distinguishes a connection that the server had closed before a request was written to it from one that closes during the request,
/// which the HTTP client does not: the failure of the former becomes ``ClosedBeforeUse``.
///
/// The system is asked at the head of each request. A server's close may then have arrived without having been read. If
/// the system cannot be asked, no connection counts as closed before.
final class PooledConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    /// Whether a request has been written since the last answer began.
    private var isWaiting = false
    /// Whether the connection was closed when that request was written.
    private var wasClosed = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head = unwrapOutboundIn(data) {
            isWaiting = true
            look(context.channel)
        }
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isWaiting = false
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Of bytes that are not an answer, the decoder's error tells more.
        let wasUnused = isWaiting && wasClosed && !(error is HTTPParserError)
        context.fireErrorCaught(wasUnused ? ClosedBeforeUse() : error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isWaiting, wasClosed { context.fireErrorCaught(ClosedBeforeUse()) }
        context.fireChannelInactive()
    }

    private func look(_ channel: any Channel) {
        wasClosed = false
        #if os(Linux)
            // On the channel's own event loop the answer is immediate.
            (channel as? any SocketOptionProvider)?.getTCPInfo().assumeIsolated().whenSuccess { info in
                self.wasClosed = Int(info.tcpi_state) != Int(TCP_ESTABLISHED)
            }
        #endif
    }
}
