import BridgeSupport
import Embeddings
public import ModelStore
import OnnxRuntime
import SpeechToText
import TextToSpeech

extension ModelFormats {
    /// The formats that the bridges of this server load; no model is tried out.
    public static let bridges = bridges { _, _, _ in }

    /// The same, but a speech model is tried out by the engine, if that is here already and the machine has memory for the model.
    static func bridges(engine: @escaping @Sendable () throws -> OnnxRuntime) -> ModelFormats {
        bridges { service, directory, id in
            guard service == .stt else { return }
            let bytes = WhisperBackend.networkFiles(in: directory).reduce(0) { $0 + FileStamp.bytes(ofNetwork: $1) }
            guard bytes < MachineMemory.limit() / 2, let engine = try? engine() else { return }
            try WhisperBackend.tryOut(directory, modelID: id, runtime: engine)
        }
    }

    private static func bridges(trial: @escaping Trial) -> ModelFormats {
        ModelFormats(
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
            select: { offer, id in try await offer.selection(as: id) }, trial: trial)
    }
}
