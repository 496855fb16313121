import NIOCore

/// The handler next to the network, which knows bytes only: it tells when some have come, closes a connection
/// whose client takes an answer too slowly, and reads on for a while when a connection ends, so that a client that sends before it
/// reads loses no answer (RFC 9112, 9.6).
final class TransportHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// An answer that is read as it is made begins or ends.
    enum LiveStream {
        case begins(isChunked: Bool)
        case ends

        var isLive: Bool { if case .begins = self { true } else { false } }
    }

    /// Nothing more is answered on the connection: it ends once the client has sent the rest of its request, within limits.
    struct Linger {}

    struct Limits: Sendable {
        /// Bytes a second that a client must take while some are waiting; 0 for any rate.
        var rate = 8192
        /// The time over which this is averaged.
        var window = TimeAmount.seconds(60)
        /// The time for running work when the server stops.
        var grace = TimeAmount.seconds(30)
        var lingering = Lingering()
    }

    /// How long and how much is read from a client that already has its answer.
    struct Lingering: Sendable {
        var time = TimeAmount.seconds(30)
        /// The limit on silence.
        var silence = TimeAmount.seconds(5)
        var bytes = 256 << 20
    }

    private enum Phase { case open, lingering, closed }

    private let limits: Limits
    private let progress: TransportProgress
    private let bytesArrived: (_ count: Int) -> Void
    private let wasCut: @Sendable (CutReason) -> Void
    private var phase = Phase.open
    /// Bytes written so far.
    private(set) var written = 0
    /// How many of them are known, without asking, to have been sent.
    private var sent = 0
    /// Set while the connection is open.
    private var context: ChannelHandlerContext?
    private var live = LiveStream.ends
    /// Set while bytes are known to wait for the client.
    private var pace: ReaderPace?
    private var lastLook = NIODeadline.now()
    private var look: Scheduled<Void>?
    private var stopping: Scheduled<Void>?
    private var end: Scheduled<Void>?
    private var silence: Scheduled<Void>?
    private var swallowed = 0
    private var isSilent = true

    /// - Parameter bytesArrived: called on the event loop with each read, before the bytes go on, whether or not they are part of a request
    ///   yet.
    init(
        limits: Limits, progress: TransportProgress = .socket,
        bytesArrived: @escaping (_ count: Int) -> Void = { _ in },
        wasCut: @escaping @Sendable (CutReason) -> Void = { _ in }
    ) {
        self.bytesArrived = bytesArrived
        self.limits = limits
        self.progress = progress
        self.wasCut = wasCut
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        phase = .closed
        self.context = nil
        for timer in [look, stopping, end, silence] { timer?.cancel() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        handlerRemoved(context: context)
        context.fireChannelInactive()
    }

    // MARK: What comes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let count = unwrapInboundIn(data).readableBytes
        guard phase == .open else { return swallow(count, context) }
        bytesArrived(count)
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard phase == .open else { return context.read() }
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { stop(context) }
        if case ChannelEvent.inputClosed? = event as? ChannelEvent, phase == .lingering { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Clients that take an answer too slowly

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        written += unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        // Asking costs more than much of what a token takes: a live stream is looked at regularly instead.
        guard written > sent, !live.isLive, pace == nil, limits.rate > 0, progress.unsent(context.channel) > 0
        else { return }
        time(context)
    }

    /// The first `count` bytes have been sent. Most answers have been sent by the end of their flush, so that nothing has to be asked about them.
    func noteSent(_ count: Int) { sent = max(sent, count) }

    private func begin(_ stream: LiveStream, _ context: ChannelHandlerContext) {
        live = stream
        if live.isLive, limits.rate > 0 { look(context) }
    }

    /// Whether there is a live stream, and room for a message.
    var takesMessages: Bool { live.isLive && phase == .open && context?.channel.isWritable == true }

    /// Sends a message of the live stream, past the handlers above, which would only hand it on, the last of them in three pieces.
    func send(_ message: consuming FramedMessage) {
        guard case .begins(let isChunked) = live, let context, !message.isEmpty else { return }
        let bytes = isChunked ? message.chunk() : message.bytes
        written += bytes.readableBytes
        context.write(wrapOutboundOut(.byteBuffer(bytes)), promise: nil)
        context.flush()
    }

    /// Sends a short answer as it stands in `bytes`, past the handlers above. As under a crowd there are thousands of them a second, whether
    /// the client takes them is looked at regularly, as with a live stream, and not each time.
    func send(answer bytes: ByteBuffer, promise: EventLoopPromise<Void>) {
        guard let context else { return promise.fail(ChannelError.ioOnClosedChannel) }
        written += bytes.readableBytes
        context.write(wrapOutboundOut(.byteBuffer(bytes)), promise: promise)
        context.flush()
        if pace == nil, limits.rate > 0 { look(context) }
    }

    /// Bytes wait for the client from now on.
    private func time(_ context: ChannelHandlerContext) {
        // A live stream is read as it comes, if at all, and its maker waits.
        let window = live.isLive ? limits.window.seconds / 2 : limits.window.seconds
        pace = ReaderPace(rate: Double(limits.rate), window: window)
        lastLook = context.eventLoop.now
        look(context)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event {
        case let event as LiveStream: begin(event, context)
        case is Linger: linger(context)
        default: return context.triggerUserOutboundEvent(event, promise: promise)
        }
        promise?.succeed()
    }

    private func look(_ context: ChannelHandlerContext) {
        guard look == nil else { return }
        let interval = TimeAmount.nanoseconds(max(limits.window.nanoseconds / 60, 10_000_000))
        look = schedule(context, in: interval) { handler, context in
            handler.look = nil
            let unsent = handler.progress.unsent(context.channel)
            guard unsent > 0 else {
                handler.pace = nil
                if handler.live.isLive { handler.look(context) }
                return
            }
            guard handler.pace != nil else { return handler.time(context) }
            handler.progress.taken(context.channel, handler.written - unsent) { taken in
                handler.judge(taken, over: interval, context)
            }
        }
    }

    private func judge(_ taken: Int, over interval: TimeAmount, _ context: ChannelHandlerContext) {
        let now = context.eventLoop.now
        // A sleeping or overloaded machine is not the client's fault.
        let elapsed = min(now - lastLook, interval * 2)
        lastLook = now
        guard pace?.observe(taken: taken, after: elapsed.seconds) ?? true else { return cut(context, .slowReader) }
        look(context)
    }

    private func cut(_ context: ChannelHandlerContext, _ reason: CutReason) {
        guard phase != .closed else { return }
        wasCut(reason)
        context.close(promise: nil)
    }

    /// A client that has not taken its answer shortly before the server's end will not take it in time.
    private func stop(_ context: ChannelHandlerContext) {
        let grace = phase == .open ? limits.grace : .seconds(2)
        stopping = schedule(context, in: .nanoseconds(max(grace.nanoseconds - 1_000_000_000, grace.nanoseconds / 2))) {
            guard $0.phase == .lingering || $0.progress.unsent($1.channel) > 0 else { return }
            $0.cut($1, .stopped)
        }
    }

    // MARK: The end

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .all { phase = .closed }
        context.close(mode: mode, promise: promise)
        if mode == .output { linger(context) }
    }

    private func linger(_ context: ChannelHandlerContext) {
        guard phase == .open else { return }
        phase = .lingering
        end = schedule(context, in: limits.lingering.time) { $1.close(promise: nil) }
        awaitSilence(context)
        // The readers of requests may have stopped long ago.
        context.read()
    }

    private func swallow(_ count: Int, _ context: ChannelHandlerContext) {
        swallowed += count
        isSilent = false
        if swallowed > limits.lingering.bytes { context.close(promise: nil) }
    }

    private func awaitSilence(_ context: ChannelHandlerContext) {
        isSilent = true
        silence = schedule(context, in: limits.lingering.silence) { handler, context in
            if handler.isSilent { context.close(promise: nil) } else { handler.awaitSilence(context) }
        }
    }

    private func schedule(
        _ context: ChannelHandlerContext, in time: TimeAmount,
        _ body: @escaping (TransportHandler, ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: time) { body(self, context) }
    }
}

extension TimeAmount {
    var seconds: Double { Double(nanoseconds) / 1e9 }
}

/// Why a connection was closed before its time.
enum CutReason: String, Sendable, CaseIterable {
    /// The client took its answer too slowly.
    case slowReader = "slow_reader"
    /// The client took too long to send its request.
    case slowRequest = "slow_request"
    /// Nobody waited for an answer, and others needed the place.
    case crowded
    /// The server stopped.
    case stopped
}
