/// One of the services that the server offers.
public enum Bridge: String, Sendable, Hashable, Codable, CaseIterable {
    /// By the names that settings, routes, logs and metrics give them.
    case llm, stt, tts, embeddings

    /// Its name in `/health` and in the metrics, which clients of the original service know.
    public var serviceName: String {
        switch self {
        case .llm: "ollama_llm"
        case .stt: "whisper_stt"
        case .tts: "piper_tts"
        case .embeddings: "embeddings"
        }
    }

    /// Its name in sentences.
    public var title: String {
        switch self {
        case .llm: "language-model"
        case .stt: "speech-to-text"
        case .tts: "text-to-speech"
        case .embeddings: "embeddings"
        }
    }
}
