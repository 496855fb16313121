import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Finds out what it means that a client has closed its side of a connection: it may be gone, or it may have sent all it has to
/// send and wait for the answer, as HTTP allows it to (`nc -N`, `shutdown(SHUT_WR)`).
///
/// TCP tells the two apart only when something is sent: the machine of a client that is gone refuses it, and the connection
/// breaks, which cancels the work. So where no answer is under way yet, an interim one is sent, which a waiting client passes over
/// (RFC 9110, 15.2); in a stream, what means nothing between its messages. It is sent again now and then: who waited may leave.
final class DepartureHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let patience: TimeAmount
    private let interval: TimeAmount
    /// Requests that came whole less answers that have begun. An answer may begin before its request ends.
    private var unanswered = 0
    /// Between the head of an answer and its end, where nothing may come between.
    private var isAnswering = false
    /// How the answer that is being written sends its messages, if it sends messages.
    private var stream: EventStream?
    private var question: Scheduled<Void>?

    /// - Parameters:
    ///   - patience: how long answers may take that nobody needs to be asked about.
    ///   - interval: time between two questions.
    init(patience: TimeAmount = .milliseconds(250), interval: TimeAmount = .seconds(5)) {
        self.patience = patience
        self.interval = interval
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data) { unanswered += 1 }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.kind != .informational:
            unanswered -= 1
            isAnswering = true
            stream = EventStream(contentType: head.headerFields[.contentType])
        case .end: (isAnswering, stream) = (false, nil)
        case .head, .body: break
        }
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            ask(context, in: patience)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func ask(_ context: ChannelHandlerContext, in time: TimeAmount) {
        question = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
            self.ask(context)
            self.ask(context, in: self.interval)
        }
    }

    private func ask(_ context: ChannelHandlerContext) {
        if let stream {
            context.writeAndFlush(wrapOutboundOut(.body(stream.nothing)), promise: nil)
        } else if unanswered > 0, !isAnswering {
            context.writeAndFlush(wrapOutboundOut(.head(.init(status: .continue))), promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        question?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { question?.cancel() }
}
