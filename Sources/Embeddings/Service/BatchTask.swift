import Synchronization

/// A task that runs one batch after another. It is known before it begins, so that it can be cancelled at any time.
final class BatchTask: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var isCancelled = false
    }

    private let state = Mutex(State())

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Begins on the calling thread, which goes on when `work` waits for the first time.
    func begin(_ work: @escaping @Sendable () async -> Void) {
        let task = Task.immediate { await work() }
        let isCancelled = state.withLock { state in
            state.task = task
            return state.isCancelled
        }
        if isCancelled { task.cancel() }
    }

    func cancel() {
        let task = state.withLock { state in
            state.isCancelled = true
            return state.task
        }
        task?.cancel()
    }
}
