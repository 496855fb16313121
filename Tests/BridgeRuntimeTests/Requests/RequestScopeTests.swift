import BridgeSupport
import BridgeTesting
import Logging
import ServiceLifecycle
import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(1))) struct RequestScopeTests {
    private let clock = ManualClock()
    /// What the work of requests waits at.
    private let gate = Gate()

    /// A scope of embeddings on a server that ends within 8 s, of which requests get 6.
    private func scope(
        limit: Int = 4, requested: Duration? = nil,
        departure: @escaping @Sendable () async -> Void = { _ = try? await Gate().pass() }
    ) throws -> RequestScope {
        let settings = ["timeouts.embeddings": "\(limit)", "timeouts.shutdown": "8"]
        return RequestScope(
            .embeddings, try .loadAlone(environment: [:], flags: settings),
            requested: requested.map { .init(limit: $0, name: "Time") }, clock: clock, departure: departure)
    }

    private func error(of work: Task<Void, any Error>) async -> ServiceError? {
        guard case .failure(let error) = await work.result else { return nil }
        return error as? ServiceError
    }

    @Test func whatIsDoneInTimeIsHandedOn() async throws {
        let scope = try scope()
        #expect(try await scope.perform { 7 } == 7)
        await #expect(throws: ServiceError.self) { try await scope.perform { throw ServiceError.stopping } }
        #expect(clock.sleeperCount == 0)
    }

    @Test(
        arguments: [
            (nil, Duration.seconds(4), "timeouts.embeddings"), (.seconds(9), .seconds(4), "timeouts.embeddings"),
            (.seconds(3), .seconds(3), "The request took longer than its Time."),
        ] as [(Duration?, Duration, String)])
    func workEndsAtTheShorterLimit(requested: Duration?, limit: Duration, says: String) async throws {
        let (scope, gate) = (try scope(requested: requested), gate)
        let ended = Watched(false)
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
        // Nothing of it goes on.
        #expect(ended.value)
    }

    @Test func workEndsWhenNobodyWaitsForIt() async throws {
        let (scope, gate) = (try scope { [gate] in _ = try? await gate.arrivals(atLeast: 1) }, gate)
        await #expect(throws: ClientLeft.self) { try await scope.perform { try await gate.pass() } }
    }

    /// Performs work in a scope.
    private struct Performer: Service {
        let scope: RequestScope
        let gate: Gate
        let failure = Watched<ServiceError?>(nil)

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
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: performer, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: Logger(label: "test")))
        async let end: Void = group.run()
        try await gate.arrivals(atLeast: 1)
        try await clock.sleepers(atLeast: 1)
        await group.triggerGracefulShutdown()
        // Its own limit, and that of the server.
        try await clock.sleepers(atLeast: 2)
        clock.advance(by: .milliseconds(5999))
        #expect(performer.failure.value == nil)
        clock.advance(by: .milliseconds(1))
        try await end
        #expect(performer.failure.value?.code == .shuttingDown)
    }
}
