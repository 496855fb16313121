public import BridgeSupport
import CoreMetrics
public import Embeddings
public import Foundation
public import LanguageModels
public import Logging
public import ModelStore
public import OnnxRuntime
import OTLPTracing
import Redis
public import SpeechToText
public import TextToSpeech
public import WorkScheduling

/// The four services with everything they need: used by all doors and by the command line.
public struct BridgeServices: Sendable {
    /// All settings, parsed once.
    public let configuration: BridgeConfiguration
    /// The models on the disk, and their downloads.
    public let store: ModelStore
    /// The models of all services except the language model, which has Ollama's.
    public let models: ModelRegistry
    /// Texts in, vectors out.
    public let embeddings: EmbeddingService
    /// Sound in, text out.
    public let speechToText: SpeechToTextService
    /// Text in, sound out.
    public let textToSpeech: TextToSpeechService
    /// Questions in, answers out, computed by a server such as Ollama.
    public let languageModel: LanguageModelService
    /// The words of the house, for all voices.
    public let lexicon: HouseLexicon
    /// What several servers share; nil if none is configured.
    let redis: RedisClient?
    /// The time for the services, and for everything that bounds or measures requests.
    public let clock: any Clock<Duration>
    /// Hands out the permits to compute.
    let scheduler: WorkScheduler
    package let metrics: PrometheusMetrics
    /// Where traces go; nil where nobody collects them.
    let traces: TraceExport?

    /// Puts together what was made elsewhere; see ``make(configuration:logger:clock:)``.
    package init(
        configuration: BridgeConfiguration, store: ModelStore, models: ModelRegistry, embeddings: EmbeddingService,
        speechToText: SpeechToTextService, textToSpeech: TextToSpeechService, languageModel: LanguageModelService,
        lexicon: HouseLexicon, clock: any Clock<Duration> = ContinuousClock(),
        scheduler: WorkScheduler = WorkScheduler(),
        metrics: PrometheusMetrics = PrometheusMetrics()
    ) {
        self.init(
            configuration: configuration, store: store, models: models, embeddings: embeddings,
            speechToText: speechToText, textToSpeech: textToSpeech, languageModel: languageModel, lexicon: lexicon,
            redis: nil, clock: clock, scheduler: scheduler, metrics: metrics, traces: nil)
    }

    init(
        configuration: BridgeConfiguration, store: ModelStore, models: ModelRegistry, embeddings: EmbeddingService,
        speechToText: SpeechToTextService, textToSpeech: TextToSpeechService, languageModel: LanguageModelService,
        lexicon: HouseLexicon, redis: RedisClient?, clock: any Clock<Duration>, scheduler: WorkScheduler,
        metrics: PrometheusMetrics, traces: TraceExport?
    ) {
        (self.redis, self.scheduler, self.metrics, self.traces) = (redis, scheduler, metrics, traces)
        self.configuration = configuration
        self.store = store
        self.models = models
        self.embeddings = embeddings
        self.speechToText = speechToText
        self.textToSpeech = textToSpeech
        self.languageModel = languageModel
        self.lexicon = lexicon
        self.clock = clock
    }

