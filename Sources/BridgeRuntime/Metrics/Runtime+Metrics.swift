import BridgeSupport
import Embeddings
import ModelStore
import WorkScheduling

extension Runtime {
    /// All metrics in Prometheus' text format 0.0.4. Waits for nothing but the registry's view of the disk.
    package func metricsPage() async -> String {
        metrics.render(with: await modelSamples() + laneSamples() + (await ownSamples()) + ProcessFigures.samples())
    }

    private func modelSamples() async -> [PrometheusMetrics.Sample] {
        let snapshot = await services.models.snapshot()
        var samples = [PrometheusMetrics.Sample(.memoryBudget, Double(snapshot.memoryBudget))]
        for (bridge, status) in services.statuses(in: snapshot) {
            let labels = [("service", bridge.serviceName)]
            samples.append(
                .init(.serviceUp, status.state == .healthy || status.state == .degraded ? 1 : 0, labels: labels))
            samples.append(.init(.defaultLoaded, status.loaded ? 1 : 0, labels: labels))
        }
        for service in [ModelService.stt, .tts, .embeddings] {
            let labels = [("service", service.bridge.serviceName)]
            samples.append(.init(.evictions, Double(snapshot.evictions[service] ?? 0), labels: labels))
        }
        for model in snapshot.models where model.state == .loaded {
            let labels = [("service", model.key.service.bridge.serviceName), ("model", model.key.id)]
            samples.append(.init(.modelMemory, Double(model.bytes), labels: labels))
        }
        return samples
    }

    private func laneSamples() -> [PrometheusMetrics.Sample] {
        services.lanes().flatMap { bridge, lanes in
            lanes.flatMap { lane in
                let labels = [("service", bridge.serviceName), ("lane", lane.urgency.name)]
                return [
                    PrometheusMetrics.Sample(.queueLength, Double(lane.queued), labels: labels),
                    .init(.running, Double(lane.running), labels: labels),
                ]
            }
        } + [.init(.computing, Double(services.scheduler.computingCount))]
    }

    private func ownSamples() async -> [PrometheusMetrics.Sample] {
        let cache = await services.embeddings.cacheStatistics()
        let tiers = (cache.tiers.isEmpty ? [cache] : cache.tiers).flatMap { tier in
            let labels = [("tier", tier.backend)]
            return [
                PrometheusMetrics.Sample(.cacheTierHits, Double(tier.hits), labels: labels),
                .init(.cacheTierMisses, Double(tier.misses), labels: labels),
                .init(.cacheUnstored, Double(tier.unstored), labels: labels),
            ]
        }
        let redis = services.redisState.map { state in
            [PrometheusMetrics.Sample(.redisUp, state.isUp ? 1 : 0), .init(.redisFailures, Double(state.failures))]
        }
        return tiers + (redis ?? []) + [
            .init(.cacheEntries, Double(cache.entries ?? 0)), .init(.cacheBytes, Double(cache.bytes ?? 0)),
            .init(.cacheHits, Double(cache.hits)), .init(.cacheMisses, Double(cache.misses)),
            .init(.heldBytes, Double(bodies.used), labels: [("what", "bodies")]),
            .init(.heldBytes, Double(answers.used), labels: [("what", "answers")]),
            .init(.build, 1, labels: [("version", BridgeVersion.current)]),
        ]
    }
}
