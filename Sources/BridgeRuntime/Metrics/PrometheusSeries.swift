import Synchronization

/// One metric with one set of labels.
final class PrometheusSeries: Sendable {
    enum Kind: String, Sendable { case counter, gauge, histogram }

    struct Key: Hashable, Comparable, Sendable {
        var name: String
        /// As they are written, the inside of `{a="b"}`.
        var labels: String

        init(name: String, labels: [(String, String)]) {
            self.name = name
            var text = ""
            for (label, value) in labels {
                if !text.isEmpty { text += "," }
                text += label
                text += "=\""
                text += Self.escaped(value)
                text += "\""
            }
            self.labels = text
        }

        static func < (a: Key, b: Key) -> Bool { (a.name, a.labels) < (b.name, b.labels) }

        private static func escaped(_ value: String) -> String {
            guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
            return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }
    }

    private struct State {
        /// The value, or the sum of a histogram.
        var value = 0.0
        var buckets: [UInt64]
        var count: UInt64 = 0
    }

    let kind: Kind
    /// What its metric says, for readers.
    let help: String
    /// Upper bounds; the count stands for the last bucket, which has no bound.
    private let bounds: [Double]
    private let state: Mutex<State>

    init(_ kind: Kind, name: String, help: String) {
        (self.kind, self.help) = (kind, help)
        bounds = kind == .histogram ? Self.bounds(name) : []
        state = Mutex(State(buckets: Array(repeating: 0, count: bounds.count)))
    }

    private static func bounds(_ name: String) -> [Double] {
        name.hasSuffix("_seconds")
            ? [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
            : [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10]
    }

    func add(_ amount: Double) { state.withLock { $0.value += amount } }
    func set(_ value: Double) { state.withLock { $0.value = value } }

    func observe(_ value: Double) {
        // A bucket counts values up to its bound and above the previous one; cumulative sums are made when they are written.
        let bucket = bounds.firstIndex { value <= $0 }
        state.withLock { state in
            state.value += value
            state.count += 1
            if let bucket { state.buckets[bucket] += 1 }
        }
    }

    func write(_ key: Key, into text: inout String) {
        let state = state.withLock { $0 }
        let labels = key.labels.isEmpty ? "" : "{\(key.labels)}"
        guard kind == .histogram else {
            text += "\(key.name)\(labels) \(Self.number(state.value))\n"
            return
        }
        let prefix = key.labels.isEmpty ? "" : key.labels + ","
        var sum: UInt64 = 0
        for (bound, count) in zip(bounds, state.buckets) {
            sum += count
            text += "\(key.name)_bucket{\(prefix)le=\"\(Self.number(bound))\"} \(sum)\n"
        }
        text += "\(key.name)_bucket{\(prefix)le=\"+Inf\"} \(state.count)\n"
        text += "\(key.name)_sum\(labels) \(state.value)\n\(key.name)_count\(labels) \(state.count)\n"
    }

    private static func number(_ value: Double) -> String { Int64(exactly: value).map(String.init) ?? "\(value)" }
}