    /// Makes the services as configured. Loads no model, and opens the engine only when the first model needs it, so a
    /// missing engine stops nothing that works without it.
    ///
    /// - Parameter clock: the clock of all services.
    public static func make(
        configuration: BridgeConfiguration, logger: Logger, clock: any Clock<Duration> = ContinuousClock()
    ) throws -> BridgeServices {
        let store = try modelStore(configuration: configuration, logger: logger, clock: clock)
        let loader = ModelLoader(configuration: configuration, store: store, logger: logger, clock: clock)
        let chosen = try ChosenModels(of: configuration)
        let metrics = PrometheusMetrics()
        let traces = try TraceExport(configuration, metrics: metrics, logger: logger, clock: clock)
        let models = ModelRegistry(
            MeteredLoader(loader, metrics: metrics, tracer: traces?.tracer, clock: clock), .init(configuration),
            chosen: chosen.byService, clock: clock)
        try models.checkChoices()
        let queue = configuration[Keys.queue]
        let scheduler = WorkScheduler(permits: configuration[Keys.engineRuns], clock: clock)
        let limiter = { (bridge: Bridge) in
            scheduler.admission(
                what: bridge.title, maxConcurrent: configuration[Keys.places(of: bridge)], maxQueued: queue,
                waited: metrics.laneWaits(of: bridge))
        }
        let lexicon = HouseLexicon(configuration)
        let redis = try configuration.redisClient(logger: logger, clock: clock)
        let (batchTexts, batchTokens) = (metrics.recorder(.batchTexts), metrics.recorder(.batchTokens))
        return BridgeServices(
            configuration: configuration, store: store, models: models,
            embeddings: EmbeddingService(
                models: models.source(of: .embeddings),
                cache: vectorCache(configuration, redis, logger: logger, clock: clock),
                admission: limiter(.embeddings), logger: logger, clock: clock
            ) { texts, tokens in
                batchTexts.record(texts)
                batchTokens.record(tokens)
            },
            speechToText: SpeechToTextService(
                models: models.source(of: .stt), beams: configuration[Keys.beams],
                languages: configuration[Keys.spokenLanguages], admission: limiter(.stt), logger: logger, clock: clock),
            textToSpeech: TextToSpeechService(
                voices: models.source(of: .tts), settings: .init(configuration), lexicon: { lexicon.lexicon },
                admission: limiter(.tts), logger: logger, clock: clock),
            languageModel: try languageModel(
                configuration: configuration, admission: limiter(.llm), chosen: chosen, logger: logger, clock: clock),
            lexicon: lexicon, redis: redis, clock: clock, scheduler: scheduler, metrics: metrics, traces: traces)
    }

    /// Memory, Redis behind it, either or none.
    private static func vectorCache(
        _ configuration: BridgeConfiguration, _ redis: RedisClient?, logger: Logger, clock: any Clock<Duration>
    ) -> (any VectorCache)? {
        let bytes = configuration[Keys.vectorCacheBytes]
        let memory = bytes > 0 ? MemoryVectorCache(maximumBytes: bytes) : nil
        guard let redis else { return memory }
        let shared = WriteBehindVectorCache(
            RedisVectorCache(
                redis, prefix: configuration[Keys.redisPrefix],
                lifetime: .seconds(configuration[Keys.vectorLifetime]), logger: logger, clock: clock))
        return memory.map { TieredVectorCache(memory: $0, shared: shared) } ?? shared
    }

    /// The models on disk and the catalogue.
    ///
    /// - Parameter clock: measures what downloads wait for.
    public static func modelStore(
        configuration: BridgeConfiguration, logger: Logger, clock: any Clock<Duration> = ContinuousClock()
    ) throws -> ModelStore {
        ModelStore(
            directory: dataDirectory(configuration).appending(path: "models"), catalogue: try Catalogue.bundled(),
            formats: .bridges(engine: { try loadEngine(configuration: configuration, logger: logger) }),
            hub: HubSettings(environment: configuration.environment), logger: logger, clock: clock)
    }

    static func dataDirectory(_ configuration: BridgeConfiguration) -> URL {
        let configured = configuration[Keys.dataDirectory]
        return configured.isEmpty
            ? ModelStore.defaultDirectory(environment: configuration.environment).deletingLastPathComponent()
            : URL(filePath: configured, directoryHint: .isDirectory)
    }

    /// The language-model service; what was chosen while a server ran goes before the configuration. Another server for language models is one more entry here.
    public static func languageModel(
        configuration: BridgeConfiguration, admission: AdmissionLimiter? = nil,
        chosen: ChosenModels = ChosenModels(), logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) throws -> LanguageModelService {
        let settings = OllamaClient.Settings(
            address: try configuration.ollamaAddress,
            addressName: Keys.ollamaAddress.names, allowCloudModels: configuration[Keys.allowsCloudModels],
            allowCloudModelsName: Keys.allowsCloudModels.name)
        let model = configuration[Keys.languageModel]
        let service = LanguageModelService(
            servers: ["ollama": OllamaClient(settings: settings, logger: logger, clock: clock)],
            configuredModel: model.isEmpty ? nil : model,
            admission: admission
                ?? WorkScheduler().admission(
                    what: Bridge.llm.title, maxConcurrent: configuration[Keys.places(of: .llm)],
                    maxQueued: configuration[Keys.queue]),
            logger: logger, clock: clock)
        service.setDefault(chosen.models[.llm])
        return service
    }

