import Foundation
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Adds to a connection what must stand nearer to the network than Hummingbird adds handlers: in front of the HTTP parser, and
/// where the version of HTTP is still known.
final class FrontHandlers: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    private let patience: TimeAmount

    /// - Parameter patience: how long a client may take nothing of an answer; see ``PersistenceHandler`` as well.
    init(patience: TimeAmount) { self.patience = patience }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(PersistenceHandler(patience: patience), position: .after(parser))
            try pipeline.addHandler(ArrivalHandler(), position: .first)
            Self.limitSilence(of: context.channel, to: patience)
        } catch {
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }
}

extension FrontHandlers {
    /// Lets the system close a connection whose client takes nothing any more, or is gone without a word: what waits for it is
    /// memory that it keeps from others. The system alone sees whether a client reads slowly or not at all, and Hummingbird's time
    /// limit is for connections on which no answer is under way.
    private static func limitSilence(of channel: any Channel, to limit: TimeAmount) {
        #if os(Linux)
            let userTimeout = ChannelOptions.tcpOption(.init(rawValue: TCP_USER_TIMEOUT))
            // A system without it serves as well, only longer for nothing.
            try? channel.syncOptions?.setOption(userTimeout, value: Int(limit.nanoseconds / 1_000_000))
        #endif
    }
}

/// Tells the handlers behind it that bytes have come, whether they make a part of a request yet or not.
final class ArrivalHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    struct BytesArrived {}

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireUserInboundEventTriggered(BytesArrived())
        context.fireChannelRead(data)
    }
}

/// Whether a connection lives on after an answer, for those whom Hummingbird would keep waiting: it knows `Connection: close` in
/// these letters only, and no version but HTTP/1.1. A client of HTTP/1.0 gets an answer that ends with its connection, never
/// in chunks and never an interim one.
///
/// A connection that is to be closed, because the server stops or nothing was heard for long, is closed when what was written
/// to it is sent: Hummingbird takes an answer for finished as soon as it is written, and a close drops what a slow reader has not
/// taken yet.
final class PersistenceHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Answer { case keepsOpen, closes, closesAsOld }

    private let patience: TimeAmount
    private let oldPatience: TimeAmount
    /// Of the requests that were not answered to the end, the oldest first.
    private var answers: [Answer] = []
    /// Whether the oldest of them has begun.
    private var hasBegun = false
    /// Whether the server stops.
    private var isStopping = false
    /// A waiting client of HTTP/1.0 that has closed its side cannot be asked whether it is still there (see DepartureHandler).
    /// Those of today are health checks, which are answered at once, and proxies, which close their side only when they leave.
    private var departure: Scheduled<Void>?
    /// Done when the last answer that was written has been sent.
    private var sent: EventLoopFuture<Void>?

    /// - Parameters:
    ///   - patience: how long a client may take for the rest of an answer when its connection is to be closed.
    ///   - oldPatience: how long a client of HTTP/1.0 that has closed its side is taken for one that waits.
    init(patience: TimeAmount, oldPatience: TimeAmount = .seconds(5)) {
        self.patience = patience
        self.oldPatience = oldPatience
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        let isOld = head.version.major < 1 || head.version == .http1_0
        answers.append(isOld ? .closesAsOld : head.isKeepAlive ? .keepsOpen : .closes)
        if isOld || !head.isKeepAlive { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        // There was no interim answer before HTTP/1.1.
        if isOld { head.headers.remove(name: "Expect") }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): write(head, as: answers.first ?? .keepsOpen, context, promise)
        case .body: context.write(data, promise: promise)
        case .end:
            if !answers.isEmpty { answers.removeFirst() }
            hasBegun = false
            let done = promise ?? context.eventLoop.makePromise()
            sent = done.futureResult
            context.write(data, promise: done)
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, let sent else { return context.close(mode: mode, promise: promise) }
        // Once: whoever calls again, or waits too long, means it.
        self.sent = nil
        let limit = context.eventLoop.assumeIsolated().scheduleTask(in: patience) { context.close(promise: nil) }
        sent.assumeIsolated().whenComplete { _ in
            limit.cancel()
            context.close(mode: mode, promise: promise)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { isStopping = true }
        if case ChannelEvent.inputClosed? = event as? ChannelEvent, answers.first == .closesAsOld, !hasBegun {
            departure = context.eventLoop.assumeIsolated().scheduleTask(in: oldPatience) { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func handlerRemoved(context: ChannelHandlerContext) { departure?.cancel() }

    private func write(
        _ head: HTTPResponseHead, as answer: Answer, _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>?
    ) {
        var head = head
        if head.status.code < 200 {
            if answer == .closesAsOld { return promise?.succeed() ?? () }
        } else {
            hasBegun = true
            departure?.cancel()
            if answer != .keepsOpen || isStopping { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            if answer == .closesAsOld { head.version = .http1_0 }
        }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}
