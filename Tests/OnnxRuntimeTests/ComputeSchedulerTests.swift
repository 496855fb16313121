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
        let next = (0..<3).map { _ in queue.leave(.interactive, now: at(1)) }
        #expect(next == [[3], [], []])
        #expect(queue.running == 0)
    }

    @Test func interactiveWorkOvertakes() {
        var queue = ComputeQueue<ContinuousClock.Instant>(permits: 1, patience: .seconds(2))
        _ = queue.enter(0, .interactive, now: at(0))
        _ = queue.enter(1, .batch, now: at(0.1))
        _ = queue.enter(2, .interactive, now: at(0.2))
        _ = queue.enter(3, .interactive, now: at(0.3))
        let order = (0..<3).map { _ in queue.leave(.interactive, now: at(0.5)) }
        #expect(order == [[2], [3], [1]])
    }

    @Test func interactiveWorkHasAPlaceBesideRunsOfBatchWork() {
        var queue = ComputeQueue<ContinuousClock.Instant>(permits: 2)
        let batches = (0..<3).map { queue.enter($0, .batch, now: at(0)) }
        #expect(batches == [true, true, false])
        let commands = (3..<5).map { queue.enter($0, .interactive, now: at(0)) }
        #expect(commands == [true, false])
        #expect(queue.running == 3)
        // The place that is more than permits is not for batch work, however long it waits.
        var next = queue.leave(.interactive, now: at(60))
        #expect(next == [4])
        next = queue.leave(.interactive, now: at(60))
        #expect(next == [] && queue.running == 2)
        next = queue.leave(.batch, now: at(60))
        #expect(next == [2] && queue.running == 2)
    }

    @Test func interactiveWorkAloneHasNoPlaceMore() {
        var queue = ComputeQueue<ContinuousClock.Instant>(permits: 2)
        let first = queue.enter(0, .batch, now: at(0))
        let commands = (1..<4).map { queue.enter($0, .interactive, now: at(0)) }
        #expect(first && commands == [true, true, false])
        // Two interactive runs are as many as there may be, also without batch work.
        let next = [queue.leave(.batch, now: at(1)), queue.leave(.interactive, now: at(1))]
        #expect(next == [[], [3]])
    }

    @Test func batchWorkIsNeverStarved() {
        var queue = ComputeQueue<ContinuousClock.Instant>(permits: 1, patience: .seconds(2))
        _ = queue.enter(0, .interactive, now: at(0))
        _ = queue.enter(1, .batch, now: at(0))
        // Two interactive runs arrive each second, for ever.
        var order: [UInt64] = []
        for step in 1...10 {
            _ = queue.enter(UInt64(100 + step), .interactive, now: at(Double(step) / 2))
            order += queue.leave(.interactive, now: at(Double(step) / 2))
        }
        // What came first of the others goes on beside it.
        #expect(order.prefix(5) == [101, 102, 103, 1, 104])
    }

    /// A permit of each kind of work comes and goes, at random; no more run than may, and nothing that could run waits.
    @Test func keepsItsPromisesWhateverComes() {
        var random = SeededGenerator(seed: 7)
        for permits in 1...3 {
            var queue = ComputeQueue<ContinuousClock.Instant>(permits: permits, patience: .seconds(3))
            var priorities: [UInt64: ComputePriority] = [:]
            var running: Set<UInt64> = []
            for step in 0..<2000 as Range<UInt64> {
                let now = at(Double(step))
                if Bool.random(using: &random) || running.isEmpty {
                    priorities[step] = Bool.random(using: &random) ? .interactive : .batch
                    if queue.enter(step, priorities[step] ?? .batch, now: now) { running.insert(step) }
                } else if let ending = running.sorted().randomElement(using: &random) {
                    running.remove(ending)
                    running.formUnion(queue.leave(priorities[ending] ?? .batch, now: now))
                }
                let interactive = running.filter { priorities[$0] == .interactive }.count
                let waiting = queue.waiters.map(\.priority)
                #expect(queue.running == running.count)
                #expect(running.count - interactive <= permits && interactive <= permits)
                #expect(running.count <= permits + 1)
                #expect(running.count >= permits || waiting.isEmpty)
                #expect(interactive >= permits || running.count > permits || !waiting.contains(.interactive))
            }
        }
    }

    @Test func aWaiterMayLeave() {
        var queue = ComputeQueue<ContinuousClock.Instant>(permits: 1)
        _ = queue.enter(0, .interactive, now: at(0))
        _ = queue.enter(1, .interactive, now: at(0))
        let cancelled = [1, 1, 0].map { queue.cancel($0) }
        #expect(cancelled == [true, false, false])
        let next = queue.leave(.interactive, now: at(1))
        #expect(next == [])
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
                    let priority: ComputePriority = index.isMultiple(of: 3) ? .batch : .interactive
                    try await scheduler.acquire(priority)
                    crowd.enter()
                    await Task.yield()
                    crowd.leave()
                    scheduler.release(priority)
                }
            }
            try await group.waitForAll()
        }
        #expect(crowd.most <= 4)
        #expect(scheduler.runningCount == 0)
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
        scheduler.release(.interactive)
        try await scheduler.acquire(.batch)
        scheduler.release(.batch)
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

/// Small and good enough; the same numbers each time.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 32) | (state << 32)
    }
}
