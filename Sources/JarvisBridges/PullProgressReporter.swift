import Foundation
import ModelStore
import Synchronization

/// Shows the progress of a download on standard error: a bar on a terminal, a line every few seconds elsewhere.
final class PullProgressReporter: Sendable {
    private let meter: Mutex<PullProgressMeter>
    private let isTerminal: Bool
    private let warn: @Sendable (String) -> Void
    private let start = ContinuousClock.now

    /// - Parameter warn: shows a warning, in a line of its own.
    init(label: String, warn: @escaping @Sendable (String) -> Void) {
        self.warn = warn
        isTerminal = isatty(STDERR_FILENO) == 1
        meter = Mutex(PullProgressMeter(label: label, interval: isTerminal ? .milliseconds(100) : .seconds(5)))
    }

    /// Takes every report, and writes few of them.
    func report(_ progress: PullProgress) {
        let elapsed = ContinuousClock.now - start
        meter.withLock { meter in
            if let pause = progress.pause {
                clear()
                write("\(meter.label): \(pause)\n")
            } else if let warning = progress.warning {
                clear()
                warn("\(meter.label): \(warning)")
            } else if let line = meter.line(for: progress, at: elapsed) {
                write(line)
            }
        }
    }

    /// Replaces the bar by a line that stays.
    private func clear() {
        if isTerminal { write("\r\u{1B}[K") }
    }

    /// Writes the last state and ends the line.
    func finish() {
        let elapsed = ContinuousClock.now - start
        meter.withLock { meter in
            guard let line = meter.currentLine(at: elapsed) else { return }
            write(line)
            if isTerminal { write("\n") }
        }
    }

    private func write(_ line: PullProgressLine) {
        // Return to the beginning of the line, and clear what is left of a longer one.
        write(isTerminal ? "\r\u{1B}[K\(line.bar(columns: columns))" : "\(line.plain)\n")
    }

    /// A closed standard error must not end a download.
    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    private var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col) - 1
    }
}
