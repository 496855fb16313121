import ModelStore
import Synchronization

/// The model that answers requests naming none, looked up on disk at most once a second: `/health` and every request ask for it.
final class DefaultModelChoice: Sendable {
    private let lookUp: @Sendable () -> String?
    private let known = Mutex<(id: String?, until: ContinuousClock.Instant)?>(nil)

    init(_ service: ModelService, configuration: BridgeConfiguration, store: ModelStore) {
        lookUp = { BridgeServices.effectiveModel(for: service, configuration: configuration, store: store) }
    }

    var id: String? {
        let now = ContinuousClock.now
        if let known = known.withLock({ $0 }), now < known.until { return known.id }
        let id = lookUp()
        known.withLock { $0 = (id, now.advanced(by: .seconds(1))) }
        return id
    }
}
