import Synchronization

/// Lets at most `maxConcurrent` bodies run at a time; up to `maxQueued` more wait in order of arrival, and
/// whoever comes on top of that is refused at once with `overloaded`.
///
/// A caller whose task is cancelled while it waits leaves the queue and gets `CancellationError`.
public final class AdmissionLimiter: Sendable {
    /// How many run and how many wait.
    public struct Snapshot: Sendable, Hashable {
        public var running: Int
        public var queued: Int

        public init(running: Int, queued: Int) {
            self.running = running
            self.queued = queued
        }
    }

    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var running = 0
        var nextID: UInt64 = 0
        var waiters: [Waiter] = []
    }

    private let maxConcurrent: Int
    private let maxQueued: Int
    private let what: String
    private let clock: any Clock<Duration>
    private let state = Mutex(State())

    /// - Parameter what: The name of the queue in the refusal, such as "speech-to-text".
    public init(
        what: String, maxConcurrent: Int, maxQueued: Int, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.what = what
        self.maxConcurrent = max(1, maxConcurrent)
        self.maxQueued = max(0, maxQueued)
        self.clock = clock
    }

    public var snapshot: Snapshot {
        state.withLock { Snapshot(running: $0.running, queued: $0.waiters.count) }
    }

    /// Runs `body` once admitted; it is told how long it waited.
    ///
    /// - Throws: `overloaded` when the queue is full, `CancellationError`, or what `body` throws.
    public func withAdmission<R: Sendable>(
        _ body: @Sendable (_ waited: Duration) async throws -> R
    ) async throws -> R {
        let elapsed = clock.stopwatch()
        try await admit()
        defer { release() }
        return try await body(elapsed())
    }

    private func admit() async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let resume: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.running < maxConcurrent {
                        state.running += 1
                        return .success(())
                    }
                    guard state.waiters.count < maxQueued else { return .failure(refusal) }
                    state.waiters.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let resume { continuation.resume(with: resume) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    private func release() {
        let next: Waiter? = state.withLock { state in
            guard !state.waiters.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.continuation.resume()
    }

    private var refusal: ServiceError {
        ServiceError(
            .overloaded,
            "The \(what) queue is full (\(maxConcurrent) running, \(maxQueued) waiting). Try again in a moment.",
            retryAfter: .seconds(1))
    }
}
