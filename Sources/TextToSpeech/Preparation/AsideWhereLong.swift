import BridgeSupport
import WorkScheduling

/// Runs work on a text of `length` bytes: directly if it is short, otherwise on a separate thread, as a long one takes milliseconds.
func asideWhereLong<R: Sendable>(_ length: Int, _ work: @escaping @Sendable () -> R) async -> R {
    length > 2000 ? await aside(work) : work()
}
