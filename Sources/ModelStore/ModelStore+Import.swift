import BridgeSupport
import Foundation

extension ModelStore {
    /// Brings in a model that no catalogue lists, converted as a fetched one is.
    ///
    /// It appears by one rename, once it is complete. What an interrupted download from the hub brought stays for the next attempt; of a
    /// folder nothing stays.
    ///
    /// - Parameter progress: called often, from any thread.
    /// - Throws: `ServiceError` naming the file or the option at fault, or `CancellationError`.
    public func importModel(
        _ request: ModelImport, progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> InstalledModel {
        try checkName(of: request)
        return try await working(on: request.id, progress) {
            // Another process may have installed it meanwhile.
            try checkName(of: request)
            switch request.origin {
            case .folder(let folder): return try await importFolder(folder, request, progress: progress)
            case .hub(let repository): return try await importRepository(repository, request, progress: progress)
            }
        }
    }

    private func checkName(of request: ModelImport) throws {
        let id = request.id
        guard SafeName.isModelID(id) else {
            throw ServiceError.invalid(
                "id",
                "'\(id.prefix(80))' is no name for a model: it takes letters, digits, '.', '_' and '-', and begins with none of these signs."
            )
        }
        guard !SafeName.isReserved(id) else {
            throw ServiceError.invalid("id", "'\(id)' means something else to this program; choose another name.")
        }
        guard catalogue[id] == nil else {
            throw ServiceError.invalid(
                "id",
                "\(id) is the name of a model of the catalogue, which '\(CommandName.current) models pull \(id)' fetches; choose another name."
            )
        }
        if let other = nameInAnotherCase(than: id) {
            throw ServiceError.invalid(
                "id",
                "There is a model \(other), whose name differs in capital letters only, which not all disks tell apart; choose another name."
            )
        }
        guard request.replaces || !FileManager.default.fileExists(atPath: directory(of: id).path) else {
            throw ServiceError.invalid(
                "id",
                "There is a model \(id) already; choose another name, or give --replace to put this one in its place.")
        }
    }

    /// The model, installed or of the catalogue, that is called the same but for the case of letters; nil if there is none.
    private func nameInAnotherCase(than id: String) -> String? {
        let installed = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        let known = catalogue.models.flatMap { [$0.id] + $0.aliases }
        return (installed + known).first { $0 != id && $0.lowercased() == id.lowercased() }
    }

    private func importFolder(
        _ folder: URL, _ request: ModelImport, progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> InstalledModel {
        let folder = ImportFolder(folder)
        let selection = try await formats.select(try folder.offer(request), request.id)
        let name = "import"
        try? FileManager.default.removeItem(at: incompleteRoot.appending(path: "\(request.id)/\(name)"))
        var workshop = try Workshop(
            for: request.id, selection.service, named: name, from: "folder:\(folder.path)", in: self)
        do {
            try folder.checkSpace(for: selection, request.precision, at: workshop.directory)
            try await folder.copy(selection, into: &workshop, progress)
            try await workshop.complete(precision: request.precision, progress)
            try await workshop.tryOut()
            return try await workshop.publish()
        } catch {
            workshop.discard()
            throw error
        }
    }

    private func importRepository(
        _ repository: String, _ request: ModelImport, progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> InstalledModel {
        if hub.offline { throw HubErrors.offline("hub:\(repository)") }
        let listed = try await client.files(of: repository)
        let offer = ModelOffer(
            name: "hub:\(repository)", files: Set(listed.keys.filter(SafeName.isRelativePath)),
            service: request.service,
            precision: request.precision
        ) { try await self.client.content(of: $0, in: repository) }
        let selection = try await formats.select(offer, request.id)
        let source = ModelDescription.Source.hub(
            repository: repository, revision: "main",
            files: selection.files.sorted { $0.key < $1.key }.map { path, destination in
                .init(path: path, destination: destination, sizeBytes: listed[path]?.size, sha256: listed[path]?.sha256)
            })
        var workshop = try Workshop(
            for: request.id, selection.service, named: source.folderName, from: source.name, in: self)
        try await SourceFetch(store: self, model: request.id, retry: retry, progress: progress)
            .fetch(source, into: &workshop)
        try await workshop.complete(precision: request.precision, progress)
        try await workshop.tryOut()
        return try await workshop.publish()
    }
}
