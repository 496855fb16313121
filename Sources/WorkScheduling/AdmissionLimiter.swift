public import BridgeSupport
import Synchronization

/// The lanes of one bridge: at most `maxConcurrent` requests run at a time in each, and up to `maxQueued` more wait in order of arrival.
/// Any further request is refused at once with `overloaded`, and told when trying again is likely to help.
///
/// Each ``Urgency`` has a lane of its own, with as many places and a queue as long. A caller whose task is cancelled while it waits
/// leaves the queue and gets `CancellationError`.
public final class AdmissionLimiter: Sendable {
    /// How many run and wait; also what `/health` tells.
    public typealias Snapshot = AdmissionSnapshot

    /// How many run and wait in one lane.
    public struct Lane: Sendable, Hashable {
        /// Of the work in it.
        public var urgency: Urgency
        /// Requests with a place.
        public var running: Int
        /// Requests without a place, including requests that are preparing.
        public var queued: Int
    }

    private typealias Continuation = CheckedContinuation<Void, any Error>

    /// What a refusal says.
    private struct Refusal: Equatable {
        var urgency: Urgency
        var running, waiting, seconds: Int

        func message(_ what: String) -> String {
            let queue = urgency == .interactive ? "queue" : "queue for long work"
            return
                "The \(what) \(queue) is full (\(running) running, \(waiting) waiting). Try again in about \(seconds) s."
        }
    }

    private struct State {
        var queue: AdmissionQueue
        var nextID: AdmissionQueue.ID = 0
        var waiting: [AdmissionQueue.ID: Continuation] = [:]
        /// The newest refusal: under many times the load, nearly all say the same.
        var refusal: (Refusal, message: String)?
    }

    /// Hands out the permits to compute to admitted requests.
    public let scheduler: WorkScheduler
    private let what: String
    /// Told how long each request waited in which lane.
    let waited: @Sendable (Urgency, Duration) -> Void
    private let state: Mutex<State>

    init(
        _ scheduler: WorkScheduler, what: String, maxConcurrent: Int, maxQueued: Int,
        waited: @escaping @Sendable (Urgency, Duration) -> Void
    ) {
        self.scheduler = scheduler
        self.what = what
        self.waited = waited
        state = Mutex(State(queue: AdmissionQueue(places: maxConcurrent, maxQueued: maxQueued)))
    }

    /// All lanes together.
    public var snapshot: Snapshot {
        state.withLock { state in
            Snapshot(running: state.queue.running, queued: state.queue.queued, preparing: state.queue.preparing)
        }
    }

    /// Each lane by itself.
    public var lanes: [Lane] {
        state.withLock { state in
            Urgency.allCases.map { urgency in
                let counts = state.queue.counts(urgency)
                return Lane(urgency: urgency, running: counts.running, queued: counts.waiting)
            }
        }
    }

    /// Runs `body` once admitted into the interactive lane; it is told how long it waited.
    ///
    /// - Throws: `overloaded` when the queue is full, `CancellationError`, or what `body` throws.
    public func withAdmission<R: Sendable & ~Copyable>(
        _ body: @Sendable (_ waited: Duration) async throws -> R
    ) async throws -> R {
        try await withTicket { ticket in
            try await ticket.enter(.interactive)
            return try await body(ticket.waited)
        }
    }

    /// Runs `body`, which prepares its work without holding a place, and then waits for one with ``WorkTicket/enter(_:)``.
    ///
    /// - Parameter urgency: the likely urgency of the work; it may turn out to be another.
    /// - Throws: `overloaded` at once when no lane that the work may enter has room, or when as many requests are preparing for the lane of
    ///   `urgency` as may run and wait there; `CancellationError`, or what `body` throws.
    public func withTicket<R: Sendable & ~Copyable>(
        expecting urgency: Urgency = .interactive, _ body: @Sendable (WorkTicket) async throws -> R
    ) async throws -> R {
        let id = try arrive(urgency)
        defer { leave(id) }
        return try await body(WorkTicket(scheduler, urgency, place: .init(limiter: self, id: id)))
    }

    private func arrive(_ urgency: Urgency) throws -> AdmissionQueue.ID {
        let now = scheduler.elapsed()
        let outcome: Result<AdmissionQueue.ID, ServiceError> = state.withLock { state in
            state.nextID += 1
            guard state.queue.arrive(state.nextID, urgency, now: now) else {
                return .failure(refusal(&state, urgency, now: now))
            }
            return .success(state.nextID)
        }
        return try outcome.get()
    }

    /// - Throws: `overloaded` when the lane of `urgency` is full now.
    public func checkRoom(_ urgency: Urgency) throws {
        let now = scheduler.elapsed()
        let refused: ServiceError? = state.withLock { state in
            state.queue.hasRoom(urgency) ? nil : refusal(&state, urgency, now: now)
        }
        if let refused { throw refused }
    }

    func enter(_ id: AdmissionQueue.ID, _ urgency: Urgency) async throws {
        try await wait(id, for: urgency) { AdmissionQueue.Step(answer: $0.enter(id, urgency, now: $1)) }
    }

    func demote(_ id: AdmissionQueue.ID) async throws { try await wait(id, for: .long) { $0.demote(id, now: $1) } }

    /// Does `step` for `id`, then waits if the step's answer is to wait.
    private func wait(
        _ id: AdmissionQueue.ID, for urgency: Urgency,
        _ step: @Sendable (inout AdmissionQueue, _ now: Duration) -> AdmissionQueue.Step
    ) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: Continuation) in
                let now = scheduler.elapsed()
                let (outcome, next): (Result<Void, any Error>?, Continuation?) = state.withLock { state in
                    // Checked under the lock that `onCancel` takes, so that one of the two sees the other.
                    if Task.isCancelled { return (.failure(CancellationError()), nil) }
                    let step = step(&state.queue, now)
                    let next = step.next.flatMap { state.waiting.removeValue(forKey: $0) }
                    switch step.answer {
                    case .runs: return (.success(()), next)
                    case .refused: return (.failure(refusal(&state, urgency, now: now)), next)
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
        let now = scheduler.elapsed()
        let next = state.withLock { state in
            state.queue.leave(id, now: now).flatMap { state.waiting.removeValue(forKey: $0) }
        }
        next?.resume()
    }

    private func refusal(_ state: inout State, _ urgency: Urgency, now: Duration) -> ServiceError {
        let pause = state.queue.retryAfter(urgency, now: now)
        let counts = state.queue.counts(urgency)
        let refusal = Refusal(
            urgency: urgency, running: counts.running, waiting: counts.waiting,
            seconds: Int(pause.inSeconds.rounded(.up)))
        let known = state.refusal.flatMap { $0 == refusal ? $1 : nil }
        let message = known ?? refusal.message(what)
        if known == nil { state.refusal = (refusal, message) }
        return ServiceError(.overloaded, message, retryAfter: pause)
    }
}
