import BridgeTesting
import Foundation
import OnnxRuntime
import Synchronization
import Testing
import WorkScheduling

@Suite(.timeLimit(.minutes(5))) struct CancellationTests {
    /// A run of about an hour.
    private static let forever: Int64 = 10_000_000_000

    private func inputs(trips: Int64) throws -> [String: Tensor] {
        ["trips": try Fixture.tensor([trips], []), "start": try Fixture.tensor([0] as [Int64])]
    }

    @Test func countsWhenLeftAlone() async throws {
        #expect(
            try await Fixture.session("counter").run(inputs(trips: 1000), ticket: .alone())["count"]?.values(
                as: Int64.self) == [1000])
    }

    @Test func cancellingTheTaskEndsItsRun() async throws {
        let session = try Fixture.session("counter")
        let inputs = try inputs(trips: Self.forever)
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await session.run(inputs, ticket: .alone()) }
                try await Task.sleep(for: .milliseconds(50))
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        // The permit came back, and nothing of the cancellation stays with the session.
        #expect(try await session.run(self.inputs(trips: 3), ticket: .alone())["count"]?.values(as: Int64.self) == [3])
    }

    @Test func cancellingTheTaskEndsAllRunsAtOnce() async throws {
        let session = try Fixture.session("counter", options: .init(isSingleThreaded: true))
        let parts = try (0..<3).map { _ in try inputs(trips: Self.forever) }
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try await WorkTicket.alone().withPermit { try session.runAtOnce(parts, permit: $0) }
                }
                try await Task.sleep(for: .milliseconds(50))
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test func aCancelledTaskDoesNotRun() async throws {
        let session = try Fixture.session("counter")
        let inputs = try inputs(trips: Self.forever)
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask { _ = try await session.run(inputs, ticket: .alone()) }
                try await group.waitForAll()
            }
        }
    }

    @Test func aCancellationEndsRunsOfAnotherThread() async throws {
        let session = try Fixture.session("counter")
        let inputs = try inputs(trips: Self.forever)
        let cancellation = RunCancellation()
        async let error: OnnxRuntimeError? = WorkTicket.alone().withPermit { _ in
            do { _ = try session.runBlocking(inputs, cancellation: cancellation) } catch let error as OnnxRuntimeError {
                return error
            }
            return nil
        }
        try await Task.sleep(for: .milliseconds(50))
        cancellation.cancel()
        #expect(try await error?.code == .cancelled)
        #expect(cancellation.isCancelled)
    }

    /// The one permit is at a run that would take an hour.
    @Test(.timeLimit(.minutes(1))) func aRunThatMayRepeatMakesWay() async throws {
        let scheduler = WorkScheduler(permits: 1)
        let session = try Fixture.session("counter")
        let inputs = try inputs(trips: Self.forever)
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await session.run(inputs, ticket: scheduler.ticket(.long), mayRepeat: true) }
                try await waitUntil { scheduler.computingCount == 1 }
                for _ in 0..<2 {
                    try await Task.sleep(for: .milliseconds(30))
                    let command = try await session.run(self.inputs(trips: 3), ticket: scheduler.ticket(.interactive))
                    #expect(try command["count"]?.values(as: Int64.self) == [3])
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        #expect(scheduler.computingCount == 0)
    }

    @Test func aCancellationStaysSo() throws {
        let cancellation = RunCancellation()
        cancellation.cancel()
        let session = try Fixture.session("counter")
        let error = try #require(throws: OnnxRuntimeError.self) {
            try session.runBlocking(inputs(trips: 1), cancellation: cancellation)
        }
        #expect(error.code == .cancelled)
    }

    @Test func otherErrorsStayWhatTheyAre() throws {
        let session = try Fixture.session("arithmetic")
        let error = try #require(throws: OnnxRuntimeError.self) {
            try session.runBlocking(
                ["x": Fixture.tensor([1] as [Float], [1, 1]), "y": Fixture.tensor([1] as [Float], [1, 1])],
                cancellation: RunCancellation())
        }
        #expect(error.code == .invalidArgument)
    }
}
