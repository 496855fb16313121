public import ModelStore

extension ModelService {
    /// The bridge that models of this kind serve; voice activity detection serves speech-to-text.
    public var bridge: Bridge {
        switch self {
        case .stt, .vad: .stt
        case .tts: .tts
        case .embeddings: .embeddings
        }
    }
}

extension Bridge {
    /// The models that answer for this bridge; nil for the language model, which another server has.
    var modelService: ModelService? {
        switch self {
        case .stt: .stt
        case .tts: .tts
        case .embeddings: .embeddings
        case .llm: nil
        }
    }
}
