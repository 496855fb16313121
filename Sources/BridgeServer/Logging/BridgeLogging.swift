import BridgeSupport
import Foundation
import Logging
import Synchronization

/// The configured log: standard error, and a file if one is named.
struct BridgeLogging: Sendable {
    let logger: Logger
    private let sinks: [LogSink]

    /// - Throws: `invalid_request` (param `log.file`) when the file cannot be written.
    init(_ configuration: BridgeConfiguration) throws {
        var outputs = [BridgeLogHandler.Output(format: Self.format(configuration), sink: .standardError())]
        let path = configuration.text("log.file")
        if !path.isEmpty {
            let file = SharedLogFile(
                try RotatingLogFile(
                    path: path,
                    policy: .init(
                        maximumBytes: configuration.integer("log.max_bytes"), isDaily: configuration.flag("log.daily"),
                        compresses: configuration.flag("log.compress"), kept: configuration.integer("log.keep")),
                    complain: { [console = outputs[0]] in console.write($0) }))
            let isText = configuration.text("log.format") == "text"
            outputs.append(
                .init(
                    format: isText ? .text(coloured: false) : .json,
                    sink: LogSink(label: "jarvis.log.file", write: file.write)))
        }
        let level = Logger.Level(rawValue: configuration.text("log.level")) ?? .info
        sinks = outputs.map(\.sink)
        logger = Logger(label: "jarvis-bridges") { [outputs] _ in BridgeLogHandler(outputs: outputs, logLevel: level) }
    }

    /// Waits until everything logged so far is written.
    func flush() { for sink in sinks { sink.flush() } }

    /// `auto` is text where a person reads along, and JSON lines elsewhere.
    private static func format(_ configuration: BridgeConfiguration) -> BridgeLogHandler.Output.Format {
        let isTerminal = isatty(STDERR_FILENO) == 1
        let coloured = isTerminal && (configuration.environment["NO_COLOR"] ?? "").isEmpty
        return switch configuration.text("log.format") {
        case "text": .text(coloured: coloured)
        case "json": .json
        default: isTerminal ? .text(coloured: coloured) : .json
        }
    }
}

/// The file, for the closure of a sink: a `Mutex` cannot be captured itself.
private final class SharedLogFile: Sendable {
    private let file: Mutex<RotatingLogFile>
    init(_ file: sending RotatingLogFile) { self.file = Mutex(file) }
    @Sendable func write(_ line: String) { file.withLock { $0.write(line) } }
}
