public import BridgeRuntime
import BridgeSupport
import Foundation
import HTTPTypes
public import Hummingbird
import HummingbirdCore
import LanguageModels
public import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// The server, wired: production and tests both start here.
///
/// - Parameters:
///   - onRunning: called with the port once the server listens.
///   - onSettled: called once, when Ollama was asked for the first time and the default models are loaded (or failed to).
public func buildApplication(
    _ services: BridgeServices, logger: Logger, onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in },
    onSettled: @escaping @Sendable () async -> Void = {}
) throws -> some ApplicationProtocol {
    let configuration = services.configuration
    let metrics = PrometheusMetrics()
    let connectionLimit = OpenFiles.connections(wanted: configuration[Keys.connections])
    let connections = ConnectionWatch(limit: connectionLimit, reserve: OpenFiles.extraConnections)
    let dependencies = RouteDependencies(services: services, connections: connections)
    let routes = try routeTable(dependencies, metrics)
    let router = Router(context: BridgeContext.self)
    router.add(middleware: PolicyMiddleware(routes: routes))
    router.add(middleware: RequestLogMiddleware(logger: logger, metrics: metrics))
    router.add(middleware: HostHeaderMiddleware())
    router.add(middleware: HostMiddleware(names: ServerNames(configuration)))
    router.add(middleware: OriginMiddleware(configuration))
    router.add(middleware: CrowdMiddleware(connections: connections))
    router.add(middleware: APIKeyMiddleware(keys: configuration[Keys.apiKeys]))
    router.add(middleware: TimeLimitMiddleware())
    router.add(middleware: ContinueMiddleware())
    router.add(middleware: AnswerBudgetMiddleware(budget: dependencies.answerBudget))
    router.add(middleware: BodyBudgetMiddleware(budget: dependencies.bodyBudget))
    routes.register(on: router, check: dependencies.check)
    // After the routes: it acts where none of them was found.
    router.add(middleware: NotFoundMiddleware())
    var application = Application(
        router: router,
        server: HTTPServerBuilder { responder in
            HTTPConnectionChannel(
                responder: responder, settings: .init(configuration), connections: connections, metrics: metrics,
                logger: logger)
        },
        configuration: .init(
            address: .hostname(configuration.host, port: configuration.port), serverName: "jarvis-bridges",
            availableConnectionsDelegate: .maximum(connectionLimit + OpenFiles.extraConnections, logger: logger)),
        onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? configuration.port) },
        logger: logger)
    application.addServices(BackgroundWork(services: services, onSettled: onSettled, logger: logger))
    return application
}

func routeTable(_ dependencies: RouteDependencies, _ metrics: PrometheusMetrics) throws -> RouteTable {
    var routes = RouteTable()
    HealthRoutes(dependencies: dependencies, metrics: metrics).add(to: &routes)
    try DocumentRoutes().add(to: &routes)
    LanguageModelRoutes(dependencies: dependencies).add(to: &routes)
    TranscriptionRoutes(dependencies: dependencies).add(to: &routes)
    SpeechSynthesisRoutes(dependencies: dependencies).add(to: &routes)
    EmbeddingRoutes(dependencies: dependencies).add(to: &routes)
    return routes
}

/// What goes on beside the requests: the look at Ollama, the loading of default models, and the end of idle ones.
struct BackgroundWork: Service, CustomStringConvertible {
    let services: BridgeServices
    let onSettled: @Sendable () async -> Void
    let logger: Logger

    /// ServiceLifecycle logs its services as text: this must not become a dump of all they hold.
    var description: String { "BackgroundWork" }

    func run() async throws {
        let llm = services.configuration.isEnabled(.llm)
        await cancelWhenGracefulShutdown {
            await settle(askOllama: llm)
            if !Task.isCancelled { await onSettled() }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await services.models.run() }
                // Ends by cancellation only; that is no failure.
                if llm { group.addTask { try? await services.languageModel.runProbe() } }
            }
            // A service that returns would stop the others.
            try? await gracefulShutdown()
        }
    }

    private func settle(askOllama: Bool) async {
        await withTaskGroup(of: Void.self) { group in
            if askOllama { group.addTask { await services.languageModel.probe() } }
            if services.configuration[Keys.preload] { group.addTask { await services.warmUp(logger: logger) } }
        }
    }
}

/// Serves until SIGTERM, SIGINT or SIGHUP (a terminal that closes), then finishes what runs, for `timeouts.shutdown` at most.
///
/// - Parameter onReady: called once the server listens and has loaded what it loads at its start, with the services and the
///   base URL.
/// - Throws: `invalid_request` (param `port`) when the port is in use or the address is not this machine's.
public func serve(
    _ configuration: BridgeConfiguration,
    onReady: @escaping @Sendable (BridgeServices, _ address: String) async -> Void = { _, _ in }
) async throws {
    let logging = try BridgeLogging(configuration)
    defer { logging.flush() }
    let logger = logging.logger
    OpenFiles.raiseLimit()
    let services = try BridgeServices.make(configuration: configuration, logger: logger)
    if configuration.isOpen {
        logger.warning(
            "Everybody who reaches this machine may use the server: api_keys is empty.",
            metadata: ["host": "\(configuration.host)"])
    }
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    let application = try buildApplication(
        services, logger: logger, onRunning: { listening.yield($0) },
        onSettled: {
            for await port in ports { return await onReady(services, configuration.address(port: port)) }
        })
    var group = ServiceGroupConfiguration(
        services: [.init(service: application)], gracefulShutdownSignals: [.sigterm, .sigint, .sighup], logger: logger)
    // Requests end themselves in time to say so to their clients; this is for what does not listen.
    group.maximumGracefulShutdownDuration = .seconds(configuration[Keys.shutdownTime] + 3)
    group.maximumCancellationDuration = .seconds(5)
    do {
        try await ServiceGroup(configuration: group).run()
    } catch let error as IOError {
        throw listenError(error, configuration)
    } catch  where error is SocketAddressError || error is SocketAddressError.UnknownHost {
        throw ServiceError.invalid(
            "host",
            "\(configuration.host) is neither an address nor a known name; 127.0.0.1 is this machine alone, 0.0.0.0 every network."
        )
    }
    let abandoned = services.models.abandonLoads()
    logger.info("Stopped.", metadata: abandoned.isEmpty ? nil : ["abandoned_loads": "\(abandoned)"])
}

private func listenError(_ error: IOError, _ configuration: BridgeConfiguration) -> ServiceError {
    let address = "\(configuration.host):\(configuration.port)"
    return switch error.errnoCode {
    case EADDRINUSE: ServiceError.portInUse(configuration.port)
    case EACCES:
        ServiceError.invalid(
            "port", "This user may not listen on port \(configuration.port); choose one above 1023 with --port.")
    case EADDRNOTAVAIL:
        ServiceError.invalid(
            "host", "\(configuration.host) is not an address of this machine; choose another with --host.")
    default: ServiceError(.internal, "The server cannot listen on \(address): \(error.description)", cause: error)
    }
}
