import BridgeSupport
import Dispatch
import Synchronization
import WorkScheduling

/// The workers of this process: carries out the decisions of ``PoolState``, on threads that may block.
final class EspeakPool: Sendable {
    private struct Request: Sendable {
        var id: UInt64
        /// Says whether the worker may be used again, and what to do once that is known.
        var serve: @Sendable (WorkerProcess) -> (isHealthy: Bool, then: @Sendable () -> Void)
        var refuse: @Sendable (any Error) -> Void
    }
    private typealias State = PoolState<WorkerProcess, Request, any Error>

    private let state: Mutex<State>
    private let start: @Sendable () throws -> WorkerProcess
    private let requests = Atomic<UInt64>(0)
    private let threads: WorkerPool
    private let clock: any Clock<Duration>
    private let elapsed: @Sendable () -> Duration
    /// Starts that wait for their delay; they end with the pool.
    private let delayed = Mutex<[UInt64: Task<Void, Never>]>([:])

    /// - Parameters:
    ///   - width: how many workers may be busy at once.
    ///   - clock: measures the delays of workers that start again.
    init(width: Int, clock: any Clock<Duration>, start: @escaping @Sendable () throws -> WorkerProcess) {
        // One thread for each worker that may be busy, and one for each that may be starting meanwhile.
        threads = WorkerPool("jarvis.espeak", threads: 2 * width + 1)
        state = Mutex(State(width: width))
        self.start = start
        self.clock = clock
        elapsed = clock.stopwatch()
    }

    deinit {
        for task in delayed.withLock({ $0.values }) { task.cancel() }
    }

    /// Runs `body` with a worker of its own, on a thread that may block.
    ///
    /// - Throws: `CancellationError` when the task is cancelled before a worker is free, else what `body` throws or the reason why there is
    ///   no worker. A worker under which `body` threw ``WorkerProcess/Lost`` is not used again.
    func withWorker<R: Sendable>(_ body: @escaping @Sendable (WorkerProcess) throws -> R) async throws -> R {
        let id = newID()
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await withCheckedThrowingContinuation { continuation in
                ask(id, body) { continuation.resume(with: $0) }
                // A request that was cancelled before this was not yet among the waiting ones.
                if Task.isCancelled { leave(id) }
            }
        } onCancel: {
            leave(id)
        }
    }

    /// The same as ``withWorker(_:)``, but blocks.
    func withWorkerBlocking<R: Sendable>(_ body: @escaping @Sendable (WorkerProcess) throws -> R) throws -> R {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result<R, any Error>?>(nil)
        ask(newID(), body) { outcome in
            result.withLock { $0 = outcome }
            done.signal()
        }
        done.wait()
        guard let outcome = result.withLock({ $0 }) else { throw CancellationError() }
        return try outcome.get()
    }

    private func newID() -> UInt64 { requests.add(1, ordering: .relaxed).newValue }

    private func ask<R: Sendable>(
        _ id: UInt64, _ body: @escaping @Sendable (WorkerProcess) throws -> R,
        then: @escaping @Sendable (Result<R, any Error>) -> Void
    ) {
        let request = Request(
            id: id,
            serve: { worker in
                let result = Result { try body(worker) }
                var isHealthy = true
                if case .failure(let error) = result { isHealthy = !(error is WorkerProcess.Lost) }
                return (isHealthy, { then(result) })
            },
            refuse: { then(.failure($0)) })
        perform { $0.ask(request, id: id, at: $1) }
    }

    private func leave(_ id: UInt64) {
        state.withLock { $0.leave(id) }?.refuse(CancellationError())
    }

    private func perform(_ change: (inout sending State, Duration) -> [State.Action]) {
        for action in state.withLock({ change(&$0, elapsed()) }) {
            switch action {
            case .start(let delay) where delay > .zero: threads.submit { [self] in startOne(after: delay) }
            case .start: threads.submit { [self] in startOne() }
            case .serve(let request, let worker): threads.submit { [self] in serve(request, worker) }
            case .refuse(let request, let error): request.refuse(error)
            }
        }
    }

    /// Not called on the threads of others, whose low priority a new thread of Swift's pool would keep.
    private func startOne(after delay: Duration) {
        let id = newID()
        delayed.withLock { delayed in
            delayed[id] = Task { [weak self, clock] in
                guard (try? await clock.sleep(for: delay)) != nil, let self else { return }
                self.delayed.withLock { _ = $0.removeValue(forKey: id) }
                threads.submit { [self] in startOne() }
            }
        }
    }

    private func startOne() {
        do {
            let worker = try start()
            perform { $0.started(worker, at: $1) }
        } catch {
            perform { $0.couldNotStart(error, at: $1) }
        }
    }

    private func serve(_ request: Request, _ worker: WorkerProcess) {
        if worker.hasEnded { return perform { $0.lostBefore(request, id: request.id, at: $1) } }
        let outcome = request.serve(worker)
        perform { outcome.isHealthy ? $0.finished(worker, at: $1) : $0.lost(at: $1) }
        outcome.then()
    }
}
