import BridgeSupport
import CoreMetrics
import ModelStore

/// Counts and times the loads of another loader.
struct MeteredLoader: ModelLoading {
    private struct Meters {
        let loaded, failed: Counter
        let duration: Timer
    }

    private let loader: any ModelLoading
    private let meters: [ModelService: Meters]
    private let clock: any Clock<Duration>

    init(_ loader: any ModelLoading, metrics: PrometheusMetrics, clock: any Clock<Duration>) {
        (self.loader, self.clock) = (loader, clock)
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
        do {
            let model = try await loader.load(key)
            meters?.loaded.increment()
            meters?.duration.record(elapsed())
            return model
        } catch {
            meters?.failed.increment()
            throw error
        }
    }
}
