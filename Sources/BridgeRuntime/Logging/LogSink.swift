import Foundation
import Logging
import Synchronization

/// The destination of finished log lines. A line is handed over at once and written on a separate queue, so that a slow disk or a blocked
/// terminal never holds up a request. Lines that come while others are written go out together: many requests need few writes.
final class LogSink: Sendable {
    /// Writes lines.
    typealias Write = @Sendable (_ lines: LogLines) -> Void

    private struct Pending {
        var lines = LogLines()
        /// Lines dropped since the pending ones.
        var dropped = 0
        /// Whether the queue will come for them.
        var isExpected = false
    }

    private let queue: DispatchQueue
    private let format: LogLine.Format
    private let write: Write
    private let pending = Mutex(Pending())
    /// The most lines that wait; as many again may be on their way out.
    private let maximumPending = 16384

    /// - Parameter format: of all lines, including the ones that the sink adds itself.
    init(label: String, format: LogLine.Format, write: @escaping Write) {
        queue = DispatchQueue(label: label)
        self.format = format
        self.write = write
    }

    /// Takes a line. When thousands wait, it is dropped and counted, so that memory stays bounded.
    func take(_ line: LogLine) {
        // Most lines fit.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(384)
        line.write(to: &bytes, in: format)
        let mustCall = pending.withLock { pending in
            guard pending.lines.count < maximumPending else {
                pending.dropped += 1
                return false
            }
            pending.lines.append(bytes)
            defer { pending.isExpected = true }
            return !pending.isExpected
        }
        if mustCall { queue.async { self.put() } }
    }

    private func put() {
        while let (lines, dropped) = next() {
            write(lines)
            guard dropped > 0 else { continue }
            let note = "\(dropped) log lines were dropped: the log is written too slowly."
            var bytes: [UInt8] = []
            LogLine(time: Date(), level: .warning, message: note, metadata: [:]).write(to: &bytes, in: format)
            write(LogLines([bytes]))
        }
    }

    private func next() -> (LogLines, dropped: Int)? {
        pending.withLock { pending in
            let taken = pending
            pending = Pending(isExpected: taken.lines.count > 0)
            return pending.isExpected ? (taken.lines, taken.dropped) : nil
        }
    }

    /// Waits until all lines taken so far are written.
    func flush() { queue.sync {} }

    /// Standard error.
    static func standardError(_ format: LogLine.Format) -> LogSink {
        LogSink(label: "jarvis.log.stderr", format: format) { lines in
            // A closed standard error is not worth an error.
            try? FileHandle.standardError.write(contentsOf: lines.bytes)
        }
    }
}

/// Lines of a log, each with its line break.
struct LogLines: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where each line ends among the bytes.
    private var ends: [Int] = []

    init(_ lines: [[UInt8]] = []) { for line in lines { append(line) } }

    var count: Int { ends.count }

    mutating func append(_ line: [UInt8]) {
        bytes += line
        ends.append(bytes.count)
    }

    /// The lines from the one at `first` on that take no more than `limit` bytes together; the first one in any case.
    func piece(from first: Int, upTo limit: Int) -> (bytes: ArraySlice<UInt8>, next: Int) {
        let start = first == 0 ? 0 : ends[first - 1]
        let next = ends[(first + 1)...].firstIndex { $0 - start > limit } ?? ends.count
        return (bytes[start..<ends[next - 1]], next)
    }
}
