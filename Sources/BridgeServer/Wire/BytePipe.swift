import NIOCore
import Synchronization

/// Carries bytes from the task that makes them to the task that writes them. All available bytes are taken in one piece, so that bytes
/// that come together are written together and nothing waits for later ones. When much is waiting, the maker waits.
final class BytePipe: Sendable {
    private struct State {
        var pipe: PipeState
        /// Set while ``PipeState/waiting`` says so.
        var waiter: CheckedContinuation<Void, Never>?

        mutating func wake(_ isDue: Bool) -> CheckedContinuation<Void, Never>? {
            guard isDue else { return nil }
            defer { waiter = nil }
            return waiter
        }
    }

    private let state: Mutex<State>

    /// - Parameter limit: bytes that may wait before their maker has to.
    init(limit: Int) { state = Mutex(State(pipe: PipeState(limit: limit))) }

    // MARK: The maker

    /// Appends bytes, and returns once there is room for more.
    ///
    /// - Throws: `CancellationError`.
    nonisolated(nonsending) func send(_ write: (inout ByteBuffer) -> Void) async throws {
        let (reader, isFull) = state.withLock { state in
            (state.wake(state.pipe.append(write)), state.pipe.isFull)
        }
        reader?.resume()
        if isFull { try await wait { $0.isFull } }
    }

    /// Returns once all bytes were taken.
    ///
    /// - Throws: `CancellationError`.
    func flush() async throws { try await wait { !$0.isEmpty } }

    /// The end, or a failure. The first one counts.
    func finish(throwing error: (any Error)? = nil) {
        state.withLock { state in state.wake(state.pipe.finish(error)) }?.resume()
    }

    /// Waits while `mustWait` holds.
    private func wait(while mustWait: @Sendable (PipeState) -> Bool) async throws {
        while state.withLock({ mustWait($0.pipe) }) {
            if Task.isCancelled { throw CancellationError() }
            await wakingIfCancelled(.maker) { await suspend(.maker, while: mustWait) }
        }
        if Task.isCancelled { throw CancellationError() }
    }

    // MARK: The reader

    /// All available bytes, once there are any; then, once, the failure of the maker, if it failed; then nil.
    ///
    /// - Throws: `CancellationError` when the reader's own task is cancelled.
    func next() async throws -> Result<ByteBuffer, any Error>? {
        try await wakingIfCancelled(.reader) { try await take() }
    }

    /// Hands all that ``next()`` would return to `take`, up to the end. Cheaper than asking piece by piece.
    ///
    /// - Throws: what `take` throws, `CancellationError` when the reader's own task is cancelled.
    func forEach(_ body: (Result<ByteBuffer, any Error>) async throws -> Void) async throws {
        try await wakingIfCancelled(.reader) {
            while let bytes = try await take() { try await body(bytes) }
        }
    }

    private nonisolated(nonsending) func take() async throws -> Result<ByteBuffer, any Error>? {
        while true {
            if Task.isCancelled { throw CancellationError() }
            let (taken, maker) = state.withLock { state in
                let (taken, wakesMaker) = state.pipe.take()
                return (taken, state.wake(wakesMaker))
            }
            maker?.resume()
            switch taken {
            case .bytes(let bytes): return .success(bytes)
            case .failure(let error): return .failure(error)
            case .end: return nil
            case .nothing: await suspend(.reader) { $0.isEmpty && !$0.hasEnded }
            }
        }
    }

    // MARK: Both

    /// Returns when the other side wakes this one; at once, if `mustWait` does not hold any more or the task is cancelled.
    private nonisolated(nonsending) func suspend(
        _ side: PipeState.Side, while mustWait: @Sendable (PipeState) -> Bool
    ) async {
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                // Checked under the lock that `onCancel` takes, so that one of the two sees the other.
                guard !Task.isCancelled, mustWait(state.pipe), state.pipe.wait(side) else { return false }
                state.waiter = continuation
                return true
            }
            if !waits { continuation.resume() }
        }
    }

    private nonisolated(nonsending) func wakingIfCancelled<R>(
        _ side: PipeState.Side, _ body: nonisolated(nonsending) () async throws -> R
    ) async rethrows -> R {
        try await withTaskCancellationHandler(operation: body) {
            state.withLock { state in state.wake(state.pipe.stopWaiting(side)) }?.resume()
        }
    }
}

/// What a pipe holds, and which side waits.
///
/// ```
/// nobody waits ── nothing is held ──> the reader waits ── bytes, the end, it is cancelled ──> nobody waits
///              ── much is held ──> the maker waits ── all is taken, it is cancelled ──> nobody waits
/// ```
/// The two never wait at the same time. After the end there are no more bytes; it stays the end.
struct PipeState {
    enum Side { case maker, reader }

    enum Taken {
        case bytes(ByteBuffer)
        case failure(any Error)
        case end
        case nothing
    }

    private enum End {
        case failure(any Error)
        case end
    }

    private let limit: Int
    private var held = ByteBuffer()
    private var end: End?
    private(set) var waiting: Side?

    init(limit: Int) { self.limit = limit }

    var isEmpty: Bool { held.readableBytes == 0 }
    var isFull: Bool { held.readableBytes >= limit }
    var hasEnded: Bool { end != nil }

    /// - Returns: whether the reader waited for that.
    mutating func append(_ write: (inout ByteBuffer) -> Void) -> Bool {
        guard end == nil else { return false }
        // Most tokens fit, including what surrounds them.
        if isEmpty { held = ByteBufferAllocator().buffer(capacity: 128) }
        write(&held)
        return !isEmpty && stopWaiting(.reader)
    }

    /// - Returns: whether the reader waited for that.
    mutating func finish(_ error: (any Error)?) -> Bool {
        guard end == nil else { return false }
        end = error.map(End.failure) ?? .end
        return stopWaiting(.reader)
    }

    /// - Returns: what the reader gets, and whether the maker waited for room.
    mutating func take() -> (taken: Taken, wakesMaker: Bool) {
        guard isEmpty else {
            defer { held = ByteBuffer() }
            return (.bytes(held), stopWaiting(.maker))
        }
        switch end {
        case .failure(let error):
            end = .end
            return (.failure(error), false)
        case .end: return (.end, false)
        case nil: return (.nothing, false)
        }
    }

    /// - Returns: whether `side` waits now; it does not while the other side does.
    mutating func wait(_ side: Side) -> Bool {
        guard waiting == nil else { return false }
        waiting = side
        return true
    }

    /// - Returns: whether `side` waited.
    mutating func stopWaiting(_ side: Side) -> Bool {
        guard waiting == side else { return false }
        waiting = nil
        return true
    }
}
