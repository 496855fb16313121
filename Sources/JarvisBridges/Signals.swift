import ArgumentParser
import UnixSignals

/// Runs `work`, and cancels it when Ctrl-C or SIGTERM comes, so that it can tidy up.
///
/// - Throws: what `work` throws, or the exit code that stands for the signal: 130 or 143.
func untilSignal<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            for await signal in signals { throw ExitCode(128 + signal.rawValue) }
            return nil
        }
        defer { group.cancelAll() }
        while let result = try await group.next() {
            if let result { return result }
        }
        throw CancellationError()
    }
}
