import BridgeSupport
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Synchronization
import Testing

@testable import BridgeServer

/// A connection that refuses what was just refused, in a time that stands still until a test moves it.
@Suite(.timeLimit(.minutes(1))) struct RefusalHandlerTests: ConnectionSteps {
    /// Whether there is still a reason, and how often it was asked for.
    private final class Queue: Sendable {
        let isFull = Mutex(true)
        let asked = Mutex(0)
        let message = Mutex("Full.")
        let logged = Mutex<[[String]]>([])

        var offer: RefusalHandler.Offer {
            .init(
                bodyLimit: 100,
                refuse: {
                    let number = self.asked.withLock {
                        $0 += 1; return $0
                    }
                    guard self.isFull.withLock({ $0 }) else { return nil }
                    let error = ServiceError(
                        .overloaded, self.message.withLock { $0 }, retryAfter: .milliseconds(1500))
                    return RefusalHandler.Refusal(id: "id-\(number)", error: error)
                },
                log: { ids in self.logged.withLock { $0.append(ids) } })
        }
    }

    private static let headers = [("Host", "a"), ("Authorization", "Bearer k"), ("Content-Length", "7")]

    private func ask(
        _ channel: EmbeddedChannel, _ uri: String = "/ask", method: HTTPMethod = .POST,
        headers: [(String, String)] = Self.headers
    ) throws {
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: HTTPHeaders(headers))
        try channel.writeInbound(HTTPServerRequestPart.head(head))
        try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "{\"a\":1}")))
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
    }

    /// What reaches the routes.
    private func passed(_ channel: EmbeddedChannel) throws -> [HTTPServerRequestPart] {
        var parts: [HTTPServerRequestPart] = []
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) { parts.append(part) }
        return parts
    }

    /// Refuses the request that has come, as a route does.
    private func refuse(_ channel: EmbeddedChannel, offering offer: RefusalHandler.Offer? = nil) throws {
        if let offer { channel.triggerUserOutboundEvent(offer, promise: nil) }
        let headers: HTTPHeaders = [
            "Content-Type": "application/json; charset=utf-8", "Retry-After": "9", "X-Request-Id": "id-0",
            "Content-Length": "2", "Vary": "Origin",
        ]
        try channel.writeOutbound(
            HTTPServerResponsePart.head(.init(version: .http1_1, status: .serviceUnavailable, headers: headers)))
        try channel.writeOutbound(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: "{}"))))
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
    }

    /// A connection on which a request was refused, with an offer to refuse the next ones.
    private func refusing(_ queue: Queue) throws -> EmbeddedChannel {
        let channel = try connection(RefusalHandler())
        try ask(channel)
        try refuse(channel, offering: queue.offer)
        #expect(try passed(channel).count == 3 && written(channel).count == 3)
        return channel
    }

    @Test func theSameRequestIsRefusedAtOnce() throws {
        let channel = try refusing(Queue())
        // Only the length of its body may differ.
        try ask(channel, headers: Self.headers.dropLast() + [("Content-Length", "8")])
        try ask(channel)
        #expect(try passed(channel).isEmpty)
        let parts = try written(channel)
        try #require(parts.count == 6)
        let body = ByteBuffer(
            string: #"{"error":{"code":"overloaded","message":"Full.","param":null,"type":"server_error"}}"#)
        for (place, id) in [(0, "id-1"), (3, "id-2")] {
            guard case .head(let head) = parts[place] else {
                Issue.record("\(parts[place])")
                continue
            }
            #expect(head.status == .serviceUnavailable)
            #expect(
                Dictionary(uniqueKeysWithValues: head.headers.map { ($0.name.lowercased(), $0.value) }) == [
                    "content-type": "application/json; charset=utf-8", "vary": "Origin", "retry-after": "2",
                    "x-request-id": id, "content-length": String(body.readableBytes),
                ])
            #expect(parts[place + 1] == .body(.byteBuffer(body)) && parts[place + 2] == .end(nil))
        }
    }

    @Test(arguments: [
        ("/other", HTTPMethod.POST, headers), ("/ask", .PUT, headers), ("/ask", .POST, headers + [("Origin", "a")]),
        ("/ask", .POST, [("Host", "a"), ("Authorization", "Bearer j"), ("Content-Length", "7")]),
        ("/ask", .POST, [("Host", "a"), ("X-API-Key", "Bearer k"), ("Content-Length", "7")]),
        ("/ask", .POST, headers.dropLast() + [("Content-Length", "101")]),
        ("/ask", .POST, headers.dropLast() + [("Content-Length", "all")]),
        ("/ask", .POST, headers.dropLast() + [("Transfer-Encoding", "chunked")]),
    ])
    func anotherRequestGoesToItsRoute(_ uri: String, _ method: HTTPMethod, _ headers: [(String, String)]) throws {
        let queue = Queue()
        let channel = try refusing(queue)
        try ask(channel, uri, method: method, headers: headers)
        #expect(try passed(channel).count == 3 && written(channel).isEmpty)
        #expect(queue.asked.withLock { $0 } == 0)
    }

    @Test func itIsRefusedForASecondOnly() throws {
        let channel = try refusing(Queue())
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        try ask(channel)
        #expect(try passed(channel).isEmpty && written(channel).count == 3)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        try ask(channel)
        #expect(try passed(channel).count == 3 && written(channel).isEmpty)
    }

    @Test func eachSaysWhatIsTrueWhenItIsRefused() throws {
        let queue = Queue()
        let channel = try refusing(queue)
        var bodies: [String] = []
        for message in ["Full.", "Full.", "Very full."] {
            queue.message.withLock { $0 = message }
            try ask(channel)
            for case .body(.byteBuffer(let body)) in try written(channel) { bodies.append(String(buffer: body)) }
        }
        try #require(bodies.count == 3)
        #expect(bodies[0] == bodies[1] && bodies[2] == bodies[0].replacing("Full.", with: "Very full."))
    }

    // MARK: The log

    private func logged(_ queue: Queue) -> [[String]] { queue.logged.withLock { $0 } }

    @Test func theLogIsToldOfAllAtTheEndOfASecond() throws {
        let queue = Queue()
        let channel = try refusing(queue)
        try ask(channel)
        try ask(channel)
        #expect(logged(queue).isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(logged(queue) == [["id-1", "id-2"]])
        channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(logged(queue).count == 1)
    }

    @Test func aConnectionThatEndsLeavesNoneOut() throws {
        let queue = Queue()
        let channel = try refusing(queue)
        try ask(channel)
        _ = try channel.finish()
        #expect(logged(queue) == [["id-1"]])
    }

    @Test func neitherDoesAnotherRefusal() throws {
        let (queue, next) = (Queue(), Queue())
        let channel = try refusing(queue)
        try ask(channel)
        _ = try written(channel)
        try ask(channel, "/other")
        try refuse(channel, offering: next.offer)
        #expect(logged(queue) == [["id-1"]] && logged(next).isEmpty)
        // What was scheduled for the first one's end does not end the second.
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        _ = try (passed(channel), written(channel))
        try ask(channel, "/other")
        #expect(try passed(channel).isEmpty && written(channel).count == 3)
    }

    @Test func aFloodIsToldOfInSeveralLines() throws {
        let queue = Queue()
        let channel = try refusing(queue)
        for _ in 0..<130 { try ask(channel) }
        #expect(logged(queue).map(\.count) == [64, 64])
        _ = try channel.finish()
        #expect(logged(queue).flatMap(\.self) == (1...130).map { "id-\($0)" })
    }

    @Test func itIsRefusedWhileThereIsAReason() throws {
        let queue = Queue()
        let channel = try refusing(queue)
        queue.isFull.withLock { $0 = false }
        try ask(channel)
        #expect(try passed(channel).count == 3 && written(channel).isEmpty)
        try refuse(channel)
        _ = try written(channel)
        queue.isFull.withLock { $0 = true }
        try ask(channel)
        #expect(try passed(channel).isEmpty && written(channel).count == 3)
    }

    /// Answers that nobody takes would pile up.
    @Test func aClientThatTakesNoAnswersGetsNone() throws {
        let channel = try refusing(Queue())
        channel.isWritable = false
        try ask(channel)
        #expect(try passed(channel).count == 3 && written(channel).isEmpty)
    }

    /// Answers come in the order of their requests.
    @Test func noAnswerOvertakesAnother() throws {
        let channel = try refusing(Queue())
        try ask(channel, "/other")
        try ask(channel)
        #expect(try passed(channel).count == 6 && written(channel).isEmpty)
        // Of these two it is not known which one the offer is for.
        try refuse(channel, offering: Queue().offer)
        try refuse(channel)
        #expect(try written(channel).count == 6)
        try ask(channel, "/other")
        #expect(try passed(channel).count == 3)
    }

    @Test func whatWasRefusedWithoutAnOfferGoesToItsRoute() throws {
        let channel = try connection(RefusalHandler())
        for _ in 0..<2 {
            try ask(channel)
            #expect(try passed(channel).count == 3)
            try refuse(channel)
        }
    }

    @Test func anotherProtocolIsLeftAlone() throws {
        let channel = EmbeddedChannel(handler: RefusalHandler(), loop: EmbeddedEventLoop())
        let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols)
        try channel.writeOutbound(HTTPServerResponsePart.head(head))
        try channel.writeOutbound(ByteBuffer(string: "out"))
        try channel.writeInbound(ByteBuffer(string: "in"))
        #expect(try channel.readOutbound(as: HTTPServerResponsePart.self) == .head(head))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "out"))
        #expect(try channel.readInbound(as: ByteBuffer.self) == ByteBuffer(string: "in"))
    }
}
