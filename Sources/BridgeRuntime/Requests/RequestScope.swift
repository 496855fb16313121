public import BridgeSupport
import ServiceLifecycle
import Synchronization

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
    private let deadlines: Deadlines
    private let departure: Departure

    /// Calls `act` when nobody waits for the answer any more, at once if it is so already, until what it returns is called.
    public typealias Departure = @Sendable (_ act: @escaping @Sendable () -> Void) -> @Sendable () -> Void

    /// - Parameters:
    ///   - bridge: nil for work that takes as long as it needs, such as a download.
    ///   - requested: counts if it is shorter than the bridge's limit.
    ///   - deadlines: keep the limits; nothing is ended in time unless they run.
    ///   - departure: tells when the client leaves.
    public init(
        _ bridge: Bridge?, _ configuration: BridgeConfiguration, requested: RequestedTime? = nil,
        deadlines: Deadlines, departure: @escaping Departure
    ) {
        self.bridge = bridge
        let longest = bridge.map { Duration.seconds(configuration[Keys.timeLimit(of: $0)]) }
        let limits = [requested?.limit, longest].compactMap(\.self)
        timeLimit = limits.min()
        requestedName = timeLimit != longest ? requested?.name : nil
        grace = configuration.grace.work
        self.deadlines = deadlines
        self.departure = departure
    }

    /// Runs `work`: no longer than the bridge's time limit, only while somebody waits for it, and for most of `timeouts.shutdown` once
    /// the server stops. It begins at once where it is called; callbacks end it early.
    ///
    /// - Parameter executor: the one that the calling task prefers, if any. A child task that begins at once does not keep it
    ///   by itself: a streamed answer was seen to change threads for each token.
    /// - Throws: `timeout`, `shutting_down`, ``ClientLeft``, or what `work` throws; `work` has been cancelled and has ended by then.
    public func perform<R: Sendable>(
        on executor: (any TaskExecutor)? = nil, _ work: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        let end = WorkEnd()
        let limit = timeLimit.map { timeLimit in
            deadlines.after(timeLimit) { end.comes(.early(timedOut(after: timeLimit))) }
        }
        let stopWatching = departure { end.comes(.early(ClientLeft())) }
        defer {
            if let limit { deadlines.cancel(limit) }
            stopWatching()
        }
        return try await withThrowingTaskGroup(of: R.self) { group in
            group.addImmediateTask(executorPreference: executor) {
                defer { end.comes(.byItself) }
                return try await work()
            }
            let cause = await withGracefulShutdownHandler {
                await end.cause()
            } onGracefulShutdown: {
                // Counted from the stop, not from now: an upload may have ended only just. Nor is it called off: the process ends soon.
                _ = deadlines.afterStop(grace) { end.comes(.early(ServiceError.stopping)) }
            }
            if case .early(let error) = cause {
                group.cancelAll()
                _ = await group.nextResult()
                throw error
            }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
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

/// Waits for the end of a request's work: by itself, or for the first reason to end it early.
private final class WorkEnd: Sendable {
    enum Cause {
        case byItself
        case early(any Error)
    }

    private struct State {
        var cause: Cause?
        var waiting: CheckedContinuation<Cause, Never>?
    }

    private let state = Mutex(State())

    /// Only the first call counts.
    func comes(_ cause: Cause) {
        let waiting = state.withLock { state -> CheckedContinuation<Cause, Never>? in
            guard state.cause == nil else { return nil }
            state.cause = cause
            return state.waiting.take()
        }
        waiting?.resume(returning: cause)
    }

    /// Waits for the end. Cancellation reaches the work, whose end ends this.
    func cause() async -> Cause {
        await withCheckedContinuation { continuation in
            let cause = state.withLock { state in
                if state.cause == nil { state.waiting = continuation }
                return state.cause
            }
            if let cause { continuation.resume(returning: cause) }
        }
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
