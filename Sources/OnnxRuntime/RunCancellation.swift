internal import COnnxRuntime
import Synchronization

/// Stops runs from another thread, between two nodes of the graph. Once cancelled it stays cancelled.
public final class RunCancellation: Sendable {
    @safe private struct State {
        var cancelled = false
        var nextID: UInt64 = 0
        /// The options of the runs that use this now. They are removed under the lock before they are released, so that the one call
        /// that the engine allows from other threads always finds them alive.
        nonisolated(unsafe) var running: [UInt64: OpaquePointer] = unsafe [:]
    }

    private let state = Mutex(State())

    /// Cancels nothing yet.
    public init() {}

    /// Whether ``cancel()`` has been called; later runs end at once.
    public var isCancelled: Bool { state.withLock { $0.cancelled } }

    /// Ends every run that uses this, now and later.
    public func cancel() {
        state.withLock { state in
            state.cancelled = true
            // Without an engine nothing runs.
            guard let api = OnnxRuntime.loaded?.api else { return }
            // It would write "unsafeoptions".
            // swift-format-ignore
            for unsafe options in unsafe state.running.values {
                unsafe jb_ReleaseStatus(api.table, jb_RunOptionsSetTerminate(api.table, options))
            }
        }
    }

    /// Runs `body` with run options that ``cancel()`` can reach.
    ///
    /// - Throws: ``OnnxRuntimeError`` with `cancelled` if the run was cancelled, whatever `body` throws then.
    func withRunOptions<R>(_ api: EngineAPI, _ body: (OpaquePointer?) throws -> R) throws -> R {
        var made: OpaquePointer?
        try unsafe api.check("prepare a run", unsafe jb_CreateRunOptions(api.table, &made))
        nonisolated(unsafe) let options = unsafe made
        defer { unsafe jb_ReleaseRunOptions(api.table, options) }
        let id = try state.withLock { state in
            guard !state.cancelled else { throw Self.error("run a model") }
            state.nextID += 1
            unsafe state.running[state.nextID] = unsafe options
            return state.nextID
        }
        defer { state.withLock { _ = unsafe $0.running.removeValue(forKey: id) } }
        do {
            return try unsafe body(options)
        } catch let error as OnnxRuntimeError where isCancelled {
            throw Self.error(error.operation)
        }
    }

    private static func error(_ operation: String) -> OnnxRuntimeError {
        OnnxRuntimeError(operation: operation, code: .cancelled, message: "the run was cancelled")
    }
}
