import BridgeRuntime
import BridgeSupport

/// What every route needs.
struct RouteDependencies: Sendable {
    let services: BridgeServices
    let connections: ConnectionWatch
    /// For all answers together that are held for their clients.
    let answerBudget: MemoryBudget

    init(services: BridgeServices, connections: ConnectionWatch) {
        self.services = services
        self.connections = connections
        let configuration = services.configuration
        // Samples of four bytes, at the rate of the best voices.
        let longestSpeech = configuration[Keys.speechSeconds] * 24_000 * 4
        answerBudget = MemoryBudget(
            limit: configuration[Keys.allAnswers], small: configuration[Keys.largestText],
            largest: longestSpeech,
            exhausted: ServiceError(
                .overloaded,
                "The answers that are being made, and those that clients have not taken yet, take all the memory that limits.answers_total allows. Send this request again in a moment.",
                retryAfter: .seconds(5)))
    }

    var textLimit: Int { services.configuration[Keys.largestText] }
    var audioLimit: Int { services.configuration[Keys.largestAudio] }
    /// Of audio as base64, which makes four bytes of three, with the fields beside it.
    var encodedAudioLimit: Int { audioLimit / 3 * 4 + textLimit }
    /// For all bodies together.
    var bodyBudget: MemoryBudget {
        MemoryBudget(
            // A recording in JSON is decoded over itself: its body is all that is held of it.
            limit: services.configuration[Keys.allBodies], small: textLimit, largest: encodedAudioLimit,
            exhausted: ServiceError(
                .overloaded,
                "The bodies of the requests under way take all the memory that limits.bodies_total allows. Send this one again in a moment.",
                retryAfter: .seconds(5)))
    }

    /// - Throws: `not_found` when the bridge of the route is switched off.
    func check(_ policy: RoutePolicy) throws {
        if let bridge = policy.bridge, !services.configuration.isEnabled(bridge) {
            throw ServiceError(
                .notFound,
                "The \(bridge.rawValue) bridge is switched off on this server (\(Keys.enabledBridges.setting.name)).")
        }
    }

    /// Runs the work of a request within its scope; see ``RequestScope/perform(_:)``.
    ///
    /// - Throws: `timeout`, `shutting_down`, ``ClientLeft``, or what `work` throws; the work has been cancelled and has ended then.
    func perform<R: Sendable>(
        _ bridge: Bridge, for request: BridgeContext, _ work: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        let channel = request.channel
        return try await RequestScope(bridge, services.configuration, requested: request.timeLimit) { [connections] in
            await connections.waitForClose(of: channel)
        }.perform(work)
    }
}
