import CoreMetrics
import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(5))) struct PrometheusMetricsTests {
    private let metrics = PrometheusMetrics()
    private let waits = Metric("wait_seconds", .histogram, bounds: [0.01, 0.025, 300], help: "Wait.")

    @Test func theTextIsPrometheus() {
        let requests = Metric("requests_total", .counter, labels: ["route", "status"], help: "Requests\nby \\ status.")
        let labels = [("route", "/a"), ("status", "200")]
        metrics.counter(requests, labels).increment()
        metrics.counter(requests, labels).increment()
        metrics.timer(waits).record(Duration.milliseconds(20))
        metrics.timer(waits).record(Duration.seconds(1000))
        let depth = Metric("depth", .gauge, labels: ["q"], help: "Depth.")
        #expect(
            metrics.render(with: [.init(depth, 2.5, labels: [("q", "a\"b\\c\nd")])]) == #"""
                # HELP depth Depth.
                # TYPE depth gauge
                depth{q="a\"b\\c\nd"} 2.5
                # HELP requests_total Requests\nby \\ status.
                # TYPE requests_total counter
                requests_total{route="/a",status="200"} 2
                # HELP wait_seconds Wait.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{le="0.01"} 0
                wait_seconds_bucket{le="0.025"} 1
                wait_seconds_bucket{le="300"} 1
                wait_seconds_bucket{le="+Inf"} 2
                wait_seconds_sum 1000.02
                wait_seconds_count 2

                """#)
    }

    @Test func labelsWithoutEndAreCutOff() {
        let numbers = Metric("n", .counter, labels: ["i"], help: "Numbers.")
        for index in 0..<10000 { metrics.counter(numbers, [("i", "\(index)")]).increment() }
        #expect(metrics.render().split(separator: "\n").count < 5000)
    }

    @Test func whatNeverOccurredIsNotShownWhereThatIsUsual() {
        let (shown, hidden) = (
            Metric("shown_total", .counter, help: "Shown."),
            Metric("hidden_total", .counter, showsZero: false, help: "Hidden.")
        )
        let counter = metrics.counter(hidden)
        _ = metrics.counter(shown)
        #expect(metrics.render() == "# HELP shown_total Shown.\n# TYPE shown_total counter\nshown_total 0\n")
        counter.increment(by: 3)
        #expect(metrics.render().contains("\nhidden_total 3\n") || metrics.render().hasPrefix("# HELP hidden_total"))
    }

    @Test func handlesOfSwiftMetricsNeedNoDeclaration() {
        Counter(label: "plain", factory: metrics).increment(by: 2)
        FloatingPointCounter(label: "plain", factory: metrics).increment(by: 0.5)
        Gauge(label: "level", factory: metrics).record(7)
        let meter = Meter(label: "meter", factory: metrics)
        meter.set(3)
        meter.increment(by: 2)
        meter.decrement(by: 1)
        Timer(label: "time", factory: metrics).recordSeconds(2)
        let text = metrics.render()
        for line in ["plain 2.5", "level 7", "meter 4", #"time_bucket{le="2.5"} 1"#, "time_sum 2"] {
            #expect(text.contains("\n\(line)\n"), "\(line)")
        }
    }

    @Test func aNameOfAnotherKindIsNotMixedIn() {
        metrics.counter(Metric("twice", .counter, help: "Twice.")).increment()
        metrics.timer(Metric("twice", .histogram, bounds: [1], help: "Twice.")).record(Duration.seconds(1))
        #expect(metrics.render().contains("\ntwice 1\n"))
        #expect(!metrics.render().contains("twice_sum"))
    }

    @Test func manyThreadsLoseNoValue() async {
        let (counter, timer) = (metrics.counter(Metric("c_total", .counter, help: "C.")), metrics.timer(waits))
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        counter.increment()
                        timer.record(Duration.milliseconds(500))
                    }
                }
            }
        }
        let text = metrics.render()
        #expect(text.contains("\nc_total 8000\n"))
        #expect(text.contains("\nwait_seconds_sum 4000\nwait_seconds_count 8000\n"))
    }
}
