import NIOCore

/// Runs tasks on the thread of an event loop, besides the loop's work for its connections: what such a task reads from one of them and
/// writes to another stays on that thread. The tasks must neither block nor compute for long.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
