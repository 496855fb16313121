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
        complete: { service, directory, files, options in
            switch service {
            case .embeddings:
                let files = try SentenceEncoder.complete(
                    directory, having: files, names: options.names, progress: options.progress)
                return Completion(made: files.made, superseded: files.superseded)
            case .stt:
                let files = try WhisperBackend.complete(
                    directory, having: files, precision: options.precision == .fp32 ? .float32 : .int8
                ) { done in
                    if Task.isCancelled { throw CancellationError() }
                    options.progress(done)
                }
                return Completion(made: files.made, superseded: files.superseded)
            case .tts, .vad: return Completion()
            }
        },
        select: { offer, id in try await offer.selection(as: id) })
}
