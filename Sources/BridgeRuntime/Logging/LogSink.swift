import Foundation
import Logging
import Synchronization

/// The destination of finished log lines. A line is handed over at once and written on a separate queue, so that a slow disk or a blocked
/// terminal never holds up a request.
final class LogSink: Sendable {
    /// Writes the bytes of one line, including its line break.
    typealias Write = @Sendable (_ line: String) -> Void

    private let queue: DispatchQueue
    private let format: LogLine.Format
    private let write: Write
    /// Lines handed over but not written yet, and lines dropped since then.
    private let pending = Mutex((lines: 0, dropped: 0))
    private let maximumPending = 16384

    /// - Parameter format: of all lines, including those that the sink adds itself.
    init(label: String, format: LogLine.Format, write: @escaping Write) {
        queue = DispatchQueue(label: label)
        self.format = format
        self.write = write
    }

    /// Takes a line. When thousands wait, it is dropped and counted, so that memory stays bounded.
    func take(_ line: LogLine) { take(line.text(in: format)) }

    private func take(_ line: String) {
        let accepted = pending.withLock { pending in
            guard pending.lines < maximumPending else {
                pending.dropped += 1
                return false
            }
            pending.lines += 1
            return true
        }
        if accepted { queue.async { self.put(line) } }
    }

    private func put(_ line: String) {
        let dropped = pending.withLock { pending in
            pending.lines -= 1
            defer { pending.dropped = 0 }
            return pending.dropped
        }
        if dropped > 0 {
            let note = "\(dropped) log lines were dropped: the log is written too slowly."
            write(LogLine(time: Date(), level: .warning, message: note, metadata: [:]).text(in: format))
        }
        write(line)
    }

    /// Waits until all lines taken so far are written.
    func flush() { queue.sync {} }

    /// Standard error.
    static func standardError(_ format: LogLine.Format) -> LogSink {
        LogSink(label: "jarvis.log.stderr", format: format) { line in
            // A closed standard error is not worth an error.
            try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
        }
    }
}
