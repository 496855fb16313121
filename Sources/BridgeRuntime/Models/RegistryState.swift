import BridgeSupport
import ModelStore

/// Which models are in memory, are being loaded, or could not be loaded: a pure state machine; its owner carries out what it returns.
///
/// States of a model, and what leads from one to the next:
/// - absent → loading: a request asks for it, unless its last load failed, its files are still the same, and it is too early to try
///   again; or unless it needs more than the whole budget, which counts as a failed load;
/// - loading → loaded, or absent with a failure: the load ends, whether or not anybody still waits for it;
/// - loaded → absent: it is neither used nor pinned, and either it has been unused for longest while the budget is exceeded, or it was
///   not used for the idle time, or it was retired, because another model has taken its place.
///
/// There is never more than one load of a model. Every request that waits for one holds a lease on the model once it is loaded. Loaded
/// models and models being loaded together stay within the budget, except for leased, pinned and loading ones: no request fails because
/// another model is in memory. After the first failure the next try is due after a second, and after twice as long for each further one,
/// up to five minutes; after a transient failure, which says nothing about the model, at most four seconds. Times are measured by the
/// owner's clock, from any fixed moment.
struct RegistryState {
    typealias Lease = UInt64

    /// What the owner does, in this order.
    enum Action {
        /// Begins to load it.
        case load(ModelKey)
        /// Unloads it.
        case unload(ModelKey)
        /// Hands the model to the request with this lease.
        case grant(Lease, ModelKey)
        /// Tells the request with this lease that it failed.
        case fail(Lease, any Error)
        /// Reads the files of the model, and asks again for this lease.
        case readFiles(Lease)
        /// Calls ``RegistryState/letIdleGo(now:)`` at that time.
        case sleep(until: Duration)
    }

    enum Phase: Equatable {
        case absent
        /// The memory that it is expected to take.
        case loading(bytes: Int)
        case loaded(bytes: Int)
    }

    struct Failure {
        var error: any Error
        /// Failed tries in a row.
        var count: Int
        var nextTry: Duration
        /// The stamp of the files when the load began.
        var stamp: String
        /// Grows from failure to failure.
        var order: UInt64

        /// The error given to requests until the next try.
        func told(at now: Duration) -> any Error {
            guard var told = error as? ServiceError, told.isMomentary else { return error }
            told.retryAfter = nextTry - now
            return told
        }
    }

    struct Model {
        fileprivate(set) var phase = Phase.absent
        fileprivate(set) var leases: Set<Lease> = []
        /// In order of arrival.
        fileprivate var waiting: [Lease] = []
        fileprivate(set) var isPinned = false
        /// Whether it was unloaded because it was idle.
        fileprivate(set) var rests = false
        /// Whether it leaves memory once its requests have ended.
        fileprivate var isRetired = false
        /// Kept during the next load as well.
        fileprivate(set) var failure: Failure?
        fileprivate var stamp = ""
        fileprivate(set) var lastUse = Duration.zero
        /// Grows from use to use.
        fileprivate var order: UInt64 = 0

        /// Whether it may be unloaded.
        var isIdle: Bool {
            if case .loaded = phase { return leases.isEmpty && !isPinned }
            return false
        }
        var bytes: Int {
            switch phase {
            case .absent: 0
            case .loading(let bytes), .loaded(let bytes): bytes
            }
        }
        /// Clears the failure, as if nobody had ever asked for the model.
        fileprivate var isBlank: Bool { phase == .absent && !isPinned && !rests && failure == nil }
    }

    static let firstPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(300)
    /// The longest pause after a transient failure, for instance because a process was killed or memory was short.
    static let longestMomentaryPause = Duration.seconds(4)

    /// Bytes of all models together.
    let budget: Int
    /// Models let go of because they were idle or in the way, by service.
    private(set) var evictions: [ModelService: Int] = [:]
    /// How long an unused model stays; zero for ever.
    let idleTime: Duration
    /// The same for services that have a time of their own.
    let idleTimes: [ModelService: Duration]
    private(set) var models: [ModelKey: Model] = [:]
    /// The model of a lease that is held or waited for.
    private var keys: [Lease: ModelKey] = [:]
    private var steps: UInt64 = 0

    init(budget: Int, idleTime: Duration = .zero, idleTimes: [ModelService: Duration] = [:]) {
        (self.budget, self.idleTime, self.idleTimes) = (budget, idleTime, idleTimes)
    }

