import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Sends `100 Continue` to clients that wait for it before they send a body (RFC 9110, 10.1.1; curl does from 1 MB on), at the
/// moment when a route begins to read. Bodies of requests that are refused by their headers are never sent at all.
///
/// Written here because Hummingbird answers no expectation.
struct ContinueMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: BridgeContext, next: (Request, BridgeContext) async throws -> Response
    ) async throws -> Response {
        guard request.headers[.expect]?.lowercased() == "100-continue" else { return try await next(request, context) }
        var request = request
        request.body = RequestBody(asyncSequence: ExpectedBody(body: request.body, channel: context.channel))
        return try await next(request, context)
    }
}

/// A body whose client waits until it is asked for it.
private struct ExpectedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let body: RequestBody
    let channel: any Channel

    func makeAsyncIterator() -> RequestBody.AsyncIterator {
        channel.triggerUserOutboundEvent(ContinueHandler.Event.bodyIsWanted, promise: nil)
        return body.makeAsyncIterator()
    }
}

/// Writes the interim answer, bypassing Hummingbird's writer, which only knows final answers.
final class ContinueHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    enum Event { case bodyIsWanted }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is Event else { return context.triggerUserOutboundEvent(event, promise: promise) }
        context.writeAndFlush(wrapOutboundOut(.head(.init(status: .continue))), promise: promise)
    }
}
