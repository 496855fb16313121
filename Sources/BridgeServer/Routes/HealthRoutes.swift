import BridgeRuntime
import BridgeSupport
import Embeddings
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The health of the server, for people, probes and monitors.
struct HealthRoutes {
    let dependencies: RouteDependencies
    private let recent: RecentAnswer

    init(dependencies: RouteDependencies) {
        self.dependencies = dependencies
        recent = RecentAnswer(elapsed: dependencies.services.clock.stopwatch())
    }

    func add(to routes: inout RouteTable) {
        let open = RoutePolicy(role: .open, group: .probes, cost: .nothing)
        routes.add(.get, "/health", policy: open) { try await health($0, $1) }
        routes.add(.get, "/ready", policy: open) { try await ready($0, $1) }
        let keyed = RoutePolicy(group: .probes, cost: .nothing)
        routes.add(.get, "/metrics", policy: keyed) { try await prometheus($0, $1) }
    }

    private struct Health: Encodable {
        struct Detail: Encodable {
            var state: String
            var model: String?
            var loaded: Bool
            var message: String?
            var last_error: String?
            var queue: Int
            var running: Int
        }
        var status: String
        var service = "jarvis-bridges"
        var version = BridgeVersion.current
        var services: [String: String]
        var details: [String: Detail]
    }

    /// 200 while the process serves, whatever the state of its parts. Waits for nothing; the answer may be a tenth of a second old.
    private func health(_ request: Request, _: BridgeContext) async throws -> Response {
        if let answer = recent.answer() { return answer }
        let answer = try await currentHealth()
        recent.keep(answer)
        return answer
    }

    private func currentHealth() async throws -> Response {
        let statuses = await dependencies.services.statuses()
        let offered = statuses.filter { $0.status.state != .disabled }
        let overall =
            offered.allSatisfy { $0.status.state == .healthy }
            ? "healthy" : offered.allSatisfy { $0.status.state == .unavailable } ? "unhealthy" : "degraded"
        let details = statuses.map { bridge, status in
            (
                bridge.serviceName,
                Health.Detail(
                    state: status.state.rawValue, model: status.model, loaded: status.loaded, message: status.message,
                    last_error: status.lastError, queue: status.queued, running: status.running)
            )
        }
        return try .json(
            Health(
                status: overall,
                services: Dictionary(
                    uniqueKeysWithValues: statuses.map { ($0.bridge.serviceName, $0.status.state.rawValue) }),
                details: Dictionary(uniqueKeysWithValues: details)))
    }

    private struct Ready: Encodable {
        var status: String
        var version = BridgeVersion.current
        var waiting_for: [String]?
    }

    /// 200 once the bridges named by `ready.require` can answer at once.
    private func ready(_ request: Request, _: BridgeContext) async throws -> Response {
        let required = dependencies.services.configuration[Keys.requiredBridges]
        let preload = dependencies.services.configuration[Keys.preload]
        let waiting = await dependencies.services.statuses().filter { bridge, status in
            guard required.contains(bridge), status.state != .disabled else { return false }
            let isLoaded = status.loaded || status.rests || bridge == .llm
            return status.state == .unavailable || (preload && !isLoaded)
        }.map(\.bridge.serviceName)
        return try waiting.isEmpty
            ? .json(Ready(status: "ready"))
            : .json(Ready(status: "not_ready", waiting_for: waiting), status: .serviceUnavailable)
    }

    private func prometheus(_ request: Request, _: BridgeContext) async throws -> Response {
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: await dependencies.runtime.metricsPage())))
    }
}

/// The newest answer, kept for a tenth of a second so that a crowd of probes costs next to nothing.
private final class RecentAnswer: Sendable {
    private struct State {
        var answer: Response?
        /// When the answer expires; postponed by the request that makes a new one, so that the others need not.
        var end = Duration.zero
    }
    private let state = Mutex(State())
    private let elapsed: @Sendable () -> Duration

    /// - Parameter elapsed: the time from any fixed moment.
    init(elapsed: @escaping @Sendable () -> Duration) { self.elapsed = elapsed }

    /// nil if it is the caller's turn to make a new one, and to have it kept.
    func answer() -> Response? {
        let now = elapsed()
        return state.withLock { state in
            if now < state.end { return state.answer }
            state.end = now + .milliseconds(100)
            return nil
        }
    }

    func keep(_ answer: Response) { state.withLock { $0.answer = answer } }
}
