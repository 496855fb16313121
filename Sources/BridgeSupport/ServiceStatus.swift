/// How well a service can do its work, in the words of `/health`.
public enum ServiceState: String, Sendable, Hashable {
    /// Requests are answered as the house needs it.
    case healthy
    /// A fallback answers that can do less than the house needs, a part is missing, or a model is being loaded.
    case degraded
    /// Requests are refused until something is repaired.
    case unavailable
    /// Switched off by the configuration.
    case disabled
}

/// A snapshot of one service for `/health`, `/ready` and the start table. Cheap to make: it never waits.
public struct ServiceStatus: Sendable, Hashable {
    /// How the service does.
    public var state: ServiceState
    /// The model or voice that would answer a request naming none.
    public var model: String?
    /// Whether that model is in memory.
    public var loaded: Bool
    /// Whether that model was unloaded because it was idle: the next request loads it again.
    public var rests: Bool
    /// One sentence on why the state is what it is, or on what stands in for the configured model, and what to do; nil if there is nothing
    /// to tell.
    public var message: String?
    /// The newest reason why a model of this service could not be loaded; nil if there is none.
    public var lastError: String?
    /// Requests that wait for admission.
    public var queued: Int
    /// The part of `queued` that does not wait for a place yet, for instance because its model is being loaded.
    public var preparing = 0
    /// Requests that run.
    public var running: Int

    /// Only the state must be told: by default no model is named, and nothing runs or waits.
    public init(
        state: ServiceState, model: String? = nil, loaded: Bool = false, rests: Bool = false,
        message: String? = nil, lastError: String? = nil, queued: Int = 0, running: Int = 0
    ) {
        self.state = state
        self.model = model
        self.loaded = loaded
        self.rests = rests
        self.message = message
        self.lastError = lastError
        self.queued = queued
        self.running = running
    }
}

/// Where the time of one request went. Stages that do not occur stay zero.
public struct StageTimings: Sendable, Hashable {
    /// Waiting for admission.
    public var queue: Duration
    /// Loading a model that was not in memory.
    public var load: Duration
    /// The work itself.
    public var compute: Duration
    /// From the call to its result.
    public var total: Duration

    /// Stages that do not occur are zero.
    public init(queue: Duration = .zero, load: Duration = .zero, compute: Duration = .zero, total: Duration = .zero) {
        self.queue = queue
        self.load = load
        self.compute = compute
        self.total = total
    }
}

extension Duration {
    /// This duration in milliseconds, with fractions.
    public var milliseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
    }

    /// This duration in seconds, with fractions.
    public var inSeconds: Double { milliseconds / 1e3 }
}
