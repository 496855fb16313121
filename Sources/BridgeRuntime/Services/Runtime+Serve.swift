import BridgeSupport
import Logging
package import ServiceLifecycle
import UnixSignals

extension Runtime {
    /// Serves until SIGTERM, SIGINT or the end of the terminal that it was started in, then finishes running work, for `timeouts.shutdown` at most.
    ///
    /// - Parameter onReady: called once all doors listen and the loading of default models has been tried, with the services and the
    ///   addresses of the doors, in their order.
    /// - Throws: what a door that cannot listen throws, such as `invalid_request` (param `port`) if the port is in use.
    public static func serve(
        _ configuration: BridgeConfiguration, doors: [Door],
        onReady: @escaping @Sendable (BridgeServices, _ addresses: [String]) async -> Void = { _, _ in }
    ) async throws {
        let logging = try BridgeLogging(configuration)
        defer { logging.flush() }
        let logger = logging.logger
        OpenFiles.raiseLimit()
        try configuration.checkAccess()
        let services = try BridgeServices.make(configuration: configuration, logger: logger)
        if configuration.isOpen {
            logger.warning(
                "Everybody who reaches this machine may use the server, as \(Keys.openToAll.name) says: there are no keys.",
                metadata: ["host": "\(configuration.host)"])
        }
        let runtime = try Runtime(services, logger: logger)
        let all = try runtime.opening(doors) { await onReady(services, $0) }
        if let problem = services.lexicon.problem {
            logger.error("\(problem.message) Voices say all words by the rules of their language.")
        }
        let watch = FileWatch([runtime.keys, services.lexicon], clock: services.clock, logger: logger)
        var group = ServiceGroupConfiguration(
            services: all.map { .init(service: $0) }
                + [.init(service: watch, successTerminationBehavior: .gracefullyShutdownGroup)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // Requests end themselves in time to tell their clients; this is for anything that does not react.
        group.maximumGracefulShutdownDuration = .seconds(configuration[Keys.shutdownTime] + 3)
        group.maximumCancellationDuration = .seconds(5)
        try await ServiceGroup(configuration: group).run()
        let abandoned = services.models.abandonLoads()
        logger.info("Stopped.", metadata: abandoned.isEmpty ? nil : ["abandoned_loads": "\(abandoned)"])
    }

    /// Everything that runs while the server serves: the doors, and the background work, which ends after they have.
    ///
    /// - Parameter onReady: see ``serve(_:doors:onReady:)``.
    package func opening(
        _ doors: [Door], onReady: @escaping @Sendable (_ addresses: [String]) async -> Void = { _ in }
    ) throws -> [any Service] {
        let (listening, announce) = AsyncStream.makeStream(of: (door: Int, address: String).self)
        let background = BackgroundWork(
            services: services, rates: rates, deadlines: deadlines, administration: administration, logger: logger
        ) {
            var addresses: [Int: String] = [:]
            for await (door, address) in listening.prefix(doors.count) { addresses[door] = address }
            // There are fewer if the server ends before it has begun.
            if addresses.count == doors.count { await onReady(doors.indices.compactMap { addresses[$0] }) }
        }
        // The first one ends last, when nothing makes spans any more.
        return try (services.traces.map { [$0] } ?? []) + [background]
            + doors.enumerated().map { index, door in try door(self) { announce.yield((index, $0)) } }
    }
}
