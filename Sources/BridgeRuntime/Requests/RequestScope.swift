public import BridgeSupport
import ServiceLifecycle

/// What bounds the work of one request, whichever door it came through: its time limit, the departure of whoever asked, and the
/// stop of the server.
public struct RequestScope: Sendable {
    private let bridge: Bridge
    private let timeLimit: Duration
    /// Whether the request itself asked for that limit.
    private let isRequested: Bool
    private let grace: Duration
    private let clock: any Clock<Duration>
    private let departure: @Sendable () async -> Void

    /// - Parameters:
    ///   - requested: the time that the request gives its work; it counts where it is shorter than the bridge's limit.
    ///   - departure: returns when nobody waits for the answer any more, or when its task is cancelled.
    ///   - clock: measures the limits.
    public init(
        _ bridge: Bridge, _ configuration: BridgeConfiguration, requested: Duration? = nil,
        clock: any Clock<Duration> = ContinuousClock(), departure: @escaping @Sendable () async -> Void
    ) {
        self.bridge = bridge
        let longest = Duration.seconds(configuration[Keys.timeLimit(of: bridge)])
        timeLimit = min(requested ?? longest, longest)
        isRequested = timeLimit < longest
        grace = configuration.grace.work
        self.clock = clock
        self.departure = departure
    }

    /// Runs `work`: no longer than the bridge's time limit, only while somebody waits for it, and for most of `timeouts.shutdown` once
    /// the server stops.
    ///
    /// - Throws: `timeout`, `shutting_down`, ``ClientLeft``, or what `work` throws; the work has been cancelled and has ended then.
    public func perform<R: Sendable>(_ work: @escaping @Sendable () async throws -> R) async throws -> R {
        try await withThrowingTaskGroup(of: R.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await work() }
            group.addTask {
                try await clock.sleep(for: timeLimit)
                throw timedOut
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

    private var timedOut: ServiceError {
        guard !isRequested else {
            return ServiceError(.timeout, "The request took longer than its X-Request-Timeout.")
        }
        return ServiceError(
            .timeout,
            "The request took longer than its limit of \(Int(timeLimit.inSeconds)) s. Send less at once, or raise \(Keys.timeLimit(of: bridge).setting.name) in the configuration."
        )
    }
}

/// Nobody waits for the answer any more.
public struct ClientLeft: Error {
    public init() {}
}

extension ServiceError {
    /// What ends the work that is left when the server stops.
    public static let stopping = ServiceError(
        .shuttingDown, "The request was ended because the server is stopping. Send it again in a moment.",
        retryAfter: .seconds(2))
}
