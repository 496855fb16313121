import Synchronization

/// Lets at most `maxConcurrent` bodies run at a time; up to `maxQueued` more wait in order of arrival, and
/// whoever comes on top of that is refused at once with `overloaded`.
///
/// Work that turns out to be long may give its place up for one in a lane of its own, which has `maxConcurrent` more; see
/// ``withPlace(_:)``. A caller whose task is cancelled while it waits leaves the queue and gets `CancellationError`.
public final class AdmissionLimiter: Sendable {
    /// How many run and how many wait, in both lanes.
    public struct Snapshot: Sendable, Hashable {
        public var running: Int
        public var queued: Int

        public init(running: Int, queued: Int) {
            self.running = running
            self.queued = queued
        }
    }

    private typealias Continuation = CheckedContinuation<Void, any Error>

    private struct State {
        var queue: AdmissionQueue
        var nextID: AdmissionQueue.ID = 0
        var waiting: [AdmissionQueue.ID: Continuation] = [:]
    }

    private let what: String
    fileprivate let clock: any Clock<Duration>
    private let state: Mutex<State>

    /// - Parameter what: The name of the queue in the refusal, such as "speech-to-text".
    public init(
        what: String, maxConcurrent: Int, maxQueued: Int, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.what = what
        self.clock = clock
        state = Mutex(State(queue: AdmissionQueue(places: maxConcurrent, maxQueued: maxQueued)))
    }

    public var snapshot: Snapshot {
        state.withLock { Snapshot(running: $0.queue.running, queued: $0.queue.queued) }
    }

    /// Runs `body` once admitted; it is told how long it waited.
    ///
    /// - Throws: `overloaded` when the queue is full, `CancellationError`, or what `body` throws.
    public func withAdmission<R: Sendable>(
        _ body: @Sendable (_ waited: Duration) async throws -> R
    ) async throws -> R {
        try await withPlace { try await body($0.waited) }
    }

    /// Runs `body` once admitted; it may pass into the lane for long work.
    ///
    /// - Throws: `overloaded` when as many wait as may, whichever lane they wait for; `CancellationError`, or what `body`
    ///   throws.
    public func withPlace<R: Sendable>(_ body: @Sendable (Place) async throws -> R) async throws -> R {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let place = Place(limiter: self, id: id)
        try await place.wait { $0.arrive(id) }
        defer { leave(id) }
        return try await body(place)
    }

    /// Does `step` for `id`, then waits if it says so.
    fileprivate func enter(
        _ id: AdmissionQueue.ID, _ step: @Sendable (inout AdmissionQueue) -> AdmissionQueue.Step
    ) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: Continuation) in
                let (outcome, next): (Result<Void, any Error>?, Continuation?) = state.withLock { state in
                    // Looked at under the lock that `onCancel` takes, so that one of the two sees the other.
                    if Task.isCancelled { return (.failure(CancellationError()), nil) }
                    let step = step(&state.queue)
                    let next = step.next.flatMap { state.waiting.removeValue(forKey: $0) }
                    switch step.answer {
                    case .runs: return (.success(()), next)
                    case .refused: return (.failure(refusal(state.queue)), next)
                    case .waits:
                        state.waiting[id] = continuation
                        return (nil, next)
                    }
                }
                next?.resume()
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.queue.cancel(id) ? state.waiting.removeValue(forKey: id) : nil
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    private func leave(_ id: AdmissionQueue.ID) {
        let next = state.withLock { state in
            state.queue.leave(id).flatMap { state.waiting.removeValue(forKey: $0) }
        }
        next?.resume()
    }

    private func refusal(_ queue: AdmissionQueue) -> ServiceError {
        ServiceError(
            .overloaded,
            "The \(what) queue is full (\(queue.running) running, \(queue.queued) waiting). Try again in a moment.",
            retryAfter: .seconds(1))
    }
}

extension AdmissionLimiter {
    /// The place of one admitted caller, given up when the body of ``AdmissionLimiter/withPlace(_:)`` ends.
    public final class Place: Sendable {
        private let limiter: AdmissionLimiter
        private let id: AdmissionQueue.ID
        private let time = Mutex(Duration.zero)

        fileprivate init(limiter: AdmissionLimiter, id: AdmissionQueue.ID) {
            self.limiter = limiter
            self.id = id
        }

        /// How long the caller has waited so far, for both lanes.
        public var waited: Duration { time.withLock { $0 } }

        /// Gives the ordinary place to whoever is next and goes on in the lane for long work, once a place there is free. The
        /// caller holds none meanwhile, and is not refused. Does nothing the second time.
        ///
        /// - Throws: `CancellationError`; the caller then has at most the place that it had.
        public func passIntoLongLane() async throws {
            let id = id
            try await wait { $0.passIntoLongLane(id) }
        }

        fileprivate func wait(
            for step: @Sendable (inout AdmissionQueue) -> AdmissionQueue.Step
        ) async throws {
            let elapsed = limiter.clock.stopwatch()
            try await limiter.enter(id, step)
            let waited = elapsed()
            time.withLock { $0 += waited }
        }
    }
}
