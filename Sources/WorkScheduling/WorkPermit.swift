import Dispatch

/// The permit of one body to compute, from ``WorkTicket/withPermit(_:)``, by which it lets more urgent work go first. Its calls block and
/// must be made on the body's own thread.
public final class WorkPermit: Sendable {
    let id: PermitQueue.ID
    let urgency: Urgency
    /// The thread waits at this when it has stepped aside.
    let wakeUp = DispatchSemaphore(value: 0)
    private let scheduler: WorkScheduler

    init(_ id: PermitQueue.ID, _ urgency: Urgency, of scheduler: WorkScheduler) {
        self.id = id
        self.urgency = urgency
        self.scheduler = scheduler
    }

    /// Gives the permit up for more urgent work, if there is any, and returns once it has it again. To be called between steps of some
    /// milliseconds.
    ///
    /// - Throws: `CancellationError` when the task was cancelled.
    public func checkpoint() throws { try scheduler.checkpoint(self) }

    /// Runs `body`, one step of the work, so that it can be ended from outside: when the task is cancelled and, if it may be repeated, when
    /// it stands in the way of more urgent work. An ended step has to be repeated, by a ``checkpoint()`` and another call of this.
    ///
    /// - Parameter endRun: ends `body` from any thread; it may be called after `body` has ended, and before it has begun.
    /// - Throws: `CancellationError` when the task was cancelled before, or what `body` throws.
    public func during<R>(
        mayRepeat: Bool, endRun: @escaping @Sendable () -> Void, _ body: () throws -> R
    ) throws -> R {
        while try !scheduler.begin(self, mayRepeat: mayRepeat, endRun: endRun) { try checkpoint() }
        defer { scheduler.forgetRun(of: self) }
        let result = try body()
        if mayRepeat { scheduler.end(self) }
        return result
    }
}
