import BridgeSupport
import BridgeTesting
import Dispatch
import Logging
import ServiceLifecycle
import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(1))) struct RequestScopeTests {
    private let clock: ManualClock
    private let deadlines: Deadlines
    /// What the work of requests waits at.
    private let gate = Gate()

    init() {
        clock = ManualClock()
        deadlines = Deadlines(clock: clock)
    }

    /// A scope of embeddings on a server that ends within 8 s, of which requests get 6.
    private func scope(
        limit: Int = 4, requested: Duration? = nil, departure: @escaping RequestScope.Departure = { _ in {} }
    ) throws -> RequestScope {
        let settings = ["timeouts.embeddings": "\(limit)", "timeouts.shutdown": "8"]
        return RequestScope(
            .embeddings, try .loadAlone(environment: [:], flags: settings),
            requested: requested.map { .init(limit: $0, name: "Time") }, deadlines: deadlines, departure: departure)
    }

    /// Runs `body` while the deadlines are kept.
    private func keepingDeadlines<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        async let _ = deadlines.run()
        return try await body()
    }

    private func error(of work: Task<Void, any Error>) async -> ServiceError? {
        guard case .failure(let error) = await work.result else { return nil }
        return error as? ServiceError
    }

    @Test func whatIsDoneInTimeIsHandedOn() async throws {
        let scope = try scope()
        #expect(try await scope.perform { 7 } == 7)
        await #expect(throws: ServiceError.self) { try await scope.perform { throw ServiceError.stopping } }
        // Nothing is left behind.
        #expect(deadlines.pendingCount == 0)
    }

    @Test(
        arguments: [
            (nil, Duration.seconds(4), "timeouts.embeddings"), (.seconds(9), .seconds(4), "timeouts.embeddings"),
            (.seconds(3), .seconds(3), "The request took longer than its Time."),
        ] as [(Duration?, Duration, String)])
    func workEndsAtTheShorterLimit(requested: Duration?, limit: Duration, says: String) async throws {
        let (scope, gate) = (try scope(requested: requested), gate)
        let ended = Watched(false)
        try await keepingDeadlines {
            let work = Task {
                try await scope.perform {
                    defer { ended.update { $0 = true } }
                    try await gate.pass()
                }
            }
            try await clock.sleepers(atLeast: 1)
            clock.advance(by: limit - .milliseconds(1))
            #expect(!ended.value)
            clock.advance(by: .milliseconds(1))
            let error = await error(of: work)
            #expect(error?.code == .timeout && error?.message.contains(says) == true, "\(error?.message ?? "")")
        }
        // Nothing of it goes on.
        #expect(ended.value)
    }

    @Test func workEndsWhenItsClientLeaves() async throws {
        let leave = Watched<(@Sendable () -> Void)?>(nil)
        let scope = try scope { act in
            leave.update { $0 = act }
            return { leave.update { $0 = nil } }
        }
        let (gate, ended) = (gate, Watched(false))
        let work = Task {
            try await scope.perform {
                defer { ended.update { $0 = true } }
                try await gate.pass()
            }
        }
        try await gate.arrivals(atLeast: 1)
        try await leave.wait { $0 != nil }
        leave.value?()
        await #expect(throws: ClientLeft.self) { try await work.value }
        #expect(ended.value)
        // It is not told twice.
        #expect(leave.value == nil)
    }

    @Test func workOfAClientThatHasLeftEndsAtOnce() async throws {
        let (scope, gate) = (
            try scope { act in
                act()
                return {}
            }, gate
        )
        await #expect(throws: ClientLeft.self) { try await scope.perform { try await gate.pass() } }
    }

    @Test func cancellationReachesTheWork() async throws {
        let (scope, gate) = (try scope(), gate)
        let work = Task { try await scope.perform { try await gate.pass() } }
        try await gate.arrivals(atLeast: 1)
        work.cancel()
        await #expect(throws: CancellationError.self) { try await work.value }
    }

    /// A stream of tokens would change threads for each of them otherwise.
    @Test func workStaysOnTheExecutorOfItsCaller() async throws {
        let (scope, executor) = (try scope(), CountingExecutor())
        // As an event stream begins it.
        let work = Task(executorPreference: executor) {
            try await scope.perform(on: executor) {
                let before = executor.jobs.value
                for _ in 0..<10 { await executor.pass() }
                return (before, executor.jobs.value)
            }
        }
        let (before, after) = try await work.value
        // The caller's own, and none to begin the work.
        #expect(before == 1)
        #expect(after == before + 10)
    }

    /// Runs jobs on a queue, and counts them.
    private final class CountingExecutor: TaskExecutor {
        let jobs = Watched(0)
        private let queue = DispatchQueue(label: "test")

        func enqueue(_ job: consuming ExecutorJob) {
            jobs.update { $0 += 1 }
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }

        /// Lets what waits on the queue run: the calling task is suspended by then.
        func pass() async {
            await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
        }
    }

    /// Performs work in a scope.
    private struct Performer: Service {
        let scope: RequestScope
        let gate: Gate
        let failure = Watched<ServiceError?>(nil)

        /// It alone.
        var group: ServiceGroup {
            ServiceGroup(
                configuration: .init(
                    services: [.init(service: self, successTerminationBehavior: .gracefullyShutdownGroup)],
                    logger: Logger(label: "test")))
        }

        func run() async throws {
            do {
                try await scope.perform { try await gate.pass() }
            } catch let error as ServiceError {
                failure.update { $0 = error }
            }
        }
    }

    @Test func workHasMostOfTheTimeInWhichTheServerStops() async throws {
        let performer = Performer(scope: try scope(limit: 100), gate: gate)
        let group = performer.group
        try await keepingDeadlines {
            async let end: Void = group.run()
            try await gate.arrivals(atLeast: 1)
            try await clock.sleepers(atLeast: 1)
            await group.triggerGracefulShutdown()
            // The limit of the server, which is earlier than that of the work.
            try await clock.sleeper(within: .seconds(6))
            clock.advance(by: .milliseconds(5999))
            #expect(performer.failure.value == nil)
            clock.advance(by: .milliseconds(1))
            try await end
        }
        #expect(performer.failure.value?.code == .shuttingDown)
    }

    /// Its upload may have come to its end only then.
    @Test func workThatBeginsWithinTheStopHasWhatIsLeftOfTheTime() async throws {
        let performer = Performer(scope: try scope(limit: 100), gate: gate)
        let group = performer.group
        try await keepingDeadlines {
            deadlines.noteStop()
            clock.advance(by: .seconds(4))
            async let end: Void = group.run()
            try await gate.arrivals(atLeast: 1)
            await group.triggerGracefulShutdown()
            try await clock.sleeper(within: .seconds(2))
            clock.advance(by: .seconds(2))
            try await end
        }
        #expect(performer.failure.value?.code == .shuttingDown)
    }
}
