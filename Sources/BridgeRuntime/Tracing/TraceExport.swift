public import BridgeSupport
import CoreMetrics
import Foundation
import Logging
import OTLPTracing
import ServiceLifecycle

/// Sends the spans of this server to a collector while it serves, and the last ones when everything else has ended.
///
/// Its tracer is handed to the code that makes spans, and is not the process' own (`InstrumentationSystem.bootstrap`): tests have many
/// servers in one process, and the HTTP client that sends spans would make spans of that.
struct TraceExport: Service, CustomStringConvertible {
    let tracer: OTLPTracer
    private let exporter: SpanExporter
    private let grace: Duration

    /// ServiceLifecycle logs its services as text, which must not become a dump of everything they hold.
    var description: String { "TraceExport" }

    /// - Returns: nil where no collector is configured.
    /// - Throws: `invalid_request` if the settings do not go together, or the certificates cannot be read.
    init?(
        _ configuration: BridgeConfiguration, metrics: PrometheusMetrics, logger: Logger, clock: any Clock<Duration>
    ) throws(ServiceError) {
        guard let settings = try configuration.traceSettings() else { return nil }
        let counters = Dictionary(
            uniqueKeysWithValues: SpanExporter.Outcome.allCases.map { outcome in
                (outcome, metrics.counter(.spans, [("result", outcome.rawValue)]))
            })
        exporter = try SpanExporter(settings, service: .this(configuration), logger: logger, clock: clock) {
            counters[$0]?.increment(by: $1)
        }
        tracer = OTLPTracer(ratio: configuration[Keys.traceShare], exporter: exporter)
        // Requests leave it the rest of the time in which the server ends.
        grace = max(.milliseconds(500), configuration.grace.whole - configuration.grace.work)
    }

    func run() async {
        await cancelWhenGracefulShutdown { await exporter.run() }
        await exporter.flush(within: grace)
    }
}

extension BridgeConfiguration {
    /// nil where no collector is configured.
    fileprivate func traceSettings() throws(ServiceError) -> SpanExporter.Settings? {
        let authorities = self[Keys.traceAuthorities]
        guard let endpoint = traceEndpoint else {
            guard authorities.isEmpty else {
                throw .invalid(
                    Keys.traceAuthorities.name,
                    "\(Keys.traceAuthorities.name) is set, but no collector is: set \(Keys.traceEndpoint.names) as well."
                )
            }
            return nil
        }
        guard authorities.isEmpty || endpoint.isEncrypted else {
            throw .invalid(
                Keys.traceAuthorities.name,
                "\(Keys.traceAuthorities.name) is for TLS, which \(Keys.traceEndpoint.name) does not ask for: let it begin with https://."
            )
        }
        var settings = SpanExporter.Settings(
            endpoint: endpoint, authorities: authorities.isEmpty ? nil : authorities,
            authoritiesName: Keys.traceAuthorities.name)
        settings.headers = traceHeaders
        return settings
    }

    /// Asks the collector of traces for a sign of life.
    ///
    /// - Returns: its address, without a path; nil if none is configured.
    /// - Throws: `invalid_request` saying what is wrong with the settings, or why the collector cannot be used.
    public func checkTraces() async throws(ServiceError) -> String? {
        guard let settings = try traceSettings() else { return nil }
        let exporter = try SpanExporter(
            settings, service: .this(self), logger: Logger(label: "traces") { _ in SwiftLogNoOpLogHandler() })
        guard let reason = await exporter.check() else { return "\(settings.endpoint)" }
        throw .invalid(
            Keys.traceEndpoint.name,
            "\(settings.endpoint) takes no traces: \(reason). The server works without it; check \(Keys.traceEndpoint.names)."
        )
    }
}

extension TracedService {
    fileprivate static func this(_ configuration: BridgeConfiguration) -> TracedService {
        TracedService(
            name: configuration[Keys.traceService], version: BridgeVersion.current,
            instance: UUID().uuidString.lowercased())
    }
}
