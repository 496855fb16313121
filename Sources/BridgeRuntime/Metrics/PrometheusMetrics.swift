import Synchronization

/// Keeps metrics and writes them in Prometheus' text format 0.0.4.
///
/// Written here because no exporter is on the package mirror, and not behind swift-metrics because none of our libraries reports
/// anything there. Reporters must bound their labels; a label set beyond ``maximumSeries`` is dropped, so that a mistake there
/// cannot use up the memory.
package final class PrometheusMetrics: Sendable {
    private let series = Mutex<[PrometheusSeries.Key: PrometheusSeries]>([:])
    private let maximumSeries = 4096

    /// The help text of each metric.
    private static let help: [String: String] = [
        "jarvis_http_requests_total": "Requests by method, route template and status.",
        "jarvis_http_request_duration_seconds": "From the request's head to the last byte of its answer.",
        "jarvis_connections_cut_total": "Connections closed before their time, by reason.",
        "jarvis_queue_wait_seconds": "How long requests waited for admission.",
        "jarvis_real_time_factor": "Compute time by audio time; below 1 is faster than the audio plays.",
        "jarvis_time_to_first_token_seconds": "From the language-model request to its first token.",
        "jarvis_service_up": "1 when the bridge can answer.",
        "jarvis_model_loaded": "1 when the bridge's default model is in memory.",
        "jarvis_queue_length": "Requests that wait for admission.",
        "jarvis_requests_running": "Requests that run.",
        "jarvis_embedding_cache_entries": "Vectors in the embedding cache.",
        "jarvis_embedding_cache_hits_total": "Texts whose vector was in the cache.",
        "jarvis_embedding_cache_misses_total": "Texts whose vector was computed.",
        "process_resident_memory_bytes": "Memory of this process.",
    ]

    package init() {}

    package func count(_ name: String, _ labels: [(String, String)]) {
        series(name, labels, kind: .counter)?.add(1)
    }

    package func observe(_ name: String, _ labels: [(String, String)], value: Double) {
        series(name, labels, kind: .histogram)?.observe(value)
    }

    package func gauge(_ name: String, _ labels: [(String, String)], value: Double) {
        series(name, labels, kind: .gauge)?.set(value)
    }

    /// Sets a total that is counted elsewhere.
    package func total(_ name: String, value: Double) {
        series(name, [], kind: .counter)?.set(value)
    }

    /// The series of this name and labels, made at its first use; nil when there are too many, or when the name has another kind.
    private func series(_ name: String, _ labels: [(String, String)], kind: PrometheusSeries.Kind)
        -> PrometheusSeries?
    {
        let key = PrometheusSeries.Key(name: name, labels: labels)
        return series.withLock { all in
            if let found = all[key] { return found.kind == kind ? found : nil }
            guard all.count < maximumSeries else { return nil }
            let new = PrometheusSeries(kind, name: name)
            all[key] = new
            return new
        }
    }

    /// All series, grouped by name, in a stable order.
    package func render() -> String {
        let all = series.withLock { $0 }.sorted { $0.key < $1.key }
        var text = ""
        var last = ""
        for (key, series) in all {
            if key.name != last {
                last = key.name
                if let help = Self.help[last] { text += "# HELP \(last) \(help)\n" }
                text += "# TYPE \(last) \(series.kind.rawValue)\n"
            }
            series.write(key, into: &text)
        }
        return text
    }
}
