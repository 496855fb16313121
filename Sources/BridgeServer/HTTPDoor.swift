public import BridgeRuntime
import BridgeSupport
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
public import ServiceLifecycle

/// The HTTP door, used in production and in tests.
public struct HTTPDoor: Service, CustomStringConvertible {
    private let application: any ApplicationProtocol
    private let configuration: BridgeConfiguration
    private let deadlines: Deadlines

    /// ServiceLifecycle logs its services as text, which must not become a dump of everything they hold.
    public var description: String { "HTTPDoor" }

    /// - Parameter onListening: called with the base URL once the server listens.
    /// - Throws: `internal` when a file of the program is missing.
    public init(_ runtime: Runtime, onListening: @escaping @Sendable (_ address: String) async -> Void) throws {
        let configuration = runtime.services.configuration
        self.configuration = configuration
        deadlines = runtime.deadlines
        application = try buildApplication(runtime) { port in
            await onListening(configuration.address(port: port ?? configuration.port))
        }
    }

    /// Listens until the server stops.
    ///
    /// - Throws: `invalid_request` (param `port` or `host`) when the port is in use or the address does not belong to this machine.
    public func run() async throws {
        do {
            try await withGracefulShutdownHandler {
                try await application.run()
            } onGracefulShutdown: {
                deadlines.noteStop()
            }
        } catch let error as IOError {
            throw listenError(error)
        } catch  where error is SocketAddressError || error is SocketAddressError.UnknownHost {
            throw ServiceError.invalid(
                "host",
                "\(configuration.host) is neither an address nor a known name; 127.0.0.1 is this machine alone, 0.0.0.0 every network."
            )
        }
    }

    private func listenError(_ error: IOError) -> ServiceError {
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
}

private func buildApplication(
    _ runtime: Runtime, onRunning: @escaping @Sendable (_ port: Int?) async -> Void
) throws -> some ApplicationProtocol {
    let (configuration, metrics, logger) = (runtime.services.configuration, runtime.metrics, runtime.logger)
    let cuts = Dictionary(
        uniqueKeysWithValues: CutReason.allCases.map { reason in
            (reason, metrics.counter(.connectionsCut, [("reason", reason.rawValue)]))
        })
    let connectionLimit = connectionLimit(configuration, logger)
    let connections = ConnectionWatch(limit: connectionLimit)
    let allConnections = connectionLimit + OpenFiles.extraConnections + OpenFiles.leavingConnections
    return Application(
        router: try buildRouter(RouteDependencies(runtime: runtime, connections: connections)),
        server: HTTPServerBuilder { responder in
            HTTPConnectionChannel(
                responder: responder, settings: .init(configuration), connections: connections, cuts: cuts,
                logger: logger)
        },
        configuration: .init(
            address: .hostname(configuration.host, port: configuration.port), serverName: "jarvis-bridges",
            availableConnectionsDelegate: .maximum(allConnections, logger: logger)),
        onServerRunning: { channel in await onRunning(channel.localAddress?.port) },
        logger: logger)
}

private func connectionLimit(_ configuration: BridgeConfiguration, _ logger: Logger) -> Int {
    let wanted = configuration[Keys.connections]
    let limit = OpenFiles.connections(wanted: wanted)
    if limit < wanted {
        logger.warning(
            "The limit of open files allows fewer connections than \(Keys.connections.name). Raise it: ulimit -n, LimitNOFILE.",
            metadata: [Keys.connections.name: "\(wanted)", "connections": "\(limit)"])
    }
    return limit
}

private func buildRouter(_ dependencies: RouteDependencies) throws -> Router<BridgeContext> {
    let routes = try routeTable(dependencies)
    let router = Router(context: BridgeContext.self)
    router.add(middleware: RequestMiddleware(dependencies, routes: routes))
    routes.register(on: router)
    // After the routes, because it acts where none of them matched.
    router.add(middleware: NotFoundMiddleware())
    return router
}

func routeTable(_ dependencies: RouteDependencies) throws -> RouteTable {
    var routes = RouteTable(metrics: dependencies.runtime.metrics)
    HealthRoutes(dependencies: dependencies).add(to: &routes)
    try DocumentRoutes().add(to: &routes)
    LanguageModelRoutes(dependencies: dependencies).add(to: &routes)
    TranscriptionRoutes(dependencies: dependencies).add(to: &routes)
    SpeechSynthesisRoutes(dependencies: dependencies).add(to: &routes)
    LexiconRoutes(dependencies: dependencies).add(to: &routes)
    EmbeddingRoutes(dependencies: dependencies).add(to: &routes)
    ModelRoutes(dependencies: dependencies).add(to: &routes)
    return routes
}
