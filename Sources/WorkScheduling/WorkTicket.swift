import Synchronization

/// Accompanies a piece of work from its admission to its last run: how urgent it is, its place in a lane of its bridge, and its way to a
/// permit to compute.
public final class WorkTicket: Sendable {
    /// A caller of one bridge's lanes.
    struct Place: Sendable {
        let limiter: AdmissionLimiter
        let id: AdmissionQueue.ID
    }

    private let scheduler: WorkScheduler
    private let place: Place?
    private let state: Mutex<(urgency: Urgency, hasEntered: Bool, waited: Duration)>

    init(_ scheduler: WorkScheduler, _ urgency: Urgency, place: Place? = nil) {
        self.scheduler = scheduler
        self.place = place
        state = Mutex((urgency: urgency, hasEntered: false, waited: .zero))
    }

    /// How soon the result is wanted; read anew for each permit.
    public var urgency: Urgency { state.withLock { $0.urgency } }

    /// How long the work has waited for its places so far.
    public var waited: Duration { state.withLock { $0.waited } }

    /// Refuses early; to be called before preparations that take long.
    ///
    /// - Throws: `overloaded` when the lane of `urgency` is full now.
    public func checkRoom(for urgency: Urgency) throws { try place?.limiter.checkRoom(urgency) }

    /// Decides how urgent the work is. Returns once it has a place in that lane; does nothing the second time.
    ///
    /// - Throws: `overloaded` when as many wait there as may, `CancellationError`.
    public func enter(_ urgency: Urgency) async throws {
        let isFirst = state.withLock { state in
            guard !state.hasEntered else { return false }
            (state.urgency, state.hasEntered) = (urgency, true)
            return true
        }
        if isFirst { try await measured(urgency) { try await $0.limiter.enter($0.id, urgency) } }
    }

    /// Turns work that was taken for interactive into long work: it gives up its place in the interactive lane, and goes on once it has one in
    /// the lane for long work. It holds no place meanwhile, and is not refused. Does nothing the second time, nor for other work.
    ///
    /// - Throws: `CancellationError`; the work then has at most the place that it had before.
    public func demote() async throws {
        let isDemoted = state.withLock { state in
            guard state.urgency == .interactive else { return false }
            state.urgency = .long
            return true
        }
        if isDemoted { try await measured(.long) { try await $0.limiter.demote($0.id) } }
    }

    /// Runs a blocking `body` with a permit to compute, on a thread that may block.
    ///
    /// Work that takes long calls ``WorkPermit/checkpoint()`` between its steps. Cancelling the task ends the engine's run and makes the
    /// next checkpoint throw.
    ///
    /// - Parameters:
    ///   - stage: what `body` counts as, without the wait for the permit; nil for what it says itself.
    ///   - facts: of the stage.
    /// - Throws: `CancellationError`, or what `body` throws.
    public func withPermit<R: Sendable>(
        as stage: Stage? = nil, _ facts: StageFacts = [:], _ body: @escaping @Sendable (WorkPermit) throws -> R
    ) async throws -> R {
        guard let meter = Stage.meter else { return try await scheduler.withPermit(urgency, body) }
        // The thread that it runs on knows nothing of the task.
        return try await scheduler.withPermit(urgency) { permit in
            try Stage.$meter.withValue(meter) {
                guard let stage else { return try body(permit) }
                return try stage.measure(facts) { try body(permit) }
            }
        }
    }

    /// The result of `body`, and how long it took.
    func timed<R>(_ body: () async throws -> R) async throws -> (R, Duration) {
        let start = scheduler.elapsed()
        return (try await body(), scheduler.elapsed() - start)
    }

    private func measured(_ lane: Urgency, _ wait: (Place) async throws -> Void) async throws {
        guard let place else { return }
        let (_, waited) = try await timed { try await Stage.queue.measure { try await wait(place) } }
        state.withLock { $0.waited += waited }
        place.limiter.waited(lane, waited)
    }
}
