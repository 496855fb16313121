public import BridgeSupport

/// Returns once `condition` holds, which other tasks bring about; throws where the test is cancelled, as its time limit does.
///
/// - Parameter pause: how long to wait between two looks, where they cost something; without one, other tasks get their turn.
public nonisolated(nonsending) func waitUntil(
    every pause: Duration? = nil, _ condition: () async throws -> Bool
) async throws {
    while try await !condition() {
        if let pause { try await Task.sleep(for: pause) } else { await Task.yield() }
        try Task.checkCancellation()
    }
}

/// Returns once so many requests run, and so many wait for admission.
///
/// - Parameter preparing: how many of these are not ready for a place; nil where it doesn't matter.
public nonisolated(nonsending) func settle(
    _ load: @autoclosure () -> AdmissionSnapshot, running: Int, queued: Int, preparing: Int? = nil
) async throws {
    try await waitUntil {
        let load = load()
        return load.running == running && load.queued == queued
            && (preparing ?? load.preparing) == load.preparing
    }
}
