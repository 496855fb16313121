import DequeModule
import Dispatch
import Foundation
import Synchronization

/// A bounded number of threads that may block. Work that finds no free thread waits, in order of arrival.
///
/// The threads belong to the pool. Dispatch's threads are only as many as the cores, are shared by its queues, and carry the niceness of
/// a class of service, which only root can take back.
public final class WorkerPool: Sendable {
    /// Which threads run first when the pool's and others want the same cores.
    public enum Priority: Sendable {
        /// As all other threads of the process.
        case ordinary
        /// The system runs the threads of other work first; on an idle core it makes no difference. Work must not start threads or processes
        /// of its own, which would keep this priority for good.
        case low
    }

    fileprivate typealias Job = @Sendable () -> Void

    private let crew: Crew

    /// - Parameter name: name of the threads, for debuggers.
    public init(_ name: String, threads: Int, priority: Priority = .ordinary) {
        crew = Crew(name: name, limit: max(1, threads), priority: priority)
        if priority == .low { Self.relay.crew.startOne() }
    }

    deinit { crew.dismiss() }

    /// The most threads that it has.
    package var threadCount: Int { crew.limit }

    /// The number of jobs for which no thread is free.
    package var waitingCount: Int { crew.waitingCount }

    /// Runs `work` on one of the threads. It is not cancelled with its caller, so it must end by itself.
    ///
    /// - Throws: what `work` throws.
    public func run<R: Sendable, E: Error>(_ work: @escaping @Sendable () throws(E) -> R) async throws(E) -> R {
        let isLow = crew.priority == .low
        let result: Result<R, E> = await withCheckedContinuation { continuation in
            crew.submit {
                let result = Result(catching: work)
                // Resuming may start one of Swift's threads, which inherits the priority of the thread that resumes.
                if isLow {
                    Self.handOver { continuation.resume(returning: result) }
                } else {
                    continuation.resume(returning: result)
                }
            }
        }
        return try result.get()
    }

    /// Runs `work` on one of the threads as part of the calling task, so that `Task.isCancelled` in it tells whether its caller has been
    /// cancelled. Not for pools of low priority: the caller goes on from there.
    ///
    /// - Throws: what `work` throws.
    public func runInTask<R: Sendable>(_ work: @escaping @Sendable () throws -> R) async throws -> R {
        try await withTaskExecutorPreference(crew) { try work() }
    }

    /// Runs `job` on one of the threads, for callers that wait in their own way. Not for pools of low priority: whatever `job` wakes
    /// may inherit that.
    package func submit(_ job: @escaping @Sendable () -> Void) { crew.submit(job) }

    /// Calls `body` with each number below `count` at the same time, on the calling thread, which may block, and on those of the pool. Where
    /// none of these is free, the calling one does all of it. It may be of low priority, unlike the pool.
    ///
    /// - Parameter whenThreadIsFree: called once at most, on a thread of ordinary priority, when there is nothing left to begin for one of
    ///   the threads while others are still at work.
    /// - Returns: the results, in the order of the numbers.
    public func concurrentMap<R: Sendable>(
        _ count: Int, whenThreadIsFree: (@Sendable () -> Void)? = nil, _ body: @escaping @Sendable (Int) -> R
    ) -> [R] {
        let work = SharedWork(count, whenThreadIsFree: whenThreadIsFree, body)
        for _ in 0..<max(0, min(count - 1, crew.limit)) {
            // A thread of low priority starts no others.
            Self.handOver { [crew] in crew.submit { work.help() } }
        }
        work.help()
        return work.results()
    }

    /// Runs `job` on a thread of ordinary priority; for use on a thread of low priority.
    static func handOver(_ job: @escaping @Sendable () -> Void) { relay.crew.submit(job) }

    /// Takes the results of work of low priority.
    private static let relay = WorkerPool("jarvis.relay", threads: 1)
}

/// Work that several threads do together, one number of it each at a time.
private final class SharedWork<R: Sendable>: Sendable {
    private struct State {
        var body: (@Sendable (Int) -> R)?
        var whenThreadIsFree: (@Sendable () -> Void)?
        var next = 0
        var missing: Int
        var results: [R?]

