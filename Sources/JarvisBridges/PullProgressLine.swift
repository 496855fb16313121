import BridgeSupport
import ModelStore

/// The text of a progress line; knows neither clock nor terminal.
struct PullProgressLine: Sendable {
    var label: String
    /// Bytes per second, once there is enough to tell.
    var rate: Double?
    var progress: PullProgress

    /// "siwis  ████░░░░  42%  26.5 MB of 63.2 MB  4.1 MB/s  0:09 left", cut to the terminal's width.
    func bar(columns: Int) -> String {
        let facts = facts
        guard let fraction else { return String("\(label)  \(facts)".prefix(max(columns, 1))) }
        let percent =
            String(repeating: " ", count: fraction < 0.1 ? 2 : fraction < 1 ? 1 : 0) + "\(Int(fraction * 100))%"
        let room = columns - label.count - percent.count - facts.count - 7
        guard room >= 6 else { return String("\(label) \(percent) \(facts)".prefix(max(columns, 1))) }
        let width = min(room, 30)
        let full = Int((fraction * Double(width)).rounded(.down))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
        return "\(label)  \(bar)  \(percent)  \(facts)"
    }

    /// The same for logs and pipes.
    var plain: String {
        let percent = fraction.map { "\(Int($0 * 100))%, " } ?? ""
        return "\(label): \(percent)\(facts.split(separator: "  ").joined(separator: ", "))"
    }

    private var fraction: Double? {
        if let converted = progress.converted { return min(1, max(0, converted)) }
        guard let total = progress.total, total > 0 else { return nil }
        return min(1, max(0, Double(progress.completed) / Double(total)))
    }

    private var facts: String {
        if progress.converted != nil { return "converting \(progress.file)" }
        var facts = [
            progress.total.map { "\(ByteText.size(progress.completed)) of \(ByteText.size($0))" }
                ?? ByteText.size(progress.completed)
        ]
        if let rate, rate > 0 {
            facts.append("\(ByteText.size(Int64(rate)))/s")
            if let total = progress.total, total > progress.completed {
                facts.append("\(Self.time(Double(total - progress.completed) / rate)) left")
            }
        }
        return facts.joined(separator: "  ")
    }

    private static func time(_ seconds: Double) -> String {
        let seconds = Int(min(seconds.rounded(.up), 359_999))
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
    }
}

/// When to write a progress line, and how fast the bytes come. Times are passed in, so it needs no clock.
struct PullProgressMeter: Sendable {
    let label: String
    /// Least time between two lines.
    let interval: Duration
    private var first: (time: Duration, completed: Int64)?
    private var lastLine: Duration?
    private(set) var latest: PullProgress?

    init(label: String, interval: Duration) {
        self.label = label
        self.interval = interval
    }

    /// The line to write now; nil while the last one is fresh.
    mutating func line(for progress: PullProgress, at time: Duration) -> PullProgressLine? {
        latest = progress
        // Resumed bytes were here before, and say nothing about the rate.
        if first == nil || progress.completed < (first?.completed ?? 0) { first = (time, progress.completed) }
        if let lastLine, time - lastLine < interval { return nil }
        lastLine = time
        return currentLine(at: time)
    }

    /// The line for the newest report; nil before the first.
    func currentLine(at time: Duration) -> PullProgressLine? {
        guard let latest, let first else { return nil }
        let seconds = (time - first.time) / .seconds(1)
        let rate = seconds >= 0.5 ? Double(latest.completed - first.completed) / seconds : nil
        return PullProgressLine(label: label, rate: rate, progress: latest)
    }
}
