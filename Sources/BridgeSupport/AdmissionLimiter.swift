import Synchronization

/// Lets at most `maxConcurrent` bodies run at a time; up to `maxQueued` more wait in order of arrival, and
/// whoever comes on top of that is refused at once with `overloaded`, and told when trying again is likely to help.
///
/// Long work has a lane of its own, with as many places and a queue as long; see ``withPlace(expecting:_:)``. A caller whose task is
/// cancelled while it waits leaves the queue and gets `CancellationError`.
public final class AdmissionLimiter: Sendable {
    /// What a caller's work is taken for.
    public enum Lane: Sendable, Hashable {
        /// Somebody waits for the answer.
        case ordinary
        /// Minutes of work: recordings, articles, indexes.
        case long
    }

    /// How many run and how many wait, in both lanes.
    public struct Snapshot: Sendable, Hashable {
        public var running: Int
        public var queued: Int
        /// Those of `queued` that do not wait for a place yet.
        public var preparing: Int

        public init(running: Int, queued: Int, preparing: Int = 0) {
            self.running = running
            self.queued = queued
            self.preparing = preparing
        }
    }

    private typealias Continuation = CheckedContinuation<Void, any Error>

    private struct State {
        var queue: AdmissionQueue
        var nextID: AdmissionQueue.ID = 0
        var waiting: [AdmissionQueue.ID: Continuation] = [:]
    }

    private let what: String
    /// Since this limiter was made.
    fileprivate let elapsed: @Sendable () -> Duration
    private let state: Mutex<State>

    /// - Parameter what: The name of the queue in the refusal, such as "speech-to-text".
    public init(
        what: String, maxConcurrent: Int, maxQueued: Int, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.what = what
        elapsed = clock.stopwatch()
        state = Mutex(State(queue: AdmissionQueue(places: maxConcurrent, maxQueued: maxQueued)))
    }

    public var snapshot: Snapshot {
        state.withLock { state in
            Snapshot(running: state.queue.running, queued: state.queue.queued, preparing: state.queue.preparing)
        }
    }

    /// Runs `body` once admitted into the ordinary lane; it is told how long it waited.
    ///
    /// - Throws: `overloaded` when the queue is full, `CancellationError`, or what `body` throws.
    public func withAdmission<R: Sendable>(
        _ body: @Sendable (_ waited: Duration) async throws -> R
    ) async throws -> R {
        try await withPlace { place in
            try await place.enter(.ordinary)
            return try await body(place.waited)
        }
    }

    /// Runs `body`, which prepares its work, holding no place, and then waits for one with ``Place/enter(_:)``.
    ///
    /// - Parameter lane: the one that it is likely to enter; it may enter the other.
    /// - Throws: `overloaded` at once when both lanes are full, or when as many prepare for `lane` as may run and wait there;
    ///   `CancellationError`, or what `body` throws.
    public func withPlace<R: Sendable>(
        expecting lane: Lane = .ordinary, _ body: @Sendable (Place) async throws -> R
    ) async throws -> R {
        let id = try arrive(lane)
        defer { leave(id) }
        return try await body(Place(limiter: self, id: id))
    }

    private func arrive(_ lane: Lane) throws -> AdmissionQueue.ID {
        let now = elapsed()
        let outcome: Result<AdmissionQueue.ID, ServiceError> = state.withLock { state in
            state.nextID += 1
            guard state.queue.arrive(state.nextID, lane, now: now) else {
                return .failure(refusal(state.queue, lane, now))
            }
            return .success(state.nextID)
        }
        return try outcome.get()
    }

    fileprivate func checkRoom(in lane: Lane) throws {
        let now = elapsed()
        let refused: ServiceError? = state.withLock { state in
            state.queue.hasRoom(in: lane) ? nil : refusal(state.queue, lane, now)
        }
        if let refused { throw refused }
    }

    /// Does `step` for `id`, then waits if it says so.
    fileprivate func enter(
        _ id: AdmissionQueue.ID, _ lane: Lane,
        _ step: @Sendable (inout AdmissionQueue, _ now: Duration) -> AdmissionQueue.Step
    ) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: Continuation) in
                let now = elapsed()
                let (outcome, next): (Result<Void, any Error>?, Continuation?) = state.withLock { state in
                    // Looked at under the lock that `onCancel` takes, so that one of the two sees the other.
                    if Task.isCancelled { return (.failure(CancellationError()), nil) }
                    let step = step(&state.queue, now)
                    let next = step.next.flatMap { state.waiting.removeValue(forKey: $0) }
                    switch step.answer {
                    case .runs: return (.success(()), next)
                    case .refused: return (.failure(refusal(state.queue, lane, now)), next)
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
        let now = elapsed()
        let next = state.withLock { state in
            state.queue.leave(id, now: now).flatMap { state.waiting.removeValue(forKey: $0) }
        }
        next?.resume()
    }

    private func refusal(_ queue: AdmissionQueue, _ lane: Lane, _ now: Duration) -> ServiceError {
        let pause = queue.retryAfter(lane, now: now)
        let counts = queue.counts(in: lane)
        let what = lane == .long ? "The \(what) queue for long work" : "The \(what) queue"
        return ServiceError(
            .overloaded,
            "\(what) is full (\(counts.running) running, \(counts.waiting) waiting). Try again in about \(Int(pause.inSeconds.rounded(.up))) s.",
            retryAfter: pause)
    }
}

extension AdmissionLimiter {
    /// The place of one caller, given up when the body of ``AdmissionLimiter/withPlace(expecting:_:)`` ends.
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

        /// Refuses early: to be called before preparations that take long.
        ///
        /// - Throws: `overloaded` when `lane` is full now.
        public func checkRoom(in lane: Lane) throws { try limiter.checkRoom(in: lane) }

        /// Returns once the caller has a place in `lane`. Does nothing the second time.
        ///
        /// - Throws: `overloaded` when as many wait there as may, `CancellationError`.
        public func enter(_ lane: Lane) async throws {
            let id = id
            try await wait(lane) { AdmissionQueue.Step(answer: $0.enter(id, lane, now: $1)) }
        }

        /// Gives the ordinary place to whoever is next and goes on in the lane for long work, once a place there is free. The
        /// caller holds none meanwhile, and is not refused. Does nothing the second time, nor in that lane.
        ///
        /// - Throws: `CancellationError`; the caller then has at most the place that it had.
        public func passIntoLongLane() async throws {
            let id = id
            try await wait(.long) { $0.passIntoLongLane(id, now: $1) }
        }

        private func wait(
            _ lane: Lane, for step: @Sendable (inout AdmissionQueue, _ now: Duration) -> AdmissionQueue.Step
        ) async throws {
            let start = limiter.elapsed()
            try await limiter.enter(id, lane, step)
            let waited = limiter.elapsed() - start
            time.withLock { $0 += waited }
        }
    }
}
