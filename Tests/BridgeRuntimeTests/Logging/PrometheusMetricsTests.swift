import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(5))) struct PrometheusMetricsTests {
    @Test func theTextIsPrometheus() {
        let metrics = PrometheusMetrics()
        metrics.count("jarvis_http_requests_total", [("route", "/a"), ("status", "200")], help: "Requests.")
        metrics.count("jarvis_http_requests_total", [("route", "/a"), ("status", "200")], help: "Requests.")
        metrics.gauge("depth", [("q", "a\"b\\c\nd")], value: 2.5, help: "Depth.")
        metrics.observe("wait_seconds", [], value: 0.02, help: "Wait.")
        metrics.observe("wait_seconds", [], value: 1000, help: "Wait.")
        let text = metrics.render()
        #expect(
            text.contains(
                "# HELP jarvis_http_requests_total Requests.\n# TYPE jarvis_http_requests_total counter\njarvis_http_requests_total{route=\"/a\",status=\"200\"} 2\n"
            ))
        #expect(text.contains(#"depth{q="a\"b\\c\nd"} 2.5"#))
        #expect(text.contains("wait_seconds_bucket{le=\"0.01\"} 0\nwait_seconds_bucket{le=\"0.025\"} 1\n"))
        #expect(
            text.contains(
                "wait_seconds_bucket{le=\"300\"} 1\nwait_seconds_bucket{le=\"+Inf\"} 2\nwait_seconds_sum 1000.02\nwait_seconds_count 2\n"
            ))
    }

    @Test func labelsWithoutEndAreCutOff() {
        let metrics = PrometheusMetrics()
        for index in 0..<10000 { metrics.count("n", [("i", "\(index)")], help: "Numbers.") }
        #expect(metrics.render().split(separator: "\n").count < 5000)
    }
}
