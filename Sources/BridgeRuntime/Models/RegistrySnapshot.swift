public import BridgeSupport
public import ModelStore

/// The models at one moment: read by `/health`, `/ready`, the metrics, the start table and the commands.
public struct RegistrySnapshot: Sendable {
    /// A model that is in memory, is being loaded, could not be loaded, or answers by default.
    public struct Model: Sendable, Hashable {
        /// Whether the model is in memory.
        public enum State: Sendable, Hashable { case absent, loading, loaded, failed }

        /// Which model it is.
        public var key: ModelKey
        /// At the moment of the snapshot.
        public var state: State
        /// The memory that it takes, or is expected to take once it is loaded.
        public var bytes: Int
        /// How many requests use it.
        public var leases: Int
        /// Whether it answers requests of its service that name no model.
        public var isDefault: Bool
        /// Whether it stays in memory even if unused.
        public var isPinned: Bool
        /// Whether it was unloaded because it was idle.
        public var rests: Bool
        /// Why it could not be loaded last time.
        public var lastError: String?
    }

    /// What is on the disk.
    public let inventory: ModelInventory
    /// By service and id.
    public let models: [Model]
    /// Bytes that all models together may take.
    public let memoryBudget: Int
    /// Models let go of so far because they were idle or in the way of another, by service.
    public let evictions: [ModelService: Int]
    /// The newest failure of each service.
    private let lastErrors: [ModelService: (model: String, reason: String)]
    private let expectsDefaults: Bool

    /// - Parameter expectsDefaults: whether the default models are loaded at the start.
    init(_ state: RegistryState, _ inventory: ModelInventory, expectsDefaults: Bool) {
        let defaults = inventory.defaults.compactMap { service, answer in answer.id.map { ModelKey(service, $0) } }
        self.inventory = inventory
        (memoryBudget, evictions) = (state.budget, state.evictions)
        self.expectsDefaults = expectsDefaults
        models = Set(defaults).union(state.models.keys).sorted().map { key in
            Model(key, state.models[key] ?? .init(), isDefault: defaults.contains(key))
        }
        let failed = state.models.filter { $0.value.failure != nil }
        let ordered = failed.compactMap { key, model in model.failure.map { (key: key, failure: $0) } }
            .sorted { $0.failure.order < $1.failure.order }
        lastErrors = Dictionary(
            ordered.map { ($0.key.service, ($0.key.id, Self.reason($0.failure.error))) },
            uniquingKeysWith: { _, newest in newest })
    }

    /// What is known of one model; nil for one that was never asked for and is not on the disk.
    public func model(_ key: ModelKey) -> Model? { models.first { $0.key == key } }

    /// The status of a service that answers with its default model unless a request names another.
    ///
    /// - Parameter load: how many of its requests run and wait.
    public func status(
        of service: ModelService, load: AdmissionSnapshot = AdmissionSnapshot(running: 0, queued: 0)
    ) -> ServiceStatus {
        let answer = inventory.defaults[service]
        var status = ServiceStatus(
            state: .healthy, model: answer?.id, queued: load.queued, running: load.running)
        // Beside the name of the model that answers, the failure of another one would be taken for its own.
        status.lastError = lastErrors[service].map { $0.model == answer?.id ? $0.reason : "\($0.model): \($0.reason)" }
        status.preparing = load.preparing
        guard let answer, let id = answer.id, let model = model(ModelKey(service, id)) else {
            (status.state, status.message) = (.unavailable, answer?.missing)
            return status
        }
        (status.loaded, status.rests) = (model.state == .loaded, model.rests)
        if let reason = model.lastError {
            (status.state, status.message) = (.unavailable, "\(id) could not be loaded. \(reason)")
            return status
        }
        let missingPart = service == .stt ? inventory.missingPart : nil
        let notes = [answer.note, missingPart].compactMap(\.self)
        // What stands in for a configured model is told in any state.
        status.message = notes.isEmpty ? nil : notes.joined(separator: " ")
        if answer.fallsShort || missingPart != nil {
            status.state = .degraded
        } else if model.state == .loading {
            (status.state, status.message) = (.degraded, "\(id) is being loaded.")
        } else if model.state == .absent, expectsDefaults, !model.rests {
            (status.state, status.message) = (.degraded, "\(id) is not in memory; the next request loads it.")
        }
        return status
    }

    fileprivate static func reason(_ error: any Error) -> String { (error as? ServiceError)?.message ?? "\(error)" }
}

extension RegistrySnapshot.Model {
    fileprivate init(_ key: ModelKey, _ model: RegistryState.Model, isDefault: Bool) {
        let state: State =
            switch model.phase {
            case .absent: model.failure == nil ? .absent : .failed
            case .loading: .loading
            case .loaded: .loaded
            }
        self.init(
            key: key, state: state, bytes: model.bytes, leases: model.leases.count, isDefault: isDefault,
            isPinned: model.isPinned, rests: model.rests,
            lastError: model.failure.map { RegistrySnapshot.reason($0.error) })
    }
}
