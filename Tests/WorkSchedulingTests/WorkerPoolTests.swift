import BridgeTesting
import Dispatch
import Foundation
import Testing

@testable import WorkScheduling

@Suite(.timeLimit(.minutes(1))) struct WorkerPoolTests {
    /// Holds threads until it is opened; blocks, as the work that the pools are for does.
    private final class Door: Sendable {
        let entered = Watched(0)
        private let semaphore = DispatchSemaphore(value: 0)

        func hold() {
            entered.update { $0 += 1 }
            semaphore.wait()
        }

        func open(for count: Int) { for _ in 0..<count { semaphore.signal() } }
    }

    @Test func workInTheTaskOfItsCallerRunsOnAThreadOfThePoolAndHearsThatItIsCancelled() async throws {
        let pool = WorkerPool("test.task", threads: 1)
        #expect(try await pool.runInTask { Thread.current.name }?.hasPrefix("test.task") == true)
        struct Refusal: Error {}
        await #expect(throws: Refusal.self) { try await pool.runInTask { throw Refusal() } }
        let entered = Watched(0)
        let task = Task {
            try await pool.runInTask {
                entered.update { $0 += 1 }
                while !Task.isCancelled { usleep(1000) }
                return 7
            }
        }
        try await entered.wait { $0 == 1 }
        task.cancel()
        #expect(try await task.value == 7)
        #expect(await pool.run { 8 } == 8, "its thread is free again")
    }

    @Test func noMoreRunThanThereAreThreadsTheRestInOrderOfArrival() async throws {
        let pool = WorkerPool("test", threads: 2)
        let door = Door()
        let order = Watched<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { await pool.run { door.hold() } } }
            try await door.entered.wait { $0 == 2 }
            for number in 1...5 {
                group.addTask { await pool.run { order.update { $0.append(number) } } }
                try await waitUntil { pool.waitingCount == number }
            }
            #expect(order.value.isEmpty)
            // One thread does all that waits; the other is still held.
            door.open(for: 1)
            try await order.wait { $0.count == 5 }
            door.open(for: 1)
            try await group.waitForAll()
        }
        #expect(order.value == [1, 2, 3, 4, 5])
        #expect(pool.waitingCount == 0)
        // Both threads are free again.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { await pool.run { door.hold() } } }
            try await door.entered.wait { $0 == 4 }
            door.open(for: 2)
            try await group.waitForAll()
        }
    }

    /// Many more than the cores are held: neither another pool nor Swift's own threads are.
    @Test func aPoolKeepsNobodyWaitingWhoUsesAnother() async throws {
        let busy = WorkerPool("busy", threads: 64, priority: .low)
        let door = Door()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<64 { group.addTask { await busy.run { door.hold() } } }
            try await door.entered.wait { $0 == 64 }
            #expect(await WorkerPool("other", threads: 1).run { 7 } == 7)
            #expect(await aside { 8 } == 8)
            door.open(for: 64)
            try await group.waitForAll()
        }
    }

    @Test func resultsAndErrorsArePassedOnByAtLeastOneThread() async throws {
        let pool = WorkerPool("test", threads: 0)
        #expect(await pool.run { 7 } == 7)
        await #expect(throws: CocoaError.self) { try await pool.run { throw CocoaError(.fileNoSuchFile) } }
        #expect(await pool.run { 8 } == 8)
    }

    @Test(arguments: [0, 1, 2, 20]) func manyThreadsGiveTheirResultsInOrder(count: Int) async {
        let pool = WorkerPool("test", threads: 3)
        #expect(await aside { pool.concurrentMap(count) { $0 * $0 } } == (0..<count).map { $0 * $0 })
    }

    @Test func thePoolsThreadsAndTheCallerWorkAtTheSameTime() async throws {
        let pool = WorkerPool("test.crowd", threads: 2)
        let door = Door()
        async let names = aside {
            pool.concurrentMap(3) { _ in
                door.hold()
                return Thread.current.name ?? ""
            }
        }
        try await door.entered.wait { $0 == 3 }
        door.open(for: 3)
        #expect(await names.filter { $0.hasPrefix("test.crowd") }.count == 2)
    }

    @Test func whoHasNothingLeftToBeginTellsThatOnce() async throws {
        let pool = WorkerPool("test", threads: 2)
        let (door, told) = (Door(), Watched(0))
        let count = Watched(0)
        async let results = aside {
            pool.concurrentMap(3, whenThreadIsFree: { told.update { $0 += 1 } }) { number in
                door.hold()
                count.update { $0 += 1 }
                return number
            }
        }
        try await door.entered.wait { $0 == 3 }
        #expect(told.value == 0)
        door.open(for: 1)
        try await told.wait { $0 == 1 }
        #expect(count.value == 1)
        door.open(for: 2)
        #expect(await results == [0, 1, 2])
        // Nobody else was at work when the last one ended.
        let alone = Watched(0)
        #expect(await aside { pool.concurrentMap(1, whenThreadIsFree: { alone.update { $0 += 1 } }) { $0 } } == [0])
        #expect((told.value, alone.value) == (1, 0))
    }

    @Test func whereNoThreadIsFreeTheCallerDoesAllOfIt() async throws {
        let pool = WorkerPool("test", threads: 1)
        let door = Door()
        async let held: Void = pool.run { door.hold() }
        try await door.entered.wait { $0 == 1 }
        #expect(await aside { pool.concurrentMap(5) { $0 } } == [0, 1, 2, 3, 4])
        door.open(for: 1)
        await held
        #expect(await pool.run { 7 } == 7)
    }

    #if os(Linux)
        @Test func whoHelpsAThreadOfLowPriorityHasTheUsualOne() async throws {
            let niceness = { @Sendable in getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }
            let usual = await WorkerPool("test", threads: 1).run(niceness)
            let (low, pool) = (WorkerPool("low", threads: 1, priority: .low), WorkerPool("test", threads: 2))
            let door = Door()
            async let found = low.run {
                pool.concurrentMap(3) { _ in
                    door.hold()
                    return niceness()
                }
            }
            try await door.entered.wait { $0 == 3 }
            door.open(for: 3)
            let sorted = await found.sorted()
            #expect(sorted.prefix(2) == [usual, usual] && sorted[2] >= 10, "\(sorted)")
        }

        @Test func onlyThePoolsOwnThreadsHaveALowerPriority() async {
            let niceness = { @Sendable in getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }
            let usual = await WorkerPool("test", threads: 1).run(niceness)
            #expect(await WorkerPool("low", threads: 1, priority: .low).run(niceness) >= 10)
            #expect(await WorkerPool("again", threads: 1).run(niceness) == usual)
            #expect(await aside(niceness) == usual)
        }
    #endif

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/thread-self/comm")))
    func threadsBearTheNameOfTheirPool() async throws {
        let pool = WorkerPool("test.pool", threads: 1)
        #expect(
            try await pool.run { try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8) }
                == "test.pool.1\n")
    }
}
