public import ModelStore

/// One model as used by one service. Several services may be asked for the same name, but at most one of them has it.
public struct ModelKey: Hashable, Sendable, Comparable {
    /// What the model is for.
    public var service: ModelService
    /// Unique among the models of its service.
    public var id: String

    /// Names a model, which need not exist.
    public init(_ service: ModelService, _ id: String) { (self.service, self.id) = (service, id) }

    /// By service, then by id, so that lists come in a stable order.
    public static func < (left: ModelKey, right: ModelKey) -> Bool {
        (left.service.rawValue, left.id) < (right.service.rawValue, right.id)
    }
}

/// What is known of a model's files before it is loaded.
package struct ModelFiles: Hashable, Sendable {
    /// Changes when a file changes that is read to load the model.
    package var stamp: String
    /// About how much memory the loaded model takes; nil if unknown.
    package var bytes: Int?

    package init(stamp: String = "", bytes: Int? = nil) { (self.stamp, self.bytes) = (stamp, bytes) }
}

/// A model in memory, and how much memory it takes.
package struct LoadedModel: Sendable {
    package var model: any Sendable
    /// Measured, or the size of the files that it was loaded from.
    package var bytes: Int

    package init(_ model: any Sendable, bytes: Int) { (self.model, self.bytes) = (model, bytes) }
}

/// What the registry knows of the disk and of the engine.
package protocol ModelLoading: Sendable {
    /// A cheap value that changes whenever ``inventory(chosen:)`` may have changed. May block.
    func stamp() -> String

    /// What is on the disk. May block.
    ///
    /// - Parameter chosen: models chosen at run time, which take precedence over the configuration's.
    func inventory(chosen: [ModelService: String]) -> ModelInventory

    /// The files of a model, which need not exist. May block.
    func files(of key: ModelKey) -> ModelFiles

    /// Loads the backend that the key's service uses. Must not block; is never called for a model that is already being loaded.
    ///
    /// - Throws: `model_not_found` or `voice_not_found` for a model that does not exist, otherwise what is wrong with it.
    func load(_ key: ModelKey) async throws -> LoadedModel
}
