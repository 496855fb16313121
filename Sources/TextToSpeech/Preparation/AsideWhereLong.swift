import BridgeSupport
import WorkScheduling

/// Runs work on a text of `length` bytes: here when that is short, and else on a thread of its own, as a long one takes milliseconds.
func asideWhereLong<R: Sendable>(_ length: Int, _ work: @escaping @Sendable () -> R) async -> R {
    length > 2000 ? await aside(work) : work()
}
