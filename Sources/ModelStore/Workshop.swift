import BridgeSupport
import Foundation
import WorkScheduling

/// The folder in which a model comes together, before one rename makes it installed. Its user holds the model's lock.
///
/// The manifest in it lists the files that are done, so that a later attempt goes on from there.
struct Workshop: Sendable {
    let store: ModelStore
    let directory: URL
    private(set) var manifest: Manifest
    /// Goes with the rename, so that an attempt that fails before it finds what it was made from.
    private var superseded: Set<String> = []

    /// Conversions take seconds, and gigabytes if there are several at a time.
    private static let conversions = WorkerPool("jarvis.convert", threads: 1)

    private var id: String { manifest.id }
    /// One for each source of the model.
    private var root: URL { store.incompleteRoot.appending(path: id, directoryHint: .isDirectory) }

    /// Goes on with what an earlier attempt completed.
    ///
    /// - Parameters:
    ///   - name: of the folder; another one for each source of a model.
    ///   - source: for the manifest.
    init(for id: String, _ service: ModelService, named name: String, from source: String, in store: ModelStore) throws
    {
        self.store = store
        directory = store.incompleteRoot.appending(path: "\(id)/\(name)", directoryHint: .isDirectory)
        manifest = Manifest(id: id, service: service, source: source)
        try FileTools.createDirectory(directory)
        guard let kept = Manifest.read(in: directory), kept.id == id else { return }
        let missing = Set(kept.missing(in: directory).map(\.path))
        manifest.files = kept.files.filter { !missing.contains($0.path) }
        if !manifest.files.isEmpty { manifest.revision = kept.revision }
    }

    func has(_ path: String) -> Bool { manifest.file(path) != nil }

    /// All files in it from now on come from this commit, or these wheels.
    mutating func fix(revision: String?) { manifest.revision = manifest.revision ?? revision }

    /// Notes a file that is complete and verified.
    ///
    /// - Parameter source: the address, or what it was made from.
    mutating func note(_ path: String, _ digests: ContentDigests, source: String) throws {
        manifest.files.removeAll { $0.path == path }
        manifest.files.append(.init(path: path, size: digests.size, sha256: digests.sha256, source: source))
        try manifest.write(in: directory)
    }

    /// Joins the parts of a file, in their order, and notes it. The parts go with it, one by one: the disk never holds all of them twice.
    mutating func join(_ parts: [String], to path: String, source: String) async throws {
        let (whole, files) = (directory.appending(path: path), parts.map { directory.appending(path: $0) })
        // An attempt that is cut short leaves a first part of another size, which the next one fetches anew.
        try await Self.conversions.runInTask {
            try FileTools.append(files.dropFirst(), to: files[0])
            try FileTools.synchronize(files[0])
            try FileManager.default.moveItem(at: files[0], to: whole)
        }
        manifest.files.removeAll { parts.contains($0.path) }
        try note(path, try await digests(of: whole), source: source)
    }

    /// Copies a file from elsewhere.
    ///
    /// - Parameter progress: hears how many bytes are copied.
    /// - Throws: `invalid_request` naming a file that cannot be read, `storage_full`, or `CancellationError`.
    func copy(
        _ source: URL, to path: String, progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> ContentDigests {
        let destination = directory.appending(path: path)
        try FileTools.createDirectory(destination.deletingLastPathComponent())
        do {
            return try await Self.conversions.runInTask {
                let digests = try FileTools.copy(source, to: destination, progress: progress)
                try FileTools.synchronize(destination)
                return digests
            }
        } catch let error where !(error is ServiceError || error is CancellationError) {
            throw HubErrors.cannotWrite(directory, cause: error)
        }
    }

    func digests(of file: URL) async throws -> ContentDigests {
        try await Self.conversions.runInTask { try ContentHasher.digests(of: file) }
    }

    /// Makes files that the source does not publish, such as the graph of a model that is published as weights only.
    mutating func complete(
        precision: Precision?, _ progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws {
        let (directory, service, formats) = (directory, manifest.service, store.formats)
        let files = Set(manifest.files.map(\.path))
        let size = FileTools.sum(manifest.files.map(\.size)) ?? 0
        let largest = manifest.files.max { $0.size < $1.size }?.path ?? id
        let origin = manifest.source.flatMap { $0.split { "/:".contains($0) }.last.map(String.init) }
        let options = CompletionOptions(precision: precision, names: [id] + (origin.map { [$0] } ?? [])) { done in
            progress(PullProgress(file: largest, completed: size, total: size, converted: done))
        }
        let completion = try await Self.conversions.runInTask {
            try formats.complete(service, directory, files, options)
        }
        for (name, source) in completion.made.sorted(by: { $0.key < $1.key }) {
            let file = directory.appending(path: name)
            try FileTools.synchronize(file)
            try note(name, try await digests(of: file), source: "made from \(source)")
        }
        superseded = completion.superseded
    }

    /// Has the service load and use the model once, so that none is installed that nobody has seen running.
    func tryOut() async throws {
        let (directory, service, id, formats) = (directory, manifest.service, id, store.formats)
        try await Self.conversions.runInTask { try formats.trial(service, directory, id) }
    }

    /// The rename that makes the model installed, in place of what has its name.
    ///
    /// - Throws: `model_not_installed` if its service could not load these files.
    mutating func publish() async throws -> InstalledModel {
        try Task.checkCancellation()
        try dropSuperseded()
        if manifest.source?.hasPrefix("hub:") == true, let commit = manifest.revision {
            manifest.source? += "@\(commit)"
        }
        try manifest.write(in: directory)
        try FileTools.synchronize(directory.appending(path: Manifest.fileName))
        try FileTools.synchronize(directory)
        try swap()
        guard let installed = try store.installedModel(id) else {
            throw ServiceError(
                .internal,
                "\(id) came, but is not complete in \(store.directory(of: id).path). Remove it and try again.")
        }
        return installed
    }

    /// Deletes it with all that is in it.
    func discard() {
        try? FileManager.default.removeItem(at: directory)
        // Goes only if no other attempt has left something there.
        rmdir(root.path)
    }

    private mutating func dropSuperseded() throws {
        let left = manifest.files.map(\.path).filter { !superseded.contains($0) }
        let names = left.flatMap { [$0, $0.split(separator: "/").last.map(String.init) ?? $0] }
        guard store.formats.service(id, Set(names)) == manifest.service else {
            throw ServiceError(
                .modelNotInstalled,
                "\(id) cannot be installed: its files (\(left.sorted().joined(separator: ", "))) make no model for \(manifest.service.rawValue) that this version can load. Update the program, or choose another model."
            )
        }
        for path in superseded { try FileManager.default.removeItem(at: directory.appending(path: path)) }
        manifest.files.removeAll { superseded.contains($0.path) }
    }

    private func swap() throws {
        let (target, files) = (store.directory(of: id), FileManager.default)
        let old = store.incompleteRoot.appending(path: ".replaced-\(UUID().uuidString)")
        if files.fileExists(atPath: target.path) { try files.moveItem(at: target, to: old) }
        do {
            try files.moveItem(at: directory, to: target)
        } catch {
            try? files.moveItem(at: old, to: target)
            throw error
        }
        try FileTools.synchronize(store.directory)
        // What is left of it is in nobody's way.
        try? files.removeItem(at: old)
        try? files.removeItem(at: root)
    }
}
