import BridgeSupport
import Embeddings
import EspeakNG
import Foundation
import Logging
import ModelStore
import OnnxRuntime
import SpeechToText
import TextToSpeech
import WorkScheduling

/// Turns model ids into loaded backends: finds the files, opens the engine if necessary, and says how to get what is
/// missing.
struct ModelLoader: ModelLoading {
    let configuration: BridgeConfiguration
    let store: ModelStore
    let logger: Logger
    let clock: any Clock<Duration>

    /// Two loads at a time for all bridges, one of which may be large; models in memory keep the cores meanwhile.
    private let loads = WorkerPool("jarvis.load", threads: 2, priority: .low)

    func load(_ key: ModelKey) async throws -> LoadedModel {
        switch key.service {
        case .embeddings: try await sentenceEncoder(key)
        case .stt: try await whisper(key)
        case .tts: try await voice(key)
        case .vad: throw ServiceError(.internal, "Voice activity is found by the speech models.")
        }
    }

    private func sentenceEncoder(_ key: ModelKey) async throws -> LoadedModel {
        try await load(key) { model in
            try SentenceEncoder(modelID: key.id, directory: model.directory, runtime: try engine())
        }
    }

    private func whisper(_ key: ModelKey) async throws -> LoadedModel {
        try await load(key) { model in
            try WhisperBackend(
                modelID: key.id, directory: model.directory, vad: try voiceActivity(), runtime: try engine(),
                options: WhisperOptions(context: configuration[Keys.speechContext]))
        }
    }

    private func voice(_ key: ModelKey) async throws -> LoadedModel {
        // It has no files to load, so it does not wait for other loads.
        if EspeakVoice.voices[key.id] != nil {
            return try await aside {
                LoadedModel(try EspeakVoice(voiceID: key.id, espeak: try EspeakNG.shared()), bytes: 0)
            }
        }
        return try await load(key) { model in
            let files = PiperVoice.files(of: key.id, in: model.directory)
            return try PiperVoice(
                voiceID: key.id, model: files.model, config: files.config, runtime: try engine(),
                espeak: try EspeakNG.shared())
        }
    }

    private let meter = LoadMeter()

    /// A name that does not exist is refused without waiting for other loads.
    private func load(
        _ key: ModelKey, _ make: @escaping @Sendable (InstalledModel) throws -> any Sendable
    ) async throws -> LoadedModel {
        let (model, files) = try await aside {
            let model = try installed(key)
            return (model, bytes(of: key, in: model.directory))
        }
        // Done here because both start threads or processes, which inherit their creator's priority. A failure occurs again in the load,
        // which reports it.
        await aside {
            _ = try? BridgeServices.loadEngine(configuration: configuration, logger: logger)
            if key.service == .tts { _ = try? EspeakNG.shared().version }
        }
        try Task.checkCancellation()
        let measured = try await meter.measure(files: files) {
            try await loads.run { try timed(key.id) { try advising(on: key.id) { try make(model) } } }
        }
        return LoadedModel(measured.model, bytes: measured.bytes)
    }

    /// Speech-to-text works without it, going by loudness alone.
    private func voiceActivity() throws -> VoiceActivityDetector? {
        guard let model = try store.installedModel(VoiceActivityDetector.modelID) else {
            logger.warning("\(ModelInventory.withoutVoiceActivity)")
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

    private func installed(_ key: ModelKey) throws -> InstalledModel {
        let (id, service) = (key.id, key.service)
        let (missing, kind): (ServiceError.Code, _) =
            service == .tts ? (.voiceNotFound, "voice") : (.modelNotFound, "model")
        if let model = try? store.installedModel(id), model.service == service { return model }
        guard let known = store.catalogue[id], known.service == service else {
            let list = "'\(CommandName.current) models list --service \(service.rawValue)'"
            throw ServiceError(
                missing, "There is no \(kind) of that name for this service; \(list) shows which there are.",
                param: kind)
        }
        throw ServiceError(
            missing,
            "The \(kind) \(id) is known but not installed; '\(CommandName.current) models pull \(id)' fetches it.",
            param: kind)
    }

    /// Completes errors about the model's files: the store knows where they came from, and the services do not.
    private func advising<R>(on id: String, _ load: () throws -> R) throws -> R {
        do {
            return try load()
        } catch var error as ServiceError where error.concernsModelFiles {
            error.message += " \(store.repair(of: id))"
            throw error
        }
    }

    private func timed<R>(_ id: String, _ load: () throws -> R) rethrows -> R {
        let elapsed = clock.stopwatch()
        let loaded = try load()
        logger.info(
            "Loaded a model.",
            metadata: ["model": "\(id)", "load_ms": .stringConvertible(Int(elapsed().milliseconds))])
        return loaded
    }
}

extension ModelLoader {
    /// Downloads in progress change nothing before they are complete.
    func stamp() -> String { FileStamp.of(store.directory, ignoring: ".incomplete") }

    func inventory(chosen: [ModelService: String]) -> ModelInventory {
        ModelInventory(configuration, store, chosen: chosen)
    }

    /// The files of the model, of the voice activity model, and of the engine.
    func files(of key: ModelKey) -> ModelFiles {
        let model = try? store.installedModel(key.id)
        let models = [model, try? store.installedModel(VoiceActivityDetector.modelID)].compactMap { $0?.directory }
        let runtime = BridgeServices.dataDirectory(configuration).appending(path: "runtime")
        return ModelFiles(
            stamp: (models + [runtime]).map { FileStamp.of($0) }.joined(separator: "\n"),
            bytes: model?.service == key.service ? model.map { bytes(of: key, in: $0.directory) } : nil)
    }

    /// The size of the files that hold the weights, which is about the size that they take in memory.
    private func bytes(of key: ModelKey, in directory: URL) -> Int {
        let networks =
            switch key.service {
            case .stt: WhisperBackend.networkFiles(in: directory)
            case .tts: [PiperVoice.files(of: key.id, in: directory).model]
            case .embeddings: SentenceEncoder.networkFiles(in: directory, modelID: key.id)
            case .vad: [URL]()
            }
        return networks.reduce(0) { $0 + FileStamp.bytes(ofNetwork: $1) }
    }
}
