import CoreMetrics
import Synchronization

/// The name and labels of one series.
struct SeriesKey: Hashable, Comparable, Sendable {
    var name: String
    /// As they are written, the inside of `{a="b"}`.
    var labels: String

    init(name: String, labels: [(String, String)]) {
        self.name = name
        self.labels = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
    }

    static func < (a: SeriesKey, b: SeriesKey) -> Bool { (a.name, a.labels) < (b.name, b.labels) }

    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
        return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    /// One line of the text format.
    func line(_ value: Double) -> String {
        "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(value))\n"
    }

    static func number(_ value: Double) -> String { Int64(exactly: value).map(String.init) ?? "\(value)" }
}

/// One metric with one set of labels. Reporting takes no lock: a reader may see one of two values that belong together without the other,
/// which monitoring does not mind.
protocol PrometheusSeries: AnyObject, Sendable {
    static var kind: Metric.Kind { get }
    func write(_ key: SeriesKey, showsZero: Bool, into text: inout String)
}

/// A number that many threads change, as the bits of a Double.
private final class AtomicNumber: Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }
}

final class CounterSeries: PrometheusSeries, CounterHandler, FloatingPointCounterHandler {
    static let kind = Metric.Kind.counter
    private let whole = Atomic<Int64>(0)
    private let fraction = AtomicNumber()

    func increment(by amount: Int64) { whole.wrappingAdd(amount, ordering: .relaxed) }
    func increment(by amount: Double) { fraction.add(amount) }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fraction.set(0)
    }

    func write(_ key: SeriesKey, showsZero: Bool, into text: inout String) {
        let value = Double(whole.load(ordering: .relaxed)) + fraction.value
        if value != 0 || showsZero { text += key.line(value) }
    }
}

final class GaugeSeries: PrometheusSeries, MeterHandler, RecorderHandler {
    static let kind = Metric.Kind.gauge
    private let number = AtomicNumber()

    func set(_ value: Int64) { number.set(Double(value)) }
    func set(_ value: Double) { number.set(value) }
    func increment(by amount: Double) { number.add(amount) }
    func decrement(by amount: Double) { number.add(-amount) }
    func record(_ value: Int64) { number.set(Double(value)) }
    func record(_ value: Double) { number.set(value) }

    func write(_ key: SeriesKey, showsZero: Bool, into text: inout String) { text += key.line(number.value) }
}

final class HistogramSeries: PrometheusSeries, RecorderHandler, TimerHandler {
    private final class Bucket: Sendable { let count = Atomic<UInt64>(0) }

    static let kind = Metric.Kind.histogram
    private let bounds: [Double]
    /// How many values lie up to each bound and above the previous one; the last bucket has no bound.
    private let buckets: [Bucket]
    private let sum = AtomicNumber()

    /// - Parameter bounds: ascending.
    init(_ bounds: [Double]) {
        self.bounds = bounds
        buckets = (0...bounds.count).map { _ in Bucket() }
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        buckets[bucket].count.wrappingAdd(1, ordering: .relaxed)
        sum.add(value)
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func write(_ key: SeriesKey, showsZero: Bool, into text: inout String) {
        let counts = buckets.map { $0.count.load(ordering: .relaxed) }
        guard showsZero || counts.contains(where: { $0 > 0 }) else { return }
        let prefix = key.labels.isEmpty ? "" : key.labels + ","
        let labels = key.labels.isEmpty ? "" : "{\(key.labels)}"
        let limits = bounds.map(SeriesKey.number) + ["+Inf"]
        var count: UInt64 = 0
        for (limit, bucket) in zip(limits, counts) {
            count += bucket
            text += "\(key.name)_bucket{\(prefix)le=\"\(limit)\"} \(count)\n"
        }
        text += "\(key.name)_sum\(labels) \(SeriesKey.number(sum.value))\n\(key.name)_count\(labels) \(count)\n"
    }
}
