import Synchronization

/// Notices when a server says nothing for too long, apart from the time in which nobody listened to it.
final class SilenceWatch<C: Clock>: Sendable where C.Duration == Duration {
    private struct State {
        /// nil while what it said is being worked on.
        var listeningSince: C.Instant?
        var limit: Duration
    }

    private let clock: C
    /// The longest sleep, so that a limit which becomes shorter is noticed in time.
    private let step: Duration
    private let state: Mutex<State>

    /// - Parameter shortest: The shortest limit that ``listen(_:)`` will be given.
    init(clock: C, limit: Duration, shortest: Duration) {
        self.clock = clock
        self.step = min(limit, shortest)
        state = Mutex(State(listeningSince: clock.now, limit: limit))
    }

    /// The next word is waited for from now, at most `limit`.
    func listen(_ limit: Duration) {
        let now = clock.now
        state.withLock { $0 = State(listeningSince: now, limit: limit) }
    }

    /// Something came; the server need not say more before ``listen(_:)``.
    func heard() {
        state.withLock { $0.listeningSince = nil }
    }

    /// Returns the limit that passed in silence.
    ///
    /// - Throws: `CancellationError`.
    func silence() async throws -> Duration {
        while true {
            let (since, limit) = state.withLock { ($0.listeningSince, $0.limit) }
            let now = clock.now
            let deadline = since?.advanced(by: limit)
            if let deadline, deadline <= now { return limit }
            let wakeUp = now.advanced(by: step)
            try await clock.sleep(until: min(deadline ?? wakeUp, wakeUp), tolerance: nil)
        }
    }
}
