import Foundation
import Synchronization

/// Shows on standard error how a download goes: a bar on a terminal, a line every few seconds elsewhere.
public final class PullProgressReporter: Sendable {
    private let meter: Mutex<PullProgressMeter>
    private let isTerminal: Bool
    private let start = ContinuousClock.now

    public init(label: String) {
        isTerminal = isatty(STDERR_FILENO) == 1
        meter = Mutex(PullProgressMeter(label: label, interval: isTerminal ? .milliseconds(100) : .seconds(5)))
    }

    /// Takes every report; few of them are written.
    public func report(_ progress: PullProgress) {
        let elapsed = ContinuousClock.now - start
        meter.withLock { meter in
            if let pause = progress.pause {
                note("\(meter.label): \(pause)")
            } else if let line = meter.line(for: progress, at: elapsed) {
                write(line)
            }
        }
    }

    /// A line that stays, in the place of the bar.
    private func note(_ sentence: String) {
        try? FileHandle.standardError.write(contentsOf: Data(((isTerminal ? "\r\u{1B}[K" : "") + sentence + "\n").utf8))
    }

    /// Writes the last state and ends the line.
    public func finish() {
        let elapsed = ContinuousClock.now - start
        meter.withLock { meter in
            guard let line = meter.currentLine(at: elapsed) else { return }
            write(line)
            if isTerminal { try? FileHandle.standardError.write(contentsOf: Data("\n".utf8)) }
        }
    }

    private func write(_ line: PullProgressLine) {
        // Return to the line's begin, and clear what a longer line left.
        let text = isTerminal ? "\r\u{1B}[K\(line.bar(columns: columns))" : "\(line.plain)\n"
        // A closed standard error must not end a download.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    private var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col) - 1
    }
}
