package import CoreMetrics
import Synchronization

/// Keeps metrics for swift-metrics' handles, and writes them in Prometheus' text format 0.0.4.
///
/// Written here because no exporter is on the package mirror. It is handed to the code that reports something, and is not the process'
/// own (`MetricsSystem.bootstrap`): tests have many servers in one process, and none of our libraries reports anything there.
///
/// A handle is made once, where its labels are known, and reports without a lock. Reporters must bound their labels; a label set beyond
/// ``maximumSeries`` is dropped, so that a mistake there cannot use up the memory.
package final class PrometheusMetrics: Sendable {
    /// A value that is looked up when somebody asks for the metrics.
    package struct Sample: Sendable {
        let metric: Metric
        let labels: [(String, String)]
        let value: Double

        package init(_ metric: Metric, _ value: Double, labels: [(String, String)] = []) {
            (self.metric, self.labels, self.value) = (metric, labels, value)
        }
    }

    private struct State {
        var metrics: [String: Metric] = [:]
        var series: [SeriesKey: any PrometheusSeries] = [:]
    }

    private let state = Mutex(State())
    private let maximumSeries = 4096

    package init() {}

    package func counter(_ metric: Metric, _ labels: [(String, String)] = []) -> Counter {
        declare(metric)
        return Counter(label: metric.name, dimensions: labels, factory: self)
    }

    /// For amounts that are not whole numbers.
    package func amount(_ metric: Metric, _ labels: [(String, String)] = []) -> FloatingPointCounter {
        declare(metric)
        return FloatingPointCounter(label: metric.name, dimensions: labels, factory: self)
    }

    package func recorder(_ metric: Metric, _ labels: [(String, String)] = []) -> Recorder {
        declare(metric)
        return Recorder(label: metric.name, dimensions: labels, aggregate: true, factory: self)
    }

    package func timer(_ metric: Metric, _ labels: [(String, String)] = []) -> Timer {
        declare(metric)
        return Timer(label: metric.name, dimensions: labels, factory: self)
    }

    private func declare(_ metric: Metric) { state.withLock { $0.metrics[metric.name] = metric } }

    /// The series of these labels, made at its first use. Nothing is counted when there are too many series, or when another kind of
    /// metric has that name already.
    private func series<S: PrometheusSeries>(
        _ name: String, _ labels: [(String, String)], make: (Metric?) -> S
    ) -> S? {
        let key = SeriesKey(name: name, labels: labels)
        return state.withLock { state in
            if let found = state.series[key] { return found as? S }
            guard state.series.count < maximumSeries else { return nil }
            let metric = state.metrics[name]
            guard metric?.kind ?? S.kind == S.kind else { return nil }
            let new = make(metric)
            state.series[key] = new
            return new
        }
    }

    /// Everything that is known, grouped by name and in a stable order.
    ///
    /// - Parameter samples: what is looked up at this moment.
    package func render(with samples: [Sample] = []) -> String {
        let (metrics, known) = state.withLock { ($0.metrics, $0.series) }
        var lines: [SeriesKey: (metric: Metric, text: String)] = [:]
        for (key, series) in known {
            let metric = metrics[key.name] ?? Metric(key.name, type(of: series).kind, help: "")
            var text = ""
            series.write(key, showsZero: metric.showsZero, into: &text)
            lines[key] = (metric, text)
        }
        for sample in samples {
            let key = SeriesKey(name: sample.metric.name, labels: sample.labels)
            lines[key] = (sample.metric, key.line(sample.value))
        }
        return Self.page(lines)
    }

    private static func page(_ lines: [SeriesKey: (metric: Metric, text: String)]) -> String {
        var text = ""
        var last = ""
        for (key, line) in lines.sorted(by: { $0.key < $1.key }) where !line.text.isEmpty {
            if key.name != last {
                last = key.name
                let help = line.metric.help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
                text += "# HELP \(last) \(help)\n# TYPE \(last) \(line.metric.kind.rawValue)\n"
            }
            text += line.text
        }
        return text
    }
}

extension PrometheusMetrics: MetricsFactory {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions) { _ in CounterSeries() } ?? NOOPMetricsHandler.instance
    }

    package func makeFloatingPointCounter(label: String, dimensions: [(String, String)])
        -> any FloatingPointCounterHandler
    {
        series(label, dimensions) { _ in CounterSeries() } ?? NOOPMetricsHandler.instance
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return series(label, dimensions) { _ in GaugeSeries() } ?? NOOPMetricsHandler.instance }
        return series(label, dimensions) { HistogramSeries($0?.bounds ?? []) } ?? NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions) { _ in GaugeSeries() } ?? NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions) { HistogramSeries($0?.bounds ?? Metric.secondsBounds) } ?? NOOPMetricsHandler.instance
    }

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
