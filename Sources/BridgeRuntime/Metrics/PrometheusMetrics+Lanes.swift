import CoreMetrics
import WorkScheduling

extension PrometheusMetrics {
    /// Counts how long requests of a bridge wait for their place in each lane.
    func laneWaits(of bridge: Bridge) -> @Sendable (Urgency, Duration) -> Void {
        let timers = Dictionary(
            uniqueKeysWithValues: Urgency.allCases.map { urgency in
                (urgency, timer(.queueWait, [("service", bridge.serviceName), ("lane", urgency.name)]))
            })
        return { urgency, waited in timers[urgency]?.record(waited) }
    }
}

extension Urgency {
    /// In metrics.
    var name: String {
        switch self {
        case .interactive: "interactive"
        case .long: "long"
        case .bulk: "bulk"
        }
    }
}
