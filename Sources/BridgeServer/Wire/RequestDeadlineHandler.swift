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
    /// Runs while a request is being sent, from the end of the read that began it on: most requests come whole in one, and need
    /// no timer.
    private var deadline: Scheduled<Void>?
    /// Whether a request has begun to come.
    private var isComing = false
    private var stop: Scheduled<Void>?
    /// Between the head of a request and its end.
    private var isUploading = false
    /// Requests that came whole and were not answered to the end.
    private var unanswered = 0
    /// Whether bytes came behind a request that is being answered: those of the next one, perhaps. Until then it is the server
    /// that lets it wait.
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
            begin()
        case .body: break
        case .end:
            cancel()
            (isComing, isUploading, hasMore) = (false, false, false)
            unanswered += 1
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isComing { start(context) }
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
        guard case .end = unwrapOutboundIn(data) else { return }
        unanswered -= 1
        guard hasMore else { return }
        (isComing, hasMore) = (true, false)
        start(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ArrivalHandler.BytesArrived {
            return begin()
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

    private func begin() {
        if unanswered > 0 { hasMore = true } else { isComing = true }
    }

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
