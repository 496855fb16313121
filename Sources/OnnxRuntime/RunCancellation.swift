internal import COnnxRuntime
import Synchronization

/// Stops a run from another thread, between two nodes of the graph. Once cancelled it stays so.
public final class RunCancellation: Sendable {
    @safe private struct State {
        var cancelled = false
        // Set while a run uses them; only then may another thread touch them, under the lock.
        var running: [UInt64: OpaquePointer] = unsafe [:]
        var nextID: UInt64 = 0
    }

    // Mutex makes the state shareable; the pointers in it are used for one call that the engine allows from any thread.
    private let state = Mutex(UncheckedState())
    private struct UncheckedState: ~Copyable {
        nonisolated(unsafe) var inner = State()
    }

    public init() {}

    public var isCancelled: Bool { state.withLock { unsafe $0.inner.cancelled } }

    /// Ends every run that uses this, and those that begin later.
    public func cancel() {
        guard let api = try? EngineAPI.loaded() else { return }
        state.withLock { state in
            unsafe state.inner.cancelled = true
            for unsafe options in unsafe state.inner.running.values {
                unsafe jb_ReleaseStatus(api.table, jb_RunOptionsSetTerminate(api.table, options))
            }
        }
    }

    /// Runs `body` with run options that ``cancel()`` can reach.
    func withRunOptions<R>(_ api: EngineAPI, _ body: (OpaquePointer?) throws -> R) throws -> R {
        var options: OpaquePointer?
        try unsafe api.check("prepare a run", unsafe jb_CreateRunOptions(api.table, &options))
        defer { unsafe jb_ReleaseRunOptions(api.table, options) }
        let id: UInt64? = state.withLock { state in
            guard let options = unsafe options, unsafe !state.inner.cancelled else { return nil }
            unsafe state.inner.nextID += 1
            unsafe state.inner.running[state.inner.nextID] = options
            return unsafe state.inner.nextID
        }
        guard let id else { throw OnnxRuntimeError(operation: "run a model", code: .cancelled, message: "the run was cancelled") }
        defer { state.withLock { _ = unsafe $0.inner.running.removeValue(forKey: id) } }
        do {
            return try unsafe body(unsafe options)
        } catch let error as OnnxRuntimeError where isCancelled {
            throw OnnxRuntimeError(operation: error.operation, code: .cancelled, message: "the run was cancelled")
        }
    }
}
