import BridgeSupport
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTPTypes

/// Adds the envelope and a request id to the one answer that is made below the router: Hummingbird's bare 400 for bytes that are not
/// HTTP, or that have a method or header unknown to the parser.
final class UnreadableRequestHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

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
}
