import Foundation

/// What `top` shows of a server: two looks at its metrics, and what happened between them.
struct TopPage {
    let before: MetricsText
    let now: MetricsText
    /// Between the two.
    let seconds: Double

    /// Of the whole page, without the first line.
    var text: String {
        let parts = [("REQUESTS", requests), ("LANES", lanes), ("MODELS", models), ("CACHE", cache), ("WORK", work)]
        return parts.filter { $0.1.count > 1 }.map { title, rows in
            Terminal.styled(title, .bold, onTerminal: Terminal.standardOutputIsTerminal) + "\n"
                + Terminal.table(rows, indent: "  ")
        }.joined(separator: "\n\n")
    }

    /// One line on the process.
    var headline: String {
        var parts: [String] = []
        if let version = now.values(of: "version", in: "jarvis_build_info").first { parts.append("version \(version)") }
        if let start = now.sum("process_start_time_seconds") {
            parts.append("up \(Self.time(max(0, Date().timeIntervalSince1970 - start)))")
        }
        if let cores = rate("process_cpu_seconds_total") { parts.append("\(Self.number(cores)) cores in use") }
        if let bytes = now.sum("process_resident_memory_bytes") {
            parts.append("memory \(Terminal.bytes(Int64(bytes)))")
        }
        if let files = now.sum("process_open_fds"), let limit = now.sum("process_max_fds") {
            parts.append("\(Int(files)) of \(Int(limit)) files")
        }
        return parts.joined(separator: ", ")
    }

    private var requests: [[String]] {
        let durations = "jarvis_http_request_duration_seconds"
        let rows = now.values(of: "route", in: "jarvis_http_requests_total").map { route in
            let labels = ["route": route]
            return [
                route, Self.number(rate("jarvis_http_requests_total", labels) ?? 0),
                Self.number(rate("jarvis_errors_total", labels) ?? 0), quantile(0.5, of: durations, labels),
                quantile(0.95, of: durations, labels), String(Int(now.sum("jarvis_http_requests_total", labels) ?? 0)),
            ]
        }
        return [["route", "a second", "errors", "median", "95 %", "in all"]] + rows
    }

    private var lanes: [[String]] {
        let rows = now.samples("jarvis_requests_running").sorted {
            ($0.labels["service"] ?? "", $0.labels["lane"] ?? "") < (
                $1.labels["service"] ?? "", $1.labels["lane"] ?? ""
            )
        }
        .compactMap { running -> [String]? in
            let waiting = now.sum("jarvis_queue_length", running.labels) ?? 0
            // An empty lane that nobody has used is no news.
            guard running.value + waiting > 0 || (now.sum("jarvis_queue_wait_seconds_count", running.labels) ?? 0) > 0
            else { return nil }
            return [
                running.labels["service"] ?? "", running.labels["lane"] ?? "", Self.number(running.value),
                Self.number(waiting), quantile(0.95, of: "jarvis_queue_wait_seconds", running.labels),
            ]
        }
        return [["service", "lane", "running", "waiting", "wait (95 %)"]] + rows
    }

    private var models: [[String]] {
        let loaded = now.samples("jarvis_model_memory_bytes").sorted { $0.value > $1.value }
        guard !loaded.isEmpty else { return [] }
        let rows = loaded.map {
            [$0.labels["model"] ?? "", $0.labels["service"] ?? "", Terminal.bytes(Int64($0.value))]
        }
        let sum = loaded.reduce(0) { $0 + $1.value }
        let budget = now.sum("jarvis_models_memory_budget_bytes").map { " of \(Terminal.bytes(Int64($0)))" } ?? ""
        return [["model", "service", "memory"]] + rows + [["all", "", Terminal.bytes(Int64(sum)) + budget]]
    }

    private var cache: [[String]] {
        let rows = now.values(of: "tier", in: "jarvis_embedding_cache_tier_hits_total").map { tier in
            let labels = ["tier": tier]
            let hits = now.sum("jarvis_embedding_cache_tier_hits_total", labels) ?? 0
            let asked = hits + (now.sum("jarvis_embedding_cache_tier_misses_total", labels) ?? 0)
            let isDown = tier == "redis" && now.sum("jarvis_redis_up") == 0
            return [
                tier, Self.number(rate("jarvis_embedding_cache_tier_hits_total", labels) ?? 0),
                asked > 0 ? "\(Int(hits / asked * 100)) %" : "-", isDown ? "not used now" : "",
            ]
        }
        return [["tier", "hits a second", "hits of all", ""]] + rows
    }

    private var work: [[String]] {
        let rows = now.values(of: "unit", in: "jarvis_usage_total").map { unit in
            let labels = ["unit": unit]
            return [
                unit.replacing("_", with: " "), Self.number(rate("jarvis_usage_total", labels) ?? 0),
                Self.number(now.sum("jarvis_usage_total", labels) ?? 0),
            ]
        }
        return [["what", "a second", "in all"]] + rows
    }

    // MARK: Figures

    /// How fast a counter grows; one that went back belongs to a server that was started anew. nil if the server has none.
    private func rate(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        guard let new = now.sum(name, labels) else { return nil }
        let old = before.sum(name, labels) ?? 0
        return (new < old ? new : new - old) / max(seconds, 0.001)
    }

    /// Of the values since the first look; of all if there are none.
    private func quantile(_ part: Double, of name: String, _ labels: [String: String]) -> String {
        let bounds = now.samples("\(name)_bucket", labels).compactMap { $0.labels["le"] }
        let ordered = Set(bounds).compactMap { text in Double(text == "+Inf" ? "inf" : text).map { (text, $0) } }
            .sorted { $0.1 < $1.1 }
        let all = ordered.map { now.sum("\(name)_bucket", labels.merging(["le": $0.0]) { $1 }) ?? 0 }
        let old = ordered.map { before.sum("\(name)_bucket", labels.merging(["le": $0.0]) { $1 }) ?? 0 }
        let recent = zip(all, old).map { max(0, $0 - $1) }
        let counts = (recent.last ?? 0) > 0 ? recent : all
        guard let count = counts.last, count > 0, let index = counts.firstIndex(where: { $0 >= part * count }) else {
            return "-"
        }
        // Within a bucket, values are taken to be spread evenly, as Prometheus takes them.
        let low = index == 0 ? 0 : ordered[index - 1].1
        let below = index == 0 ? 0 : counts[index - 1]
        guard ordered[index].1.isFinite else { return "> \(Self.time(low))" }
        return Self.time(low + (ordered[index].1 - low) * (part * count - below) / (counts[index] - below))
    }

    /// Without more digits than anybody reads.
    static func number(_ value: Double) -> String {
        value >= 100 || value == value.rounded()
            ? String(Int(value.rounded())) : String(format: value < 10 ? "%.2f" : "%.1f", value)
    }

    /// Seconds as people say them.
    static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<0.01: String(format: "%.1f ms", seconds * 1000)
        case ..<1: String(format: "%.0f ms", seconds * 1000)
        case ..<60: String(format: "%.1f s", seconds)
        case ..<3600: "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
        case ..<86400: "\(Int(seconds) / 3600) h \(Int(seconds) % 3600 / 60) min"
        default: "\(Int(seconds) / 86400) d \(Int(seconds) % 86400 / 3600) h"
        }
    }
}
