/// The encodings that synthesised speech is handed out in.
public enum AudioFormat: String, Sendable, CaseIterable {
    case pcmF32LE = "pcm_f32le"
    case pcmS16LE = "pcm_s16le"
    case wav, mp3, opus, flac, aac

    /// The media type of the bytes.
    public var contentType: String {
        switch self {
        case .pcmF32LE, .pcmS16LE: "application/octet-stream"
        case .wav: "audio/wav"
        case .mp3: "audio/mpeg"
        case .opus: "audio/ogg"
        case .flac: "audio/flac"
        case .aac: "audio/aac"
        }
    }
}
