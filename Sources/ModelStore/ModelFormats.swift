public import Foundation

/// The number format of a model's weights.
public enum Precision: String, Sendable, CaseIterable {
    /// Eight bits with a scale, where that costs no accuracy worth the name; the rest in 32 bits.
    case int8
    /// The weights as they were published.
    case fp32
}

/// How files are made of others.
public struct CompletionOptions: Sendable {
    /// nil leaves it to the format.
    public var precision: Precision?
    /// What the model is called: here, and where it came from.
    public var names: [String]
    /// Hears how much is done, 0 to 1; called often.
    public var progress: @Sendable (_ done: Double) -> Void

    /// By default the format chooses, and nobody listens.
    public init(
        precision: Precision? = nil, names: [String] = [],
        progress: @escaping @Sendable (_ done: Double) -> Void = { _ in }
    ) {
        (self.precision, self.names, self.progress) = (precision, names, progress)
    }
}

/// What became of a model's files.
public struct Completion: Sendable, Hashable {
    /// The names of the files made, with what each was made from.
    public var made: [String: String]
    /// The files that nothing needs any more: their content is in what was made.
    public var superseded: Set<String>

    /// By default nothing was made.
    public init(made: [String: String] = [:], superseded: Set<String> = []) {
        (self.made, self.superseded) = (made, superseded)
    }
}

/// What the store is told about the formats of models: the services know them, and the store does not.
public struct ModelFormats: Sendable {
    /// Makes what is missing in a model's directory.
    public typealias Complete =
        @Sendable (ModelService, _ directory: URL, _ files: Set<String>, _ options: CompletionOptions) throws ->
        Completion

    /// Finds the files of a model that nobody has described; `id` is the name that it gets.
    public typealias Select = @Sendable (_ offer: ModelOffer, _ id: String) async throws -> ModelSelection

    /// Loads a complete model and has it do a little.
    public typealias Trial = @Sendable (ModelService, _ directory: URL, _ id: String) throws -> Void

    let service: @Sendable (_ id: String, _ files: Set<String>) -> ModelService?
    let complete: Complete
    let select: Select
    let trial: Trial

    /// - Parameters:
    ///   - service: which service could run files with these names, which a user has put into the directory of the model `id` or into
    ///     `onnx/` below it; nil for none.
    ///   - complete: makes files in a directory that the source of its model does not publish, on a thread that may block. It stops
    ///     soon after `Task.isCancelled` has become true there, and removes no file. Throws `ServiceError` saying why it cannot.
    ///   - select: finds the files of a model that is imported. Throws `ServiceError` naming the file that is missing or unusable.
    ///   - trial: of a model that is imported, on a thread that may block. Throws `ServiceError` saying why it would fail each request;
    ///     tries nothing where it cannot tell.
    public init(
        service: @escaping @Sendable (_ id: String, _ files: Set<String>) -> ModelService?,
        complete: @escaping Complete, select: @escaping Select, trial: @escaping Trial = { _, _, _ in }
    ) {
        self.trial = trial
        self.service = service
        self.select = select
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
