import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import Synchronization
import Testing

@testable import BridgeServer

/// Clients that take their answer slowly, and connections that end, in a time that a test moves.
@Suite(.timeLimit(.minutes(1))) struct TransportHandlerTests {
    /// A client and the systems between: what they have taken.
    private final class Client: Sendable {
        let unsent = Mutex(0)
        let taken = Mutex(0)
        /// How often it was asked what waits for it.
        let asked = Mutex(0)
        let cuts = Mutex<[CutReason]>([])

        var progress: TransportProgress {
            TransportProgress(
                unsent: { _ in
                    self.asked.withLock { $0 += 1 }
                    return self.unsent.withLock { $0 }
                },
                taken: { _, _, done in done(self.taken.withLock { $0 }) })
        }
        func take(_ bytes: Int) { taken.withLock { $0 += bytes } }
    }

    /// A network that lets one side close, which NIO's embedded channel does not.
    private final class Network: ChannelOutboundHandler {
        typealias OutboundIn = IOData
        /// Whether it takes nothing.
        var isFull = false
        private var waiting: [EventLoopPromise<Void>] = []

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            guard isFull else { return context.write(data, promise: promise) }
            if let promise { waiting.append(promise) }
        }

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            guard mode == .all else { return promise?.succeed() ?? () }
            for promise in waiting { promise.fail(ChannelError.ioOnClosedChannel) }
            waiting = []
            context.close(mode: mode, promise: promise)
        }
    }

    private func connection(
        _ client: Client, _ network: Network = Network(), grace: TimeAmount = .seconds(30)
    ) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: EmbeddedEventLoop())
        let limits = TransportHandler.Limits(rate: 8192, window: .seconds(60), grace: grace)
        try channel.pipeline.syncOperations.addHandler(network)
        try channel.pipeline.syncOperations.addHandler(
            TransportHandler(
                limits: limits, progress: client.progress,
                wasCut: { reason in client.cuts.withLock { $0.append(reason) } }))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    /// Megabytes wait for the client, of which the systems take some at once.
    private func answer(_ channel: EmbeddedChannel, _ client: Client) {
        client.unsent.withLock { $0 = 50 << 20 }
        client.take(6 << 20)
        channel.writeAndFlush(IOData.byteBuffer(ByteBuffer(string: "a")), promise: nil)
    }

    /// Seconds until the connection closed, of `limit`.
    private func life(_ channel: EmbeddedChannel, upTo limit: Int, _ second: (Int) -> Void = { _ in }) -> Int {
        for time in 1...limit {
            second(time)
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            if !channel.isActive { return time }
        }
        return limit
    }

    @Test func aClientThatTakesNothingIsLeft() throws {
        let client = Client()
        let channel = try connection(client)
        answer(channel, client)
        #expect(life(channel, upTo: 200) == 60)
        #expect(client.cuts.withLock { $0 } == [.slowReader])
    }

    /// Nothing asks after each of them.
    @Test func aClientThatTakesNoWholeAnswersIsLeft() throws {
        let client = Client()
        let channel = try connection(client)
        let transport = try channel.pipeline.syncOperations.handler(type: TransportHandler.self)
        transport.send(answer: ByteBuffer(string: "a"), promise: channel.eventLoop.makePromise())
        #expect(life(channel, upTo: 100) == 100 && channel.isActive)
        client.unsent.withLock { $0 = 50 << 20 }
        transport.send(answer: ByteBuffer(string: "a"), promise: channel.eventLoop.makePromise())
        #expect((60...61).contains(life(channel, upTo: 200)))
        #expect(client.cuts.withLock { $0 } == [.slowReader])
    }

    @Test func nothingIsAskedAboutWhatHasBeenSent() throws {
        let client = Client()
        let channel = try connection(client)
        let transport = try channel.pipeline.syncOperations.handler(type: TransportHandler.self)
        channel.write(IOData.byteBuffer(ByteBuffer(string: "a")), promise: nil)
        transport.noteSent(transport.written)
        channel.flush()
        #expect(client.asked.withLock { $0 } == 0)
        // Of two answers only the first has been sent.
        let first = transport.written
        for _ in 0..<2 { channel.write(IOData.byteBuffer(ByteBuffer(string: "a")), promise: nil) }
        transport.noteSent(first + 1)
        channel.flush()
        #expect(client.asked.withLock { $0 } == 1)
    }

    /// The handler of the connection tells what has been sent.
    @Test func aClientThatTakesOneAnswerAndNotTheNextIsLeft() throws {
        let (client, network) = (Client(), Network())
        let channel = try connection(client, network)
        let patience = ConnectionHandler.Patience(upload: .hours(1), grace: .seconds(2), lastWords: .seconds(2))
        let (encoder, use) = (HTTPResponseEncoder(), ConnectionWatch().open(channel))
        try channel.pipeline.syncOperations.addHandlers([encoder, ConnectionHandler(patience: patience, use: use)])
        let input = try channel.pipeline.syncOperations.context(handler: encoder)
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: ["Host": "a"])
        for isTaken in [true, false] {
            for part in [HTTPServerRequestPart.head(head), .end(nil)] { input.fireChannelRead(NIOAny(part)) }
            network.isFull = !isTaken
            client.unsent.withLock { $0 = isTaken ? 0 : 50 << 20 }
            channel.write(HTTPResponsePart.head(.init(status: .ok, headerFields: [.contentLength: "1"])), promise: nil)
            channel.write(HTTPResponsePart.body(ByteBuffer(string: "a")), promise: nil)
            channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
            #expect(client.asked.withLock { $0 } == (isTaken ? 0 : 1))
        }
        #expect((60...61).contains(life(channel, upTo: 200)))
        #expect(client.cuts.withLock { $0 } == [.slowReader])
    }

    @Test func aStreamThatNobodyReadsIsLeftSooner() throws {
        let client = Client()
        let channel = try connection(client)
        channel.triggerUserOutboundEvent(TransportHandler.LiveStream.begins(isChunked: true), promise: nil)
        answer(channel, client)
        // It takes a second to be noticed.
        #expect(life(channel, upTo: 200) == 31)
    }

    /// Nothing asks after each message of a stream; what its client has not taken at the end is noticed all the same.
    @Test func theEndOfAStreamThatNobodyTakesIsNoticed() throws {
        let client = Client()
        let channel = try connection(client)
        channel.triggerUserOutboundEvent(TransportHandler.LiveStream.begins(isChunked: true), promise: nil)
        #expect(life(channel, upTo: 100) == 100 && channel.isActive)
        channel.triggerUserOutboundEvent(TransportHandler.LiveStream.ends, promise: nil)
        answer(channel, client)
        #expect((60...61).contains(life(channel, upTo: 200)))
        #expect(client.cuts.withLock { $0 } == [.slowReader])
    }

    private func message(_ size: Int) -> FramedMessage {
        var message = FramedMessage(capacity: 16)
        message.append { $0.writeRepeatingByte(UInt8(ascii: "a"), count: size) }
        return message
    }

    /// The sizes on both sides of a further digit, and one that needs more room than was made.
    @Test(arguments: [1, 9, 15, 16, 255, 256, 4095, 4096, 65535, 65536, 1 << 20])
    func aMessageIsOneChunk(size: Int) throws {
        let channel = try connection(Client())
        let transport = try channel.pipeline.syncOperations.handler(type: TransportHandler.self)
        channel.triggerUserOutboundEvent(TransportHandler.LiveStream.begins(isChunked: true), promise: nil)
        transport.send(message(size))
        let sent = try #require(try channel.readOutbound(as: ByteBuffer.self))
        let text = String(repeating: "a", count: size)
        #expect(String(buffer: sent) == "\(String(size, radix: 16))\r\n\(text)\r\n")
    }

    @Test func aMessageForAnOlderClientHasNoFrame() throws {
        let channel = try connection(Client())
        let transport = try channel.pipeline.syncOperations.handler(type: TransportHandler.self)
        channel.triggerUserOutboundEvent(TransportHandler.LiveStream.begins(isChunked: false), promise: nil)
        transport.send(message(20))
        let sent = try #require(try channel.readOutbound(as: ByteBuffer.self))
        #expect(String(buffer: sent) == String(repeating: "a", count: 20))
    }

    /// A chunk without bytes would be the body's end.
    @Test func nothingIsNotSent() throws {
        let channel = try connection(Client())
        let transport = try channel.pipeline.syncOperations.handler(type: TransportHandler.self)
        channel.triggerUserOutboundEvent(TransportHandler.LiveStream.begins(isChunked: true), promise: nil)
        transport.send(message(0))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
    }

    @Test func messagesAreTakenDuringAStreamWhileThereIsRoom() throws {
        let channel = try connection(Client())
        let transport = try channel.pipeline.syncOperations.handler(type: TransportHandler.self)
        #expect(!transport.takesMessages)
        channel.triggerUserOutboundEvent(TransportHandler.LiveStream.begins(isChunked: true), promise: nil)
        #expect(transport.takesMessages)
        channel.isWritable = false
        #expect(!transport.takesMessages)
        channel.isWritable = true
        channel.triggerUserOutboundEvent(TransportHandler.LiveStream.ends, promise: nil)
        #expect(!transport.takesMessages)
        channel.triggerUserOutboundEvent(TransportHandler.LiveStream.begins(isChunked: true), promise: nil)
        try channel.close().wait()
        #expect(!transport.takesMessages)
    }

    /// As systems make room: in steps, some of them long after one another.
    @Test(arguments: [(1, 12_000), (10, 90_000), (20, 400_000), (45, 400_000)])
    func aClientThatReadsSlowlyStays(seconds: Int, step: Int) throws {
        let client = Client()
        let channel = try connection(client)
        answer(channel, client)
        #expect(life(channel, upTo: 1000) { if $0 % seconds == 0 { client.take(step) } } == 1000)
    }

    @Test(arguments: [(1, 4000), (20, 100_000), (59, 1000)])
    func aTrickleIsNotEnough(seconds: Int, step: Int) throws {
        let client = Client()
        let channel = try connection(client)
        answer(channel, client)
        let life = life(channel, upTo: 1000) { if $0 % seconds == 0 { client.take(step) } }
        #expect((60...150).contains(life), "\(life)")
    }

    @Test func onlyTimeWhileBytesWaitCounts() throws {
        let client = Client()
        let channel = try connection(client)
        for _ in 0..<10 {
            answer(channel, client)
            #expect(life(channel, upTo: 50) == 50 && channel.isActive)
            client.unsent.withLock { $0 = 0 }
            #expect(life(channel, upTo: 100) == 100 && channel.isActive)
        }
    }

    @Test func aServerThatStopsWaitsForNobodyWhoTakesNothing() throws {
        let client = Client()
        let channel = try connection(client, grace: .seconds(10))
        answer(channel, client)
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(life(channel, upTo: 100) == 9)
        #expect(client.cuts.withLock { $0 } == [.stopped])
    }

    // MARK: The end

    @Test func aClientThatHasSentAllIsNotWaitedFor() throws {
        let channel = try connection(Client())
        channel.triggerUserOutboundEvent(TransportHandler.Linger(), promise: nil)
        channel.embeddedEventLoop.run()
        #expect(channel.isActive)
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(!channel.isActive)
    }

    private func lingering() throws -> EmbeddedChannel {
        let channel = try connection(Client())
        channel.close(mode: .output, promise: nil)
        return channel
    }

    @Test func whatAClientStillSendsIsReadForAWhile() throws {
        let channel = try lingering()
        let life = try (1...100).first { _ in
            guard channel.isActive else { return true }
            try channel.writeInbound(ByteBuffer(repeating: 0, count: 1024))
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            return false
        }
        #expect(life == 31)
        #expect(try channel.readInbound(as: ByteBuffer.self) == nil)
    }

    @Test func aClientThatFallsSilentIsNotWaitedFor() throws {
        let channel = try lingering()
        channel.embeddedEventLoop.advanceTime(by: .seconds(4))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func whatIsReadForNothingHasALimit() throws {
        let channel = try lingering()
        let piece = ByteBuffer(repeating: 0, count: 1 << 24)
        for _ in 0..<16 { try channel.writeInbound(piece) }
        #expect(channel.isActive)
        try channel.writeInbound(ByteBuffer(repeating: 0, count: 1))
        #expect(!channel.isActive)
    }
}
