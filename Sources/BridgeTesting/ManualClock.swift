import Synchronization

/// A clock that stands still until a test moves it.
///
/// Wait for the code under test to go to sleep (``sleepers(atLeast:)``), then ``advance(by:)``: sleepers wake in the
/// order of their deadlines.
public final class ManualClock: Clock, Sendable {
    /// A moment on one clock; moments of two clocks cannot be compared.
    public struct Instant: InstantProtocol {
        /// Since the clock was made.
        public var offset: Duration

        public init(offset: Duration = .zero) {
            self.offset = offset
        }

        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State: Sendable {
        var now = Instant()
        /// Deadlines of the sleeping tasks.
        var deadlines: [UInt64: Instant] = [:]
        var nextID: UInt64 = 0
    }

    private let state = Watched(State())

    /// Begins at zero.
    public init() {}

    public var now: Instant { state.value.now }
    public var minimumResolution: Duration { .nanoseconds(1) }

    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let id = state.update { state in
            state.nextID += 1
            if deadline > state.now { state.deadlines[state.nextID] = deadline }
            return state.nextID
        }
        defer { state.update { $0.deadlines[id] = nil } }
        try Task.checkCancellation()
        try await state.wait { $0.now >= deadline }
    }

    /// Moves the time forward, through each deadline in turn.
    public func advance(by duration: Duration) {
        let end = now.advanced(by: duration)
        while let next = nextDeadline(upTo: end) { move(to: next) }
        move(to: end)
    }

    /// Waits until at least `count` tasks sleep on this clock.
    public func sleepers(atLeast count: Int) async throws {
        try await state.wait { $0.deadlines.count >= count }
    }

    /// Waits until at most `count` tasks sleep on this clock.
    public func sleepers(atMost count: Int) async throws {
        try await state.wait { $0.deadlines.count <= count }
    }

    /// Waits until a task sleeps that wakes within `duration` from now.
    public func sleeper(within duration: Duration) async throws {
        try await state.wait { state in
            state.deadlines.values.contains { $0 <= state.now.advanced(by: duration) }
        }
    }

    /// How many sleeps have begun.
    public var sleepCount: Int { Int(state.value.nextID) }

    /// How many tasks sleep now.
    public var sleeperCount: Int { state.value.deadlines.count }

    private func nextDeadline(upTo end: Instant) -> Instant? {
        let state = state.value
        return state.deadlines.values.filter { $0 > state.now && $0 <= end }.min()
    }

    private func move(to instant: Instant) {
        state.update { state in
            state.now = max(state.now, instant)
            let now = state.now
            state.deadlines = state.deadlines.filter { $0.value > now }
        }
    }
}
