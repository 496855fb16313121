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

    /// Loads of all bridges, two at a time, of which one may be large; what is in memory keeps the cores meanwhile.
    private let loads = WorkerPool("jarvis.load", threads: 2, priority: .low)

    func sentenceEncoder(_ id: String) async throws -> any EmbeddingBackend {
        try await load(id, .embeddings, missing: .modelNotFound) { model in
            try SentenceEncoder(
                modelID: id, directory: model.directory, runtime: try engine(),
                prefix: id.contains("-e5-") ? "query: " : "")
        }
    }

    func whisper(_ id: String) async throws -> any SpeechBackend {
        try await load(id, .stt, missing: .modelNotFound) { model in
            try WhisperBackend(modelID: id, directory: model.directory, vad: try voiceActivity(), runtime: try engine())
        }
    }

    func voice(_ id: String) async throws -> any VoiceBackend {
        // Has no files to load, so that it waits for nobody's.
        if EspeakVoice.voices[id] != nil {
            return try await aside { try EspeakVoice(voiceID: id, espeak: try EspeakNG.shared()) }
        }
        return try await load(id, .tts, missing: .voiceNotFound) { model in
            let files = PiperVoice.files(of: id, in: model.directory)
            return try PiperVoice(
                voiceID: id, model: files.model, config: files.config, runtime: try engine(),
                espeak: try EspeakNG.shared())
        }
    }

    /// What changes when the files change that loading `id` reads, the engine's among them: their places, sizes and times.
    @Sendable func files(_ id: String) async -> String? {
        await aside {
            let models = [id, "silero-vad"].compactMap { try? store.installedModel($0)?.directory }
            let runtime = BridgeServices.dataDirectory(configuration).appending(path: "runtime")
            return (models + [runtime]).map(FileStamp.of).joined(separator: "\n")
        }
    }

    /// A name that is not there is refused without waiting for the loads of others.
    private func load<Backend: Sendable>(
        _ id: String, _ service: ModelService, missing: ServiceError.Code,
        _ make: @escaping @Sendable (InstalledModel) throws -> Backend
    ) async throws -> Backend {
        let model = try await aside { try installed(id, service, missing: missing) }
        // Here, as both start threads or processes, which inherit the priority of whoever starts them. What fails fails again in the
        // load, which says so.
        await aside {
            _ = try? BridgeServices.loadEngine(configuration: configuration, logger: logger)
            if service == .tts { _ = try? EspeakNG.shared().version }
        }
        return try await loads.run { try timed(id) { try make(model) } }
    }

    /// Speech-to-text works without it, going by loudness alone.
    private func voiceActivity() throws -> VoiceActivityDetector? {
        guard let model = try store.installedModel("silero-vad") else {
            logger.warning("\(BridgeServices.withoutVoiceActivity)")
            return nil
        }
        return try VoiceActivityDetector(
            modelAt: model.directory.appending(path: VoiceActivityDetector.fileName).path, runtime: try engine())
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
