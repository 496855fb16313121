import BridgeSupport
import Foundation
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import Synchronization
import Testing

@testable import BridgeServer

/// A connection that refuses what was just refused, in a time that stands still until a test moves it.
@Suite(.timeLimit(.minutes(1))) struct RefusalsTests: ConnectionSteps {
    /// Whether there is still a reason, and how often it was asked for.
    private final class Queue: Sendable {
        let isFull = Mutex(true)
        let asked = Mutex(0)
        let message = Mutex("Full.")
        let logged = Mutex<[[String]]>([])

        var offer: Refusals.Offer {
            .init(
                bodyLimit: 100,
                refuse: {
                    let number = self.asked.withLock {
                        $0 += 1; return $0
                    }
                    guard self.isFull.withLock({ $0 }) else { return nil }
                    let error = ServiceError(
                        .overloaded, self.message.withLock { $0 }, retryAfter: .milliseconds(1500))
                    return Refusals.Refusal(id: "id-\(number)", error: error)
                },
                log: { ids in self.logged.withLock { $0.append(ids) } })
        }
    }

    private static let headers = [("Host", "a"), ("Authorization", "Bearer k")]

    /// A connection with all that makes requests of bytes, and bytes of answers.
    private func connection() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: EmbeddedEventLoop())
        let connection = ConnectionHandler(patience: Self.patience, use: ConnectionWatch().open(channel))
        try channel.pipeline.syncOperations.addHandlers([
            TransportHandler(limits: .init()) { connection.receive(bytes: $0) }, HTTPResponseEncoder(),
            ConnectionHandler.makeParser(.init()), connection,
        ])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private func ask(
        _ channel: EmbeddedChannel, _ target: String = "POST /ask", version: String = "1.1",
        headers: [(String, String)] = Self.headers, body: String = "{\"a\":1}", isChunked: Bool = false
    ) throws {
        let size = String(body.utf8.count, radix: isChunked ? 16 : 10)
        let framing = isChunked ? ("Transfer-Encoding", "chunked") : ("Content-Length", size)
        let fields = (headers + [framing]).map { "\($0): \($1)\r\n" }.joined()
        let framed = isChunked ? "\(size)\r\n\(body)\r\n0\r\n\r\n" : body
        try channel.writeInbound(ByteBuffer(string: "\(target) HTTP/\(version)\r\n\(fields)\r\n\(framed)"))
    }

    /// How many requests reach the routes.
    private func passed(_ channel: EmbeddedChannel) throws -> Int {
        var count = 0
        while let part = try channel.readInbound(as: HTTPRequestPart.self) { if case .end = part { count += 1 } }
        return count
    }

    /// The answers, each without its version.
    private func answers(_ channel: EmbeddedChannel) throws -> [String] {
        var bytes = ByteBuffer()
        while case .byteBuffer(let buffer)? = try channel.readOutbound(as: IOData.self) {
            bytes.writeImmutableBuffer(buffer)
        }
        return String(buffer: bytes).components(separatedBy: "HTTP/1.1 ").filter { !$0.isEmpty }
    }

    /// Refuses the request that has come, as a route does.
    private func refuse(_ channel: EmbeddedChannel, offering offer: Refusals.Offer? = nil) throws {
        if let offer { channel.triggerUserOutboundEvent(offer, promise: nil) }
        let fields: HTTPFields = [
            .contentType: "application/json; charset=utf-8", .retryAfter: "9", .requestID: "id-0",
            .contentLength: "2", .vary: "Origin",
        ]
        try channel.writeOutbound(beginning(fields, status: .serviceUnavailable))
        try channel.writeOutbound(HTTPResponsePart.body(ByteBuffer(string: "{}")))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    /// A connection on which a request was refused, with an offer to refuse the next ones.
    private func refusing(_ queue: Queue) throws -> EmbeddedChannel {
        let channel = try connection()
        try ask(channel)
        try refuse(channel, offering: queue.offer)
        #expect(try passed(channel) == 1 && answers(channel).count == 1)
        return channel
    }

    @Test func theSameRequestIsRefusedAtOnce() throws {
        let channel = try refusing(Queue())
        // Only the length of its body may differ.
        try ask(channel, body: "{\"b\":12}")
        try ask(channel)
        #expect(try passed(channel) == 0)
        let body = #"{"error":{"code":"overloaded","message":"Full.","param":null,"type":"server_error"}}"#
        let answers = try answers(channel)
        try #require(answers.count == 2)
        for (answer, id) in zip(answers, ["id-1", "id-2"]) {
            let lines = answer.components(separatedBy: "\r\n")
            #expect(lines.first == "503 Service Unavailable" && lines.suffix(2) == ["", body])
            #expect(
                Set(lines.dropFirst().dropLast(2).map { $0.lowercased() }) == [
                    "content-type: application/json; charset=utf-8", "vary: origin", "retry-after: 2",
                    "x-request-id: \(id)", "content-length: \(body.utf8.count)",
                ])
        }
    }

    @Test(arguments: [
        ("POST /other", headers, "1", false), ("PUT /ask", headers, "1", false),
        ("POST /ask", headers + [("Origin", "a")], "1", false),
        ("POST /ask", [("Host", "a"), ("Authorization", "Bearer j")], "1", false),
        ("POST /ask", [("Host", "a"), ("X-API-Key", "Bearer k")], "1", false),
        ("POST /ask", headers, String(repeating: "1", count: 101), false), ("POST /ask", headers, "1", true),
    ])
    func anotherRequestGoesToItsRoute(
        _ target: String, _ headers: [(String, String)], body: String, isChunked: Bool
    ) throws {
        let queue = Queue()
        let channel = try refusing(queue)
        try ask(channel, target, headers: headers, body: body, isChunked: isChunked)
        #expect(try passed(channel) == 1 && answers(channel).isEmpty)
        #expect(queue.asked.withLock { $0 } == 0)
    }

    /// Its answer would have to say so, and end the connection.
    @Test func aConnectionThatStopsAsksItsRoute() throws {
        let queue = Queue()
        let channel = try refusing(queue)
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        try ask(channel)
        #expect(try passed(channel) == 1 && answers(channel).isEmpty)
        #expect(queue.asked.withLock { $0 } == 0)
    }

    /// The connection is as good as after any answer.
    @Test func otherAnswersFollowRefusals() throws {
        let channel = try refusing(Queue())
        try ask(channel)
        #expect(try answers(channel).count == 1)
        try ask(channel, "POST /other")
        try refuse(channel)
        #expect(try passed(channel) == 1 && answers(channel).count == 1)
        channel.pipeline.fireUserInboundEventTriggered(ConnectionHandler.MakeRoom.inTime)
        #expect(!channel.isActive)
    }

    @Test func itIsRefusedForASecondOnly() throws {
        let channel = try refusing(Queue())
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        try ask(channel)
        #expect(try passed(channel) == 0 && answers(channel).count == 1)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        try ask(channel)
        #expect(try passed(channel) == 1 && answers(channel).isEmpty)
    }

    @Test func eachSaysWhatIsTrueWhenItIsRefused() throws {
        let queue = Queue()
        let channel = try refusing(queue)
        var bodies: [String] = []
        for message in ["Full.", "Full.", "Very full."] {
            queue.message.withLock { $0 = message }
            try ask(channel)
            bodies += try answers(channel).map { $0.components(separatedBy: "\r\n").last ?? "" }
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
        _ = try answers(channel)
        try ask(channel, "POST /other")
        try refuse(channel, offering: next.offer)
        #expect(logged(queue) == [["id-1"]] && logged(next).isEmpty)
        // What was scheduled for the first one's end does not end the second.
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        _ = try (passed(channel), answers(channel))
        try ask(channel, "POST /other")
        #expect(try passed(channel) == 0 && answers(channel).count == 1)
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
        #expect(try passed(channel) == 1 && answers(channel).isEmpty)
        try refuse(channel)
        _ = try answers(channel)
        queue.isFull.withLock { $0 = true }
        try ask(channel)
        #expect(try passed(channel) == 0 && answers(channel).count == 1)
    }

    /// Answers that nobody takes would pile up.
    @Test func aClientThatTakesNoAnswersGetsNone() throws {
        let channel = try refusing(Queue())
        channel.isWritable = false
        try ask(channel)
        #expect(try passed(channel) == 1 && answers(channel).isEmpty)
    }

    /// Answers come in the order of their requests.
    @Test func noAnswerOvertakesAnother() throws {
        let channel = try refusing(Queue())
        try ask(channel, "POST /other")
        try ask(channel)
        #expect(try passed(channel) == 2 && answers(channel).isEmpty)
        // Of these two it is not known which one the offer is for.
        let queue = Queue()
        try refuse(channel, offering: queue.offer)
        try refuse(channel)
        #expect(try answers(channel).count == 2)
        try ask(channel)
        #expect(try queue.asked.withLock { $0 } == 0 && passed(channel) == 0)
    }

    @Test func theLastOfSeveralIsKnown() throws {
        let channel = try connection()
        try ask(channel, "POST /other")
        try ask(channel)
        try refuse(channel)
        try refuse(channel, offering: Queue().offer)
        #expect(try passed(channel) == 2 && answers(channel).count == 2)
        try ask(channel)
        #expect(try passed(channel) == 0 && answers(channel).count == 1)
    }

    @Test func whatWasRefusedWithoutAnOfferGoesToItsRoute() throws {
        let channel = try connection()
        for _ in 0..<2 {
            try ask(channel)
            #expect(try passed(channel) == 1)
            try refuse(channel)
        }
    }
}
