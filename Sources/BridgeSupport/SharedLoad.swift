import Synchronization

/// One load that several callers wait for. The last one to leave cancels it.
///
/// States: `loading` → `finished`, or `loading` → `abandoned` (everybody left) → `finished`.
final class SharedLoad<Model: Sendable>: Sendable {
    private enum Caller {
        /// Has a place, and has not come to wait at it yet.
        case joined
        case waiting(CheckedContinuation<Model, any Error>)
    }

    private struct State {
        var result: Result<Model, any Error>?
        var isAbandoned = false
        var nextPlace: UInt64 = 1
        /// Callers that neither got the result nor left.
        var callers: [UInt64: Caller] = [0: .joined]
        var task: Task<Void, Never>?
    }

    private let state = Mutex(State())

    /// The place of the caller that makes this load.
    var firstPlace: UInt64 { 0 }

    /// Takes the task that does the work, so that it can be cancelled.
    func run(_ task: Task<Void, Never>) {
        let isAbandoned = state.withLock { state in
            state.task = task
            return state.isAbandoned
        }
        if isAbandoned { task.cancel() }
    }

    /// A place to wait at with ``value(_:)``; nil once everybody has left.
    func join() -> UInt64? {
        state.withLock { state in
            if state.isAbandoned { return nil }
            defer { state.nextPlace += 1 }
            state.callers[state.nextPlace] = .joined
            return state.nextPlace
        }
    }

    /// The loaded model.
    ///
    /// - Throws: What the load throws, or `CancellationError` at once when the caller's task is cancelled.
    func value(_ place: UInt64) async throws -> Model {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Model, any Error>? = state.withLock { state in
                    // A caller that has no place any more was cancelled before it came here.
                    guard state.callers[place] != nil else { return .failure(CancellationError()) }
                    state.callers[place] = state.result == nil ? .waiting(continuation) : nil
                    return state.result
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            leave(place)
        }
    }

    func finish(_ result: Result<Model, any Error>) {
        let waiting = state.withLock { state in
            state.result = result
            state.task = nil
            var waiting: [CheckedContinuation<Model, any Error>] = []
            for case (let place, .waiting(let continuation)) in state.callers {
                waiting.append(continuation)
                // Those who joined and do not wait yet will find the result.
                state.callers[place] = nil
            }
            return waiting
        }
        for continuation in waiting { continuation.resume(with: result) }
    }

    private func leave(_ place: UInt64) {
        let (caller, abandoned): (Caller?, Task<Void, Never>?) = state.withLock { state in
            guard let caller = state.callers.removeValue(forKey: place) else { return (nil, nil) }
            guard state.callers.isEmpty, state.result == nil else { return (caller, nil) }
            state.isAbandoned = true
            return (caller, state.task)
        }
        abandoned?.cancel()
        if case .waiting(let continuation) = caller { continuation.resume(throwing: CancellationError()) }
    }
}
