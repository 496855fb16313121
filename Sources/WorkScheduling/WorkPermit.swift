import Dispatch

/// The permit of one body to compute, from ``WorkTicket/withPermit(_:)``: how it lets more urgent work go first. Its calls block; they
/// belong to the body's own thread.
public final class WorkPermit: Sendable {
    let id: PermitQueue.ID
    let urgency: Urgency
    /// What its thread waits at, where it has stepped aside.
    let wakeUp = DispatchSemaphore(value: 0)
    private let scheduler: WorkScheduler

    init(_ id: PermitQueue.ID, _ urgency: Urgency, of scheduler: WorkScheduler) {
        self.id = id
        self.urgency = urgency
        self.scheduler = scheduler
    }

    /// Gives the permit to more urgent work if there is any, and returns with it again. To be called between steps of some
    /// milliseconds.
    ///
    /// - Throws: `CancellationError` when the task was cancelled.
    public func checkpoint() throws { try scheduler.checkpoint(self) }

    /// Runs `body`, one step of the work, so that somebody else may end it: when the task is cancelled, and, where it may be repeated,
    /// when it stands in the way of more urgent work. It has to be repeated then, which is a ``checkpoint()`` and this once more.
    ///
    /// - Parameter endRun: ends `body` from any thread; it may come after the end, and before the beginning.
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
