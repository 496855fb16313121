import Foundation
import Logging

/// A swift-log backend that writes each event to one or more sinks, each in its own format.
struct BridgeLogHandler: LogHandler {
    /// A sink and how its lines look.
    struct Output: Sendable {
        enum Format: Sendable { case text(coloured: Bool), json }
        var format: Format
        var sink: LogSink

        /// Writes a line of the log itself, beside those that the program logs.
        func write(_ warning: String) {
            write(LogLine(time: Date(), level: .warning, message: warning, metadata: [:]))
        }

        func write(_ line: LogLine) {
            switch format {
            case .json: sink.take(line.json())
            case .text(let coloured): sink.take(line.text(coloured: coloured))
            }
        }
    }

    let outputs: [Output]
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        if let error = event.error { all["error"] = "\(error)" }
        let line = LogLine(time: Date(), level: event.level, message: "\(event.message)", metadata: all)
        for output in outputs { output.write(line) }
    }
}
