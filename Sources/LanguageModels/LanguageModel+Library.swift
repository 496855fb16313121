import BridgeSupport

/// A model that a server keeps.
public struct StoredLanguageModel: Sendable, Hashable {
    /// As its server calls it; from ``LanguageModelService`` in full, such as `ollama/qwen3:4b`.
    public var name: String
    /// On the server's disk; nil if it does not tell.
    public var sizeBytes: Int64?
    /// In the server's memory, that of its graphics card included; nil if the model is not there, or the server does not tell.
    public var memoryBytes: Int64?
    /// The part of it on a graphics card.
    public var videoMemoryBytes: Int64?
    /// Whether it answers requests that name no model.
    public var isDefault = false

    /// A model of which no more is known than is said here.
    public init(
        name: String, sizeBytes: Int64? = nil, memoryBytes: Int64? = nil, videoMemoryBytes: Int64? = nil
    ) {
        (self.name, self.sizeBytes) = (name, sizeBytes)
        (self.memoryBytes, self.videoMemoryBytes) = (memoryBytes, videoMemoryBytes)
    }
}

/// How far a server has fetched a model.
public struct LanguageModelPull: Sendable, Hashable {
    /// What the server does, in its words.
    public var step: String
    /// Bytes that have come, of all files that were begun.
    public var completed: Int64
    /// Bytes of these files; nil until the server tells.
    public var total: Int64?

    /// As the server tells it.
    public init(step: String, completed: Int64, total: Int64?) {
        (self.step, self.completed, self.total) = (step, completed, total)
    }
}

extension LanguageModel {
    /// The names alone.
    public func stored() async throws -> [StoredLanguageModel] {
        try await models().map { StoredLanguageModel(name: $0) }
    }

    /// Refused, as by a server that cannot be asked to.
    public func pull(_ model: String, progress: @escaping @Sendable (LanguageModelPull) -> Void) async throws {
        throw keepsItsModels
    }

    /// Refused, as by a server that cannot be asked to.
    public func remove(_ model: String) async throws { throw keepsItsModels }

    /// Refused, as by a server that cannot be asked to.
    public func load(_ model: String, pinned: Bool?) async throws { throw keepsItsModels }

    /// Refused, as by a server that cannot be asked to.
    public func unload(_ model: String) async throws { throw keepsItsModels }

    private var keepsItsModels: ServiceError {
        .invalid("id", "\(title) looks after its models itself and cannot be asked to do that.")
    }
}
