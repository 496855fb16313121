import NIOCore
import Synchronization

/// Runs tasks on the thread of an event loop, next to the loop's work for its connections: what such a task reads from one of them and
/// writes to another stays on that thread. The tasks must neither block nor compute for long.
///
/// Tasks that become ready on its thread, such as the ones that wait for tokens of many answers, are one piece of work for the loop: a
/// later one may run before other work that the loop was given in between. Tasks from other threads run after all that the loop was given
/// before.
final class EventLoopExecutor: TaskExecutor {
    private struct State {
        var ready: [UnownedJob] = []
        /// Memory for the next ones.
        var spare: [UnownedJob] = []
    }

    private let eventLoop: any EventLoop
    /// Used on the loop's thread only, where the lock is always free.
    private let state = Mutex(State())

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // After what the same thread handed to the loop before, such as the head of an answer.
        guard eventLoop.inEventLoop else { return eventLoop.execute { self.run(job) } }
        let isFirst = state.withLock { state in
            state.ready.append(job)
            return state.ready.count == 1
        }
        if isFirst { eventLoop.execute { self.runReady() } }
    }

    private func run(_ job: UnownedJob) { job.runSynchronously(on: asUnownedTaskExecutor()) }

    /// Jobs that become ready meanwhile run after what the loop was given before them.
    private func runReady() {
        var jobs = state.withLock { state in
            let jobs = state.ready
            (state.ready, state.spare) = (state.spare, [])
            return jobs
        }
        for job in jobs { run(job) }
        jobs.removeAll(keepingCapacity: true)
        state.withLock { $0.spare = jobs }
    }
}

/// The executors of event loops, one for each.
final class EventLoopExecutors: Sendable {
    private let known = Mutex<[ObjectIdentifier: EventLoopExecutor]>([:])

    subscript(eventLoop: any EventLoop) -> EventLoopExecutor {
        known.withLock { known in
            if let executor = known[ObjectIdentifier(eventLoop)] { return executor }
            let executor = EventLoopExecutor(eventLoop)
            known[ObjectIdentifier(eventLoop)] = executor
            return executor
        }
    }
}
