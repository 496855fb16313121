import BridgeSupport
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// What is answered below the router: Hummingbird's bare 400, for bytes that are not HTTP or that have a method or header unknown to the
/// parser, gets the envelope and a request id.
struct UnreadableRequest: Sendable {
    private let logger: Logger

    init(logger: Logger = Logger(label: "jarvis-bridges")) { self.logger = logger }

    private static let error = ServiceError(
        .invalidRequest, "The request is not HTTP/1.1 that this server can read: check its first line and its headers.")

    /// Changes the head of an answer if it is that bare 400.
    ///
    /// - Returns: the body that belongs to it then.
    func answer(_ head: inout HTTPResponseHead) -> ByteBuffer? {
        // All answers of the router have an id.
        guard head.status == .badRequest, !head.headers.contains(name: HTTPField.Name.requestID.rawName) else {
            return nil
        }
        let body = Self.error.envelope
        let id = RequestIdentifier.new()
        logger.info("unreadable request", metadata: ["request_id": "\(id)", "status": .stringConvertible(400)])
        head.headers.replaceOrAdd(name: HTTPField.Name.requestID.rawName, value: id)
        head.headers.replaceOrAdd(name: HTTPField.Name.contentType.rawName, value: Response.jsonType)
        head.headers.replaceOrAdd(name: HTTPField.Name.contentLength.rawName, value: "\(body.readableBytes)")
        return body
    }
}
