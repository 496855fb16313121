import BridgeSupport
import BridgeTesting
import Testing

/// The fakes are what other tests stand on, so they have tests of their own.
@Suite(.timeLimit(.minutes(1)))
struct ManualClockTests {
    @Test
    func sleepersWakeInTheOrderOfTheirDeadlines() async throws {
        let clock = ManualClock()
        let woken = Watched<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seconds in [3, 1, 2] {
                group.addTask {
                    try await clock.sleep(for: .seconds(seconds))
                    woken.update { $0.append(seconds) }
                }
            }
            try await clock.sleepers(atLeast: 3)
            for seconds in 1...3 {
                clock.advance(by: .seconds(1))
                try await woken.wait { $0.count == seconds }
            }
            try await group.waitForAll()
        }
        #expect(woken.value == [1, 2, 3])
        #expect(clock.now.offset == .seconds(3))
    }

    @Test
    func aCancelledSleeperIsLetGo() async throws {
        let clock = ManualClock()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) { try await clock.sleep(for: .seconds(1)) }
            }
            try await clock.sleepers(atLeast: 1)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(clock.sleeperCount == 0)
    }

    @Test
    func aStopwatchMeasuresWhatTheTestMoved() {
        let clock = ManualClock()
        let elapsed = clock.stopwatch()
        clock.advance(by: .milliseconds(1500))
        #expect(elapsed() == .milliseconds(1500))
    }
}
