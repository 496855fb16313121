import Dispatch

/// Of another class than the default one, whose threads are those that Swift's tasks run on.
private let threads = DispatchQueue(label: "jarvis.aside", qos: .utility, attributes: .concurrent)

/// Runs work that blocks, or computes for more than a few milliseconds, on threads of its own: Swift's threads are as few as
/// the cores, and all requests share them. The work is not cancelled with its caller, so it must end by itself.
///
/// - Throws: what `work` throws.
public func aside<R: Sendable, E: Error>(_ work: @escaping @Sendable () throws(E) -> R) async throws(E) -> R {
    let result: Result<R, E> = await withCheckedContinuation { continuation in
        threads.async { continuation.resume(returning: Result(catching: work)) }
    }
    return try result.get()
}
