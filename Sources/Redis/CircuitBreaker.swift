/// Keeps work away from something that has failed. A pure state machine; its owner tells the time.
///
/// States, and what leads from one to the next:
/// - closed: work is let through. closed → open, when it has failed several times in a row;
/// - open: nothing is let through. open → half open, when the pause is over and somebody tries;
/// - half open: one trial is under way. → closed, if it succeeds; → open, with twice the pause, if it fails; → open with the same pause,
///   if nobody knows what became of it.
///
/// What began before the breaker opened changes nothing when it ends after that.
public struct CircuitBreaker: Sendable {
    /// How much it bears, and how long it waits.
    public struct Settings: Sendable {
        /// Failures in a row that open it.
        public var failures: Int
        /// The pause before the first trial.
        public var pause: Duration
        /// The longest pause, after several trials.
        public var longestPause: Duration

        /// Three failures, and pauses from half a second to ten.
        public init(
            failures: Int = 3, pause: Duration = .milliseconds(500), longestPause: Duration = .seconds(10)
        ) {
            (self.failures, self.pause, self.longestPause) = (failures, pause, longestPause)
        }
    }

    private enum State {
        case closed(failures: Int)
        case open(until: Duration, pause: Duration)
        case halfOpen(pause: Duration)
    }

    private let settings: Settings
    private var state = State.closed(failures: 0)

    /// A closed one.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Whether work is let through without being a trial.
    public var isClosed: Bool { if case .closed = state { true } else { false } }

    /// Whether somebody may go on now. Where the breaker was open, this is the trial: its end must be told.
    public mutating func permits(at now: Duration) -> Bool {
        switch state {
        case .closed: return true
        case .halfOpen: return false
        case .open(let end, let pause):
            guard now >= end else { return false }
            state = .halfOpen(pause: pause)
            return true
        }
    }

    /// - Returns: whether this has closed the breaker.
    public mutating func succeeded() -> Bool {
        switch state {
        case .closed: state = .closed(failures: 0)
        case .open: break
        case .halfOpen:
            state = .closed(failures: 0)
            return true
        }
        return false
    }

    /// - Returns: whether this has opened a breaker that was closed.
    public mutating func failed(at now: Duration) -> Bool {
        switch state {
        case .open: return false
        case .halfOpen(let pause):
            open(min(pause * 2, settings.longestPause), at: now)
            return false
        case .closed(let failures):
            guard failures + 1 >= settings.failures else {
                state = .closed(failures: failures + 1)
                return false
            }
            open(settings.pause, at: now)
            return true
        }
    }

    /// A trial was given up before it came to an end.
    public mutating func abandoned(at now: Duration) {
        if case .halfOpen(let pause) = state { open(pause, at: now) }
    }

    private mutating func open(_ pause: Duration, at now: Duration) { state = .open(until: now + pause, pause: pause) }
}
