import Foundation
import Logging

/// A swift-log backend that writes each event to one or more sinks, each in its own format.
struct BridgeLogHandler: LogHandler {
    let sinks: [LogSink]
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        for more in [metadataProvider?.get(), event.metadata] {
            guard let more else { continue }
            if all.isEmpty { all = more } else { all.merge(more) { _, new in new } }
        }
        if let error = event.error { all["error"] = "\(error)" }
        let line = LogLine(time: Date(), level: event.level, message: "\(event.message)", metadata: all)
        for sink in sinks { sink.take(line) }
    }
}
