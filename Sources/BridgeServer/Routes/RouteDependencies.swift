import BridgeRuntime
import BridgeSupport

/// What every route needs.
struct RouteDependencies: Sendable {
    let runtime: Runtime
    let connections: ConnectionWatch
    /// Of the event loops of connections.
    let executors = EventLoopExecutors()

    var services: BridgeServices { runtime.services }
    var textLimit: Int { services.configuration[Keys.largestText] }
    var audioLimit: Int { services.configuration[Keys.largestAudio] }
    var encodedAudioLimit: Int { services.configuration.largestEncodedAudio }

    /// Runs the work of a request within its scope; see ``RequestScope/perform(on:_:)``.
    ///
    /// - Parameter bridge: whose time limit counts beside that of the request; nil for work that takes as long as it needs.
    /// - Throws: `timeout`, `shutting_down`, ``ClientLeft``, or what `work` throws; `work` has been cancelled and has ended by then.
    func perform<R: Sendable>(
        _ bridge: Bridge?, for context: BridgeContext, on executor: (any TaskExecutor)? = nil,
        _ work: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        let scope = RequestScope(
            bridge, services.configuration, requested: context.timeLimit, deadlines: runtime.deadlines,
            departure: connections.closing(of: context.channel))
        return try await runtime.measuring(context.record, in: context.span, trace: context.trace) {
            try await scope.perform(on: executor, work)
        }
    }
}
