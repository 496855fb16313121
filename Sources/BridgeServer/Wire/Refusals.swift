import BridgeSupport
import HTTPTypes
import NIOCore
import NIOHTTP1

/// What a connection refuses by itself, for a moment: what a route has just refused on it, as long as the reason lasts.
///
/// Under many times the load that a bridge can carry, nearly all that is asked for is refused, and each refusal takes processor time from
/// what is answered. Most of its cost is what makes a task's work of a request: conversions, changes of thread, layers that look at the
/// same head again and come to the same end. A request with the same head as the one before it needs none of that.
struct Refusals {
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
    fileprivate struct Standing {
        let offer: Offer
        let request: HTTPRequestHead
        /// The answer up to the value of its last field, the id, which is different each time.
        let head: ByteBuffer
        /// The newest refusal, and the rest of its answer: most say the same.
        var newest: (message: String, pause: String?, rest: ByteBuffer)?
        /// The ids of requests that were refused here and that the log doesn't have yet.
        var ids: [String] = []
    }

    /// So long nothing else that the route looks at is assumed to change: its keys, its configuration, the crowd of connections.
    static let lifetime = TimeAmount.seconds(1)

    /// What has come last, while it is not answered.
    var request: HTTPRequestHead?
    /// From the route that is about to refuse it.
    var offer: Offer?
    private var standing: Standing?

    /// Whether one may be repeated.
    var areStanding: Bool { standing != nil }

    /// An answer of a route begins, which is the refusal if one was offered.
    ///
    /// - Parameter isOfOneRequest: whether it is known which request is answered.
    /// - Returns: whether it is repeated from now on, until ``end()``.
    mutating func begin(_ answer: HTTPResponseHead, isOfOneRequest: Bool) -> Bool {
        guard let offer = offer.take(), isOfOneRequest, let request, answer.status == .serviceUnavailable
        else { return false }
        end()
        standing = Standing(offer: offer, request: request, head: ByteBuffer(refusal: answer))
        return true
    }

    /// The bytes of the answer to another request; nil if its route must be asked.
    mutating func answer(to head: HTTPRequestHead) -> ByteBuffer? {
        guard let offer = standing?.offer, let refused = standing?.request,
            head.isRepeated(refused, bodyLimit: offer.bodyLimit), let refusal = offer.refuse()
        else { return nil }
        return standing?.answer(refusal)
    }

    /// From now on the route is asked again, and the log has been told of all.
    mutating func end() {
        standing?.log()
        standing = nil
    }
}

extension Refusals.Standing {
    mutating func answer(_ refusal: Refusals.Refusal) -> ByteBuffer {
        ids.append(refusal.id)
        if ids.count == Self.idsOfALine { log() }
        let rest = rest(for: refusal.error)
        var bytes = head
        bytes.reserveCapacity(minimumWritableBytes: refusal.id.utf8.count + rest.readableBytes)
        bytes.writeString(refusal.id)
        bytes.writeImmutableBuffer(rest)
        return bytes
    }

    private static let idsOfALine = 64

    mutating func log() {
        guard !ids.isEmpty else { return }
        offer.log(ids)
        ids.removeAll(keepingCapacity: true)
    }

    /// The fields that depend on what a refusal says, and its body.
    private mutating func rest(for error: ServiceError) -> ByteBuffer {
        let pause = error.retryAfterText
        if let newest, newest.message == error.message, newest.pause == pause { return newest.rest }
        let body = error.envelope
        var rest = ByteBuffer(string: "\r\n")
        rest.write(.contentLength, String(body.readableBytes))
        if let pause { rest.write(.retryAfter, pause) }
        rest.writeString("\r\n")
        rest.writeImmutableBuffer(body)
        newest = (error.message, pause, rest)
        return rest
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
