import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Sends `100 Continue` to clients that wait for it before they send a body (RFC 9110, 10.1.1; curl does from 1 MB on), at the
/// moment when a route begins to read. Bodies of requests that are refused by their headers are never sent at all.
///
/// Written here because Hummingbird answers no expectation.
extension Request {
    func askingForItsBody(on channel: any Channel) -> Request {
        guard headers[.expect]?.lowercased() == "100-continue" else { return self }
        var request = self
        request.body = RequestBody(asyncSequence: ExpectedBody(body: body, channel: channel))
        return request
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
