public import BridgeSupport
import ServiceLifecycle

/// What bounds the work of one request, whichever door it came through: its time limit, the departure of its
/// client, and the stop of the server.
public struct RequestScope: Sendable {
    /// A limit that a request sets for its own work.
    public struct RequestedTime: Sendable, Hashable {
        /// How long the work may take.
        public let limit: Duration
        /// Its name at the door, for errors.
        public let name: String

        /// A limit as its door read it.
        public init(limit: Duration, name: String) { (self.limit, self.name) = (limit, name) }
    }

    private let bridge: Bridge?
    /// nil for none.
    private let timeLimit: Duration?
    /// The name of the request's limit, if that is the one that counts.
    private let requestedName: String?
    private let grace: Duration
    private let clock: any Clock<Duration>
    private let departure: @Sendable () async -> Void

    /// - Parameters:
    ///   - bridge: nil for work that takes as long as it needs, such as a download.
    ///   - requested: counts if it is shorter than the bridge's limit.
    ///   - departure: returns when nobody waits for the answer any more, or when its task is cancelled.
    ///   - clock: measures the limits.
    public init(
        _ bridge: Bridge?, _ configuration: BridgeConfiguration, requested: RequestedTime? = nil,
        clock: any Clock<Duration> = ContinuousClock(), departure: @escaping @Sendable () async -> Void
    ) {
        self.bridge = bridge
        let longest = bridge.map { Duration.seconds(configuration[Keys.timeLimit(of: $0)]) }
        let limits = [requested?.limit, longest].compactMap(\.self)
        timeLimit = limits.min()
        requestedName = timeLimit != longest ? requested?.name : nil
        grace = configuration.grace.work
        self.clock = clock
        self.departure = departure
    }

    /// Runs `work`: no longer than the bridge's time limit, only while somebody waits for it, and for most of `timeouts.shutdown` once
    /// the server stops.
    ///
    /// - Throws: `timeout`, `shutting_down`, ``ClientLeft``, or what `work` throws; `work` has been cancelled and has ended by then.
    public func perform<R: Sendable>(_ work: @escaping @Sendable () async throws -> R) async throws -> R {
        try await withThrowingTaskGroup(of: R.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await work() }
            if let timeLimit {
                group.addTask {
                    try await clock.sleep(for: timeLimit)
                    throw timedOut(after: timeLimit)
                }
            }
            group.addTask {
                try await gracefulShutdown()
                try await clock.sleep(for: grace)
                throw ServiceError.stopping
            }
            group.addTask {
                await departure()
                try Task.checkCancellation()
                throw ClientLeft()
            }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private func timedOut(after timeLimit: Duration) -> ServiceError {
        guard requestedName == nil, let bridge else {
            let requestedName = requestedName ?? "limit"
            return ServiceError(.timeout, "The request took longer than its \(requestedName).")
        }
        return ServiceError(
            .timeout,
            "The request took longer than its limit of \(Int(timeLimit.inSeconds)) s. Send less at once, or raise \(Keys.timeLimit(of: bridge).name) in the configuration."
        )
    }
}

/// Nobody waits for the answer any more.
public struct ClientLeft: Error {
    /// Says nothing of who it was.
    public init() {}
}

extension ServiceError {
    /// Ends the remaining work when the server stops.
    public static let stopping = ServiceError(
        .shuttingDown, "The request was ended because the server is stopping. Send it again in a moment.",
        retryAfter: .seconds(2))
}
