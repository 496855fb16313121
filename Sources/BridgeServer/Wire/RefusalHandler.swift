import BridgeSupport
import HTTPTypes
import NIOCore
import NIOHTTP1

/// Refuses by itself, for a moment, what a route has just refused on this connection, as long as the reason lasts.
///
/// Under many times the load that a bridge can carry, nearly all that is asked for is refused, and each refusal takes processor time from
/// what is answered. Most of its cost is what makes a task's work of a request: conversions, changes of thread, layers that look at the
/// same head again and come to the same end. A request with the same head as the one before it needs none of that.
///
/// Stands above ``ConnectionHandler``, which sends these answers, and counts them as those of a route that answers before it has read the
/// body.
final class RefusalHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Sent by a route before it refuses a request that it would refuse again.
    struct Offer: Sendable {
        /// The longest body of which that is known.
        var bodyLimit: Int
        /// Refuses another such request, and counts it; nil once there is no reason any more.
        var refuse: @Sendable () -> Refusal?
        /// Logs the requests with these ids, which were refused: one line for many, so that a flood of requests is none of lines.
        var log: @Sendable (_ ids: [String]) -> Void
    }

    /// What one refusal says.
    struct Refusal {
        /// The id of the request.
        var id: String
        var error: ServiceError
    }

    /// A refusal that is repeated.
    private struct Standing {
        var request: HTTPRequestHead
        /// The answer up to the value of its last field, the id, which is different each time.
        var head: ByteBuffer
        /// The newest refusal, and the rest of its answer: most say the same.
        var newest: (message: String, pause: String?, rest: ByteBuffer)?
        var offer: Offer
        /// When it ends.
        var end: Scheduled<Void>
    }

    /// So long nothing else that the route looks at is assumed to change: its keys, its configuration, the crowd of connections.
    private static let lifetime = TimeAmount.seconds(1)
    private static let idsOfALine = 64

    private var connection: ConnectionHandler?
    /// Requests that have gone up and are not answered yet.
    private var unanswered = 0
    /// Of these.
    private var lastHead: HTTPRequestHead?
    private var offer: Offer?
    private var standing: Standing?
    /// The ids of those that it has refused and the log doesn't have yet.
    private var ids: [String] = []
    /// Whether what comes belongs to a request that was refused here.
    private var isRefusing = false
    private var isUpgraded = false

    func handlerAdded(context: ChannelHandlerContext) {
        connection = try? context.pipeline.syncOperations.handler(type: ConnectionHandler.self)
    }

    // MARK: What comes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isUpgraded else { return context.fireChannelRead(data) }
        if case .head(let head) = unwrapInboundIn(data) {
            isRefusing = refuse(head, context)
            if !isRefusing {
                unanswered += 1
                lastHead = head
            }
        }
        if !isRefusing { context.fireChannelRead(data) }
    }

    private func refuse(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) -> Bool {
        guard let standing, unanswered == 0, context.channel.isWritable, let connection, connection.takesWholeAnswer,
            head.isRepeated(standing.request, bodyLimit: standing.offer.bodyLimit),
            let refusal = standing.offer.refuse()
        else { return false }
        ids.append(refusal.id)
        if ids.count == Self.idsOfALine { log() }
        connection.answer(whole: bytes(of: refusal, after: standing.head))
        return true
    }

    private func log() {
        guard let standing, !ids.isEmpty else { return }
        standing.offer.log(ids)
        ids.removeAll(keepingCapacity: true)
    }

    /// From now on the route is asked again.
    private func end() {
        log()
        standing?.end.cancel()
        standing = nil
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        connection = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func bytes(of refusal: Refusal, after head: ByteBuffer) -> ByteBuffer {
        let rest = rest(for: refusal.error)
        var bytes = head
        bytes.reserveCapacity(minimumWritableBytes: refusal.id.utf8.count + rest.readableBytes)
        bytes.writeString(refusal.id)
        bytes.writeImmutableBuffer(rest)
        return bytes
    }

    /// The fields that depend on what a refusal says, and its body.
    private func rest(for error: ServiceError) -> ByteBuffer {
        let pause = error.retryAfterText
        if let newest = standing?.newest, newest.message == error.message, newest.pause == pause { return newest.rest }
        let body = error.envelope
        var rest = ByteBuffer(string: "\r\n")
        rest.write(.contentLength, String(body.readableBytes))
        if let pause { rest.write(.retryAfter, pause) }
        rest.writeString("\r\n")
        rest.writeImmutableBuffer(body)
        standing?.newest = (error.message, pause, rest)
        return rest
    }

    // MARK: What goes

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let event = event as? Offer else { return context.triggerUserOutboundEvent(event, promise: promise) }
        offer = event
        promise?.succeed()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if !isUpgraded {
            switch unwrapOutboundIn(data) {
            case .head(let head) where head.status == .switchingProtocols: isUpgraded = true
            case .head(let head) where head.status.code >= 200: begin(head, context)
            case .end:
                unanswered -= 1
                if unanswered == 0 { lastHead = nil }
            default: break
            }
        }
        context.write(data, promise: promise)
    }

    /// An answer begins, which is the refusal if one was offered.
    private func begin(_ head: HTTPResponseHead, _ context: ChannelHandlerContext) {
        guard let offer else { return }
        self.offer = nil
        // Of several requests it is not known which one is answered.
        guard unanswered == 1, let lastHead, head.status == .serviceUnavailable else { return }
        end()
        standing = Standing(
            request: lastHead, head: ByteBuffer(refusal: head), offer: offer,
            end: context.eventLoop.assumeIsolated().scheduleTask(in: Self.lifetime) { self.end() })
    }
}

extension ByteBuffer {
    /// The beginning of a refusal, up to the value of its id. Only whole answers are sent in this way, so that the encoder isn't needed,
    /// which would make the same bytes for each of them.
    fileprivate init(refusal head: HTTPResponseHead) {
        self.init(string: "HTTP/1.1 \(head.status.code) \(head.status.reasonPhrase)\r\n")
        // Each refusal has its own.
        let own = [HTTPField.Name.requestID, .contentLength, .retryAfter].map(\.canonicalName)
        for (name, value) in head.headers where !own.contains(name.lowercased()) {
            writeString("\(name): \(value)\r\n")
        }
        writeString("\(HTTPField.Name.requestID.rawName): ")
    }

    fileprivate mutating func write(_ name: HTTPField.Name, _ value: String) {
        writeString("\(name.rawName): \(value)\r\n")
    }
}

extension HTTPRequestHead {
    /// Whether it is the same as `head`, apart from the length of a body of at most so many bytes.
    fileprivate func isRepeated(_ head: HTTPRequestHead, bodyLimit: Int) -> Bool {
        guard method == head.method, uri == head.uri, version == head.version, headers.count == head.headers.count
        else { return false }
        return zip(headers, head.headers).allSatisfy { field, other in
            guard field.name == other.name else { return false }
            guard field.name.lowercased() == "content-length" else { return field.value == other.value }
            return Int(field.value).map { (0...bodyLimit).contains($0) } ?? false
        }
    }
}
