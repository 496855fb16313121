import BridgeSupport
import ServiceLifecycle

/// What every route needs.
struct RouteContext: Sendable {
    let services: BridgeServices
    let connections: ConnectionWatch
    /// For all answers together that are held for their clients.
    let answerBudget: MemoryBudget

    init(services: BridgeServices, connections: ConnectionWatch) {
        self.services = services
        self.connections = connections
        let configuration = services.configuration
        // Samples of four bytes, at the rate of the best voices.
        let longestSpeech = configuration.integer("limits.speech_seconds") * 24_000 * 4
        answerBudget = MemoryBudget(
            limit: configuration.integer("limits.answers_total"), small: configuration.integer("limits.body_text"),
            largest: longestSpeech,
            exhausted: ServiceError(
                .overloaded,
                "The answers that clients have not taken yet take all the memory that limits.answers_total allows. Send this request again in a moment.",
                retryAfter: .seconds(5)))
    }

    var textLimit: Int { services.configuration.integer("limits.body_text") }
    var audioLimit: Int { services.configuration.integer("limits.body_audio") }
    /// Of audio as base64, which makes four bytes of three, with the fields beside it.
    var encodedAudioLimit: Int { audioLimit / 3 * 4 + textLimit }
    /// For all bodies together.
    var bodyBudget: MemoryBudget {
        MemoryBudget(
            limit: services.configuration.integer("limits.bodies_total"), small: textLimit, largest: encodedAudioLimit,
            exhausted: ServiceError(
                .overloaded,
                "The bodies of the requests under way take all the memory that limits.bodies_total allows. Send this one again in a moment.",
                retryAfter: .seconds(5)))
    }

    /// - Throws: `not_found` when the bridge is switched off.
    func require(_ bridge: String) throws {
        guard services.configuration.list("services.enabled").contains(bridge) else {
            throw ServiceError(.notFound, "The \(bridge) bridge is switched off on this server (services.enabled).")
        }
    }

    /// Runs the work of a request: no longer than `timeouts.BRIDGE` says, only while its client waits, and for `timeouts.shutdown` at
    /// most once the server stops.
    ///
    /// - Throws: `timeout`, `shutting_down`, ``ClientLeft``, or what `work` throws; the work has been cancelled and has ended then.
    func perform<R: Sendable>(
        _ bridge: String, for request: BridgeContext, _ work: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        let limit = services.configuration.integer("timeouts.\(bridge)")
        let grace = services.configuration.integer("timeouts.shutdown")
        return try await withThrowingTaskGroup(of: R.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: .seconds(limit))
                throw ServiceError(
                    .timeout,
                    "The request took longer than its limit of \(limit) s. Send less at once, or raise timeouts.\(bridge) in the configuration."
                )
            }
            group.addTask {
                try await gracefulShutdown()
                try await Task.sleep(for: .seconds(grace))
                throw ServiceError.stopping
            }
            group.addTask { [connections] in
                await connections.waitForClose(of: request.channel)
                try Task.checkCancellation()
                throw ClientLeft()
            }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }
}

/// Nobody waits for the answer any more.
struct ClientLeft: Error {}
