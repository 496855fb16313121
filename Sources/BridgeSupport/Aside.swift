import Foundation

/// More than the cores, since some of the work waits for the disk. Loads of models have threads of their own.
private let threads = WorkerPool("jarvis.aside", threads: max(4, 2 * ProcessInfo.processInfo.activeProcessorCount))

/// Runs work that blocks, or computes for more than a few milliseconds, on threads of its own: Swift's threads are as few as
/// the cores, and all requests share them. The work is not cancelled with its caller, so it must end by itself; what takes
/// seconds keeps others waiting, and belongs to a ``WorkerPool`` of its own.
///
/// - Throws: what `work` throws.
public func aside<R: Sendable, E: Error>(_ work: @escaping @Sendable () throws(E) -> R) async throws(E) -> R {
    try await threads.run(work)
}
