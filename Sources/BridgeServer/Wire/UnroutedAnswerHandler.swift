import BridgeSupport
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTPTypes

/// What is answered below the router. Hummingbird's bare 400, for bytes that are not HTTP or that have a method or header unknown to the
/// parser, gets the envelope and a request id. `100 Continue` is written, which Hummingbird's writer does not know.
///
/// One handler for both, because each costs every write and flush of every answer a call.
final class UnroutedAnswerHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Sent when a route begins to read a body whose client waits until it is asked for it.
    struct BodyIsWanted {}

    private static let error = ServiceError(
        .invalidRequest, "The request is not HTTP/1.1 that this server can read: check its first line and its headers.")

    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // All answers of the router have an id.
        guard case .head(var head) = unwrapOutboundIn(data), head.status == .badRequest,
            head.headerFields[.requestID] == nil,
            let body = try? Wire.encode(ErrorBody(Self.error))
        else { return context.write(data, promise: promise) }
        let id = RequestLogMiddleware.newIdentifier()
        logger.info("unreadable request", metadata: ["request_id": "\(id)", "status": .stringConvertible(400)])
        head.headerFields[.requestID] = id
        head.headerFields[.contentType] = "application/json; charset=utf-8"
        head.headerFields[.contentLength] = "\(body.count)"
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: promise)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyIsWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        context.writeAndFlush(wrapOutboundOut(.head(.init(status: .continue))), promise: promise)
    }
}
