import Audio
public import BridgeSupport
public import Embeddings
import EspeakNG
public import Foundation
public import LanguageModels
public import Logging
public import ModelStore
public import OnnxRuntime
public import SpeechToText
public import TextToSpeech

/// The four services with all they need, wired: the HTTP server and the command line both work through this.
public struct BridgeServices: Sendable {
    public let configuration: BridgeConfiguration
    public let store: ModelStore
    public let embeddings: EmbeddingService
    public let speechToText: SpeechToTextService
    public let textToSpeech: TextToSpeechService
    public let languageModel: LanguageModelService

    public init(
        configuration: BridgeConfiguration, store: ModelStore, embeddings: EmbeddingService,
        speechToText: SpeechToTextService,
        textToSpeech: TextToSpeechService, languageModel: LanguageModelService
    ) {
        self.configuration = configuration
        self.store = store
        self.embeddings = embeddings
        self.speechToText = speechToText
        self.textToSpeech = textToSpeech
        self.languageModel = languageModel
    }

    /// Makes the services as configured. Loads no model, and opens the engine only when the first model needs it, so a
    /// missing engine stops nothing that works without it.
    public static func make(configuration: BridgeConfiguration, logger: Logger) throws -> BridgeServices {
        let store = try modelStore(configuration: configuration, logger: logger)
        try checkChoices(configuration, store)
        let missing = { (service: ModelService) in Self.missing(service, configuration) }
        let loader = ModelLoader(configuration: configuration, store: store, logger: logger)
        let queue = configuration[Keys.queue]
        let limiter = { (bridge: Bridge) in
            AdmissionLimiter(
                what: bridge.title, maxConcurrent: configuration[Keys.places(of: bridge)], maxQueued: queue)
        }
        let choice = { (service: ModelService) in
            let choice = DefaultModelChoice(service, configuration: configuration, store: store)
            return { @Sendable in choice.id }
        }
        let cacheBytes = configuration[Keys.vectorCacheBytes]
        return BridgeServices(
            configuration: configuration, store: store,
            embeddings: EmbeddingService(
                models: ModelCache(capacity: 2, files: loader.files) { id in try await loader.sentenceEncoder(id) },
                defaultModel: choice(.embeddings), missing: missing(.embeddings),
                cache: cacheBytes > 0 ? MemoryVectorCache(maximumBytes: cacheBytes) : nil,
                admission: limiter(.embeddings), logger: logger),
            speechToText: SpeechToTextService(
                models: ModelCache(capacity: 2, files: loader.files) { id in try await loader.whisper(id) },
                defaultModel: choice(.stt), missing: missing(.stt),
                admission: limiter(.stt), logger: logger),
            textToSpeech: TextToSpeechService(
                voices: ModelCache(capacity: 4, files: loader.files) { id in try await loader.voice(id) },
                defaultVoice: choice(.tts), missing: missing(.tts),
                maximumSeconds: configuration[Keys.speechSeconds],
                admission: limiter(.tts), logger: logger),
            languageModel: try languageModel(configuration: configuration, logger: logger))
    }

    /// Checks the chosen model of each service that is enabled.
    ///
    /// - Throws: what ``checkChoice(for:_:_:)`` throws.
    public static func checkChoices(_ configuration: BridgeConfiguration, _ store: ModelStore) throws {
        for service in [ModelService.stt, .tts, .embeddings] where configuration.isEnabled(service.bridge) {
            try checkChoice(for: service, configuration, store)
        }
    }

    /// - Throws: `invalid_request` for a model that the user chose and that cannot be: not known, and not there either.
    public static func checkChoice(for service: ModelService, _ configuration: BridgeConfiguration, _ store: ModelStore)
        throws
    {
        guard configuration.isChosen(service), let id = configuration.preferredModel(for: service) else { return }
        let known = store.catalogue[id]?.service ?? (try? store.installedModel(id))??.service
        guard known != service else { return }
        let key = "models.\(service.rawValue)"
        throw ServiceError.invalid(
            key,
            "\(key) cannot be \"\(id)\": \(known.map { "that is a model for \($0.rawValue)" } ?? "nothing in the catalogue is called so, and it is not installed"). '\(CommandName.current) models list --service \(service.rawValue)' shows which there are."
        )
    }

