public import ModelStore

/// One model as one service uses it: the same name may be asked of several services, of which at most one has it.
public struct ModelKey: Hashable, Sendable, Comparable {
    /// What the model is for.
    public var service: ModelService
    /// Unique among the models of its service.
    public var id: String

    public init(_ service: ModelService, _ id: String) { (self.service, self.id) = (service, id) }

    public static func < (left: ModelKey, right: ModelKey) -> Bool {
        (left.service.rawValue, left.id) < (right.service.rawValue, right.id)
    }
}

/// What is known of a model's files before it is loaded.
package struct ModelFiles: Hashable, Sendable {
    /// Changes when a file changes that loading the model reads.
    package var stamp: String
    /// About how much memory the loaded model takes; nil where nobody can tell.
    package var bytes: Int?

    package init(stamp: String = "", bytes: Int? = nil) { (self.stamp, self.bytes) = (stamp, bytes) }
}

/// A model in memory, and what it takes there.
package struct LoadedModel: Sendable {
    package var model: any Sendable
    /// A first measure is the size of the files that it was loaded from.
    package var bytes: Int

    package init(_ model: any Sendable, bytes: Int) { (self.model, self.bytes) = (model, bytes) }
}

/// What the registry knows of the disk and of the engine.
package protocol ModelLoading: Sendable {
    /// Changes when ``inventory(chosen:)`` may have changed, at less cost. May block.
    func stamp() -> String

    /// What is on the disk. May block.
    ///
    /// - Parameter chosen: models that were chosen at run time, which count before those of the configuration.
    func inventory(chosen: [ModelService: String]) -> ModelInventory

    /// Of a model that need not exist. May block.
    func files(of key: ModelKey) -> ModelFiles

    /// The backend that the key's service uses, loaded. Must not block; is never called for a model that is being loaded.
    ///
    /// - Throws: `model_not_found` or `voice_not_found` for one that is not there, else what is wrong with it.
    func load(_ key: ModelKey) async throws -> LoadedModel
}
