public import ModelStore

/// Which model is to answer requests of one service that name none.
public struct ModelChoice: Sendable, Hashable {
    /// The model that answers if it is installed.
    public var preferred: String
    /// Whether the user chose it, so that no other model may stand in for it.
    public var isFirm: Bool
    /// Whether that was at run time, and not in the configuration.
    public var wasMadeAtRunTime: Bool
    /// What answers where neither the preferred model nor another one is installed, the best first.
    public var fallbacks: [String]

    /// The choice by the configuration; nil for a service whose models answer no requests.
    ///
    /// - Parameter chosen: a model chosen at run time instead.
    public init?(_ configuration: BridgeConfiguration, for service: ModelService, chosen: String? = nil) {
        guard let key = Keys.model(of: service) else { return nil }
        preferred = chosen ?? configuration[key]
        wasMadeAtRunTime = chosen != nil
        isFirm = chosen != nil || configuration.isSet(key)
        fallbacks =
            switch service {
            case .tts: ["espeak-fr"]
            case .embeddings: ["multilingual-e5-small", "all-MiniLM-L6-v2"]
            case .stt: ["whisper-nano"]
            case .vad: []
            }
    }
}
