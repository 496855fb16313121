import NIOCore
import NIOHTTP1

extension ConnectionHandler {
    static func makeParser(_ limits: NIOHTTPDecoderLimitConfiguration) -> ByteToMessageHandler<HTTPRequestDecoder> {
        // It keeps bytes only after it has stopped, behind a request that offers another protocol.
        ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits),
            maximumBufferSize: 512 << 10)
    }

    /// The parser has stopped at the end of a request that offers another protocol. A new parser gets the bytes that it has not read.
    func renewParser(_ context: ChannelHandlerContext) {
        guard let old = parser else { return }
        let (new, pipeline) = (Self.makeParser(parserLimits), context.pipeline.syncOperations)
        do {
            try pipeline.addHandler(new, position: .after(old))
            parser = new
            let isDone = context.eventLoop.makePromise(of: Void.self)
            pipeline.removeHandler(old, promise: isDone)
            // The old one's leftovers are passed on as new bytes, without the event for the end of a read.
            isDone.futureResult.assumeIsolated().whenSuccess { self.channelReadComplete(context: context) }
        } catch {
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }

    /// Whether the parser is still there, which the door of another protocol takes out.
    func hasParser(_ context: ChannelHandlerContext) -> Bool {
        guard let parser else { return false }
        return (try? context.pipeline.syncOperations.context(handler: parser)) != nil
    }
}