    /// What to do when no model can answer requests that name none.
    public static func missing(_ service: ModelService, _ configuration: BridgeConfiguration) -> String {
        let id = configuration.preferredModel(for: service) ?? ""
        return configuration.isChosen(service)
            ? "\(id), the configured model, is not installed: '\(CommandName.current) models pull \(id)' fetches it."
            : "No model is installed: '\(CommandName.current) models pull --defaults' fetches one."
    }

    /// The models on disk and the catalogue.
    public static func modelStore(configuration: BridgeConfiguration, logger: Logger) throws -> ModelStore {
        ModelStore(
            directory: dataDirectory(configuration).appending(path: "models"), catalogue: try Catalogue.bundled(),
            formats: .bridges,
            hub: HubSettings(environment: configuration.environment), logger: logger)
    }

    static func dataDirectory(_ configuration: BridgeConfiguration) -> URL {
        let configured = configuration[Keys.dataDirectory]
        return configured.isEmpty
            ? ModelStore.defaultDirectory(environment: configuration.environment).deletingLastPathComponent()
            : URL(filePath: configured, directoryHint: .isDirectory)
    }

    /// The language-model service for the configured Ollama.
    public static func languageModel(configuration: BridgeConfiguration, logger: Logger) throws -> LanguageModelService
    {
        let settings = OllamaClient.Settings(
            address: try OllamaAddress(configuration.ollamaAddress),
            allowCloudModels: configuration[Keys.allowsCloudModels])
        let model = configuration[Keys.languageModel]
        return LanguageModelService(
            model: OllamaClient(settings: settings, logger: logger), configuredModel: model.isEmpty ? nil : model,
            admission: AdmissionLimiter(
                what: Bridge.llm.title, maxConcurrent: configuration[Keys.places(of: .llm)],
                maxQueued: configuration[Keys.queue]),
            logger: logger)
    }

    /// The engine, opened once per process. Its own messages go to the log as details: what fails says so by its error.
    ///
    /// - Throws: ``OnnxRuntimeError`` saying where it was looked for and what to do.
    public static func loadEngine(configuration: BridgeConfiguration, logger: Logger? = nil) throws -> OnnxRuntime {
        let path = configuration[Keys.enginePath]
        return try OnnxRuntime.load(
            .init(
                libraryPath: path.isEmpty ? nil : path, intraOpThreads: configuration[Keys.engineThreads],
                maxConcurrentRuns: configuration[Keys.engineRuns]),
            dataDirectory: dataDirectory(configuration).path, environment: configuration.environment,
            log: { message in
                logger?.debug(
                    "The inference engine says: \(message.message)", metadata: ["category": "\(message.category)"])
            })
    }

    /// The model that answers requests naming none: the preferred one if it is installed; else, unless the user chose it,
    /// another that is installed, or the fallback; else nil.
    public static func effectiveModel(for service: ModelService, configuration: BridgeConfiguration, store: ModelStore)
        -> String?
    {
        let usable = { (id: String) in
            EspeakVoice.voices[id] != nil && service == .tts || (try? store.installedModel(id))??.service == service
        }
        if let preferred = configuration.preferredModel(for: service), usable(preferred) { return preferred }
        guard !configuration.isChosen(service) else { return nil }
        let fallback = configuration.fallbackModel(for: service)
        let others = ((try? store.installed()) ?? []).filter { $0.service == service && $0.id != fallback }.map(\.id)
        // A voice of another language is no stand-in where the fallback speaks the right one.
        let language = store.catalogue[configuration.preferredModel(for: service) ?? ""]?.languages.first
        let fitting = others.first { service != .tts || store.catalogue[$0]?.languages.first == language }
        return fitting ?? fallback.flatMap { usable($0) ? $0 : nil } ?? others.first
    }

