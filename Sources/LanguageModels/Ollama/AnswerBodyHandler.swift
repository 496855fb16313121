import NIOCore
import NIOHTTP1
import Synchronization

/// Answers that are asked for, each under a number, until the connection that its request is written to takes it.
///
/// The number travels in a header of the request, the only thing that reaches a connection's handlers through the HTTP client;
/// ``AnswerBodyHandler`` takes it off again.
final class AnswerBodies: Sendable {
    static let header = "X-Answer-Body"

    private let state = Mutex<(last: Int, waiting: [String: AnswerBody])>((0, [:]))

    /// Returns the value of the header for a request whose answer goes to `body`.
    func expect(_ body: AnswerBody) -> String {
        state.withLock { state in
            state.last += 1
            state.waiting[String(state.last)] = body
            return String(state.last)
        }
    }

    /// nil if it was taken before.
    @discardableResult func take(_ number: String) -> AnswerBody? {
        state.withLock { $0.waiting.removeValue(forKey: number) }
    }
}

/// Gives the body of a successful streamed answer to its ``AnswerBody``, past the HTTP client, which sees its head and its end.
///
/// Stands between the decoder of the connection and the client's handler. Bodies of other requests, and of failed ones, pass through.
final class AnswerBodyHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private let bodies: AnswerBodies
    /// Of the request in progress.
    private var body: AnswerBody?
    /// Whether the bytes that come are for ``body``: those of an error are the client's.
    private var takesBody = false
    /// Whether the client has nothing to hear of what was read last.
    private var tookAll = false

    init(_ bodies: AnswerBodies) {
        self.bodies = bodies
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        (body, takesBody) = (nil, false)
        if let number = head.headers.first(name: AnswerBodies.header) {
            body = bodies.take(number)
            head.headers.remove(name: AnswerBodies.header)
        }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let body else { return context.fireChannelRead(data) }
        switch unwrapInboundIn(data) {
        case .body(let bytes) where takesBody:
            tookAll = true
            return body.receive(bytes)
        case .head(let head):
            takesBody = head.status == .ok
            context.fireChannelRead(data)
        case .body:
            context.fireChannelRead(data)
        case .end:
            self.body = nil
            // The client learns of it first: a reader that has seen the end may let go of the answer, which the client would take
            // for giving up in the middle of it.
            context.fireChannelRead(data)
            body.end(.success(()))
        }
        tookAll = false
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Reading on from here spares the question to the client, which has no reason to wait.
        if tookAll { read(context: context) } else { context.fireChannelReadComplete() }
        tookAll = false
    }

    func read(context: ChannelHandlerContext) {
        guard let body, !body.hasRoom else { return context.read() }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        if body.hasRoom(orElse: { bound.eventLoop.execute { bound.value.read() } }) { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        body.take()?.end(.failure(error))
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        body.take()?.end(.failure(ChannelError.eof))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        body.take()?.end(.failure(ChannelError.eof))
    }
}
