import Synchronization

/// Keeps metrics and writes them in Prometheus' text format 0.0.4.
///
/// Written here because no exporter is on the package mirror, and not behind swift-metrics because none of our libraries reports
/// anything there. Reporters must bound their labels; a label set beyond ``maximumSeries`` is dropped, so that a mistake there
/// cannot use up the memory. Whoever reports a metric says what it is: nothing here knows of doors or services.
package final class PrometheusMetrics: Sendable {
    private let series = Mutex<[PrometheusSeries.Key: PrometheusSeries]>([:])
    private let maximumSeries = 4096

    package init() {}

    package func count(_ name: String, _ labels: [(String, String)], help: String) {
        series(name, labels, kind: .counter, help: help)?.add(1)
    }

    package func observe(_ name: String, _ labels: [(String, String)], value: Double, help: String) {
        series(name, labels, kind: .histogram, help: help)?.observe(value)
    }

    package func gauge(_ name: String, _ labels: [(String, String)], value: Double, help: String) {
        series(name, labels, kind: .gauge, help: help)?.set(value)
    }

    /// Sets a total that is counted elsewhere.
    package func total(_ name: String, _ labels: [(String, String)] = [], value: Double, help: String) {
        series(name, labels, kind: .counter, help: help)?.set(value)
    }

    /// The series of this name and labels, made at its first use; nil when there are too many, or when the name has another kind.
    private func series(_ name: String, _ labels: [(String, String)], kind: PrometheusSeries.Kind, help: String)
        -> PrometheusSeries?
    {
        let key = PrometheusSeries.Key(name: name, labels: labels)
        return series.withLock { all in
            if let found = all[key] { return found.kind == kind ? found : nil }
            guard all.count < maximumSeries else { return nil }
            let new = PrometheusSeries(kind, name: name, help: help)
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
                text += "# HELP \(last) \(series.help)\n# TYPE \(last) \(series.kind.rawValue)\n"
            }
            series.write(key, into: &text)
        }
        return text
    }
}
