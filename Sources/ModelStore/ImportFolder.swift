import BridgeSupport
import Foundation
import WorkScheduling

/// A folder whose model is imported. Its files are only read.
struct ImportFolder: Sendable {
    private let folder: URL
    var path: String { folder.path }

    init(_ folder: URL) { self.folder = folder.standardizedFileURL }

    /// What the folder and the folders in it hold; links lead to what they are links to, as in a cache of the hub's own tools.
    ///
    /// - Throws: `invalid_request` naming `from` when there is no such folder, or nothing in it.
    func offer(_ request: ModelImport) throws -> ModelOffer {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        guard files.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ServiceError.invalid("from", "There is no folder \(path).")
        }
        guard isFolder.boolValue else {
            throw ServiceError.invalid(
                "from", "\(path) is a file; name the folder that holds it and the other files of the model.")
        }
        guard let names = try? files.contentsOfDirectory(atPath: path) else {
            throw ServiceError.invalid("from", "\(path) cannot be read. Check its owner and permissions.")
        }
        // No format has files deeper than this.
        let inner = names.flatMap { name in
            ((try? files.contentsOfDirectory(atPath: "\(path)/\(name)")) ?? []).map { "\(name)/\($0)" }
        }
        // Under other names nothing could be installed.
        let regular = (names + inner).filter {
            SafeName.isRelativePath($0) && FileTools.size(of: folder.appending(path: $0)) != nil
        }
        return ModelOffer(
            name: path, files: Set(regular), service: request.service, precision: request.precision, read: read)
    }

    @Sendable private func read(_ name: String) async throws -> [UInt8] {
        let file = folder.appending(path: name)
        return try await aside {
            guard let size = FileTools.size(of: file), size <= ModelOffer.largestSmallFile,
                let data = try? Data(contentsOf: file)
            else {
                throw ServiceError.invalid(
                    "from", "\(file.path) cannot be read, or is far too large for what it is called.")
            }
            return [UInt8](data)
        }
    }

    /// The bytes that the copies take, and beside them what is made of their weights: at most as much again, or twice as much where
    /// floats of 16 bits get 32. Integers of 8 bits that become floats take more; the disk itself must stop them.
    func space(for selection: ModelSelection, _ precision: Precision?) -> Int64 {
        let factor = precision == .fp32 ? 3 : 2
        let sizes = selection.files.keys.flatMap { path in
            [Int64](
                repeating: FileTools.size(of: folder.appending(path: path)) ?? 0,
                count: selection.converted.contains(path) ? factor : 1)
        }
        return FileTools.sum(sizes) ?? .max
    }

    /// - Throws: `storage_full` unless the disk of `directory` has room for the model and what is made of it.
    func checkSpace(for selection: ModelSelection, _ precision: Precision?, at directory: URL) throws {
        let needed = space(for: selection, precision)
        if let free = FileTools.freeSpace(at: directory), needed > free {
            throw HubErrors.diskFull(directory, needed: needed, free: free)
        }
    }

    /// Copies the files of the model, and notes them with their digests.
    func copy(
        _ selection: ModelSelection, into workshop: inout Workshop,
        _ progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws {
        let files = selection.files.sorted { $0.key < $1.key }
        let sizes = files.map { FileTools.size(of: folder.appending(path: $0.key)) ?? 0 }
        let total = FileTools.sum(sizes) ?? .max
        var before: Int64 = 0
        for (path, destination) in files {
            let source = folder.appending(path: path)
            let start = before
            let digests = try await workshop.copy(source, to: destination) { here in
                progress(PullProgress(file: path, completed: start + here, total: total))
            }
            try workshop.note(destination, digests, source: source.path)
            before += digests.size
        }
    }
}
