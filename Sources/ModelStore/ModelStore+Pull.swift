import BridgeSupport
import Foundation
import Logging

extension ModelStore {
    /// Fetches a model from the first of its sources that has it; an installed one is returned at once.
    ///
    /// While another process fetches the same model, this one says so, waits, and then finds it installed. If it fails or is
    /// cancelled, what has come stays and the next call continues from there. For an id that is not in the catalogue, the newest
    /// list of voices is fetched first.
    ///
    /// - Parameters:
    ///   - skippingHub: whether to ask only the other sources of a model that has some, as the hub is known not to answer.
    ///   - progress: called often, from any thread.
    /// - Throws: `ServiceError` saying what to do, or `CancellationError`.
    public func pull(
        _ id: String, skippingHub: Bool = false, progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> InstalledModel {
        if let model = try installedModel(id) { return model }
        let model = try await description(of: id)
        if model.id != id, let installed = try installedModel(model.id) { return installed }
        if model.isBuiltIn {
            return InstalledModel(id: model.id, service: model.service, directory: directory, sizeBytes: 0)
        }
        let sources = try usableSources(of: model, skippingHub: skippingHub, progress)
        return try await working(on: model.id, progress) {
            if let installed = try installedModel(model.id) { return installed }
            return try await fetch(model, from: sources, progress)
        }
    }

    private func description(of id: String) async throws -> ModelDescription {
        if let model = catalogue[id] { return model }
        // It may be the name of a voice that is newer than the program.
        let isNewest: Bool
        if await isHubReachable(timeout: .seconds(5)) {
            isNewest = (try? await refreshVoices()) != nil
            try Task.checkCancellation()
        } else {
            isNewest = false
        }
        if let model = catalogue[id] { return model }
        let hint = isNewest ? "" : " Voices that are newer than the list here show once the hub can be reached."
        throw ServiceError(
            .modelNotFound,
            "Nothing in the catalogue is called '\(id)'. '\(CommandName.current) models list' shows what there is.\(hint)",
            param: "model")
    }

    /// - Throws: `ServiceError` if only the hub has the model, and the settings forbid to ask it.
    private func usableSources(
        of model: ModelDescription, skippingHub: Bool, _ progress: @Sendable (PullProgress) -> Void
    ) throws -> [ModelDescription.Source] {
        let others = model.sources.filter { !$0.isHub }
        guard hub.offline || skippingHub, others.count < model.sources.count else { return model.sources }
        guard let first = others.first else {
            if hub.offline { throw HubErrors.offline(model.id) }
            return model.sources
        }
        if hub.offline {
            progress(.news("HF_HUB_OFFLINE forbids the model hub, so that \(first.place) is asked", of: model.id))
        }
        return others
    }

    /// Tries one source after the other, as long as it is the source that fails, and not the disk.
    private func fetch(
        _ model: ModelDescription, from sources: [ModelDescription.Source],
        _ progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> InstalledModel {
        for (source, next) in zip(sources, sources.dropFirst().map(Optional.some) + [nil]) {
            var workshop = try Workshop(
                for: model.id, model.service, named: source.folderName, from: source.name, in: self)
            var retry = retry
            // Patience is for the last source.
            if next != nil { retry.attempts = min(retry.attempts, 2) }
            do {
                try await SourceFetch(store: self, model: model.id, retry: retry, progress: progress)
                    .fetch(source, into: &workshop)
            } catch let error as ServiceError where next != nil && error.isOfTheSource {
                try Task.checkCancellation()
                progress(.news("\(error.reason) It is taken from \(next?.place ?? "") instead.", of: model.id))
                continue
            }
            try await workshop.complete(precision: nil, progress)
            return try await workshop.publish()
        }
        throw ServiceError(.internal, "The catalogue names no source of \(model.id).")
    }

    /// Does `work` while no other task or process works on the model `id`.
    func working<Result>(
        on id: String, _ progress: @Sendable (PullProgress) -> Void, _ work: () async throws -> Result
    ) async throws -> Result {
        try FileTools.createDirectory(directory)
        let lock = try await waitForLock(of: id, progress)
        defer { withExtendedLifetime(lock) {} }
        do {
            return try await work()
        } catch let error where error is ServiceError || error is CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw HubErrors.cannotWrite(directory, cause: error)
        }
    }

    private func waitForLock(
        of id: String, _ progress: @Sendable (PullProgress) -> Void
    ) async throws -> ModelLock {
        var isAnnounced = false
        while true {
            if let lock = try ModelLock.tryLock(lockFile(of: id)) { return lock }
            if !isAnnounced {
                progress(
                    PullProgress(
                        file: id, completed: 0, total: nil,
                        pause: "another process is at work on this model; waiting for it"))
            }
            isAnnounced = true
            try await clock.sleep(for: .milliseconds(200))
        }
    }
}

extension PullProgress {
    /// Something to know before the first byte.
    fileprivate static func news(_ sentence: String, of id: String) -> PullProgress {
        PullProgress(file: id, completed: 0, total: nil, warning: sentence)
    }
}

extension ServiceError {
    /// Whether another source of the same model may help: this one cannot be reached, refuses, or lacks something.
    fileprivate var isOfTheSource: Bool { [.upstreamError, .notFound, .invalidRequest].contains(code) }

    /// The message without the advice behind it, which nobody needs to follow where another source helps.
    fileprivate var reason: String { message.firstRange(of: ". ").map { "\(message[..<$0.lowerBound])." } ?? message }
}
