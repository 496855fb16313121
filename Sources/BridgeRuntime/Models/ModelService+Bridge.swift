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
