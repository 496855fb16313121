import BridgeSupport
import Foundation
package import Logging
import Synchronization

/// The configured log: standard error, and a file if one is named.
package struct BridgeLogging: Sendable {
    package let logger: Logger
    private let sinks: [LogSink]

    /// - Throws: `invalid_request` (param `log.file`) when the file cannot be written.
    package init(_ configuration: BridgeConfiguration) throws {
        var outputs = [BridgeLogHandler.Output(format: Self.format(configuration), sink: .standardError())]
        let path = configuration[Keys.logFile]
        if !path.isEmpty {
            let file = SharedLogFile(
                try RotatingLogFile(
                    path: path,
                    policy: .init(
                        maximumBytes: configuration[Keys.logFileBytes], isDaily: configuration[Keys.logFileDaily],
                        compresses: configuration[Keys.logFileCompressed], kept: configuration[Keys.logFilesKept]),
                    complain: { [console = outputs[0]] in console.write($0) }))
            let isText = configuration[Keys.logFormat] == .text
            outputs.append(
                .init(
                    format: isText ? .text(coloured: false) : .json,
                    sink: LogSink(label: "jarvis.log.file", write: file.write)))
        }
        let level = configuration[Keys.logLevel]
        sinks = outputs.map(\.sink)
        logger = Logger(label: "jarvis-bridges") { [outputs] _ in BridgeLogHandler(outputs: outputs, logLevel: level) }
    }

    /// Waits until everything logged so far is written.
    package func flush() { for sink in sinks { sink.flush() } }

    /// `auto` is text where a person reads along, and JSON lines elsewhere.
    private static func format(_ configuration: BridgeConfiguration) -> BridgeLogHandler.Output.Format {
        let isTerminal = isatty(STDERR_FILENO) == 1
        let coloured = isTerminal && (configuration.environment["NO_COLOR"] ?? "").isEmpty
        return switch configuration[Keys.logFormat] {
        case .text: .text(coloured: coloured)
        case .json: .json
        case .auto: isTerminal ? .text(coloured: coloured) : .json
        }
    }
}

/// The file, for the closure of a sink: a `Mutex` cannot be captured itself.
private final class SharedLogFile: Sendable {
    private let file: Mutex<RotatingLogFile>
    init(_ file: sending RotatingLogFile) { self.file = Mutex(file) }
    @Sendable func write(_ line: String) { file.withLock { $0.write(line) } }
}
