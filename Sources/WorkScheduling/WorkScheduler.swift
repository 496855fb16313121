import BridgeSupport
import Dispatch
import Foundation
import Synchronization

/// Decides who works when: hands out the places in each bridge's lanes, the permits to compute, and the threads for work that blocks.
///
/// There is one for the process. Its decisions are made by two pure state machines: ``AdmissionQueue`` (one for each bridge) says which
/// requests run, and ``PermitQueue`` which of these compute now.
public final class WorkScheduler: Sendable {
    /// Threads for work that waits for files or computes for milliseconds: more than there are cores, since some of it waits for the disk.
    /// Model loads have threads of their own.
    public static let blockingWork = WorkerPool(
        "jarvis.aside", threads: max(4, 2 * ProcessInfo.processInfo.activeProcessorCount))

    private enum Waiting {
        case task(CheckedContinuation<Void, any Error>)
        case thread(DispatchSemaphore)

        /// Ends the wait with a permit.
        func start() {
            switch self {
            case .task(let continuation): continuation.resume()
            case .thread(let semaphore): semaphore.signal()
            }
        }

        /// Ends the wait without one; a thread finds out why itself.
        func cancel() {
            switch self {
            case .task(let continuation): continuation.resume(throwing: CancellationError())
            case .thread(let semaphore): semaphore.signal()
            }
        }
    }

    /// What is known of one permit in addition to its place in the queue.
    private struct Record {
        var waiting: Waiting?
        var endRun: (@Sendable () -> Void)?
        var isCancelled = false
    }

    private struct State {
        var queue: PermitQueue
        var nextID: PermitQueue.ID = 0
        var records: [PermitQueue.ID: Record] = [:]

        /// What `actions` require, once the lock is released.
        mutating func effects(of actions: [PermitQueue.Action]) -> [@Sendable () -> Void] {
            actions.compactMap { action -> (@Sendable () -> Void)? in
                switch action {
                case .start(let id):
                    guard let waiting = records[id]?.waiting else { return nil }
                    records[id]?.waiting = nil
                    return { waiting.start() }
                case .endRun(let id): return records[id]?.endRun
                }
            }
        }

        /// - Throws: `CancellationError` when the task of `permit` was cancelled.
        func checkCancellation(of permit: WorkPermit) throws {
            if records[permit.id]?.isCancelled != false { throw CancellationError() }
        }
    }

    /// Time since the scheduler was made.
    let elapsed: @Sendable () -> Duration
    private let state: Mutex<State>
    private let interactive: WorkerPool
    private let patient: WorkerPool

    /// - Parameter permits: how many may compute at the same time.
    public convenience init(permits: Int = 2, clock: any Clock<Duration> = ContinuousClock()) {
        self.init(PermitQueue.Rules(permits: permits), clock: clock)
    }

    init(_ rules: PermitQueue.Rules, clock: any Clock<Duration> = ContinuousClock()) {
        elapsed = clock.stopwatch()
        state = Mutex(State(queue: PermitQueue(rules)))
        interactive = WorkerPool("jarvis.compute", threads: rules.permits)
        patient = WorkerPool("jarvis.compute.later", threads: rules.bodies, priority: .low)
    }

    /// The number of bodies that have a permit.
    public var computingCount: Int { state.withLock { $0.queue.running.count } }

    /// The number of bodies that wait for a permit or have one.
    var knownCount: Int { state.withLock { $0.records.count } }

    /// The number of bodies that wait for a permit.
    var waitingCount: Int { state.withLock { $0.queue.waiting.count } }

    /// The lanes of a bridge.
    ///
    /// - Parameters:
    ///   - what: the name of the queue in a refusal, such as "speech-to-text".
    ///   - maxConcurrent: requests that run at the same time in each lane.
    ///   - maxQueued: further requests that wait in each lane.
    ///   - waited: told how long a request waited for its place in a lane.
    public func admission(
        what: String, maxConcurrent: Int, maxQueued: Int,
        waited: @escaping @Sendable (Urgency, Duration) -> Void = { _, _ in }
    ) -> AdmissionLimiter {
        AdmissionLimiter(self, what: what, maxConcurrent: maxConcurrent, maxQueued: maxQueued, waited: waited)
    }

    /// A ticket without a place: for work shared by requests that have places of their own, and for the server's own work.
    public func ticket(_ urgency: Urgency) -> WorkTicket { WorkTicket(self, urgency) }

    func withPermit<R: Sendable>(
        _ urgency: Urgency, _ body: @escaping @Sendable (WorkPermit) throws -> R
    ) async throws -> R {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let permit = WorkPermit(id, urgency, of: self)
        return try await withTaskCancellationHandler {
            defer { release(permit) }
            try await acquire(permit)
            return try await (urgency == .interactive ? interactive : patient).run { try body(permit) }
        } onCancel: {
            cancel(permit)
        }
    }

    private func acquire(_ permit: WorkPermit) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let effects = state.withLock { state -> [@Sendable () -> Void]? in
                // Checked under the lock that `cancel` takes, so that one of the two sees the other.
                if Task.isCancelled { return nil }
                state.records[permit.id] = Record(waiting: .task(continuation))
                return state.effects(of: state.queue.enter(permit.id, permit.urgency, now: elapsed()))
            }
            guard let effects else { return continuation.resume(throwing: CancellationError()) }
            for effect in effects { effect() }
        }
    }

    private func release(_ permit: WorkPermit) {
        let effects = state.withLock { state in
            state.records[permit.id] = nil
            return state.effects(of: state.queue.leave(permit.id, now: elapsed()))
        }
        for effect in effects { effect() }
    }

    private func cancel(_ permit: WorkPermit) {
        let effects = state.withLock { state -> [@Sendable () -> Void] in
            state.records[permit.id]?.isCancelled = true
            guard let actions = state.queue.cancel(permit.id, now: elapsed()) else {
                return state.records[permit.id]?.endRun.map { [$0] } ?? []
            }
            let waiting = state.records[permit.id]?.waiting
            state.records[permit.id]?.waiting = nil
            let cancel = { @Sendable () -> Void in waiting?.cancel() }
            return state.effects(of: actions) + [cancel]
        }
        for effect in effects { effect() }
    }
}

/// What a permit asks for on the thread of its body.
extension WorkScheduler {
    func checkpoint(_ permit: WorkPermit) throws {
        let (stepsAside, effects) = try state.withLock { state in
            try state.checkCancellation(of: permit)
            let (stepsAside, actions) = state.queue.checkpoint(permit.id, now: elapsed())
            if stepsAside { state.records[permit.id]?.waiting = .thread(permit.wakeUp) }
            return (stepsAside, state.effects(of: actions))
        }
        for effect in effects {
            // Anything that a thread of low priority wakes may inherit that priority for good.
            if permit.urgency == .interactive { effect() } else { WorkerPool.handOver(effect) }
        }
        guard stepsAside else { return }
        permit.wakeUp.wait()
        try state.withLock { try $0.checkCancellation(of: permit) }
    }

    func begin(_ permit: WorkPermit, mayRepeat: Bool, endRun: @escaping @Sendable () -> Void) throws -> Bool {
        try state.withLock { state in
            try state.checkCancellation(of: permit)
            guard !mayRepeat || state.queue.begin(permit.id, now: elapsed()) else { return false }
            state.records[permit.id]?.endRun = endRun
            return true
        }
    }

    func forgetRun(of permit: WorkPermit) { state.withLock { $0.records[permit.id]?.endRun = nil } }

    func end(_ permit: WorkPermit) { state.withLock { $0.queue.end(permit.id) } }
}
