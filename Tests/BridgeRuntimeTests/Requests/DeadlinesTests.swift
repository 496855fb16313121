import BridgeTesting
import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(1))) struct DeadlinesTests {
    private let clock: ManualClock
    private let deadlines: Deadlines
    /// The names of the deadlines that have come.
    private let come = Watched<[String]>([])

    init() {
        clock = ManualClock()
        deadlines = Deadlines(clock: clock)
    }

    @discardableResult
    private func set(_ name: String, after duration: Duration) -> Deadlines.Token {
        deadlines.after(duration) { [come] in come.update { $0.append(name) } }
    }

    @Test func deadlinesComeInTheirOrder() async throws {
        set("late", after: .seconds(3))
        set("early", after: .seconds(1))
        async let _ = deadlines.run()
        try await clock.sleeper(within: .seconds(1))
        clock.advance(by: .seconds(1))
        try await come.wait { $0 == ["early"] }
        try await clock.sleeper(within: .seconds(2))
        clock.advance(by: .seconds(2))
        try await come.wait { $0 == ["early", "late"] }
    }

    @Test func whatIsDueAtTheSameTimeComesInOrder() async throws {
        for seconds in [3, 1, 2] { set("\(seconds)", after: .seconds(seconds)) }
        clock.advance(by: .seconds(4))
        async let _ = deadlines.run()
        try await come.wait { $0 == ["1", "2", "3"] }
    }

    @Test func whatIsCalledOffDoesNotCome() async throws {
        async let _ = deadlines.run()
        let off = set("off", after: .seconds(1))
        set("on", after: .seconds(2))
        try await clock.sleeper(within: .seconds(1))
        deadlines.cancel(off)
        clock.advance(by: .seconds(1))
        try await clock.sleeper(within: .seconds(1))
        clock.advance(by: .seconds(1))
        try await come.wait { $0 == ["on"] }
    }

    @Test func anEarlierDeadlineWakesTheKeeper() async throws {
        async let _ = deadlines.run()
        set("late", after: .seconds(60))
        try await clock.sleeper(within: .seconds(60))
        set("early", after: .seconds(1))
        try await clock.sleeper(within: .seconds(1))
        // It sleeps once, not once for each deadline.
        try await clock.sleepers(atMost: 1)
        clock.advance(by: .seconds(1))
        try await come.wait { $0 == ["early"] }
    }

    /// Requests come and go long before their limits: they must not wake anything.
    @Test func laterDeadlinesLeaveTheKeeperAsleep() async throws {
        async let _ = deadlines.run()
        set("first", after: .seconds(10))
        try await clock.sleeper(within: .seconds(10))
        for _ in 0..<1000 {
            deadlines.cancel(set("never", after: .seconds(10)))
            await Task.yield()
        }
        #expect(deadlines.pendingCount == 1)
        set("last", after: .seconds(20))
        clock.advance(by: .seconds(10))
        try await come.wait { $0 == ["first"] }
        // Only the two that came were slept for; the first one twice where the keeper began at the same moment.
        try await clock.sleeper(within: .seconds(10))
        #expect(clock.sleepCount <= 3)
        clock.advance(by: .seconds(10))
        try await come.wait { $0 == ["first", "last"] }
        // Nothing is left to wait for.
        try await clock.sleepers(atMost: 0)
        set("next", after: .seconds(5))
        try await clock.sleeper(within: .seconds(5))
        clock.advance(by: .seconds(5))
        try await come.wait { $0 == ["first", "last", "next"] }
    }

    @Test func theKeeperEndsWithItsTask() async throws {
        set("never", after: .seconds(1))
        let keeper = Task { await deadlines.run() }
        try await clock.sleepers(atLeast: 1)
        keeper.cancel()
        await keeper.value
        #expect(clock.sleeperCount == 0)
        #expect(come.value.isEmpty)
    }
}