    /// The memory of all models that are loaded or being loaded.
    var bytes: Int { models.values.reduce(0) { $0 + $1.bytes } }

    /// - Parameters:
    ///   - lease: a new one.
    ///   - files: nil at first, as they are seldom needed.
    mutating func request(_ lease: Lease, of key: ModelKey, files: ModelFiles?, now: Duration) -> [Action] {
        switch models[key]?.phase ?? .absent {
        case .loaded:
            models[key]?.isRetired = false
            take(lease, key)
            use(key, now)
            return [.grant(lease, key)]
        case .loading:
            models[key]?.isRetired = false
            wait(lease, key)
            return []
        case .absent:
            guard let files else { return [.readFiles(lease)] }
            return begin(lease, of: key, files: files, now: now)
        }
    }

    private mutating func begin(_ lease: Lease, of key: ModelKey, files: ModelFiles, now: Duration) -> [Action] {
        if let failure = models[key]?.failure, now < failure.nextTry, failure.stamp == files.stamp {
            return [.fail(lease, failure.told(at: now))]
        }
        models[key, default: Model()].stamp = files.stamp
        if let bytes = files.bytes, bytes > budget {
            let error = tooLarge(key, bytes)
            note(error, of: key, now)
            return [.fail(lease, error)]
        }
        models[key]?.phase = .loading(bytes: files.bytes ?? 0)
        wait(lease, key)
        return makeRoom() + [.load(key)]
    }

    /// - Parameter bytes: the memory that the model really takes.
    mutating func finishLoad(of key: ModelKey, bytes: Int, now: Duration) -> [Action] {
        guard case .loading? = models[key]?.phase else { return [] }
        guard bytes <= budget else {
            return [.unload(key)] + failLoad(of: key, tooLarge(key, bytes), now: now)
        }
        models[key]?.phase = .loaded(bytes: bytes)
        models[key]?.failure = nil
        models[key]?.rests = false
        use(key, now)
        let waiting = models[key]?.waiting ?? []
        models[key]?.waiting = []
        for lease in waiting { take(lease, key) }
        return letRetiredGo(key) + makeRoom() + waiting.map { .grant($0, key) }
    }

    mutating func failLoad(of key: ModelKey, _ error: any Error, now: Duration) -> [Action] {
        guard case .loading? = models[key]?.phase else { return [] }
        models[key]?.phase = .absent
        models[key]?.rests = false
        models[key]?.isRetired = false
        let waiting = models[key]?.waiting ?? []
        models[key]?.waiting = []
        for lease in waiting { keys[lease] = nil }
        if Self.isOfModel(error) { note(error, of: key, now) }
        forgetIfBlank(key)
        return waiting.map { .fail($0, error) }
    }

    /// The request with this lease no longer waits; does nothing if the lease is already held. The load goes on.
    mutating func cancel(_ lease: Lease) -> [Action] {
        guard let key = keys[lease], let index = models[key]?.waiting.firstIndex(of: lease) else { return [] }
        models[key]?.waiting.remove(at: index)
        keys[lease] = nil
        return [.fail(lease, CancellationError())]
    }

    mutating func end(_ lease: Lease, now: Duration) -> [Action] {
        guard let key = keys[lease], models[key]?.leases.remove(lease) != nil else { return [] }
        keys[lease] = nil
        use(key, now)
        return letRetiredGo(key) + makeRoom()
    }

    /// The model leaves memory once nobody uses it, unless it is pinned, or asked for again.
    mutating func retire(_ key: ModelKey) -> [Action] {
        guard models[key]?.phase != .absent else { return [] }
        models[key]?.isRetired = true
        return letRetiredGo(key)
    }

    private mutating func letRetiredGo(_ key: ModelKey) -> [Action] {
        guard let model = models[key], model.isRetired, model.isIdle else { return [] }
        models[key]?.phase = .absent
        models[key]?.isRetired = false
        forgetIfBlank(key)
        return [.unload(key)]
    }

    /// A pinned model stays in memory once it is loaded.
    mutating func pin(_ key: ModelKey, _ isPinned: Bool) -> [Action] {
        models[key, default: Model()].isPinned = isPinned
        forgetIfBlank(key)
        return makeRoom()
    }

