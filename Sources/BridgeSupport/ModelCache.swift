/// Keeps loaded models by id: loads each at most once at a time, shares a load between all who wait for it, and lets go of the
/// least recently used one when there are more than `capacity`. Which of them is in what state, ``ModelStates`` knows.
///
/// A load goes on when its callers leave, since it cannot be stopped halfway: the next caller finds it running, or done. One
/// that failed is tried again after a pause that grows, or once the model's files have changed; until then, whoever asks gets
/// the error of the last try.
public actor ModelCache<Model: Sendable> {
    private let load: @Sendable (_ id: String) async throws -> Model
    private let files: @Sendable (_ id: String) async -> String?
    private let elapsed: @Sendable () -> Duration
    private var states: ModelStates
    private var models: [String: Model] = [:]
    private var loads: [String: SharedLoad<Model>] = [:]

    /// - Parameters:
    ///   - clock: by which tries of models that failed are put off.
    ///   - files: changes when a model's files do; nil where nobody can tell.
    ///   - load: is called for one model at a time, or for several, but never for one that is being loaded. Must not block.
    public init(
        capacity: Int, clock: any Clock<Duration> = ContinuousClock(),
        files: @escaping @Sendable (_ id: String) async -> String? = { _ in nil },
        load: @escaping @Sendable (_ id: String) async throws -> Model
    ) {
        states = ModelStates(capacity: capacity)
        elapsed = clock.stopwatch()
        self.files = files
        self.load = load
    }

    public var loadedIDs: [String] { states.loaded }
    public func isLoaded(_ id: String) -> Bool { states.isLoaded(id) }

    /// The text of the newest failure among the models whose last load failed; nil when there are none.
    public var lastError: String? { states.newestFailure.map { Self.reason($0.error) } }

    /// How a service is that answers with the model `id` unless a request names another; asks no model.
    ///
    /// - Parameters:
    ///   - id: nil when the service has no model to answer with.
    ///   - missing: one sentence on what to do then.
    ///   - load: what the service's requests wait for.
    public func status(of id: String?, missing: String, _ load: AdmissionLimiter.Snapshot) -> ServiceStatus {
        var status = ServiceStatus(
            state: .healthy, model: id, lastError: lastError, queued: load.queued, running: load.running)
        guard let id else {
            (status.state, status.message) = (.unavailable, missing)
            return status
        }
        status.loaded = isLoaded(id)
        if status.loaded { return status }
        if let failure = states.failure(of: id) {
            (status.state, status.message) = (
                .unavailable, "\(id) could not be loaded. \(Self.reason(failure.error))"
            )
        } else if states.isLoading(id) {
            (status.state, status.message) = (.degraded, "\(id) is being loaded.")
        }
        return status
    }

    /// The model `id`, loaded if it was not.
    ///
    /// A caller whose task is cancelled leaves at once. The load goes on, and its result is kept.
    ///
    /// - Throws: What the load throws, or what the last one threw where it is not time to try again; `CancellationError`.
    public func model(_ id: String) async throws -> Model {
        if !states.isLoaded(id) { try Task.checkCancellation() }
        // Read only for a model that failed; whatever happens meanwhile, the states are asked afterwards.
        let files = states.failure(of: id) == nil ? nil : await files(id)
        switch states.ask(id, files: files, now: elapsed()) {
        case .uses:
            if let model = models[id] { return model }
        case .joins: break
        case .loads: start(id)
        case .fails:
            if let failure = states.failure(of: id) { throw failure.error }
        }
        guard let load = loads[id] else { throw ServiceError(.internal, "A model was lost while it was loaded.") }
        return try await load.value()
    }

    /// Forgets `id`; whoever still uses it keeps it alive until done.
    public func unload(_ id: String) {
        states.unload(id)
        models[id] = nil
    }

    /// The load runs in a task of its own because it belongs to no single caller: all of them may leave.
    private func start(_ id: String) {
        let shared = SharedLoad<Model>()
        loads[id] = shared
        Task { [load, files] in
            let before = await files(id)
            do {
                let model = try await load(id)
                self.finish(id, model)
                shared.finish(.success(model))
            } catch {
                self.fail(id, error, files: before)
                shared.finish(.failure(error))
            }
        }
    }

    private func finish(_ id: String, _ model: Model) {
        loads[id] = nil
        models[id] = model
        for evicted in states.finishLoad(of: id) { models[evicted] = nil }
    }

    private func fail(_ id: String, _ error: any Error, files: String?) {
        loads[id] = nil
        let code = (error as? ServiceError)?.code
        // A name that a client made up says nothing about how the service is.
        let isNone = code == .modelNotFound || code == .voiceNotFound || error is CancellationError
        states.failLoad(of: id, isNone ? nil : error, files: files, now: elapsed())
    }

    private static func reason(_ error: any Error) -> String { (error as? ServiceError)?.message ?? "\(error)" }
}
