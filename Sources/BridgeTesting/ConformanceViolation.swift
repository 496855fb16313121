/// A promise of a protocol that an implementation breaks, as a sentence.
public struct ConformanceViolation: Error, CustomStringConvertible {
    public var description: String
}

/// - Throws: ``ConformanceViolation`` unless `condition` holds.
func require(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws {
    if !condition { throw ConformanceViolation(description: otherwise()) }
}

/// - Throws: ``ConformanceViolation`` unless `work`, in a cancelled task, ends with `CancellationError`.
func requireCancellation(_ what: String, of work: @escaping @Sendable () async throws -> Void) async throws {
    let error = await withTaskGroup(of: (any Error)?.self) { group in
        group.cancelAll()
        group.addTask {
            do { try await work() } catch { return error }
            return nil
        }
        return await group.next() ?? nil
    }
    try require(error is CancellationError, "\(what) did not end with CancellationError, though its task was cancelled")
}
