import BridgeSupport
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import Testing

@testable import BridgeServer

/// What connections do on their own, in a time that stands still until a test moves it.
@Suite struct ConnectionHandlerTests {
    private let request = HTTPRequest(method: .post, scheme: "http", authority: "a", path: "/")

    private func connection(_ handlers: any ChannelHandler...) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: EmbeddedEventLoop())
        try channel.pipeline.syncOperations.addHandlers(handlers)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private func ask(_ channel: EmbeddedChannel) throws {
        try channel.writeInbound(HTTPRequestPart.head(request))
        try channel.writeInbound(HTTPRequestPart.end(nil))
    }

    private func written(_ channel: EmbeddedChannel) throws -> [HTTPResponsePart] {
        var parts: [HTTPResponsePart] = []
        while let part = try channel.readOutbound(as: HTTPResponsePart.self) { parts.append(part) }
        return parts
    }

    // MARK: Clients that close their side

    private func closeInput(_ channel: EmbeddedChannel, after: TimeAmount = .seconds(1)) {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        channel.embeddedEventLoop.advanceTime(by: after)
    }

    @Test func aClientThatWaitsIsAskedWhetherItIsThere() throws {
        let channel = try connection(DepartureHandler(patience: .milliseconds(250)))
        try ask(channel)
        closeInput(channel, after: .milliseconds(249))
        #expect(try written(channel).isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(try written(channel) == [.head(.init(status: .continue))])
    }

    @Test func noAnswerIsDisturbed() throws {
        // The request has not come whole; it was answered; it is being answered at once.
        let cut = try connection(DepartureHandler())
        try cut.writeInbound(HTTPRequestPart.head(request))
        closeInput(cut)
        #expect(try written(cut).isEmpty)
        let done = try connection(DepartureHandler())
        try ask(done)
        try done.writeOutbound(HTTPResponsePart.head(.init(status: .ok)))
        closeInput(done)
        try done.writeOutbound(HTTPResponsePart.end(nil))
        #expect(try written(done) == [.head(.init(status: .ok)), .end(nil)])
        // It is being answered, and the next one waits.
        let next = try connection(DepartureHandler())
        try ask(next)
        try ask(next)
        try next.writeOutbound(HTTPResponsePart.head(.init(status: .ok)))
        closeInput(next)
        #expect(try written(next) == [.head(.init(status: .ok))])
        try next.writeOutbound(HTTPResponsePart.end(nil))
        next.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(try written(next) == [.end(nil), .head(.init(status: .continue))])
    }

    @Test(arguments: [("text/event-stream; charset=utf-8", ":\n\n"), ("application/x-ndjson; charset=utf-8", " ")])
    func streamsGetWhatMeansNothing(type: String, nothing: String) throws {
        let channel = try connection(DepartureHandler())
        try ask(channel)
        let head = HTTPResponsePart.head(.init(status: .ok, headerFields: [.contentType: type]))
        try channel.writeOutbound(head)
        closeInput(channel)
        #expect(try written(channel) == [head, .body(ByteBuffer(string: nothing))])
    }

    @Test func whoWaitsIsAskedAgain() throws {
        let channel = try connection(DepartureHandler(patience: .milliseconds(250), interval: .seconds(5)))
        try ask(channel)
        closeInput(channel, after: .seconds(6))
        #expect(try written(channel).count == 2)
    }

    // MARK: Connections that end

    private func answering(_ version: HTTPVersion = .http1_1) throws -> EmbeddedChannel {
        let channel = try connection(PersistenceHandler(patience: .seconds(10)))
        try channel.writeInbound(HTTPServerRequestPart.head(.init(version: version, method: .GET, uri: "/")))
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        return channel
    }

    private func writeAnswer(_ channel: EmbeddedChannel) {
        channel.write(HTTPServerResponsePart.head(.init(version: .http1_1, status: .ok)), promise: nil)
        channel.write(HTTPServerResponsePart.end(nil), promise: nil)
    }

    @Test func aCloseWaitsUntilTheAnswerIsSent() throws {
        let channel = try answering()
        writeAnswer(channel)
        channel.close(promise: nil)
        channel.embeddedEventLoop.run()
        #expect(channel.isActive)
        channel.flush()
        channel.embeddedEventLoop.run()
        #expect(!channel.isActive)
        #expect(try channel.readOutbound(as: HTTPServerResponsePart.self) != nil)
    }

    @Test func aCloseDoesNotWaitForEver() throws {
        let channel = try answering()
        writeAnswer(channel)
        channel.close(promise: nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test(arguments: [(HTTPVersion.http1_1, true), (.http1_0, false)])
    func aClientOfHTTP10ThatClosesItsSideHasLeft(version: HTTPVersion, isOpen: Bool) throws {
        let channel = try answering(version)
        closeInput(channel, after: .seconds(4))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(channel.isActive == isOpen)
        // A health check may close its side, and read its answer.
        let late = try answering(version)
        closeInput(late)
        writeAnswer(late)
        late.flush()
        late.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(late.isActive)
        let answered = try answering(version)
        writeAnswer(answered)
        answered.flush()
        closeInput(answered)
        #expect(answered.isActive)
    }

    @Test func answersOfAServerThatStopsSaySo() throws {
        let channel = try answering()
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        writeAnswer(channel)
        channel.flush()
        guard case .head(let head)? = try channel.readOutbound(as: HTTPServerResponsePart.self) else {
            Issue.record("no head was written")
            return
        }
        #expect(head.headers["Connection"] == ["close"])
    }

    // MARK: Clients that take their time

    private func upload(_ limit: TimeAmount = .seconds(10), grace: TimeAmount = .seconds(2)) throws -> EmbeddedChannel {
        try connection(RequestDeadlineHandler(limit: limit, grace: grace))
    }

    private func answer(_ channel: EmbeddedChannel) throws {
        try channel.writeOutbound(HTTPResponsePart.head(.init(status: .ok)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    private func bytesArrive(_ channel: EmbeddedChannel) {
        channel.pipeline.fireUserInboundEventTriggered(ArrivalHandler.BytesArrived())
        channel.pipeline.fireChannelReadComplete()
    }

    @Test func eachRequestIsTimedFromItsFirstByte() throws {
        let channel = try upload()
        try ask(channel)
        try answer(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(channel.isActive)
        bytesArrive(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(6))
        // More bytes give no more time.
        bytesArrive(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(3))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func workIsNotTimedHere() throws {
        let channel = try upload()
        try ask(channel)
        // A line end too many, or the next request: no reason to cut off the answer to this one.
        bytesArrive(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(channel.isActive)
        try answer(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(!channel.isActive)
    }

    /// It is the server that does not read on.
    @Test func anUploadThatWaitsForAnAnswerIsNotTimed() throws {
        let channel = try upload()
        try ask(channel)
        try channel.writeInbound(HTTPRequestPart.head(request))
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(channel.isActive)
        try answer(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func aStopEndsAnUploadWithAnError() throws {
        final class ErrorKeeper: ChannelInboundHandler {
            typealias InboundIn = HTTPRequestPart
            var errors: [any Error] = []
            func errorCaught(context: ChannelHandlerContext, error: any Error) { errors.append(error) }
        }
        let keeper = ErrorKeeper()
        let channel = try connection(RequestDeadlineHandler(limit: .seconds(10), grace: .seconds(2)), keeper)
        try channel.writeInbound(HTTPRequestPart.head(request))
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(keeper.errors.isEmpty && channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect((keeper.errors.first as? ServiceError)?.code == .shuttingDown && channel.isActive)
        // One that comes in time is served.
        keeper.errors = []
        let timely = try connection(RequestDeadlineHandler(limit: .seconds(10), grace: .seconds(2)), keeper)
        try timely.writeInbound(HTTPRequestPart.head(request))
        timely.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        try timely.writeInbound(HTTPRequestPart.end(nil))
        timely.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(keeper.errors.isEmpty)
    }
}
