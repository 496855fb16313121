package import BridgeSupport
package import ModelStore
import Synchronization
import WorkScheduling

/// The one place that knows which models there are, which of them are in memory, and which of them answer; see ``RegistryState`` for how
/// a model gets into memory and out of it again.
///
/// A lock rather than an actor: a cancelled caller leaves at once, and a lease ends immediately, without waiting for a turn.
public final class ModelRegistry: Sendable {
    /// What the configuration says of it.
    package struct Settings: Sendable {
        /// Bytes of all models together.
        package var memory: Int
        /// How long an unused model stays; zero for ever.
        package var idleTime: Duration
        /// The same for services that have a time of their own.
        package var idleTimes: [ModelService: Duration]
        /// Whether default models are loaded at the start.
        package var preload: Bool

        package init(
            memory: Int = .max, idleTime: Duration = .zero, idleTimes: [ModelService: Duration] = [:],
            preload: Bool = false
        ) {
            (self.memory, self.preload) = (memory, preload)
            (self.idleTime, self.idleTimes) = (idleTime, idleTimes)
        }
    }

    /// Hears whether the lease is held; else the files of its model must be known first.
    fileprivate typealias Continuation = CheckedContinuation<Bool, any Error>

    fileprivate struct State {
        var models: RegistryState
        var loaded: [ModelKey: any Sendable] = [:]
        /// A load belongs to no caller, since all callers may leave.
        var loads: [ModelKey: Task<Void, Never>] = [:]
        var waiting: [RegistryState.Lease: Continuation] = [:]
        var nextLease: RegistryState.Lease = 0
        var inventory: ModelInventory
        /// The default models chosen at run time, by service.
        var chosen: [ModelService: String] = [:]
        var stamp: String
        var nextLook: Duration
        /// The read of the disk in progress, shared by all callers that wait for it.
        var look: Task<ModelInventory, Never>?
    }

    private static let lookPause = Duration.seconds(1)

    private let loader: any ModelLoading
    private let preload: Bool
    private let clock: any Clock<Duration>
    private let elapsed: @Sendable () -> Duration
    private let state: Mutex<State>
    /// Releases gigabytes to the system, which blocks.
    let unloads = WorkerPool("jarvis.unload", threads: 1)

    /// Reads the disk; blocks meanwhile.
    ///
    /// - Parameter chosen: the default models chosen while an earlier process ran.
    package init(
        _ loader: any ModelLoading, _ settings: Settings, chosen: [ModelService: String] = [:],
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.loader = loader
        self.clock = clock
        preload = settings.preload
        elapsed = clock.stopwatch()
        // In this order, so that a change in between is noticed next time.
        let stamp = loader.stamp()
        state = Mutex(
            State(
                models: RegistryState(
                    budget: settings.memory, idleTime: settings.idleTime, idleTimes: settings.idleTimes),
                inventory: loader.inventory(chosen: chosen), chosen: chosen, stamp: stamp, nextLook: Self.lookPause))
    }

    /// The models of one service. `Model` is the type that the loader makes for it.
    package func source<Model: Sendable>(of service: ModelService) -> ModelSource<Model> {
        ModelSource(
            named: { try await self.id($0, speaking: $1, for: service) },
            leased: { try await self.lease(ModelKey(service, $0)) })
    }

    /// The current state. The view of the disk may be a second old; no manifest is read unless something has changed there.
    public func snapshot() async -> RegistrySnapshot {
        let inventory = await inventory()
        let models = state.withLock { $0.models }
        return RegistrySnapshot(models, inventory, expectsDefaults: preload)
    }

    /// Checks the models of the configuration.
    ///
    /// - Throws: what ``ModelInventory/checkChoices()`` throws.
    func checkChoices() throws(ServiceError) { try state.withLock(\.inventory).checkChoices() }

    /// Unloads models that have been idle for too long, until the task is cancelled; returns at once if idle models may stay.
    public func run() async {
        while let pause = letIdleGo() {
            // Ends by cancellation only.
            guard (try? await clock.sleep(for: pause)) != nil else { return }
        }
    }

    /// Starts none of the loads that are still due, and leaves running ones to the end of the process: they cannot be stopped halfway, and
    /// nobody waits for them.
    ///
    /// - Returns: the models being loaded.
    public func abandonLoads() -> [String] {
        let loads = state.withLock { $0.loads }
        for load in loads.values { load.cancel() }
        return loads.keys.sorted().map(\.id)
    }
}

