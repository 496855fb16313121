import BridgeSupport
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import Testing

@testable import BridgeServer

/// What connections do on their own, in a time that stands still until a test moves it.
@Suite(.timeLimit(.minutes(1))) struct ConnectionHandlerTests: ConnectionSteps {
    private let interim = HTTPServerResponsePart.head(.init(version: .http1_1, status: .continue))

    // MARK: Clients that close their side

    private func closeInput(_ channel: EmbeddedChannel, after: TimeAmount = .seconds(1)) {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        channel.embeddedEventLoop.advanceTime(by: after)
    }

    @Test func aClientThatWaitsIsAskedWhetherItIsThere() throws {
        let channel = try connection()
        try ask(channel)
        closeInput(channel, after: .milliseconds(249))
        #expect(try written(channel).isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(try written(channel) == [interim])
    }

    @Test func noAnswerIsDisturbed() throws {
        // The request has not come whole; it was answered; it is being answered at once.
        let cut = try connection()
        try begin(cut)
        closeInput(cut)
        #expect(try written(cut).isEmpty)
        let done = try connection()
        try ask(done)
        try done.writeOutbound(beginning())
        closeInput(done)
        try done.writeOutbound(HTTPResponsePart.end(nil))
        #expect(try written(done) == [answerHead(), .end(nil)])
        // It is being answered, and the next one waits.
        let next = try connection()
        try ask(next)
        try ask(next)
        try next.writeOutbound(beginning())
        closeInput(next)
        #expect(try written(next) == [answerHead()])
        try next.writeOutbound(HTTPResponsePart.end(nil))
        next.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(try written(next) == [.end(nil), interim])
    }

    @Test(arguments: [("text/event-stream; charset=utf-8", ":\n\n"), ("application/x-ndjson; charset=utf-8", " ")])
    func streamsGetWhatMeansNothing(type: String, nothing: String) throws {
        let channel = try connection()
        try ask(channel)
        try channel.writeOutbound(beginning([.contentType: type]))
        closeInput(channel)
        let head = answerHead(["Content-Type": type])
        #expect(try written(channel) == [head, .body(.byteBuffer(ByteBuffer(string: nothing)))])
    }

    @Test func whoWaitsIsAskedAgain() throws {
        let channel = try connection()
        try ask(channel)
        closeInput(channel, after: .seconds(6))
        #expect(try written(channel).count == 2)
    }

    // MARK: Connections that end

    private func answering(_ version: HTTPVersion = .http1_1) throws -> EmbeddedChannel {
        let channel = try connection()
        try ask(channel, version)
        return channel
    }

    private func writeAnswer(_ channel: EmbeddedChannel) {
        channel.write(beginning(), promise: nil)
        channel.write(HTTPResponsePart.end(nil), promise: nil)
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
        try late.writeOutbound(beginning())
        late.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(late.isActive)
    }

    @Test func answersOfAServerThatStopsSaySo() throws {
        let channel = try answering()
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        try channel.writeOutbound(beginning())
        #expect(try written(channel) == [answerHead(["Connection": "close"])])
    }

    @Test func whatRunsWhenTheServerStopsEndsSoonAfterItsTime() throws {
        let channel = try answering()
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        channel.embeddedEventLoop.advanceTime(by: .seconds(3))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func onlyWhoIsWaitedForKeepsAConnection() throws {
        let unused = try connection()
        makeRoom(unused, .atOnce)
        #expect(!unused.isActive)
        let busy = try answering()
        makeRoom(busy, .atOnce)
        #expect(busy.isActive)
        try answer(busy)
        makeRoom(busy, .atOnce)
        #expect(!busy.isActive)
    }

    // MARK: Clients that take their time

    @Test func eachRequestIsTimedFromItsFirstByte() throws {
        let channel = try answering()
        try answer(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(channel.isActive)
        try bytesArrive(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(6))
        // More bytes give no more time.
        try bytesArrive(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(3))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func workIsNotTimedHere() throws {
        let channel = try answering()
        // A line end too many, or the next request: no reason to cut off the answer to this one.
        try bytesArrive(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(channel.isActive)
        try answer(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(!channel.isActive)
    }

    /// It is the server that does not read on.
    @Test func anUploadThatWaitsForAnAnswerIsNotTimed() throws {
        let channel = try answering()
        try begin(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(channel.isActive)
        try answer(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    private final class ErrorKeeper: ChannelInboundHandler {
        typealias InboundIn = HTTPRequestPart
        var errors: [any Error] = []
        func errorCaught(context: ChannelHandlerContext, error: any Error) { errors.append(error) }
    }

    @Test func aStopEndsAnUploadWithAnError() throws {
        let keeper = ErrorKeeper()
        let channel = try connection(keeper)
        try begin(channel)
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(keeper.errors.isEmpty && channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect((keeper.errors.first as? ServiceError)?.code == .shuttingDown && channel.isActive)
        // One that comes in time is served.
        keeper.errors = []
        let timely = try connection(keeper)
        try begin(timely)
        timely.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        try timely.writeInbound(HTTPServerRequestPart.end(nil))
        timely.embeddedEventLoop.advanceTime(by: .seconds(3))
        #expect(keeper.errors.isEmpty && timely.isActive)
    }

    // MARK: Other protocols

    private let switching = HTTPServerResponsePart.head(
        .init(version: .http1_1, status: .switchingProtocols, headers: ["Upgrade": "websocket"]))

    private func upgraded() throws -> EmbeddedChannel {
        let channel = try connection()
        try begin(channel, headers: [("Connection", "Upgrade"), ("Upgrade", "websocket")])
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        try channel.writeOutbound(beginning([.upgrade: "websocket"], status: .switchingProtocols))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        #expect(try written(channel) == [switching])
        while try channel.readInbound(as: HTTPRequestPart.self) != nil {}
        return channel
    }

    @Test func anUpgradedConnectionIsInUseForAsLongAsItsDoorLikes() throws {
        let channel = try upgraded()
        try bytesArrive(channel)
        channel.embeddedEventLoop.advanceTime(by: .hours(24))
        for event in [ConnectionHandler.MakeRoom.inTime, .atOnce] { makeRoom(channel, event) }
        closeInput(channel, after: .hours(1))
        #expect(channel.isActive)
        try channel.throwIfErrorCaught()
    }

    @Test func anUpgradedConnectionCarriesWhatItsDoorReadsAndWrites() throws {
        let channel = try upgraded()
        try channel.writeInbound(ByteBuffer(string: "frame"))
        #expect(try channel.readInbound(as: ByteBuffer.self) == ByteBuffer(string: "frame"))
        try channel.writeOutbound(ByteBuffer(string: "answer"))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "answer"))
        channel.close(promise: nil)
        #expect(!channel.isActive)
    }

    @Test func anUpgradedConnectionEndsWithTheServer() throws {
        let channel = try upgraded()
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        channel.embeddedEventLoop.advanceTime(by: .seconds(3))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test func nobodyIsUpgradedWhoDidNotOfferIt() throws {
        let channel = try connection()
        try ask(channel)
        try channel.writeOutbound(beginning([.upgrade: "websocket"], status: .switchingProtocols))
        makeRoom(channel, .atOnce)
        #expect(channel.isActive)
        try answer(channel)
        makeRoom(channel, .atOnce)
        #expect(!channel.isActive)
    }

    /// As HTTP, in which it would mean nothing or something else.
    @Test func nothingIsReadBeforeTheDoorHasTakenTheParserOut() throws {
        let channel = EmbeddedChannel(loop: EmbeddedEventLoop())
        let (parser, handler) = (
            ConnectionHandler.makeParser(.init()),
            ConnectionHandler(patience: Self.patience, use: ConnectionWatch().open(channel))
        )
        try channel.pipeline.syncOperations.addHandlers([HTTPResponseEncoder(), parser, handler])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let head = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        try channel.writeInbound(ByteBuffer(string: head))
        channel.embeddedEventLoop.run()
        while try channel.readInbound(as: HTTPRequestPart.self) != nil {}
        channel.write(beginning([.upgrade: "websocket"], status: .switchingProtocols), promise: nil)
        channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
        try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
        #expect(try channel.readInbound(as: HTTPRequestPart.self) == nil)
        let (pipeline, isDone) = (channel.pipeline.syncOperations, channel.eventLoop.makePromise(of: Void.self))
        // A new one has taken its place at the end of the request that offered the protocol.
        pipeline.removeHandler(
            try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self), promise: isDone)
        channel.embeddedEventLoop.run()
        try isDone.futureResult.wait()
        try channel.writeInbound(ByteBuffer(string: "frame"))
        #expect(try channel.readInbound(as: ByteBuffer.self) == ByteBuffer(string: "frame"))
    }

    // MARK: Answers

    /// What is written, and whether somebody waits for it.
    private final class Recorder: ChannelOutboundHandler {
        typealias OutboundIn = HTTPServerResponsePart
        var parts: [(part: HTTPServerResponsePart, isAwaited: Bool)] = []
        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            parts.append((unwrapOutboundIn(data), promise != nil))
            context.write(data, promise: promise)
        }
    }

    /// With its last piece, if it says how long it is: nothing is sent after that.
    @Test(arguments: [true, false]) func anAnswerIsAwaitedWithItsLastBytes(isSized: Bool) throws {
        let channel = EmbeddedChannel(loop: EmbeddedEventLoop())
        let (recorder, use) = (Recorder(), ConnectionWatch().open(channel))
        let handler = ConnectionHandler(patience: Self.patience, use: use)
        try channel.pipeline.syncOperations.addHandlers([recorder, handler])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try ask(channel)
        channel.write(beginning(isSized ? [.contentLength: "3"] : [:]), promise: nil)
        for piece in ["a", "b"] { channel.write(HTTPResponsePart.body(ByteBuffer(string: piece)), promise: nil) }
        #expect(recorder.parts.count == (isSized ? 2 : 3))
        channel.flush()
        channel.write(HTTPResponsePart.body(ByteBuffer(string: "c")), promise: nil)
        channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
        let pieces = ["a", "b", "c"].map { HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: $0))) }
        #expect(recorder.parts.dropFirst().map(\.part) == pieces + [.end(nil)])
        #expect(recorder.parts.map(\.isAwaited) == [false, false, false, isSized, !isSized])
    }

    @Test func piecesKeepTheirOrderWhoeverWaitsForThem() throws {
        let channel = try connection()
        try ask(channel)
        channel.write(beginning([.contentLength: "2"]), promise: nil)
        channel.write(HTTPResponsePart.body(ByteBuffer(string: "a")), promise: nil)
        try channel.writeOutbound(HTTPResponsePart.body(ByteBuffer(string: "b")))
        let pieces = ["a", "b"].map { HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: $0))) }
        #expect(try Array(written(channel).dropFirst()) == pieces)
    }

    // MARK: Uploads that nobody wants, or that say nothing

    /// The rest is read, and the connection goes on; unless the client was to be asked for the body, and may send it or not.
    @Test(arguments: [
        ("Content-Length", "83886080", true), ("Transfer-Encoding", "chunked", true), ("Expect", "100-continue", false),
    ])
    func anEarlyAnswerKeepsTheConnection(name: String, value: String, isOpen: Bool) throws {
        let channel = try connection()
        try begin(channel, headers: [(name, value)])
        try channel.writeOutbound(beginning())
        #expect(try written(channel) == [answerHead(isOpen ? [:] : ["Connection": "close"])])
    }

    @Test func whatWasRefusedIsNotReadWithoutEnd() throws {
        let channel = try connection()
        try begin(channel, headers: [("Transfer-Encoding", "chunked")])
        try answer(channel)
        let piece = HTTPServerRequestPart.body(ByteBuffer(repeating: 0, count: 1 << 24))
        for _ in 0..<16 { try channel.writeInbound(piece) }
        #expect(channel.isActive)
        try channel.writeInbound(piece)
        #expect(!channel.isActive)
    }

    @Test func chunksThatSayNothingAreRefused() throws {
        let keeper = ErrorKeeper()
        let channel = try connection(keeper)
        try begin(channel, headers: [("Transfer-Encoding", "chunked")])
        // A byte in each chunk is silly, and no attack.
        for _ in 0..<10_000 {
            try receive(channel, bytes: 6)
            try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "a")))
        }
        #expect(keeper.errors.isEmpty)
        for _ in 0..<3 { try bytesArrive(channel, 8192) }
        #expect((keeper.errors.first as? ServiceError)?.code == .invalidRequest)
        try channel.writeOutbound(beginning())
        #expect(try written(channel) == [answerHead(["Connection": "close"])])
    }

    @Test func theNextRequestIsNoWaste() throws {
        let channel = try connection()
        try begin(channel, headers: [("Transfer-Encoding", "chunked")])
        try receive(channel, bytes: 20 << 10)
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        channel.pipeline.fireChannelReadComplete()
        try channel.throwIfErrorCaught()
    }
}
