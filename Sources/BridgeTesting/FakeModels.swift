package import BridgeRuntime
package import BridgeSupport
package import Embeddings
package import ModelStore
package import SpeechToText
package import TextToSpeech

/// Models that a closure makes, and a disk that a test describes.
package struct FakeModels: ModelLoading {
    private let disk: @Sendable ([ModelService: String]) -> ModelInventory
    private let diskStamp: @Sendable () -> String
    private let fileFacts: @Sendable (ModelKey) -> ModelFiles
    private let make: @Sendable (ModelKey) async throws -> LoadedModel

    /// - Parameters:
    ///   - inventory: read again when `stamp` changes, or another model is chosen.
    ///   - files: what is known of a model before it is loaded.
    package init(
        inventory: @escaping @Sendable ([ModelService: String]) -> ModelInventory,
        stamp: @escaping @Sendable () -> String = { "" },
        files: @escaping @Sendable (ModelKey) -> ModelFiles = { _ in ModelFiles() },
        load: @escaping @Sendable (ModelKey) async throws -> LoadedModel
    ) {
        (disk, diskStamp, fileFacts, make) = (inventory, stamp, files, load)
    }

    package func stamp() -> String { diskStamp() }
    package func inventory(chosen: [ModelService: String]) -> ModelInventory { disk(chosen) }
    package func files(of key: ModelKey) -> ModelFiles { fileFacts(key) }
    package func load(_ key: ModelKey) async throws -> LoadedModel { try await make(key) }
}

extension ModelSource {
    /// A separate registry with the models of one service, which `load` makes by their ids.
    fileprivate static func fake(
        of service: ModelService, default id: String?, load: @escaping @Sendable (String) async throws -> Model
    ) -> ModelSource {
        let inventory = ModelInventory(defaults: [service: .init(id: id)])
        let models = FakeModels(inventory: { _ in inventory }) { LoadedModel(try await load($0.id), bytes: 0) }
        return ModelRegistry(models, .init()).source(of: service)
    }
}

extension ModelSource<any SpeechBackend> {
    /// - Parameter id: of the model that answers requests naming none.
    package static func fake(
        default id: String?, load: @escaping @Sendable (String) async throws -> any SpeechBackend
    ) -> Self { fake(of: .stt, default: id, load: load) }
}

extension ModelSource<any VoiceBackend> {
    /// - Parameter id: of the voice that answers requests naming none.
    package static func fake(
        default id: String?, load: @escaping @Sendable (String) async throws -> any VoiceBackend
    ) -> Self { fake(of: .tts, default: id, load: load) }
}

extension ModelSource<any EmbeddingBackend> {
    /// - Parameter id: of the model that answers requests naming none.
    package static func fake(
        default id: String?, load: @escaping @Sendable (String) async throws -> any EmbeddingBackend
    ) -> Self { fake(of: .embeddings, default: id, load: load) }
}
