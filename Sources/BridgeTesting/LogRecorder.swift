public import Logging
public import InMemoryLogging

/// Collects what code under test logs, down to trace.
public struct LogRecorder: Sendable {
    private let handler: InMemoryLogHandler
    /// A logger for the code under test, at every level.
    public let logger: Logger

    /// - Parameter label: of the logger; it is not part of the entries.
    public init(label: String = "test") {
        var handler = InMemoryLogHandler()
        handler.logLevel = .trace
        self.handler = handler
        logger = Logger(label: label) { [handler] _ in handler }
    }

    /// All lines so far, in order.
    public var entries: [InMemoryLogHandler.Entry] { handler.entries }

    /// Everything that was logged as text, metadata and errors included: for "is this word anywhere in the log".
    public var text: String {
        entries.map { entry in
            let metadata = entry.metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let error = entry.error.map { " error=\($0)" } ?? ""
            return "\(entry.level) \(entry.message) \(metadata.joined(separator: " "))\(error)"
        }.joined(separator: "\n")
    }

    /// The lines of exactly this level.
    public func entries(at level: Logger.Level) -> [InMemoryLogHandler.Entry] {
        entries.filter { $0.level == level }
    }
}
