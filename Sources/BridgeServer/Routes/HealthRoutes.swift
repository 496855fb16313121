import BridgeRuntime
import BridgeSupport
import Embeddings
import Foundation
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
        routes.add(.get, "/health", policy: open, handler: health)
        routes.add(.get, "/ready", policy: open, handler: ready)
        let keyed = RoutePolicy(group: .probes, cost: .nothing)
        routes.add(.get, "/metrics", policy: keyed, handler: prometheus)
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
    @Sendable private func health(_ request: Request, _: BridgeContext) async throws -> Response {
        try await recent.value(orNew: currentHealth)
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
    @Sendable private func ready(_ request: Request, _: BridgeContext) async throws -> Response {
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

    @Sendable private func prometheus(_ request: Request, _: BridgeContext) async throws -> Response {
        let metrics = dependencies.runtime.metrics
        for (bridge, status) in await dependencies.services.statuses() {
            let labels = [("service", bridge.serviceName)]
            metrics.gauge(
                "jarvis_service_up", labels, value: status.state == .healthy || status.state == .degraded ? 1 : 0,
                help: "1 when the bridge can answer.")
            metrics.gauge(
                "jarvis_model_loaded", labels, value: status.loaded ? 1 : 0,
                help: "1 when the bridge's default model is in memory.")
            metrics.gauge(
                "jarvis_queue_length", labels, value: Double(status.queued), help: "Requests that wait for admission.")
            metrics.gauge("jarvis_requests_running", labels, value: Double(status.running), help: "Requests that run.")
        }
        let cache = await dependencies.services.embeddings.cacheStatistics()
        metrics.gauge(
            "jarvis_embedding_cache_entries", [], value: Double(cache.entries ?? 0),
            help: "Vectors in the embedding cache.")
        metrics.total(
            "jarvis_embedding_cache_hits_total", value: Double(cache.hits), help: "Texts whose vector was in the cache."
        )
        metrics.total(
            "jarvis_embedding_cache_misses_total", value: Double(cache.misses), help: "Texts whose vector was computed."
        )
        for tier in cache.tiers.isEmpty ? [cache] : cache.tiers {
            let labels = [("tier", tier.backend)]
            metrics.total(
                "jarvis_embedding_cache_tier_hits_total", labels, value: Double(tier.hits),
                help: "Texts whose vector was in this tier of the cache.")
            metrics.total(
                "jarvis_embedding_cache_tier_misses_total", labels, value: Double(tier.misses),
                help: "Texts that this tier of the cache was asked for in vain.")
        }
        if let redis = dependencies.services.redisState {
            metrics.gauge("jarvis_redis_up", [], value: redis.isUp ? 1 : 0, help: "1 while Redis is used.")
            metrics.total(
                "jarvis_redis_failures_total", value: Double(redis.failures),
                help: "Batches of commands that Redis did not answer.")
        }
        if let bytes = Self.residentMemory() {
            metrics.gauge("process_resident_memory_bytes", [], value: Double(bytes), help: "Memory of this process.")
        }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.render())))
    }

    /// The second number of /proc/self/statm, in pages.
    private static func residentMemory() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map {
            $0 * Int(sysconf(Int32(_SC_PAGESIZE)))
        }
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

    func value(orNew make: () async throws -> Response) async throws -> Response {
        let now = elapsed()
        let recent = state.withLock { state -> Response? in
            if now < state.end { return state.answer }
            state.end = now + .milliseconds(100)
            return nil
        }
        if let recent { return recent }
        let new = try await make()
        state.withLock { $0.answer = new }
        return new
    }
}
