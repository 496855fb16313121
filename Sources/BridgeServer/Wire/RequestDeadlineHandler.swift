import BridgeSupport
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Ends requests whose client takes too long to send them, a byte now and then perhaps: the connection is closed, and an upload
/// that has begun when the server stops gets what is left of the server's time, and an answer that says so.
///
/// A request is timed from its first byte on, the first of a connection from the connection on. Hummingbird's own time limit is
/// for connections on which nothing comes at all.
final class RequestDeadlineHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limit: TimeAmount
    private let grace: TimeAmount
    /// Runs while a request is being sent.
    private var deadline: Scheduled<Void>?
    private var stop: Scheduled<Void>?
    /// Between the head of a request and its end.
    private var isUploading = false
    /// Requests that came whole and were not answered to the end.
    private var unanswered = 0
    /// Whether bytes came behind a request that is being answered: those of the next one, perhaps.
    private var hasMore = false

    /// - Parameters:
    ///   - limit: for sending one request.
    ///   - grace: for what runs when the server stops.
    init(limit: TimeAmount, grace: TimeAmount) {
        self.limit = limit
        self.grace = grace
    }

    func handlerAdded(context: ChannelHandlerContext) { start(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isUploading = true
            start(context)
        case .body: break
        case .end:
            cancel()
            (isUploading, hasMore) = (false, false)
            unanswered += 1
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
        guard case .end = unwrapOutboundIn(data) else { return }
        unanswered -= 1
        if hasMore { start(context) }
        hasMore = false
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ArrivalHandler.BytesArrived {
            if unanswered > 0 { hasMore = true } else { start(context) }
            return
        }
        if event is ChannelShouldQuiesceEvent, isUploading {
            stop = context.eventLoop.assumeIsolated().scheduleTask(in: grace) {
                // Whoever reads the body gets this, and answers with it.
                context.fireErrorCaught(ServiceError.stopping)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { cancel() }

    private func start(_ context: ChannelHandlerContext) {
        guard deadline == nil else { return }
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { context.close(promise: nil) }
    }

    private func cancel() {
        deadline?.cancel()
        stop?.cancel()
        deadline = nil
    }
}
