import Synchronization

/// One load that several callers wait for. It goes on when they leave, all of them even, and never starts twice.
///
/// States: loading → finished.
final class SharedLoad<Model: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Model, any Error>

    private struct State {
        var result: Result<Model, any Error>?
        var nextID: UInt64 = 0
        var waiting: [UInt64: Waiter] = [:]
    }

    private let state = Mutex(State())

    /// The loaded model.
    ///
    /// - Throws: What the load throws, or `CancellationError` at once when the caller's task is cancelled.
    func value() async throws -> Model {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: Waiter) in
                let result: Result<Model, any Error>? = state.withLock { state in
                    // Looked at under the lock that `onCancel` takes, so that one of the two sees the other.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.result == nil { state.waiting[id] = waiter }
                    return state.result
                }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiting.removeValue(forKey: id) }
            waiter?.resume(throwing: CancellationError())
        }
    }

    func finish(_ result: Result<Model, any Error>) {
        let waiting = state.withLock { state in
            state.result = result
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for waiter in waiting { waiter.resume(with: result) }
    }
}