// MARK: Leases

extension ModelRegistry {
    /// The id of the model that a request means.
    private func id(
        _ requested: String?, speaking language: String?, for service: ModelService
    ) async throws -> String {
        if let requested {
            guard requested.isEmpty else {
                let inventory = await inventory()
                let id = inventory.id(of: requested)
                if let language { try inventory.voices.check(id, speaks: language) }
                return id
            }
            let (code, field): (ServiceError.Code, _) =
                service == .tts ? (.voiceNotFound, "voice") : (.modelNotFound, "model")
            throw ServiceError(
                code, "The field \"\(field)\" is empty; leave it out for the default.", param: field)
        }
        let inventory = await inventory()
        if let language { return try inventory.voices.best(speaking: language) }
        let answer = inventory.defaults[service]
        guard let id = answer?.id else {
            throw ServiceError(.modelNotInstalled, answer?.missing ?? "This service has no models.")
        }
        return id
    }

    private func lease<Model: Sendable>(_ key: ModelKey) async throws -> ModelLease<Model> {
        let lease = try await take(key)
        guard let model = state.withLock({ $0.loaded[key] }) as? Model else {
            end(lease)
            throw ServiceError(.internal, "\(key.id) is no model of this service.")
        }
        return ModelLease(model) { self.end(lease) }
    }

    /// - Returns: a lease that is held: its model is in memory.
    private func take(_ key: ModelKey) async throws -> RegistryState.Lease {
        let lease = state.withLock { state in
            state.nextLease += 1
            return state.nextLease
        }
        var files: ModelFiles?
        while true {
            if try await wait(lease, for: key, files) { return lease }
            files = await aside { [loader] in loader.files(of: key) }
        }
    }

    /// - Returns: whether the lease is held; else the files of its model must be known before it is loaded.
    private func wait(_ lease: RegistryState.Lease, for key: ModelKey, _ files: ModelFiles?) async throws -> Bool {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: Continuation) in
                change { state, now in
                    state.waiting[lease] = continuation
                    // Checked under the lock that `onCancel` takes, so that one of the two sees the other.
                    if Task.isCancelled { return [.fail(lease, CancellationError())] }
                    return state.models.request(lease, of: key, files: files, now: now)
                }
            }
        } onCancel: {
            change { state, _ in state.models.cancel(lease) }
        }
    }

    private func end(_ lease: RegistryState.Lease) {
        change { state, now in state.models.end(lease, now: now) }
    }

    /// - Returns: how long to wait before the next time; nil if models may stay for ever.
    private func letIdleGo() -> Duration? {
        change { state, now in state.models.letIdleGo(now: now) }
    }
}

// MARK: At run time

extension ModelRegistry {
    /// Loads a model into memory; it stays there as if it had just been used.
    ///
    /// - Parameter pinned: whether it is kept in memory from now on; nil leaves that as it is.
    /// - Throws: what loading throws; `CancellationError`, while the load goes on.
    package func load(_ key: ModelKey, pinned: Bool? = nil) async throws {
        let lease = try await take(key)
        defer { end(lease) }
        if let pinned { change { state, _ in state.models.pin(key, pinned) } }
    }

    /// Unloads a model, even a pinned one. To be called before its files are deleted, to find out whether they may be.
    ///
    /// - Throws: `model_in_use` while requests use it or it is being loaded.
    package func unload(_ key: ModelKey) throws(ServiceError) {
        var refusal: ServiceError?
        change { state, _ in
            do throws(ServiceError) {
                return try state.models.unload(key)
            } catch {
                refusal = error
                return []
            }
        }
        if let refusal { throw refusal }
    }

    /// Unloads a model as soon as nobody uses it, unless it is pinned, or asked for again before that.
    package func retire(_ key: ModelKey) { change { state, _ in state.models.retire(key) } }

    /// Has the disk looked at before the next answer, and not up to a second later.
    package func noteDiskChanged() { state.withLock { $0.nextLook = .zero } }

