import BridgeSupport

/// What becomes of some spans, by the collector's answer to them (OTLP 1.x, "OTLP/HTTP Response").
enum CollectorAnswer: Hashable {
    /// It has them, except for as many as it did not want.
    case taken(rejected: Int)
    /// It will never take these.
    case refused(status: Int)
    /// Later it may, after a pause if it named one.
    case later(status: Int, pause: Duration?)

    init(status: Int, retryAfter: String?, body: [UInt8]) {
        switch status {
        case 200..<300: self = .taken(rejected: Self.rejected(body))
        case 429, 502, 503, 504: self = .later(status: status, pause: retryAfter.flatMap { RetryAfter.wait($0) })
        default: self = .refused(status: status)
        }
    }

    /// A body that says nothing, or nothing that can be read, says nothing against the spans.
    private static func rejected(_ body: [UInt8]) -> Int {
        guard let answer = try? JSONValue(parsing: body),
            let partial = answer["partialSuccess"] ?? answer["partial_success"],
            let count = partial["rejectedSpans"] ?? partial["rejected_spans"]
        else { return 0 }
        let number = count.stringValue.flatMap { Int($0) } ?? count.numberValue.flatMap { Int(exactly: $0) }
        return max(0, number ?? 0)
    }
}

/// Whether spans reach the collector, so that each change is said once.
struct CollectorHealth {
    /// How long to wait before the next try.
    struct Pauses: Sendable {
        var first: Duration = .seconds(1)
        var longest: Duration = .seconds(30)
        /// No collector may delay the next try longer than this.
        var longestAsked: Duration = .seconds(120)
    }

    private let pauses: Pauses
    /// Failures in a row.
    private var failures = 0

    init(_ pauses: Pauses) { self.pauses = pauses }

    /// - Returns: whether it did not reach it before.
    mutating func succeeded() -> Bool {
        defer { failures = 0 }
        return failures > 0
    }

    /// - Parameter asked: the pause that the collector named.
    /// - Returns: whether it reached it before, and how long to wait. Half of that is random, so that many servers do not come back together.
    mutating func failed(asked: Duration? = nil) -> (isNew: Bool, pause: Duration) {
        defer { failures += 1 }
        let whole = min(pauses.first * (1 << min(failures, 16)), pauses.longest)
        return (failures == 0, asked.map { min($0, pauses.longestAsked) } ?? whole * Double.random(in: 0.5...1))
    }
}
