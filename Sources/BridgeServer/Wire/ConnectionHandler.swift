import BridgeRuntime
import BridgeSupport
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Carries out what ``ConnectionState`` decides for one connection: times the client's sending, keeps the parser in step, finds out
/// whether a client that has closed its side is still there, and closes the connection without cutting off an answer. It also writes what no
/// route answers: `100 Continue`, the 400 for what is not HTTP (``UnreadableRequest``), and what a route would refuse once more
/// (``Refusals``).
///
/// Stands between the HTTP/1 parser and Hummingbird, where the version is still known, and converts between the types of the two, as
/// `HTTP1ToHTTPServerCodec` does: a handler of its own for that costs as much as all that is done here.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    let patience: Patience
    private let use: ConnectionWatch.Use
    let parserLimits: NIOHTTPDecoderLimitConfiguration
    private let unreadable: UnreadableRequest
    private let wasCut: @Sendable (CutReason) -> Void
    private(set) var state = ConnectionState()
    var parser: ByteToMessageHandler<HTTPRequestDecoder>?
    private var transport: TransportHandler?
    /// Whether there was no place when the last request came.
    private var isExtra = false
    /// Whether the answer that is being sent is a stream.
    private var isLive = false
    /// Whether the answer that is being sent says how long it is.
    private var isSized = false
    /// Its newest piece, which waits for what follows: the last one is sent with the promise of the whole answer, for which the encoder would
    /// write an empty piece.
    private var held: ByteBuffer?
    private var deadline: Scheduled<Void>?
    /// Of a client that has closed its side.
    var question: Scheduled<Void>?
    var departure: Scheduled<Void>?
    private var stopping: Scheduled<Void>?
    private var closing: Scheduled<Void>?
    /// Completed when the last written answer has been sent.
    private var sent: EventLoopFuture<Void>?
    /// Whether the 101 is written, and another protocol follows.
    private var isHandedOver = false
    private var refusals = Refusals()
    private var refusalEnd: Scheduled<Void>?
    /// Whether what comes belongs to a request that was refused here.
    private var isRefusing = false

    init(
        patience: Patience, use: ConnectionWatch.Use, parserLimits: NIOHTTPDecoderLimitConfiguration = .init(),
        unreadable: UnreadableRequest = UnreadableRequest(),
        wasCut: @escaping @Sendable (CutReason) -> Void = { _ in }
    ) {
        self.patience = patience
        self.use = use
        self.parserLimits = parserLimits
        self.unreadable = unreadable
        self.wasCut = wasCut
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        parser = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        transport = try? pipeline.handler(type: TransportHandler.self)
        time(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        transport = nil
        for timer in [deadline, question, departure, stopping, closing, refusalEnd] { timer?.cancel() }
        refusals.end()
    }

    func channelInactive(context: ChannelHandlerContext) {
        handlerRemoved(context: context)
        context.fireChannelInactive()
    }

    // MARK: What comes

    /// Bytes have come, whether or not they are part of a request yet.
    func receive(bytes count: Int) { state.receive(bytes: count) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !state.isClosing, !state.ignoresInput else { return }
        // What it is, and what is done about it, only the door of that protocol knows.
        guard !state.isUpgraded else {
            // As long as the parser is there, the bytes are read as HTTP, which they are not.
            if !hasParser(context) { context.fireChannelRead(data) }
            return
        }
        switch unwrapInboundIn(data) {
        case .head(let head):
            begin()
            let head = state.receive(head, mayStay: !isExtra)
            isRefusing = refuse(head, context)
            guard !isRefusing else { return }
            refusals.request = head
            do {
                let request = try HTTPRequest(head, secure: false, splitCookie: false)
                context.fireChannelRead(wrapInboundOut(.head(request)))
            } catch {
                context.fireErrorCaught(error)
            }
        case .body(let bytes):
            state.receive(bodyOf: bytes.readableBytes)
            guard !state.isDeaf else { return context.close(promise: nil) }
            if !isRefusing { context.fireChannelRead(wrapInboundOut(.body(bytes))) }
        case .end(let trailers):
            let renewsParser = state.receiveEnd()
            guard !state.hasLeft else { return leave(context) }
            if renewsParser { renewParser(context) }
            // It may have been answered already.
            rest()
            deadline?.cancel()
            deadline = nil
            guard !isRefusing else { return }
            context.fireChannelRead(wrapInboundOut(.end(trailers.map { HTTPFields($0, splitCookie: false) })))
        }
    }

    private func begin() {
        let wasExtra = isExtra
        isExtra = use.begins()
        guard isExtra != wasExtra else { return }
        // Another time limit applies now.
        deadline?.cancel()
        deadline = nil
    }

    /// From now on the connection may make room for others, if that loses nothing for its client.
    private func rest() {
        if state.isUnused { use.ends(isLast: state.isClosing) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if state.isWasteful, !state.ignoresInput {
            state.ignoreInput()
            context.fireErrorCaught(Self.wasteful)
        }
        // Most requests come whole in one read, and need no timer.
        time(context)
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Bytes after a last request: the parser drops them from now on, and the answer goes on.
        if error is ByteToMessageDecoderError.PayloadTooLargeError { return }
        if error is HTTPParserError {
            // It is answered like a request.
            if !state.isClosing { begin() }
            state.ignoreInput()
        }
        context.fireErrorCaught(error)
    }

    private static let wasteful = ServiceError.invalid(
        "body", "The chunks of the body have extensions of more than 16 KiB; leave them out.")

    /// A request is timed from its first byte on; the first request of a connection from the connection on.
    private func time(_ context: ChannelHandlerContext) {
        guard state.isTimed else {
            deadline?.cancel()
            deadline = nil
            return
        }
        guard deadline == nil else { return }
        deadline = schedule(context, in: timeLimit) { $0.cut($1, .slowRequest) }
    }

    /// The timer for what a client has to do: send a request, or take the last answer.
    private var timeLimit: TimeAmount { isExtra ? min(patience.upload, patience.extra) : patience.upload }

    // MARK: What happens

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as MakeRoom: return makeRoom(event, context)
        case is ChannelShouldQuiesceEvent: stop(context)
        case ChannelEvent.inputClosed as ChannelEvent: inputClosed(context)
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func makeRoom(_ event: MakeRoom, _ context: ChannelHandlerContext) {
        // A request arrived after that. It is answered as on any connection.
        guard state.isUnused else { return }
        switch event {
        case .atOnce where state.isClosing: context.close(promise: nil)
        case .atOnce: cut(context, .crowded)
        case .inTime where !state.isClosing:
            wasCut(.crowded)
            if state.leave() { leave(context) }
        case .inTime: break
        }
    }

    /// Reads on for a while: closing would discard what the client has not taken yet as soon as it sends another byte.
    private func leave(_ context: ChannelHandlerContext) {
        state.close()
        rest()
        time(context)
        close(context, .output, promise: nil)
    }

    private func cut(_ context: ChannelHandlerContext, _ reason: CutReason) {
        wasCut(reason)
        context.close(promise: nil)
    }

    /// Running work ends itself in time to tell its clients; an upload gets an error, which its reader turns into an answer.
    private func stop(_ context: ChannelHandlerContext) {
        state.stop()
        let grace = state.isClosing ? .seconds(0) : patience.grace
        stopping = schedule(context, in: grace) { handler, context in
            if handler.state.isUploading { context.fireErrorCaught(ServiceError.stopping) }
            handler.stopping = handler.schedule(context, in: handler.patience.lastWords) { $1.close(promise: nil) }
        }
    }

    // MARK: What goes

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !state.isClosing else { return promise?.fail(ChannelError.outputClosed) ?? () }
        guard !isHandedOver else { return context.write(data, promise: promise) }
        switch unwrapOutboundIn(data) {
        case .head(let response): answer(HTTPResponseHead(response), context, promise: promise)
        case .body(let bytes):
            writeHeld(context)
            guard isSized, promise == nil else { return write(bytes, context, promise: promise) }
            held = bytes
        case .end where state.isUpgraded:
            // Of the 101, which has a head only.
            isHandedOver = true
            promise?.succeed()
        case .end(let trailers):
            if isLive { live(.ends, context) }
            let done = promise ?? context.eventLoop.makePromise()
            let last = held.take()
            if let last { write(last, context, promise: done) }
            let end = wrapOutboundOut(.end(trailers.map(HTTPHeaders.init)))
            context.write(end, promise: last == nil ? done : nil)
            endAnswer(context, sent: done.futureResult)
            time(context)
        }
    }

    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
    }

    private func writeHeld(_ context: ChannelHandlerContext) {
        if let bytes = held.take() { write(bytes, context, promise: nil) }
    }

    func flush(context: ChannelHandlerContext) {
        writeHeld(context)
        context.flush()
    }

    /// Answers the request that has just begun if its route would refuse it like the one before. The bytes go past what would make them
    /// anew.
    private func refuse(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) -> Bool {
        guard refusals.areStanding, let transport, state.answersAsItIs, context.channel.isWritable,
            let bytes = refusals.answer(to: head)
        else { return false }
        state.answerAsItIs()
        let done = context.eventLoop.makePromise(of: Void.self)
        transport.send(answer: bytes, promise: done)
        endAnswer(context, sent: done.futureResult)
        return true
    }

    private func answer(
        _ head: HTTPResponseHead, _ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?
    ) {
        var head = head
        let body = unreadable.answer(&head)
        guard let head = state.answer(head) else { return promise?.succeed() ?? () }
        if head.status.code >= 200 {
            departure?.cancel()
            isSized = head.headers.contains(name: "Content-Length")
            // Of several requests it is not known which one is answered.
            if refusals.begin(head, isOfOneRequest: state.hasOneRequest) {
                refusalEnd?.cancel()
                refusalEnd = schedule(context, in: Refusals.lifetime) { handler, _ in handler.refusals.end() }
            }
        }
        // As the encoder decides.
        if state.stream != nil { live(.begins(isChunked: head.version == .http1_1 && !isSized), context) }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
        if let body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
    }

    private func live(_ stream: TransportHandler.LiveStream, _ context: ChannelHandlerContext) {
        isLive = stream.isLive
        context.triggerUserOutboundEvent(stream, promise: nil)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event {
        case is BodyIsWanted: askForBody(context, promise: promise)
        case let offer as Refusals.Offer:
            refusals.offer = offer
            promise?.succeed()
        default: context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    /// `100 Continue` is written here because Hummingbird's writer does not know it.
    private func askForBody(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        guard !state.isClosing else { return promise?.fail(ChannelError.outputClosed) ?? () }
        answer(HTTPResponseHead(version: .http1_1, status: .continue), context, promise: promise)
        context.flush()
    }

    private func endAnswer(_ context: ChannelHandlerContext, sent: EventLoopFuture<Void>) {
        self.sent = sent
        if state.hasOneRequest { refusals.request = nil }
        proceed(context, state.answerEnd())
        let written = transport?.written ?? 0
        sent.assumeIsolated().whenComplete { _ in
            self.transport?.noteSent(written)
            self.state.answerSent()
            self.rest()
        }
    }

    private func proceed(_ context: ChannelHandlerContext, _ afterwards: ConnectionState.Afterwards) {
        switch afterwards {
        case .staysOpen: break
        case .closes:
            context.flush()
            close(context, .all, promise: nil)
        case .lingers(let ends):
            context.flush()
            guard !ends else { return close(context, .output, promise: nil) }
            awaitSent(context) {}
            context.triggerUserOutboundEvent(TransportHandler.Linger(), promise: nil)
        }
    }

    // MARK: The end

    /// A connection that is to be closed is closed once everything written to it has been sent: Hummingbird regards an answer as finished
    /// as soon as it is written, and closing discards what a slow reader has not taken yet.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode != .input else { return context.close(mode: mode, promise: promise) }
        guard !state.isClosing else {
            // Under way already.
            return context.channel.closeFuture.cascade(to: promise)
        }
        guard sent != nil, ![.answering, .upgraded].contains(state.phase) else {
            return context.close(mode: mode, promise: promise)
        }
        state.close()
        rest()
        close(context, mode, promise: promise)
    }

    private func close(_ context: ChannelHandlerContext, _ mode: CloseMode, promise: EventLoopPromise<Void>?) {
        awaitSent(context) { context.close(mode: mode, promise: promise) }
    }

    private func awaitSent(_ context: ChannelHandlerContext, then body: @escaping () -> Void) {
        closing = schedule(context, in: timeLimit) { $1.close(promise: nil) }
        let sent = sent ?? context.eventLoop.makeSucceededVoidFuture()
        sent.assumeIsolated().whenComplete { _ in
            self.closing?.cancel()
            body()
        }
    }

    func schedule(
        _ context: ChannelHandlerContext, in time: TimeAmount,
        _ body: @escaping (ConnectionHandler, ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: time) { body(self, context) }
    }
}