    /// Makes a model the default of its service, or restores the configuration's default. Lasts as long as this
    /// process; ``ChosenModels`` lasts longer.
    ///
    /// - Throws: `invalid_request` for a model that is not known or belongs to another service; nothing changes then.
    package func setDefault(_ id: String?, for service: ModelService) async throws {
        while true {
            let before = state.withLock { $0.chosen }
            var chosen = before
            chosen[service] = id
            let found = await read(chosen)
            try found.inventory.checkChoice(for: service)
            let isMade = state.withLock { state in
                // Somebody else has chosen meanwhile: what was read lacks that.
                guard state.chosen == before else { return false }
                (state.chosen, state.stamp, state.inventory) = (chosen, found.stamp, found.inventory)
                return true
            }
            if isMade { return }
        }
    }

    private func read(_ chosen: [ModelService: String]) async -> (stamp: String, inventory: ModelInventory) {
        await aside { [loader] in
            // First the stamp: what changes behind it is read again.
            let stamp = loader.stamp()
            return (stamp, loader.inventory(chosen: chosen))
        }
    }
}

// MARK: What is done

extension ModelRegistry {
    /// What is left to do after a change, outside the lock.
    private struct Effects: Sendable {
        var answers: [(Continuation, Result<Bool, any Error>)] = []
        var unloaded: [any Sendable] = []
        var pause: Duration?
    }

    /// The unloaded models. Their last holder frees them, even while others still refer to this object.
    private final class Unloaded: Sendable {
        private let models: Mutex<[any Sendable]>

        init(_ models: inout [any Sendable]) {
            self.models = Mutex(models)
            models = []
        }

        func free() { models.withLock { $0 = [] } }
    }

    /// Changes the state, and carries out the resulting actions.
    ///
    /// - Returns: how long the owner of the idle time sleeps.
    @discardableResult
    private func change(_ step: (inout State, _ now: Duration) -> [RegistryState.Action]) -> Duration? {
        let now = elapsed()
        var effects = state.withLock { state in
            var effects = Effects()
            for action in step(&state, now) { perform(action, at: now, on: &state, noting: &effects) }
            return effects
        }
        for (caller, result) in effects.answers { caller.resume(with: result) }
        if !effects.unloaded.isEmpty {
            let unloaded = Unloaded(&effects.unloaded)
            unloads.submit {
                unloaded.free()
                MachineMemory.giveBack()
            }
        }
        return effects.pause
    }

    private func perform(
        _ action: RegistryState.Action, at now: Duration, on state: inout State, noting effects: inout Effects
    ) {
        func answer(_ lease: RegistryState.Lease, _ result: Result<Bool, any Error>) {
            if let caller = state.waiting.removeValue(forKey: lease) { effects.answers.append((caller, result)) }
        }
        switch action {
        case .load(let key): state.loads[key] = Task { await self.load(key) }
        case .unload(let key): if let model = state.loaded.removeValue(forKey: key) { effects.unloaded.append(model) }
        case .grant(let lease, _): answer(lease, .success(true))
        case .fail(let lease, let error): answer(lease, .failure(error))
        case .readFiles(let lease): answer(lease, .success(false))
        case .sleep(let end): effects.pause = end - now
        }
    }

    private func load(_ key: ModelKey) async {
        do {
            var model: LoadedModel? = try await loader.load(key)
            change { state, now in
                state.loads[key] = nil
                // Nothing else holds it from now on, as it may have to be freed next.
                guard let model = model.take() else { return [] }
                state.loaded[key] = model.model
                return state.models.finishLoad(of: key, bytes: model.bytes, now: now)
            }
        } catch {
            change { state, now in
                state.loads[key] = nil
                return state.models.failLoad(of: key, error, now: now)
            }
        }
    }
}

// MARK: The disk

extension ModelRegistry {
    /// What is on the disk, at most a second old.
    private func inventory() async -> ModelInventory {
        let now = elapsed()
        let (known, look) = state.withLock { state in
            if state.look == nil, now >= state.nextLook {
                state.nextLook = now + Self.lookPause
                state.look = Task { await self.look() }
            }
            return (state.inventory, state.look)
        }
        return await look?.value ?? known
    }

    /// Reads the disk if something has changed there.
    private func look() async -> ModelInventory {
        let (known, chosen) = state.withLock { ($0.stamp, $0.chosen) }
        let stamp = await aside { [loader] in loader.stamp() }
        let found = stamp == known ? nil : await read(chosen)
        return state.withLock { state in
            // A choice made meanwhile was read by the caller that made it.
            if let found, state.chosen == chosen { (state.stamp, state.inventory) = (found.stamp, found.inventory) }
            state.look = nil
            return state.inventory
        }
    }
}
