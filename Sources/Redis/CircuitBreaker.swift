/// Keeps work away from something that has failed. A pure state machine; its owner tells the time.
///
/// States, and what leads from one to the next:
/// - closed: work is let through. closed → open, when it has failed several times in a row;
/// - open: nothing is let through. open → half open, when the pause is over and somebody tries;
/// - half open: one trial is under way. → closed, if it succeeds; → open, with twice the pause, if it fails; → open with the same pause,
///   if nobody knows what became of it.
///
/// Each piece of work holds a pass, by which its outcome is told: what began before the last transition changes nothing when it ends.
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

    /// The permission to work once; its end must be told.
    public struct Pass: Sendable, Hashable {
        fileprivate let generation: Int
    }

    private let settings: Settings
    private var state = State.closed(failures: 0)
    /// Counts transitions.
    private var generation = 0

    /// A closed one.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Whether work is let through without being a trial.
    public var isClosed: Bool { if case .closed = state { true } else { false } }

    /// A pass for work that is not a trial; nil unless the breaker is closed.
    public var pass: Pass? { isClosed ? Pass(generation: generation) : nil }

    /// A pass for work that may go on now: for a trial, where the breaker was open and its pause is over.
    public mutating func permit(at now: Duration) -> Pass? {
        if case .open(let end, let pause) = state, now >= end {
            go(to: .halfOpen(pause: pause))
            return Pass(generation: generation)
        }
        return pass
    }

    /// - Returns: whether this has closed the breaker.
    public mutating func succeeded(_ pass: Pass) -> Bool {
        guard pass.generation == generation else { return false }
        switch state {
        case .closed: state = .closed(failures: 0)
        case .open: break
        case .halfOpen:
            go(to: .closed(failures: 0))
            return true
        }
        return false
    }

    /// - Returns: whether this has opened a breaker that was closed.
    public mutating func failed(_ pass: Pass, at now: Duration) -> Bool {
        guard pass.generation == generation else { return false }
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

    /// Work was given up before it came to an end, which is known of no trial then.
    public mutating func abandoned(_ pass: Pass, at now: Duration) {
        guard pass.generation == generation, case .halfOpen(let pause) = state else { return }
        open(pause, at: now)
    }

    private mutating func open(_ pause: Duration, at now: Duration) { go(to: .open(until: now + pause, pause: pause)) }

    private mutating func go(to next: State) {
        state = next
        generation += 1
    }
}
