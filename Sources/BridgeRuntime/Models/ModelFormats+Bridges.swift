import Embeddings
public import ModelStore
import SpeechToText
import TextToSpeech

extension ModelFormats {
    /// The formats that the bridges of this server load.
    public static let bridges = ModelFormats(
        service: { id, files in
            if PiperVoice.isVoice(id, files) { return .tts }
            if WhisperBackend.isModel(files) { return .stt }
            if SentenceEncoder.isModel(files) { return .embeddings }
            return files.contains(VoiceActivityDetector.fileName) ? .vad : nil
        },
        complete: { service, directory, files, _ in
            switch service {
            case .embeddings: Completion(made: try SentenceEncoder.complete(directory, having: files))
            case .stt, .tts, .vad: Completion()
            }
        },
        select: { offer, id in try await offer.selection(as: id) })
}
