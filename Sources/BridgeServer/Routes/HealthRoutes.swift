import BridgeSupport
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// How the server is, for people, probes and monitors.
struct HealthRoutes {
    let context: RouteContext
    let metrics: PrometheusMetrics

    func add(to router: Router<BridgeContext>) {
        router.path("/health", [(.get, health)])
        router.path("/ready", [(.get, ready)])
        router.path("/metrics", [(.get, prometheus)])
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

    /// 200 while the process serves, whatever its parts do. Waits for nothing.
    @Sendable private func health(_ request: Request, _: BridgeContext) async throws -> Response {
        let statuses = await context.services.statuses()
        let offered = statuses.filter { $0.status.state != .disabled }
        let overall =
            offered.allSatisfy { $0.status.state == .healthy }
            ? "healthy" : offered.allSatisfy { $0.status.state == .unavailable } ? "unhealthy" : "degraded"
        let details = statuses.map { name, status in
            (
                name,
                Health.Detail(
                    state: status.state.rawValue, model: status.model, loaded: status.loaded, message: status.message,
                    last_error: status.lastError, queue: status.queued, running: status.running)
            )
        }
        return .json(
            Health(
                status: overall,
                services: Dictionary(uniqueKeysWithValues: statuses.map { ($0.name, $0.status.state.rawValue) }),
                details: Dictionary(uniqueKeysWithValues: details)))
    }

    private struct Ready: Encodable {
        var status: String
        var version = BridgeVersion.current
        var waiting_for: [String]?
    }

    /// 200 once the bridges that `ready.require` names can answer at once. One without any model is not waited for: waiting would
    /// not bring one.
    @Sendable private func ready(_ request: Request, _: BridgeContext) async throws -> Response {
        let names = ["llm": "ollama_llm", "stt": "whisper_stt", "tts": "piper_tts", "embeddings": "embeddings"]
        let required = Set(context.services.configuration.list("ready.require").compactMap { names[$0] })
        let preload = context.services.configuration.flag("preload")
        let waiting = await context.services.statuses().filter { name, status in
            guard required.contains(name), status.state != .disabled, status.model != nil else { return false }
            return status.state == .unavailable || (preload && !status.loaded && name != "ollama_llm")
        }.map(\.name)
        return waiting.isEmpty
            ? .json(Ready(status: "ready"))
            : .json(Ready(status: "not_ready", waiting_for: waiting), status: .serviceUnavailable)
    }

    @Sendable private func prometheus(_ request: Request, _: BridgeContext) async throws -> Response {
        for (name, status) in await context.services.statuses() {
            let labels = [("service", name)]
            metrics.gauge("jarvis_service_up", labels, status.state == .healthy || status.state == .degraded ? 1 : 0)
            metrics.gauge("jarvis_model_loaded", labels, status.loaded ? 1 : 0)
            metrics.gauge("jarvis_queue_length", labels, Double(status.queued))
            metrics.gauge("jarvis_requests_running", labels, Double(status.running))
        }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.render())))
    }
}
