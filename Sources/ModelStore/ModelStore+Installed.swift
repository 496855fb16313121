import BridgeSupport
import Foundation

/// One thing that is wrong with an installed model, as a full sentence.
public struct VerificationProblem: Sendable, Hashable, CustomStringConvertible {
    /// Below the model's directory; nil if the whole model is meant.
    public var file: String?
    /// The sentence itself.
    public var description: String
}

extension ModelStore {
    /// The models that are completely installed, by id. The espeak-ng voices have no files and are not among them.
    ///
    /// - Throws: `ServiceError` when the directory cannot be read.
    public func installed() throws -> [InstalledModel] {
        try directoryNames().compactMap(installedModel)
    }

    /// The models that ``verify(_:)`` can check, by id: models whose files are all here, and models whose files were recorded
    /// when they came but are no longer all here.
    ///
    /// - Throws: `ServiceError` when the directory cannot be read.
    public func verifiable() throws -> [String] {
        try directoryNames().filter { try hasManifest($0) || installedModel($0) != nil }
    }

    /// The names of all potential models here, in order.
    private func directoryNames() throws -> [String] {
        var names = Set((try? FileManager.default.contentsOfDirectory(atPath: bundled.path)) ?? [])
        do {
            names.formUnion(try FileManager.default.contentsOfDirectory(atPath: directory.path))
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            // Nothing has been fetched yet.
        } catch {
            throw ServiceError(
                .internal, "The models' directory \(directory.path) cannot be read. Check its owner and permissions.",
                cause: error)
        }
        return names.sorted().filter(SafeName.isModelID)
    }

    private func hasManifest(_ id: String) -> Bool {
        FileManager.default.fileExists(atPath: directory(of: id).appending(path: Manifest.fileName).path)
    }

    /// This model if all its files are here; nil if it is missing or incomplete.
    ///
    /// - Throws: `ServiceError` for an invalid id.
    public func installedModel(_ id: String) throws -> InstalledModel? {
        try SafeName.checkModelID(id)
        if let model = bundledModel(id) { return model }
        let directory = directory(of: id)
        if let manifest = Manifest.read(in: directory) {
            guard manifest.missing(in: directory).isEmpty else { return nil }
            let size = manifest.files.reduce(0) { $0 + $1.size }
            return InstalledModel(
                id: id, service: manifest.service, directory: directory, sizeBytes: size, source: manifest.source)
        }
        guard let service = formats.service(of: directory, id: id),
            catalogue[id].map({ $0.service == service }) ?? true
        else { return nil }
        return InstalledModel(
            id: id, service: service, directory: directory, sizeBytes: FileTools.sizeOfFiles(below: directory))
    }

    private func bundledModel(_ id: String) -> InstalledModel? {
        let directory = bundled.appending(path: id, directoryHint: .isDirectory)
        guard let model = catalogue[id], model.isBuiltIn,
            FileManager.default.fileExists(atPath: directory.path)
        else {
            return nil
        }
        return InstalledModel(
            id: id, service: model.service, directory: directory, sizeBytes: FileTools.sizeOfFiles(below: directory))
    }

    /// Deletes a model, and what an interrupted download of it left behind.
    ///
    /// - Returns: whether there was a model, and not only such leftovers.
    /// - Throws: `ServiceError` when it is not there, is being downloaded, or cannot be deleted.
    @discardableResult
    public func remove(_ id: String) throws -> Bool {
        try SafeName.checkModelID(id)
        guard catalogue[id]?.isBuiltIn != true else {
            throw ServiceError(.modelNotFound, "\(id) is part of the program and cannot be removed.")
        }
        let places = [directory(of: id), incompleteRoot.appending(path: id)].filter {
            FileManager.default.fileExists(atPath: $0.path)
        }
        let wasThere = FileManager.default.fileExists(atPath: directory(of: id).path)
        guard !places.isEmpty else { throw ServiceError(.modelNotFound, "\(id) is not installed.") }
        guard let lock = try ModelLock.tryLock(lockFile(of: id)) else {
            throw ServiceError(.overloaded, "\(id) is being downloaded by another process; wait for it or stop it.")
        }
        defer { withExtendedLifetime(lock) {} }
        do {
            for place in places {
                // Renamed first: half a deleted model must not look like one filled by hand.
                let trash = incompleteRoot.appending(path: ".removed-\(UUID().uuidString)")
                try FileManager.default.moveItem(at: place, to: trash)
                try FileManager.default.removeItem(at: trash)
            }
        } catch {
            throw ServiceError(.internal, "\(id) could not be deleted from \(directory.path).", cause: error)
        }
        return wasThere
    }

    /// Whether digests were recorded when the model came, so that ``verify(_:)`` can tell whether its files are unchanged.
    public func hasDigests(_ id: String) -> Bool {
        SafeName.isModelID(id) && Manifest.read(in: directory(of: id)) != nil
    }

    /// Reads every file of a model again and compares it with the record made when it came. A model installed by
    /// hand has no such record (``hasDigests(_:)``), and only needs to be complete.
    ///
    /// - Throws: `ServiceError` for an invalid id, and for a model that is not installed.
    public func verify(_ id: String) throws -> [VerificationProblem] {
        try SafeName.checkModelID(id)
        let directory = directory(of: id)
        guard let manifest = Manifest.read(in: directory) else {
            if hasManifest(id) {
                let name = Manifest.fileName
                return [
                    .init(file: name, description: "\(name) is damaged, so nothing tells whether the files are whole.")
                ]
            }
            if try installedModel(id) != nil || catalogue[id]?.isBuiltIn == true { return [] }
            throw ServiceError(.modelNotFound, "\(id) is not installed.")
        }
        return manifest.files.compactMap { file in
            Self.problem(file, in: directory).map { VerificationProblem(file: file.path, description: $0) }
        }
    }

    private static func problem(_ file: Manifest.File, in directory: URL) -> String? {
        let url = directory.appending(path: file.path)
        guard let size = FileTools.size(of: url) else { return "\(file.path) is missing." }
        guard size == file.size else { return "\(file.path) has \(size) bytes instead of \(file.size)." }
        guard let digests = try? ContentHasher.digests(of: url) else { return "\(file.path) cannot be read." }
        return digests.sha256 == file.sha256 ? nil : "\(file.path) is not what was downloaded: its SHA-256 differs."
    }
}
