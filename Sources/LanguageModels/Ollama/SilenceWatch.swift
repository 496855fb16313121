import BridgeSupport
import Synchronization

/// Notices when a server is silent for too long, not counting the time in which nobody listened to it.
final class SilenceWatch: Sendable {
    /// What a client waits for from a server. It only moves forward.
    enum Phase {
        /// The head of an answer, or the text of an error.
        case head
        case lines
        /// The end of an answer whose last line has been read.
        case end
    }

    private struct State {
        /// nil while the last message is being processed.
        var listeningSince: Duration?
        var limit: Duration
        var phase = Phase.head
    }

    private let clock: any Clock<Duration>
    private let elapsed: @Sendable () -> Duration
    /// The longest sleep, so that a limit which becomes shorter is noticed in time.
    private let step: Duration
    private let state: Mutex<State>

    /// Starts waiting for the head of an answer, for at most `limit`.
    ///
    /// - Parameter shortest: the shortest limit that ``listen(for:_:)`` will be given.
    init(clock: any Clock<Duration>, limit: Duration, shortest: Duration) {
        self.clock = clock
        elapsed = clock.stopwatch()
        step = min(limit, shortest)
        state = Mutex(State(listeningSince: .zero, limit: limit))
    }

    /// Starts waiting for the next message, for at most `limit`.
    func listen(for phase: Phase, _ limit: Duration) {
        let now = elapsed()
        state.withLock { $0 = State(listeningSince: now, limit: limit, phase: phase) }
    }

    /// Something came; the server owes nothing more until ``listen(for:_:)``.
    func heard() {
        state.withLock { $0.listeningSince = nil }
    }

    /// Returns the limit that passed in silence, and what was being waited for.
    ///
    /// - Throws: `CancellationError`.
    func silence() async throws -> (limit: Duration, phase: Phase) {
        while true {
            let (since, limit, phase) = state.withLock { ($0.listeningSince, $0.limit, $0.phase) }
            let left = since.map { $0 + limit - elapsed() }
            if let left, left <= .zero { return (limit, phase) }
            try await clock.sleep(for: min(left ?? step, step))
        }
    }
}
