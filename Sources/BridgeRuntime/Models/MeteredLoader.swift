import BridgeSupport
import CoreMetrics
import ModelStore
import OTLPTracing
import Tracing

/// Counts and times the loads of another loader, and traces them. A load belongs to no request, and is a trace of its own.
struct MeteredLoader: ModelLoading {
    private struct Meters {
        let loaded, failed: Counter
        let duration: Timer
    }

    private let loader: any ModelLoading
    private let meters: [ModelService: Meters]
    private let clock: any Clock<Duration>
    private let tracer: OTLPTracer?

    init(_ loader: any ModelLoading, metrics: PrometheusMetrics, tracer: OTLPTracer?, clock: any Clock<Duration>) {
        (self.loader, self.tracer, self.clock) = (loader, tracer, clock)
        let loadable: [ModelService] = [.stt, .tts, .embeddings]
        meters = Dictionary(
            uniqueKeysWithValues: loadable.map { service in
                let name = [("service", service.bridge.serviceName)]
                let loads = { metrics.counter(.modelLoads, name + [("result", $0)]) }
                return (
                    service,
                    Meters(
                        loaded: loads("loaded"), failed: loads("failed"), duration: metrics.timer(.loadDuration, name))
                )
            })
    }

    func stamp() -> String { loader.stamp() }
    func inventory(chosen: [ModelService: String]) -> ModelInventory { loader.inventory(chosen: chosen) }
    func files(of key: ModelKey) -> ModelFiles { loader.files(of: key) }

    func load(_ key: ModelKey) async throws -> LoadedModel {
        let elapsed = clock.stopwatch()
        let meters = meters[key.service]
        let span = tracer?.startSpan("load model", context: .topLevel)
        span?.updateAttributes {
            $0["jarvis.service"] = key.service.bridge.serviceName
            $0["jarvis.model"] = key.id
        }
        defer { span?.end() }
        do {
            let model = try await loader.load(key)
            meters?.loaded.increment()
            meters?.duration.record(elapsed())
            return model
        } catch {
            meters?.failed.increment()
            span?.fail(error)
            throw error
        }
    }
}
