/// A promise of a protocol that an implementation breaks, as a sentence.
public struct ConformanceViolation: Error, CustomStringConvertible {
    public var description: String
}

/// - Throws: ``ConformanceViolation`` unless `condition` holds.
func require(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws {
    if !condition { throw ConformanceViolation(description: otherwise()) }
}

/// Cancels `work` in its midst: one that looks for it only at its start is found out.
///
/// - Parameter work: calls the function that it gets once it has its first event; that returns when the task has been cancelled.
/// - Throws: ``ConformanceViolation`` unless `work` ends with `CancellationError`.
func requireCancellation(
    _ what: String, of work: @escaping @Sendable (_ cancel: @escaping @Sendable () async -> Void) async throws -> Void
) async throws {
    let isDue = Watched(false)
    let error = await withTaskGroup(of: (any Error)?.self) { group in
        group.addTask {
            defer { isDue.update { $0 = true } }
            do {
                try await work {
                    isDue.update { $0 = true }
                    // Nobody opens it.
                    try? await Gate().pass()
                }
            } catch {
                return error
            }
            return nil
        }
        _ = try? await isDue.wait { $0 }
        group.cancelAll()
        return await group.next() ?? nil
    }
    try require(error is CancellationError, "\(what) did not end with CancellationError, though its task was cancelled")
}