        /// - Returns: who is to be told that the thread finds nothing left, while others are still at work.
        mutating func end(_ number: Int, _ result: R?) -> (@Sendable () -> Void)? {
            results[number] = result
            missing -= 1
            return next == results.count && missing > 0 ? whenThreadIsFree.take() : nil
        }
    }

    private let count: Int
    private let state: Mutex<State>
    /// Counts the results.
    private let done = DispatchSemaphore(value: 0)

    init(_ count: Int, whenThreadIsFree: (@Sendable () -> Void)?, _ body: @escaping @Sendable (Int) -> R) {
        self.count = count
        state = Mutex(
            State(
                body: body, whenThreadIsFree: whenThreadIsFree, missing: count,
                results: Array(repeating: nil, count: count)))
    }

    /// Does what nobody has begun.
    func help() {
        while let number = next() {
            let result = result(of: number)
            if let tell = state.withLock({ $0.end(number, result) }) { WorkerPool.handOver(tell) }
            done.signal()
        }
    }

    private func next() -> Int? {
        state.withLock { state in
            guard state.next < count else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    /// A function of its own, so that the thread holds nothing of the body when it has told its result.
    private func result(of number: Int) -> R? { state.withLock { $0.body }.map { $0(number) } }

    /// Waits for all of them. A thread that comes to help after that holds nothing of the work.
    func results() -> [R] {
        for _ in 0..<count { done.wait() }
        return state.withLock { state in
            (state.body, state.whenThreadIsFree) = (nil, nil)
            defer { state.results = [] }
            return state.results.compactMap(\.self)
        }
    }
}

/// The threads of a pool and the jobs that wait for them. Threads start when they are first needed, and end with the pool.
private final class Crew: TaskExecutor {
    private struct State {
        var waiting: Deque<WorkerPool.Job> = []
        var started = 0
        /// Threads that wait for a job, including threads that a job is already meant for.
        var idle = 0
    }

    let priority: WorkerPool.Priority
    let limit: Int
    private let name: String
    private let state = Mutex(State())
    /// Counts the waiting jobs.
    private let jobs = DispatchSemaphore(value: 0)

    init(name: String, limit: Int, priority: WorkerPool.Priority) {
        (self.name, self.limit, self.priority) = (name, limit, priority)
    }

    var waitingCount: Int { state.withLock { max(0, $0.waiting.count - $0.idle) } }

    func submit(_ job: @escaping WorkerPool.Job) {
        let needsOne = state.withLock { state in
            state.waiting.append(job)
            return state.waiting.count > state.idle
        }
        if needsOne { startOne() }
        jobs.signal()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        submit { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Starts one more thread, if there may be one.
    func startOne() {
        let number: Int? = state.withLock { state in
            guard state.started < limit else { return nil }
            state.started += 1
            state.idle += 1
            return state.started
        }
        guard let number else { return }
        // A thread can be given a name once it is known to Foundation, and a name of its own is never refused.
        let isKnown = DispatchSemaphore(value: 0)
        let thread = Thread { [self] in
            isKnown.wait()
            Thread.current.name = "\(name).\(number)"
            work()
        }
        thread.start()
        isKnown.signal()
    }

    /// Lets the threads end once they have done the waiting jobs.
    func dismiss() {
        let count = state.withLock { $0.started }
        for _ in 0..<count { jobs.signal() }
    }

    private func work() {
        if priority == .low { Self.lowerPriority() }
        while true {
            jobs.wait()
            let job: WorkerPool.Job? = state.withLock { state in
                guard !state.waiting.isEmpty else { return nil }
                state.idle -= 1
                return state.waiting.removeFirst()
            }
            // Woken without a job: the pool is gone.
            guard let job else { return }
            job()
            state.withLock { $0.idle += 1 }
        }
    }

    /// Lowers the priority of the calling thread.
    private static func lowerPriority() {
        #if canImport(Glibc)
            // Fails only if the priority is lower already.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        #endif
    }
}
