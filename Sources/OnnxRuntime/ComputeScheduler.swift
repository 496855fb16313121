import Synchronization

/// How urgent a run is.
public enum ComputePriority: Sendable, Hashable {
    /// Somebody waits for the answer.
    case interactive
    /// Files, indexes: goes behind interactive work until it has waited too long.
    case batch
}

/// Who may run next: a pure state machine; its owner acts on what it returns.
///
/// Interactive waiters go first, in order of arrival. A batch waiter that has waited for `patience` counts as interactive from
/// then on, with its own time of arrival, so that it is never starved.
///
/// There is one place more than permits, which only interactive work takes: a run of batch work may last for seconds, and
/// nobody is to wait for its end when all permits are at such runs.
///
/// States of a caller: waiting → running → gone; it may go from either.
struct ComputeQueue<Instant: InstantProtocol> where Instant.Duration == Duration {
    struct Waiter {
        var id: UInt64
        var priority: ComputePriority
        var arrival: Instant
    }

    let permits: Int
    let patience: Duration
    private(set) var running = 0
    private var runningInteractive = 0
    private(set) var waiters: [Waiter] = []

    init(permits: Int, patience: Duration = .seconds(2)) {
        self.permits = max(1, permits)
        self.patience = patience
    }

    /// Whether `id` may run at once; otherwise it waits.
    mutating func enter(_ id: UInt64, _ priority: ComputePriority, now: Instant) -> Bool {
        guard fits(priority) else {
            waiters.append(Waiter(id: id, priority: priority, arrival: now))
            return false
        }
        start(priority)
        return true
    }

    /// Who may run when one of `priority` ends now: where batch work takes its permit, interactive work may begin as well.
    mutating func leave(_ priority: ComputePriority, now: Instant) -> [UInt64] {
        running -= 1
        if priority == .interactive { runningInteractive -= 1 }
        var started: [UInt64] = []
        while let index = nextWaiter(now) {
            let waiter = waiters.remove(at: index)
            start(waiter.priority)
            started.append(waiter.id)
        }
        return started
    }

    /// Arrival order is array order; nobody urgent means that the oldest of the rest goes.
    private func nextWaiter(_ now: Instant) -> Int? {
        let fitting = waiters.indices.filter { fits(waiters[$0].priority) }
        return fitting.first { isUrgent(waiters[$0], now) } ?? fitting.first
    }

    /// Whether `id` was waiting; it no longer is.
    mutating func cancel(_ id: UInt64) -> Bool {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return false }
        waiters.remove(at: index)
        return true
    }

    private func fits(_ priority: ComputePriority) -> Bool {
        switch priority {
        case .interactive: running <= permits && runningInteractive < permits
        case .batch: running < permits
        }
    }

    private mutating func start(_ priority: ComputePriority) {
        running += 1
        if priority == .interactive { runningInteractive += 1 }
    }

    private func isUrgent(_ waiter: Waiter, _ now: Instant) -> Bool {
        waiter.priority == .interactive || waiter.arrival.duration(to: now) >= patience
    }
}

/// Hands out permits to compute.
final class ComputeScheduler: Sendable {
    private struct State {
        var queue: ComputeQueue<ContinuousClock.Instant>
        var continuations: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var nextID: UInt64 = 0
    }

    private let state: Mutex<State>
    private let clock = ContinuousClock()

    /// Permits that are out.
    var runningCount: Int { state.withLock { $0.queue.running } }

    init(permits: Int) { state = Mutex(State(queue: ComputeQueue(permits: permits))) }

    /// Returns once the caller may compute; it must call ``release(_:)`` then.
    ///
    /// - Throws: `CancellationError` when the task is cancelled before.
    func acquire(_ priority: ComputePriority) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.queue.enter(id, priority, now: clock.now) { return .success(()) }
                    state.continuations[id] = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                state.queue.cancel(id) ? state.continuations.removeValue(forKey: id) : nil
            }
            waiting?.resume(throwing: CancellationError())
        }
    }

    func release(_ priority: ComputePriority) {
        let started = state.withLock { state in
            state.queue.leave(priority, now: clock.now).compactMap { state.continuations.removeValue(forKey: $0) }
        }
        for continuation in started { continuation.resume() }
    }
}
