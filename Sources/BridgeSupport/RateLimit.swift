/// So much of something in a time, of which some may come at once.
public struct RateLimit: Sendable, Hashable {
    /// How much may be used in ``period``.
    public let amount: Double
    /// The time in which `amount` comes back.
    public let period: Duration
    /// How much may be used at once after a rest.
    public let burst: Double

    /// - Parameters:
    ///   - amount: above 0.
    ///   - period: above 0.
    ///   - burst: above 0; `amount` unless told.
    public init(_ amount: Double, per period: Duration, burst: Double? = nil) {
        (self.amount, self.period, self.burst) = (amount, period, burst ?? amount)
    }

    /// The time in which one comes back.
    public var interval: Duration { period / amount }

    /// How far ahead the moment may lie at which all has come back. Debts are owed in full; this only bounds what a clock that has jumped
    /// can do.
    public var deepest: Duration { max(interval * burst * 2, period * 24) }
}

/// What one caller has used of a limit, as the generic cell rate algorithm keeps it: one moment, at which all that was used has come back.
/// A pure value; its owner tells the time.
///
/// A request whose size is known beforehand is taken from the bucket, or refused. What is only known afterwards, such as the length of an
/// answer, is charged: the request is let in while anything is left, and the bucket may end in debt, which comes back first.
public struct RateBucket: Sendable, Hashable {
    /// When it is full again.
    public private(set) var full: Duration

    /// A full one.
    public init(now: Duration) { full = now }

    /// One that will be full at that moment, as another place has kept it.
    public init(full: Duration) { self.full = full }

    /// What came of a request.
    public struct Verdict: Sendable, Hashable {
        /// Whether it may go on.
        public var isAllowed: Bool
        /// How much may be used at once after it; 0 in debt.
        public var remaining: Double
        /// Until all of it has come back.
        public var reset: Duration
        /// Until the same request would be let in; zero if it is.
        public var retry: Duration

        /// Everything is taken as it is.
        public init(isAllowed: Bool, remaining: Double, reset: Duration, retry: Duration) {
            (self.isAllowed, self.remaining, self.reset, self.retry) = (isAllowed, remaining, reset, retry)
        }
    }

    /// Takes `cost`, or nothing if there is not as much.
    ///
    /// - Parameter cost: 0 asks whether anything is left.
    public mutating func take(_ cost: Double, of limit: RateLimit, at now: Duration) -> Verdict {
        settle(limit, now)
        let burst = limit.interval * limit.burst
        // A request that takes nothing is let in only if something is left.
        let after = full + limit.interval * cost
        let excess = after - now - burst
        let isAllowed = cost > 0 ? excess <= Self.rounding : excess < .zero - Self.rounding
        if isAllowed { full = after }
        let left = max(.zero, burst - (full - now))
        return Verdict(
            isAllowed: isAllowed, remaining: left / limit.interval, reset: full - now,
            retry: isAllowed ? .zero : max(excess, .milliseconds(1)))
    }

    /// Takes `cost`, whether it is there or not.
    public mutating func charge(_ cost: Double, to limit: RateLimit, at now: Duration) {
        settle(limit, now)
        full = min(full + limit.interval * max(0, cost), now + limit.deepest)
    }

    /// More than what multiplying and dividing times loses.
    private static let rounding = Duration.microseconds(1)

    /// A clock that has jumped back must not leave anybody out for longer than the deepest debt.
    private mutating func settle(_ limit: RateLimit, _ now: Duration) {
        full = min(max(full, now), now + limit.deepest)
    }
}
