public import Foundation

/// What the store is told about the formats of models: the services know them, and the store does not.
public struct ModelFormats: Sendable {
    let service: @Sendable (_ id: String, _ files: Set<String>) -> ModelService?
    let complete: @Sendable (ModelService, _ directory: URL, _ files: Set<String>) throws -> [String: String]

    /// - Parameters:
    ///   - service: which service could run files with these names, which a user has put into the directory of the model `id` or into
    ///     `onnx/` below it; nil for none.
    ///   - complete: makes files in a directory that the source of its model does not publish, and returns their names, with what
    ///     each was made from. Throws `ServiceError` saying why it cannot.
    public init(
        service: @escaping @Sendable (_ id: String, _ files: Set<String>) -> ModelService?,
        complete: @escaping @Sendable (ModelService, _ directory: URL, _ files: Set<String>) throws -> [String: String]
    ) {
        self.service = service
        self.complete = complete
    }

    /// The service for the files in a directory filled by hand.
    func service(of directory: URL, id: String) -> ModelService? {
        let files = FileManager.default
        let top = (try? files.contentsOfDirectory(atPath: directory.path)) ?? []
        guard !top.isEmpty else { return nil }
        let inner = (try? files.contentsOfDirectory(atPath: directory.appending(path: "onnx").path)) ?? []
        return service(id, Set(top).union(inner))
    }
}
