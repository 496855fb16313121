import Foundation
import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(1))) struct MetricTests {
    @Test func everyMetricIsDocumented() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/monitoring.md")
        let rows = Set(
            try String(contentsOf: page, encoding: .utf8).split(separator: "\n").filter {
                $0.hasPrefix("| `jarvis_") || $0.hasPrefix("| `process_")
            })
        let expected = Metric.all.map { metric in
            "| `\(metric.name)` | \(metric.kind.rawValue) | \(metric.labels.joined(separator: ", ")) | \(metric.help) |"
        }
        for row in expected { #expect(rows.contains(row[...]), "docs/monitoring.md lacks: \(row)") }
        #expect(rows.count == expected.count)
    }

    @Test func namesFollowPrometheus() {
        #expect(Set(Metric.all.map(\.name)).count == Metric.all.count)
        for metric in Metric.all {
            #expect(metric.name.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil && metric.help.hasSuffix("."))
            #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter))
            #expect(metric.bounds == metric.bounds.sorted() && metric.bounds.isEmpty == (metric.kind != .histogram))
        }
    }
}
