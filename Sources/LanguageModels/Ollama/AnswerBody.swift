import NIOCore
import Synchronization

/// The body of one streamed answer, on its way from its connection's event loop to the one task that reads it.
///
/// States: flowing (bytes may be pending) ⇄ awaited (a reader waits, nothing is pending), and from both → ended (bytes may still be pending).
/// It stands in for the HTTP client's own sequence, which spends more on each piece than everything else that happens to a token.
final class AnswerBody: Sendable {
    /// A connection with more bytes pending than this isn't read on until the reader has taken them.
    static let maxPendingBytes = 64 << 10

    private typealias Reader = UnsafeContinuation<ByteBuffer?, any Error>

    private struct State {
        var pending: ByteBuffer?
        var reader: Reader?
        var end: Result<Void, any Error>?
        /// Reads the connection on, which waits for room.
        var readOn: (@Sendable () -> Void)?

        var hasRoom: Bool { pending.map { $0.readableBytes <= maxPendingBytes } ?? true }
    }

    private let state = Mutex(State())

    // MARK: On the connection's side

    func receive(_ bytes: ByteBuffer) {
        let reader = state.withLock { state -> Reader? in
            if let reader = state.reader.take() { return reader }
            guard state.end == nil else { return nil }
            if state.pending == nil {
                state.pending = bytes
            } else {
                state.pending?.writeImmutableBuffer(bytes)
            }
            return nil
        }
        reader?.resume(returning: bytes)
    }

    /// Pending bytes are still read before. Only the first end counts.
    func end(_ result: Result<Void, any Error>) {
        let reader = state.withLock { state in
            if state.end == nil { state.end = result }
            return state.reader.take()
        }
        reader?.resume(with: result.map { nil })
    }

    /// Whether there is room for more. Asked for each piece, and nearly always true.
    var hasRoom: Bool { state.withLock { $0.hasRoom } }

    /// Whether there is room for more. If there is none, `readOn` is called once there is, on any thread.
    func hasRoom(orElse readOn: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            if !state.hasRoom { state.readOn = readOn }
            return state.hasRoom
        }
    }

    // MARK: On the reader's side

    /// All bytes that have come, or the next ones that come; nil at the end.
    ///
    /// - Throws: `CancellationError`, or why the connection ended.
    nonisolated(nonsending) func next() async throws -> ByteBuffer? {
        try Task.checkCancellation()
        if let bytes = takePending() { return bytes }
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { reader in
                if let result = wait(reader) { reader.resume(with: result) }
            }
        } onCancel: {
            end(.failure(CancellationError()))
        }
    }

    private func takePending() -> ByteBuffer? {
        let (bytes, readOn) = state.withLock { ($0.pending.take(), $0.readOn.take()) }
        readOn?()
        return bytes
    }

    /// What there is already; nil if `reader` waits for it now.
    private func wait(_ reader: Reader) -> Result<ByteBuffer?, any Error>? {
        state.withLock { state in
            if let bytes = state.pending.take() { return .success(bytes) }
            if let end = state.end { return end.map { nil } }
            state.reader = reader
            return nil
        }
    }
}
