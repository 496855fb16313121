/// One of the services that the server offers.
public enum Bridge: String, Sendable, Hashable, Codable, CaseIterable {
    /// The raw values are the names used in settings, routes, logs and metrics.
    case llm, stt, tts, embeddings

    /// The name in `/health` and in the metrics, which clients of the original service know.
    public var serviceName: String {
        switch self {
        case .llm: "ollama_llm"
        case .stt: "whisper_stt"
        case .tts: "piper_tts"
        case .embeddings: "embeddings"
        }
    }

    /// The name in sentences.
    public var title: String {
        switch self {
        case .llm: "language-model"
        case .stt: "speech-to-text"
        case .tts: "text-to-speech"
        case .embeddings: "embeddings"
        }
    }
}
