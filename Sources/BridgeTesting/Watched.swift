import Synchronization

/// A value that tests can wait for, so that none of them needs to sleep and hope.
public final class Watched<Value: Sendable>: Sendable {
    private struct Waiter {
        let id: UInt64
        let isDone: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Value, any Error>
    }

    private struct State {
        var value: Value
        var nextID: UInt64 = 0
        var waiters: [Waiter] = []
    }

    private let state: Mutex<State>

    /// - Parameter value: the initial value.
    public init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    /// The current value.
    public var value: Value { state.withLock { $0.value } }

    /// Changes the value and wakes every task whose condition is now true.
    @discardableResult
    public func update<R: Sendable>(_ change: @Sendable (inout Value) -> R) -> R {
        let (result, woken, value) = state.withLock { state in
            let result = change(&state.value)
            let value = state.value
            let woken = state.waiters.filter { $0.isDone(value) }
            state.waiters.removeAll { $0.isDone(value) }
            return (result, woken, value)
        }
        for waiter in woken { waiter.continuation.resume(returning: value) }
        return result
    }

    /// Returns the first value for which `isDone` is true, at once if it already is.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    @discardableResult
    public func wait(until isDone: @escaping @Sendable (Value) -> Bool) async throws -> Value {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Value, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if isDone(state.value) { return .success(state.value) }
                    state.waiters.append(Waiter(id: id, isDone: isDone, continuation: continuation))
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }
}

/// A door that work waits at until a test opens it, for good.
public final class Gate: Sendable {
    private struct State: Sendable {
        var isOpen = false
        var arrivals = 0
    }

    private let state = Watched(State())

    /// - Parameter open: whether it is open from the start.
    public init(open: Bool = false) {
        if open { self.open() }
    }

    /// Lets all tasks pass, now and later.
    public func open() {
        state.update { $0.isOpen = true }
    }

    /// Waits until the gate is open.
    ///
    /// - Throws: `CancellationError`.
    public func pass() async throws {
        state.update { $0.arrivals += 1 }
        try await state.wait { $0.isOpen }
    }

    /// How many callers have come to the gate so far.
    public var arrivalCount: Int { state.value.arrivals }

    /// Waits until `count` callers have come to the gate, whether or not they still wait there.
    public func arrivals(atLeast count: Int) async throws {
        try await state.wait { $0.arrivals >= count }
    }
}