    /// Unloads a model, and forgets its failure; does nothing if it is not in memory.
    ///
    /// - Throws: `model_in_use` while it is used or being loaded.
    mutating func unload(_ key: ModelKey) throws(ServiceError) -> [Action] {
        guard let model = models[key] else { return [] }
        models[key]?.failure = nil
        defer { forgetIfBlank(key) }
        switch model.phase {
        case .absent: return []
        case .loaded where model.leases.isEmpty:
            models[key]?.phase = .absent
            models[key]?.isPinned = false
            models[key]?.isRetired = false
            return [.unload(key)]
        case .loaded, .loading:
            throw ServiceError(
                .modelInUse, "\(key.id) is used just now. Try again when its requests have ended.",
                retryAfter: .seconds(1))
        }
    }

    /// Unloads models that were idle for the idle time, and says when to look again: models used from now on are not idle before that.
    mutating func letIdleGo(now: Duration) -> [Action] {
        guard let shortest = (idleTimes.values + [idleTime]).filter({ $0 > .zero }).min() else { return [] }
        let idle = models.filter { $0.value.isIdle }.sorted { $0.value.order < $1.value.order }.map(\.key)
        var actions: [Action] = []
        var next = now + shortest
        for key in idle {
            let time = idleTimes[key.service] ?? idleTime
            guard time > .zero else { continue }
            let end = (models[key]?.lastUse ?? now) + time
            guard end <= now else {
                next = min(next, end)
                continue
            }
            models[key]?.phase = .absent
            models[key]?.isRetired = false
            models[key]?.rests = true
            evictions[key.service, default: 0] += 1
            actions.append(.unload(key))
        }
        return actions + [.sleep(until: next)]
    }

    /// Unloads idle models, least recently used first, until the others keep to the budget.
    private mutating func makeRoom() -> [Action] {
        var actions: [Action] = []
        while bytes > budget,
            let oldest = models.filter({ $0.value.isIdle }).min(by: { $0.value.order < $1.value.order })?.key
        {
            models[oldest]?.phase = .absent
            models[oldest]?.isRetired = false
            forgetIfBlank(oldest)
            evictions[oldest.service, default: 0] += 1
            actions.append(.unload(oldest))
        }
        return actions
    }

    private mutating func take(_ lease: Lease, _ key: ModelKey) {
        keys[lease] = key
        models[key]?.leases.insert(lease)
    }

    private mutating func wait(_ lease: Lease, _ key: ModelKey) {
        keys[lease] = key
        models[key]?.waiting.append(lease)
    }

    private mutating func use(_ key: ModelKey, _ now: Duration) {
        steps += 1
        models[key]?.lastUse = now
        models[key]?.order = steps
    }

    private mutating func note(_ error: any Error, of key: ModelKey, _ now: Duration) {
        let stamp = models[key]?.stamp ?? ""
        let earlier = models[key]?.failure.flatMap { $0.stamp == stamp ? $0.count : nil } ?? 0
        // Nine doublings are past the longest pause.
        let longest = (error as? ServiceError)?.isMomentary == true ? Self.longestMomentaryPause : Self.longestPause
        let pause = min(longest, Self.firstPause * (1 << min(earlier, 9)))
        steps += 1
        models[key]?.failure = Failure(
            error: error, count: earlier + 1, nextTry: now + pause, stamp: stamp, order: steps)
    }

    private mutating func forgetIfBlank(_ key: ModelKey) {
        if models[key]?.isBlank == true { models[key] = nil }
    }

    /// A name made up by a client says nothing about the service, and a load that was given up says nothing about the model.
    private static func isOfModel(_ error: any Error) -> Bool {
        let code = (error as? ServiceError)?.code
        return code != .modelNotFound && code != .voiceNotFound && !(error is CancellationError)
    }

    private func tooLarge(_ key: ModelKey, _ bytes: Int) -> ServiceError {
        ServiceError(
            .modelTooLarge,
            "\(key.id) takes about \((bytes + (1 << 20) - 1) >> 20) MiB of memory, and all models together may take \(budget >> 20) MiB. Choose a smaller one, or raise \(Keys.modelMemory.name) in the configuration."
        )
    }
}

extension ServiceError {
    /// Whether it is transient, and says nothing about a model.
    var isMomentary: Bool { code == .internal || code == .overloaded || code == .storageFull }
}
