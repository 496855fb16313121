/// Runs work that blocks, or that computes for more than a few milliseconds, on the scheduler's threads for such work
/// (``WorkScheduler/blockingWork``): Swift's threads are as few as the cores, and all requests share them. The work is not cancelled with
/// its caller, so it must end by itself; work that takes seconds delays others, and belongs on a ``WorkerPool`` of its own.
///
/// - Throws: what `work` throws.
public func aside<R: Sendable, E: Error>(_ work: @escaping @Sendable () throws(E) -> R) async throws(E) -> R {
    try await WorkScheduler.blockingWork.run(work)
}
