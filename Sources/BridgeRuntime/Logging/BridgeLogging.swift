import BridgeSupport
import Foundation
package import Logging
import Synchronization
import WorkScheduling

/// The configured log: standard error, and a file if one is named.
package struct BridgeLogging: Sendable {
    package let logger: Logger
    private let sinks: [LogSink]

    /// - Throws: `invalid_request` (param `log.file`) when the file cannot be written.
    package init(_ configuration: BridgeConfiguration) throws {
        let console = LogSink.standardError(Self.format(configuration))
        var sinks = [console]
        let path = configuration[Keys.logFile]
        if !path.isEmpty {
            let file = SharedLogFile(
                try RotatingLogFile(
                    path: path,
                    policy: .init(
                        maximumBytes: configuration[Keys.logFileBytes], isDaily: configuration[Keys.logFileDaily],
                        compresses: configuration[Keys.logFileCompressed], kept: configuration[Keys.logFilesKept]),
                    compress: { work in WorkScheduler.blockingWork.submit(work) },
                    complain: {
                        console.take(LogLine(time: Date(), level: .warning, message: $0, metadata: [:]))
                    }))
            let isText = configuration[Keys.logFormat] == .text
            sinks.append(
                LogSink(
                    label: "jarvis.log.file", format: isText ? .text(coloured: false) : .json, write: file.write))
        }
        let level = configuration[Keys.logLevel]
        self.sinks = sinks
        logger = Logger(label: "jarvis-bridges") { [sinks] _ in BridgeLogHandler(sinks: sinks, logLevel: level) }
    }

    /// Waits until everything logged so far is written.
    package func flush() { for sink in sinks { sink.flush() } }

    /// `auto` is text on a terminal, and JSON lines elsewhere.
    private static func format(_ configuration: BridgeConfiguration) -> LogLine.Format {
        let isTerminal = isatty(STDERR_FILENO) == 1
        let coloured = isTerminal && (configuration.environment["NO_COLOR"] ?? "").isEmpty
        return switch configuration[Keys.logFormat] {
        case .text: .text(coloured: coloured)
        case .json: .json
        case .auto: isTerminal ? .text(coloured: coloured) : .json
        }
    }
}

/// Holds the file for a sink's closure: a `Mutex` itself cannot be captured.
private final class SharedLogFile: Sendable {
    private let file: Mutex<RotatingLogFile>
    init(_ file: sending RotatingLogFile) { self.file = Mutex(file) }
    @Sendable func write(_ lines: LogLines) { file.withLock { $0.write(lines) } }
}
