/// Keeps loaded models by id: loads each at most once at a time, shares a load between those who wait for it, and
/// lets go of the least recently used one when there are more than `capacity`.
///
/// A failed load is not remembered: the next caller tries again.
public actor ModelCache<Model: Sendable> {
    private struct Entry {
        var model: Model
        var lastUse: UInt64
    }

    private let capacity: Int
    private let load: @Sendable (_ id: String) async throws -> Model
    private var entries: [String: Entry] = [:]
    private var loads: [String: SharedLoad<Model>] = [:]
    private var uses: UInt64 = 0
    /// Models whose last load failed, and why; the newest failure is the last one. Names that are not there are none.
    private var failures: [(id: String, reason: String)] = []

    public init(capacity: Int, load: @escaping @Sendable (_ id: String) async throws -> Model) {
        self.capacity = max(1, capacity)
        self.load = load
    }

    public var loadedIDs: [String] { entries.keys.sorted() }
    public func isLoaded(_ id: String) -> Bool { entries[id] != nil }

    /// The text of the newest failure among the models whose last load failed; nil when there are none.
    public var lastError: String? { failures.last?.reason }

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
        if let failure = failures.first(where: { $0.id == id }) {
            (status.state, status.message) = (.unavailable, "\(id) could not be loaded. \(failure.reason)")
        } else if loads[id] != nil {
            (status.state, status.message) = (.degraded, "\(id) is being loaded.")
        }
        return status
    }

    /// The model `id`, loaded if it was not.
    ///
    /// A caller whose task is cancelled leaves at once. The load goes on for the others, and is cancelled when nobody
    /// waits for it any more.
    ///
    /// - Throws: What the load throws, or `CancellationError`.
    public func model(_ id: String) async throws -> Model {
        if let model = touch(id) { return model }
        try Task.checkCancellation()
        // A load that everybody has left is being cancelled, so that it cannot be joined.
        if let running = loads[id], let place = running.join() { return try await running.value(place) }
        let started = SharedLoad<Model>()
        let place = started.firstPlace
        loads[id] = started
        start(started, id)
        return try await started.value(place)
    }

    /// Forgets `id`; whoever still uses it keeps it alive until done.
    public func unload(_ id: String) { entries[id] = nil }

    /// The load runs in a task of its own because it belongs to no single caller: each of them may leave while others
    /// wait. `SharedLoad` holds the task and cancels it when the last one has left.
    private func start(_ shared: SharedLoad<Model>, _ id: String) {
        let load = load
        shared.run(
            Task {
                do {
                    let model = try await load(id)
                    self.loaded(model, id, by: shared)
                    shared.finish(.success(model))
                } catch {
                    self.failed(error, id, by: shared)
                    shared.finish(.failure(error))
                }
            })
    }

    private func loaded(_ model: Model, _ id: String, by shared: SharedLoad<Model>) {
        if loads[id] === shared { loads[id] = nil }
        failures.removeAll { $0.id == id }
        uses += 1
        entries[id] = Entry(model: model, lastUse: uses)
        evict(keeping: id)
    }

    private func failed(_ error: any Error, _ id: String, by shared: SharedLoad<Model>) {
        if loads[id] === shared { loads[id] = nil }
        if error is CancellationError { return }
        let known = error as? ServiceError
        // A name that a client made up says nothing about how the service is.
        if let code = known?.code, code == .modelNotFound || code == .voiceNotFound { return }
        failures.removeAll { $0.id == id }
        failures.append((id, known?.message ?? "\(error)"))
    }

    private func touch(_ id: String) -> Model? {
        uses += 1
        entries[id]?.lastUse = uses
        return entries[id]?.model
    }

    private func evict(keeping id: String) {
        while entries.count > capacity {
            guard let oldest = entries.filter({ $0.key != id }).min(by: { $0.value.lastUse < $1.value.lastUse }) else {
                return
            }
            entries[oldest.key] = nil
        }
    }
}
