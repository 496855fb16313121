import BridgeRuntime
import BridgeSupport

/// What every route needs.
struct RouteDependencies: Sendable {
    let runtime: Runtime
    let connections: ConnectionWatch
    /// For all bodies together.
    let bodyBudget: MemoryBudget
    /// For all answers together that are held for their clients.
    let answerBudget: MemoryBudget

    init(runtime: Runtime, connections: ConnectionWatch) {
        (self.runtime, self.connections) = (runtime, connections)
        let configuration = runtime.services.configuration
        let small = configuration[Keys.largestText]
        bodyBudget = MemoryBudget(
            // A recording in JSON is decoded over itself: its body is all that is held of it.
            limit: configuration[Keys.allBodies], small: small, largest: Self.encodedAudioLimit(configuration),
            exhausted: ServiceError(
                .overloaded,
                "The bodies of the requests under way take all the memory that limits.bodies_total allows. Send this one again in a moment.",
                retryAfter: .seconds(5)))
        // Samples of four bytes, at the rate of the best voices.
        let longestSpeech = configuration[Keys.speechSeconds] * 24_000 * 4
        answerBudget = MemoryBudget(
            limit: configuration[Keys.allAnswers], small: small, largest: longestSpeech,
            exhausted: ServiceError(
                .overloaded,
                "The answers that are being made, and those that clients have not taken yet, take all the memory that limits.answers_total allows. Send this request again in a moment.",
                retryAfter: .seconds(5)))
    }

    var services: BridgeServices { runtime.services }
    var textLimit: Int { services.configuration[Keys.largestText] }
    var audioLimit: Int { services.configuration[Keys.largestAudio] }
    var encodedAudioLimit: Int { Self.encodedAudioLimit(services.configuration) }

    /// Of audio as base64, which makes four bytes of three, with the fields beside it.
    private static func encodedAudioLimit(_ configuration: BridgeConfiguration) -> Int {
        configuration[Keys.largestAudio] / 3 * 4 + configuration[Keys.largestText]
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
