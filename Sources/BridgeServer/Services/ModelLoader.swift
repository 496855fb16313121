import BridgeSupport
import Embeddings
import EspeakNG
import Foundation
import Logging
import ModelStore
import OnnxRuntime
import SpeechToText
import TextToSpeech

/// Turns model ids into loaded backends: finds the files, opens the engine if it is not open, and says how to get what is
/// missing.
struct ModelLoader: Sendable {
    let configuration: BridgeConfiguration
    let store: ModelStore
    let logger: Logger

    func sentenceEncoder(_ id: String) throws -> any EmbeddingBackend {
        let model = try installed(id, .embeddings, missing: .modelNotFound)
        return try timed(id) {
            try SentenceEncoder(
                modelID: id, directory: model.directory, runtime: try engine(),
                prefix: id.contains("-e5-") ? "query: " : "")
        }
    }

    func whisper(_ id: String) throws -> any SpeechBackend {
        let model = try installed(id, .stt, missing: .modelNotFound)
        return try timed(id) {
            try WhisperBackend(modelID: id, directory: model.directory, vad: try voiceActivity(), runtime: try engine())
        }
    }

    func voice(_ id: String) throws -> any VoiceBackend {
        if EspeakVoice.voices[id] != nil { return try EspeakVoice(voiceID: id, espeak: try EspeakNG.shared()) }
        let model = try installed(id, .tts, missing: .voiceNotFound)
        let file = model.directory.appending(path: "\(id).onnx")
        return try timed(id) {
            try PiperVoice(
                voiceID: id, model: file, config: file.appendingPathExtension("json"), runtime: try engine(),
                espeak: try EspeakNG.shared())
        }
    }

    /// Speech-to-text works without it, going by loudness alone.
    private func voiceActivity() throws -> VoiceActivityDetector? {
        guard let model = try store.installedModel("silero-vad") else {
            logger.warning("\(BridgeServices.withoutVoiceActivity)")
            return nil
        }
        return try VoiceActivityDetector(
            modelAt: model.directory.appending(path: "silero_vad_16k_sequence.onnx").path, runtime: try engine())
    }

    private func engine() throws -> OnnxRuntime {
        do {
            return try BridgeServices.loadEngine(configuration: configuration, logger: logger)
        } catch let error as OnnxRuntimeError {
            logger.warning("The inference engine cannot be used.", metadata: ["reason": "\(error)"])
            throw ServiceError(
                .modelNotInstalled,
                "The inference engine is missing or cannot be used, so this model cannot be loaded; './jarvis setup' installs it and '\(CommandName.current) doctor' says more.",
                cause: error)
        }
    }

    private func installed(_ id: String, _ service: ModelService, missing: ServiceError.Code) throws -> InstalledModel {
        let (kind, param) = service == .tts ? ("voice", "voice") : ("model", "model")
        if let model = try? store.installedModel(id), model.service == service { return model }
        guard let known = store.catalogue[id], known.service == service else {
            let list = "'\(CommandName.current) models list --service \(service.rawValue)'"
            throw ServiceError(
                missing, "There is no \(kind) of that name for this service; \(list) shows which there are.",
                param: param)
        }
        throw ServiceError(
            missing,
            "The \(kind) \(id) is known but not installed; '\(CommandName.current) models pull \(id)' fetches it.",
            param: param)
    }

    private func timed<R>(_ id: String, _ load: () throws -> R) rethrows -> R {
        let start = ContinuousClock.now
        let loaded = try load()
        logger.info(
            "Loaded a model.",
            metadata: ["model": "\(id)", "load_ms": .stringConvertible(Int(start.duration(to: .now).milliseconds))])
        return loaded
    }
}
