public import Logging
public import ServiceLifecycle

/// What all doors share: the services behind them, the log and the metrics.
public struct Runtime: Sendable {
    /// The four services, wired.
    public let services: BridgeServices
    /// The server's log.
    public let logger: Logger
    package let metrics = PrometheusMetrics()

    public init(_ services: BridgeServices, logger: Logger) {
        (self.services, self.logger) = (services, logger)
    }

    /// A way in from outside, such as HTTP: makes the service that listens, and that calls `onListening` once, with its address, when it
    /// does. No door knows another.
    public typealias Door =
        @Sendable (
            _ runtime: Runtime, _ onListening: @escaping @Sendable (_ address: String) async -> Void
        ) throws -> any Service
}
