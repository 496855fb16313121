import NIOCore
import NIOHTTP1

extension ConnectionHandler {
    /// A client that has closed its side may be gone, or it may have sent everything and now wait for the answer, as HTTP allows
    /// (`nc -N`, `shutdown(SHUT_WR)`).
    ///
    /// TCP distinguishes the two only when something is sent: the machine of a client that is gone refuses it, and the connection
    /// breaks, which cancels the work. So, if no answer has begun, an interim answer is sent, which a waiting client skips (RFC 9110, 15.2);
    /// in a stream, bytes without meaning between its messages. This is repeated now and then, as a waiting client may leave later.
    func inputClosed(_ context: ChannelHandlerContext) {
        ask(context, in: patience.question)
        guard state.keepsOldClientWaiting else { return }
        departure = schedule(context, in: patience.old) { $1.close(promise: nil) }
    }

    private func ask(_ context: ChannelHandlerContext, in time: TimeAmount) {
        question = schedule(context, in: time) { handler, context in
            handler.ask(context)
            handler.ask(context, in: handler.patience.interval)
        }
    }

    private func ask(_ context: ChannelHandlerContext) {
        if let stream = state.stream {
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(stream.nothing))), promise: nil)
        } else if state.mayAsk {
            let interim = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(interim)), promise: nil)
        }
    }
}