    /// What a user should know when a request that names no model is answered by another than the configured one; nil when
    /// it is the configured one.
    public func standInNote(for service: ModelService) -> String? {
        Self.effectiveModel(for: service, configuration: configuration, store: store).flatMap {
            standInNote($0, for: service)
        }
    }

    /// - Parameter model: that answers requests naming none.
    private func standInNote(_ model: String, for service: ModelService) -> String? {
        guard let preferred = configuration.preferredModel(for: service), model != preferred else { return nil }
        let limits = store.catalogue[model]?.limits.map { "\($0) " } ?? ""
        return "\(model) stands in for \(preferred), which is not installed. \(limits)"
            + "'\(CommandName.current) models pull \(preferred)' fetches \(preferred)."
    }

    /// How each bridge is, in the contract's order.
    public func statuses() async -> [(bridge: Bridge, status: ServiceStatus)] {
        var statuses: [(Bridge, ServiceStatus)] = []
        for bridge in Bridge.allCases { statuses.append((bridge, await status(of: bridge))) }
        return statuses
    }

    private func status(of bridge: Bridge) async -> ServiceStatus {
        guard configuration.isEnabled(bridge) else {
            return ServiceStatus(
                state: .disabled, message: "\(Keys.enabledBridges.setting.name) leaves it out.")
        }
        return switch bridge {
        case .llm: languageModel.status()
        case .stt: explain(await speechToText.status(), .stt)
        case .tts: explain(await textToSpeech.status(), .tts)
        case .embeddings: explain(await embeddings.status(), .embeddings)
        }
    }

    static var withoutVoiceActivity: String {
        "silero-vad is not installed, so noise may be taken for speech; '\(CommandName.current) models pull silero-vad' fetches it, for speech models that are loaded from then on."
    }

    private var lacksVoiceActivity: Bool { (try? store.installedModel("silero-vad")) == nil }

    /// A service on a fallback, or without a part of it, works, but not as configured: that is `degraded`, with what to do.
    private func explain(_ status: ServiceStatus, _ service: ModelService) -> ServiceStatus {
        var status = status
        guard status.state != .unavailable, let model = status.model else { return status }
        var notes = [standInNote(model, for: service)].compactMap(\.self)
        if service == .stt, lacksVoiceActivity { notes.append(Self.withoutVoiceActivity) }
        if !notes.isEmpty {
            (status.state, status.message) = (.degraded, notes.joined(separator: " "))
        } else if !status.loaded, configuration[Keys.preload], status.state == .healthy {
            status.state = .degraded
            status.message = "\(model) is not in memory; the next request loads it."
        }
        return status
    }

    /// Loads the default models, one after the other. A failure is logged and shown by `/health`; the others go on.
    public func warmUp(logger: Logger) async {
        let loads: [(Bridge, @Sendable () async throws -> Void)] = [
            (.tts, { try await textToSpeech.warmUp() }), (.embeddings, { try await embeddings.warmUp() }),
            (.stt, { try await speechToText.warmUp() }),
        ]
        for (bridge, load) in loads where configuration.isEnabled(bridge) && !Task.isCancelled {
            do {
                try await load()
            } catch let error as ServiceError {
                logger.warning(
                    "A default model was not loaded.",
                    metadata: ["service": "\(bridge.rawValue)", "reason": "\(error.message)"])
            } catch is CancellationError {
                return  // The server stops.
            } catch {
                logger.error(
                    "A default model was not loaded.", metadata: ["service": "\(bridge.rawValue)", "error": "\(error)"])
            }
        }
    }

    /// Bytes free for an ordinary user at `folder` or the nearest folder above it that exists; nil when it cannot be read.
    public static func freeDiskSpace(at folder: URL) -> Int64? {
        var folder = folder
        while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
            folder.deleteLastPathComponent()
        }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
        return (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
    }
}
