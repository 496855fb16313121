import ModelStore

/// Downloads one model with a progress bar on a terminal and plain lines elsewhere.
///
/// - Parameter skippingHub: see ``ModelStore/pull(_:skippingHub:progress:)``.
func pullWithProgress(_ id: String, from store: ModelStore, skippingHub: Bool = false) async throws {
    if try store.installedModel(id) != nil {
        Terminal.note("\(id) is installed.")
        return
    }
    let model = try await withProgress(of: id) {
        try await store.pull(id, skippingHub: skippingHub, progress: $0)
    }
    // Nothing was fetched for a voice that is part of the program.
    if try store.installedModel(model.id) == nil { Terminal.note("\(id) is part of the program.") }
}

/// Shows the progress of `work` for the model `id` until it ends.
func withProgress<Result>(
    of id: String, _ work: (@escaping @Sendable (PullProgress) -> Void) async throws -> Result
) async throws -> Result {
    let reporter = PullProgressReporter(label: id, warn: Terminal.warning)
    defer { reporter.finish() }
    return try await work { reporter.report($0) }
}
