import Dispatch
import Synchronization
import Testing

@testable import OnnxRuntime

@Suite struct ComputeQueueTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    @Test func givesOutNoMoreThanItHas() {
        var queue = ComputeQueue<ContinuousClock.Instant>(permits: 2)
        let entered = [1, 2, 3].map { queue.enter($0, .interactive, now: at(0)) }
        #expect(entered == [true, true, false])
        #expect(queue.running == 2)
        let next = (0..<3).map { _ in queue.leave(now: at(1)) }
        #expect(next == [3, nil, nil])
        #expect(queue.running == 0)
    }

    @Test func interactiveWorkOvertakes() {
        var queue = ComputeQueue<ContinuousClock.Instant>(permits: 1, patience: .seconds(2))
        _ = queue.enter(0, .batch, now: at(0))
        _ = queue.enter(1, .batch, now: at(0.1))
        _ = queue.enter(2, .interactive, now: at(0.2))
        _ = queue.enter(3, .interactive, now: at(0.3))
        let order = (0..<3).map { _ in queue.leave(now: at(0.5)) }
        #expect(order == [2, 3, 1])
    }

    @Test func batchWorkIsNeverStarved() {
        var queue = ComputeQueue<ContinuousClock.Instant>(permits: 1, patience: .seconds(2))
        _ = queue.enter(0, .interactive, now: at(0))
        _ = queue.enter(1, .batch, now: at(0))
        // Two interactive runs arrive each second, for ever.
        var order: [UInt64] = []
        for step in 1...10 {
            _ = queue.enter(UInt64(100 + step), .interactive, now: at(Double(step) / 2))
            if let next = queue.leave(now: at(Double(step) / 2)) { order.append(next) }
        }
        #expect(order.firstIndex(of: 1) == 3)
    }

    @Test func aWaiterMayLeave() {
        var queue = ComputeQueue<ContinuousClock.Instant>(permits: 1)
        _ = queue.enter(0, .interactive, now: at(0))
        _ = queue.enter(1, .interactive, now: at(0))
        let cancelled = [1, 1, 0].map { queue.cancel($0) }
        #expect(cancelled == [true, false, false])
        let next = queue.leave(now: at(1))
        #expect(next == nil)
    }

    @Test func hasAtLeastOnePermit() {
        var queue = ComputeQueue<ContinuousClock.Instant>(permits: 0)
        let entered = queue.enter(0, .interactive, now: at(0))
        #expect(entered)
    }
}

@Suite struct ComputeSchedulerTests {
    @Test func neverRunsMoreThanItsPermits() async throws {
        let scheduler = ComputeScheduler(permits: 3)
        let crowd = Crowd()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<60 {
                group.addTask {
                    try await scheduler.acquire(index.isMultiple(of: 3) ? .batch : .interactive)
                    crowd.enter()
                    await Task.yield()
                    crowd.leave()
                    scheduler.release()
                }
            }
            try await group.waitForAll()
        }
        #expect(crowd.most <= 3)
    }

    @Test func aCancelledWaiterGoesAndTakesNoPermit() async throws {
        let scheduler = ComputeScheduler(permits: 1)
        try await scheduler.acquire(.interactive)
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await scheduler.acquire(.interactive) }
                await Task.yield()
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        scheduler.release()
        try await scheduler.acquire(.batch)
        scheduler.release()
    }

    @Test func blockedRunsLeaveSwiftsOwnThreadsAlone() async throws {
        // More blocked bodies than the machine has cores: on the cooperative pool the task that frees them could not run.
        let count = 64
        let executor = ComputeExecutor(lanes: count)
        let started = DispatchSemaphore(value: 0)
        let gate = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    try await executor.run {
                        started.signal()
                        gate.wait()
                    }
                }
            }
            group.addTask {
                while started.wait(timeout: .now()) == .timedOut { await Task.yield() }
                for _ in 0..<count { gate.signal() }
            }
            try await group.waitForAll()
        }
    }

    @Test func aPermitPassesOnTheBodysErrorAndComesBack() async throws {
        let engine = try Fixture.engine()
        for _ in 0..<10 {
            await #expect(throws: OnnxRuntimeError.self) {
                try await engine.withComputePermit {
                    throw OnnxRuntimeError(operation: "test", code: .failure, message: "on purpose")
                }
            }
        }
        #expect(try await engine.withComputePermit(priority: .batch) { 5 } == 5)
    }
}

/// Counts who is inside at once.
private final class Crowd: Sendable {
    private let counts = Mutex((now: 0, most: 0))

    var most: Int { counts.withLock { $0.most } }
    func enter() { counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
    func leave() { counts.withLock { $0.now -= 1 } }
}
