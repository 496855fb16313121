import Hummingbird
import NIOCore
import Synchronization

/// Where the task that makes messages writes them. The connection's writer belongs to another task, which Hummingbird asks for the body
/// once it has the answer's head: that one lends the writer, and waits until all is written. So a message wakes one task, the one
/// that makes it.
final class MessageOutlet: Sendable {
    /// The writer of a connection.
    ///
    /// Unchecked because `any ResponseBodyWriter` does not say that it is Sendable, as Hummingbird's is. It is lent by a task that does not
    /// use it until the task it is lent to has ended (``EventStream/response(record:on:_:)``), so that one task uses it at a time.
    private struct LentWriter: @unchecked Sendable {
        var writer: any ResponseBodyWriter
    }

    private struct State {
        /// What goes out with the next message.
        var held: FramedMessage?
        var writer: LentWriter? { didSet { isLent = writer != nil } }
        /// Whether there is a writer. To compare the writer with nil copies it, at the cost of a hundredth of a token.
        private(set) var isLent = false
        /// The connection, once it is known.
        var transport: NIOLoopBound<TransportHandler>?
        var failure: (any Error)?
    }

    /// Bytes that go out though more could follow without waiting.
    private static let room = 1 << 14

    /// The connection, if messages are made on its event loop.
    private let channel: (any Channel)?
    private let state = Mutex(State())
    private let (firstMessage, isReady) = AsyncStream<Void>.makeStream()
    private let (writers, lender) = AsyncStream<LentWriter>.makeStream()

    /// - Parameter channel: the connection, if messages are made on its event loop: what it has room for is written to it directly, which saves
    ///   a fifth of a token's instructions.
    init(channel: (any Channel)? = nil) { self.channel = channel }

    // MARK: The maker

    /// Sends the message if it can go out without waiting.
    ///
    /// - Parameter more: whether another message follows without waiting for anything; this one may go out with it.
    /// - Returns: whether nothing is left to do; otherwise ``flush()`` sends it, which most tokens are spared.
    func offer(more: Bool = false, _ write: (inout ByteBuffer) -> Void) -> Bool {
        let transport = transport()
        // Held by nobody else when it is sent, so that its frame is written into it.
        var message: FramedMessage?
        let isDone = state.withLock { state in
            // Most tokens fit, including what surrounds them.
            message = state.held.take() ?? FramedMessage(capacity: 112)
            message?.append(write)
            // A writer is lent once the head is written, and hands on what it is given at once, or waits until there is room: so everything
            // that was written to it before goes out before this.
            let waits = more && message.map { $0.bytes.readableBytes < Self.room } == true
            if !waits, state.isLent, transport?.takesMessages == true { return true }
            state.held = message.take()
            return waits
        }
        if let message = message.take() { transport?.send(message) }
        return isDone
    }

    /// Returns once the connection has taken what was offered; the first time waits until a writer is lent.
    ///
    /// - Throws: `CancellationError`, also when the connection does not take any more (``failure``).
    nonisolated(nonsending) func flush() async throws {
        guard let message = state.withLock({ $0.held.take() }) else { return }
        var writer = if let lent = state.withLock({ $0.writer }) { lent.writer } else { try await borrowed().writer }
        do {
            try await writer.write(message.bytes)
        } catch {
            // If the maker was cancelled, its canceller knows the reason, and the connection may still take that.
            if !Task.isCancelled { state.withLock { $0.failure = error } }
            throw CancellationError()
        }
    }

    /// The connection's last handler, if messages are made on its event loop.
    private func transport() -> TransportHandler? {
        guard let channel, channel.eventLoop.inEventLoop else { return nil }
        if let known = state.withLock({ $0.transport }) { return known.value }
        guard let handler = try? channel.pipeline.syncOperations.handler(type: TransportHandler.self) else {
            return nil
        }
        state.withLock { $0.transport = NIOLoopBound(handler, eventLoop: channel.eventLoop) }
        return handler
    }

    private nonisolated(nonsending) func borrowed() async throws -> LentWriter {
        isReady.yield()
        for await lent in writers {
            state.withLock { $0.writer = lent }
            return lent
        }
        throw CancellationError()
    }

    /// There are no more messages.
    func close() { isReady.finish() }

    // MARK: The connection

    /// Waits for the first message. False if there is none, or if the waiting task is cancelled.
    func hasMessage() async -> Bool {
        for await _ in firstMessage { return true }
        return false
    }

    /// Lends the connection's writer to the maker, until the maker has ended.
    func lend(_ writer: any ResponseBodyWriter) {
        lender.yield(LentWriter(writer: writer))
        lender.finish()
    }

    /// Why the connection took no more.
    var failure: (any Error)? { state.withLock { $0.failure } }
}
