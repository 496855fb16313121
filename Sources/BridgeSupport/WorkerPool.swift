import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A bounded number of threads that may block. Work that finds none free waits, in order of arrival.
///
/// One serial queue per thread: such a queue gets a thread of its own however busy the others are. A concurrent queue
/// promises no such thing: its threads are as few as the cores, and it shares them with other queues.
public final class WorkerPool: Sendable {
    /// Who goes first where the pool's threads want the same cores as others.
    public enum Priority: Sendable {
        case ordinary
        /// The system lets the threads of other work go first; where they leave a core free, it makes no difference.
        case low
    }

    private typealias Job = @Sendable () -> Void

    private struct State {
        var free: [Int]
        var waiting: [Job] = []
    }

    private let lanes: [DispatchQueue]
    private let priority: Priority
    private let state: Mutex<State>

    public init(_ name: String, threads: Int, priority: Priority = .ordinary) {
        // Not the default class, whose threads are those that Swift's tasks run on. Nothing else uses the background class,
        // so that threads whose priority was lowered serve no other work.
        let qos: DispatchQoS = priority == .low ? .background : .utility
        lanes = (0..<max(1, threads)).map { DispatchQueue(label: "\(name).\($0)", qos: qos) }
        self.priority = priority
        state = Mutex(State(free: Array(lanes.indices)))
    }

    /// Jobs that no thread is free for.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Runs `work` on one of the threads. It is not cancelled with its caller, so it must end by itself.
    ///
    /// - Throws: what `work` throws.
    public func run<R: Sendable, E: Error>(_ work: @escaping @Sendable () throws(E) -> R) async throws(E) -> R {
        let result: Result<R, E> = await withCheckedContinuation { continuation in
            submit { continuation.resume(returning: Result(catching: work)) }
        }
        return try result.get()
    }

    private func submit(_ job: @escaping Job) {
        let lane = state.withLock { state in
            let lane = state.free.popLast()
            if lane == nil { state.waiting.append(job) }
            return lane
        }
        if let lane { lanes[lane].async { self.work(job, on: lane) } }
    }

    /// Does `job`, then what waits, then frees the thread.
    private func work(_ job: @escaping Job, on lane: Int) {
        if priority == .low { Self.lowerPriority() }
        var next: Job? = job
        while let job = next {
            job()
            next = state.withLock { state in
                guard !state.waiting.isEmpty else {
                    state.free.append(lane)
                    return nil
                }
                return state.waiting.removeFirst()
            }
        }
    }

    /// Of the calling thread. Classes of service have no effect on threads under Linux.
    private static func lowerPriority() {
        #if canImport(Glibc)
            // Refused only where the priority is lower already.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        #endif
    }
}