    /// The engine, opened once per process. Its own messages are logged as details: failures are reported by their errors.
    ///
    /// - Throws: ``OnnxRuntimeError`` saying where it was looked for and what to do.
    public static func loadEngine(configuration: BridgeConfiguration, logger: Logger? = nil) throws -> OnnxRuntime {
        let path = configuration[Keys.enginePath]
        return try OnnxRuntime.load(
            .init(
                libraryPath: path.isEmpty ? nil : path, intraOpThreads: configuration[Keys.engineThreads]),
            dataDirectory: dataDirectory(configuration).path, environment: configuration.environment,
            log: { message in
                logger?.debug(
                    "The inference engine says: \(message.message)", metadata: ["category": "\(message.category)"])
            })
    }

    /// The status of each bridge, in the contract's order.
    public func statuses() async -> [(bridge: Bridge, status: ServiceStatus)] { statuses(in: await models.snapshot()) }

    func statuses(in snapshot: RegistrySnapshot) -> [(bridge: Bridge, status: ServiceStatus)] {
        Bridge.allCases.map { ($0, status(of: $0, in: snapshot)) }
    }

    private func status(of bridge: Bridge, in snapshot: RegistrySnapshot) -> ServiceStatus {
        guard configuration.isEnabled(bridge) else {
            return ServiceStatus(
                state: .disabled, message: "\(Keys.enabledBridges.name) leaves it out.")
        }
        return switch bridge {
        case .llm: languageModel.status()
        case .stt: snapshot.status(of: .stt, load: speechToText.load)
        case .tts: snapshot.status(of: .tts, load: textToSpeech.load)
        case .embeddings: withoutRedis(snapshot.status(of: .embeddings, load: embeddings.load))
        }
    }

    /// Whether Redis is used now, and how often it failed; nil where none is configured.
    package var redisState: (isUp: Bool, failures: Int)? {
        (redis?.status).map { ($0.isUp, $0.failures) }
    }

    /// The status of a bridge that Redis helps, where it does not.
    private func withoutRedis(_ status: ServiceStatus) -> ServiceStatus {
        guard let reason = redis?.status.reason, status.state == .healthy else { return status }
        var status = status
        status.state = .degraded
        status.message = "Vectors are cached in memory only, as Redis is not used: \(reason)."
        return status
    }

    /// The lanes of each enabled bridge.
    func lanes() -> [(bridge: Bridge, lanes: [AdmissionLimiter.Lane])] {
        let lanes: [(Bridge, [AdmissionLimiter.Lane])] = [
            (.llm, languageModel.lanes), (.stt, speechToText.lanes), (.tts, textToSpeech.lanes),
            (.embeddings, embeddings.lanes),
        ]
        return lanes.filter { configuration.isEnabled($0.0) }
    }

    /// - Throws: `overloaded` where the bridge takes no more interactive work now. Speech-to-text cannot tell before it has looked at the sound.
    package func checkRoom(for bridge: Bridge) throws {
        switch bridge {
        case .llm: try languageModel.checkRoom()
        case .tts: try textToSpeech.checkRoom()
        case .embeddings: try embeddings.checkRoom()
        case .stt: break
        }
    }

    /// Loads the default models of all enabled bridges; see ``WarmUp``.
    ///
    /// - Parameter onFirstRound: called once the loading of each has been tried.
    func warmUp(logger: Logger, onFirstRound: @Sendable () -> Void) async {
        let loads: [(Bridge, WarmUp.Load)] = [
            (.tts, { try await textToSpeech.warmUp() }), (.embeddings, { try await embeddings.warmUp() }),
            (.stt, { try await speechToText.warmUp() }),
        ]
        await WarmUp(loads: loads.filter { configuration.isEnabled($0.0) }, logger: logger, clock: clock)
            .run(onFirstRound: onFirstRound)
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
