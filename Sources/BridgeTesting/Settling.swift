public import BridgeSupport

/// Returns once other tasks have made `condition` true; throws if the test is cancelled, for instance by its time limit.
///
/// - Parameter pause: how long to wait between two checks, if they are expensive; without one, other tasks get their turn.
public nonisolated(nonsending) func waitUntil(
    every pause: Duration? = nil, _ condition: () async throws -> Bool
) async throws {
    while try await !condition() {
        if let pause { try await Task.sleep(for: pause) } else { await Task.yield() }
        try Task.checkCancellation()
    }
}

/// Returns once this many requests run, and this many wait for admission.
///
/// - Parameter preparing: how many of these are still preparing; nil if it doesn't matter.
public nonisolated(nonsending) func settle(
    _ load: @autoclosure () -> AdmissionSnapshot, running: Int, queued: Int, preparing: Int? = nil
) async throws {
    try await waitUntil {
        let load = load()
        return load.running == running && load.queued == queued
            && (preparing ?? load.preparing) == load.preparing
    }
}
