import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import Synchronization
import Testing

@testable import BridgeServer

/// Which connections end so that others may be served.
@Suite(.timeLimit(.minutes(1))) struct ConnectionRoomTests: ConnectionSteps {
    // MARK: Room for others

    /// A network that lets one side close, which NIO's embedded channel does not, and takes what is sent when it is told to.
    private final class Network: ChannelOutboundHandler {
        typealias OutboundIn = HTTPServerResponsePart
        var isFull = false
        /// Whether the client knows that nothing more comes.
        private(set) var isEnded = false
        private var waiting: [EventLoopPromise<Void>] = []

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            guard isFull else { return context.write(data, promise: promise) }
            if let promise { waiting.append(promise) }
        }

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            isEnded = true
            guard mode == .all else { return promise?.succeed() ?? () }
            for promise in waiting { promise.fail(ChannelError.ioOnClosedChannel) }
            waiting = []
            context.close(mode: mode, promise: promise)
        }

        func take() {
            for promise in waiting { promise.succeed() }
            waiting = []
        }
    }

    private func connection(_ watch: ConnectionWatch, _ network: Network = Network()) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: EmbeddedEventLoop())
        let handler = ConnectionHandler(patience: Self.patience, use: watch.open(channel))
        try channel.pipeline.syncOperations.addHandlers([network, handler])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    /// Whether the client learns that its connection closes, as one for which there is no place.
    private func isExtra(_ channel: EmbeddedChannel) throws -> Bool {
        try ask(channel)
        try answer(channel)
        return try written(channel).first == answerHead(["Connection": "close"])
    }

    @Test(arguments: [[], [("Connection", "close")]])
    func aClientThatTakesItsAnswerMakesNoRoom(headers: [(String, String)]) throws {
        let (watch, network) = (ConnectionWatch(limit: 1, reserve: 0), Network())
        let slow = try connection(watch, network)
        network.isFull = true
        try begin(slow, headers: headers)
        try slow.writeInbound(HTTPServerRequestPart.end(nil))
        slow.write(beginning(), promise: nil)
        slow.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
        let early = try connection(watch)
        #expect(try isExtra(early) && !network.isEnded)
        network.take()
        let late = try connection(watch)
        #expect(try !isExtra(late) && network.isEnded && slow.isActive)
    }

    /// What it sends from then on would be refused, and the end of its answer with it.
    @Test func aConnectionThatMakesRoomLosesNoAnswer() throws {
        let (watch, network) = (ConnectionWatch(limit: 1, reserve: 0), Network())
        let first = try connection(watch, network)
        try ask(first)
        try answer(first)
        let second = try connection(watch)
        #expect(network.isEnded && first.isActive)
        try ask(first)
        first.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(try written(first) == [answerHead(), .end(nil)] && first.isActive)
        // There are no more files.
        makeRoom(first, .atOnce)
        #expect(try !isExtra(second) && !first.isActive)
    }

    @Test func whoHasJustComeMakesRoomLater() throws {
        let clock = Mutex(NIODeadline.uptimeNanoseconds(0))
        let (watch, network) = (ConnectionWatch(limit: 1, reserve: 0, now: { clock.withLock(\.self) }), Network())
        let silent = try connection(watch, network)
        clock.withLock { $0 = $0 + .seconds(4) }
        _ = try connection(watch)
        #expect(!network.isEnded)
        clock.withLock { $0 = $0 + .seconds(1) }
        _ = try connection(watch)
        #expect(network.isEnded && silent.isActive)
    }

    /// Its client may read only when it has sent all.
    @Test func aConnectionAnsweredEarlyMakesRoomWhenItsRequestEnds() throws {
        let (watch, network) = (ConnectionWatch(limit: 1, reserve: 0), Network())
        let uploader = try connection(watch, network)
        try begin(uploader)
        try answer(uploader)
        let newcomer = try connection(watch)
        #expect(try !isExtra(newcomer))
        uploader.embeddedEventLoop.advanceTime(by: .seconds(9))
        try uploader.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "a")))
        #expect(!network.isEnded)
        try uploader.writeInbound(HTTPServerRequestPart.end(nil))
        #expect(network.isEnded && uploader.isActive)
    }

    @Test func aConnectionTooManyIsServedOnceAndSoon() throws {
        let (watch, network) = (ConnectionWatch(limit: 0), Network())
        let slow = try connection(watch)
        try begin(slow)
        slow.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(!slow.isActive)
        let quick = try connection(watch)
        #expect(try isExtra(quick))
        // Nor may it take its time to take the answer, whether all of the request has come or not.
        for isWhole in [true, false] {
            let deaf = try connection(watch, network)
            network.isFull = true
            try begin(deaf)
            if isWhole { try deaf.writeInbound(HTTPServerRequestPart.end(nil)) }
            deaf.write(beginning(), promise: nil)
            deaf.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
            deaf.embeddedEventLoop.advanceTime(by: .seconds(4))
            #expect(deaf.isActive)
            deaf.embeddedEventLoop.advanceTime(by: .seconds(1))
            #expect(!deaf.isActive)
        }
    }

    @Test func aConnectionTooManyTakesThePlaceThatIsFreeByThen() throws {
        let watch = ConnectionWatch(limit: 1)
        let busy = try connection(watch)
        try ask(busy)
        let waiting = try connection(watch)
        try busy.close().wait()
        busy.embeddedEventLoop.run()
        try bytesArrive(waiting)
        try begin(waiting)
        try bytesArrive(waiting)
        // It has as much time as others.
        waiting.embeddedEventLoop.advanceTime(by: .seconds(9))
        try waiting.writeInbound(HTTPServerRequestPart.end(nil))
        try answer(waiting)
        #expect(try written(waiting).first == answerHead())
    }
}
