import BridgeSupport
package import ModelStore

/// One model as an operator sees it: of the catalogue, on the disk, or of the language model's server.
package struct ListedModel: Sendable, Hashable {
    /// How far it is on its way from its source into memory.
    package enum State: String, Sendable { case available, downloading, installed, loading, ready, failed }

    /// What a model does, and who computes with it.
    package enum Service: Sendable, Hashable {
        /// This process.
        case here(ModelService)
        /// The language model's server.
        case languageModel

        /// "stt", "tts", "embeddings", "vad" or "llm".
        package var name: String {
            switch self {
            case .here(let service): service.rawValue
            case .languageModel: Bridge.llm.rawValue
            }
        }
    }

    package var id: String
    package var service: Service
    package var state: State
    /// All of its files; as its source has them where it is not installed. nil if nobody has told.
    package var sizeBytes: Int64?
    /// The memory that it takes; nil where it is not in memory, or nobody knows.
    package var memoryBytes: Int?
    /// The part of it on a graphics card; only of the language-model server's.
    package var videoMemoryBytes: Int?
    /// Whether it answers requests that name no model.
    package var isDefault = false
    /// Whether it stays in memory even if unused.
    package var isPinned = false
    /// Where it comes from; nil if nobody knows.
    package var source: String?
    package var licence: String?
    /// What it says of itself, for people.
    package var summary: String?
    /// Why it could not be loaded last time.
    package var lastError: String?
}

extension ListedModel {
    /// - Parameters:
    ///   - known: what the catalogue says; nil for a model that it does not list.
    ///   - installed: what is on the disk; nil if it is not there.
    ///   - memory: nil for a model that was never asked for.
    init?(
        known: ModelDescription?, installed: InstalledModel?, memory: RegistrySnapshot.Model?, isDownloading: Bool
    ) {
        guard let id = known?.id ?? installed?.id, let service = known?.service ?? installed?.service else {
            return nil
        }
        let isHere = installed != nil || known?.isBuiltIn == true
        let rest: State = isDownloading ? .downloading : isHere ? .installed : .available
        let state: State =
            switch memory?.state {
            case .loaded: .ready
            case .loading: .loading
            case .failed: .failed
            case .absent, nil: rest
            }
        self.init(
            id: id, service: .here(service), state: state,
            sizeBytes: installed?.sizeBytes ?? known?.sizeBytes ?? (isHere ? 0 : nil),
            memoryBytes: memory?.state == .loaded ? memory?.bytes : nil, isDefault: memory?.isDefault ?? false,
            isPinned: memory?.isPinned ?? false,
            source: installed?.source ?? known?.sources.first?.name ?? (known?.isBuiltIn == true ? "program" : nil),
            licence: known?.licence, summary: known?.summary, lastError: memory?.lastError)
    }
}
