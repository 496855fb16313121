import Dispatch
import Synchronization

/// Threads that may block. Runs never sit on Swift's cooperative pool, whose few threads serve every other task.
///
/// One serial queue per permit: such a queue gets a thread of its own however busy the others are, which a concurrent queue
/// does not promise.
final class ComputeExecutor: Sendable {
    private let lanes: [DispatchQueue]
    private let free: Mutex<[Int]>

    /// - Parameter lanes: how many bodies run at the same time; more wait behind the first lane.
    init(lanes count: Int) {
        lanes = (0..<max(1, count)).map { DispatchQueue(label: "onnxruntime.compute.\($0)", qos: .userInitiated) }
        free = Mutex(Array(lanes.indices))
    }

    func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        let lane = free.withLock { $0.popLast() }
        defer { if let lane { free.withLock { $0.append(lane) } } }
        return try await withCheckedThrowingContinuation { continuation in
            lanes[lane ?? 0].async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
