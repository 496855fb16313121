import AsyncHTTPClient
import BridgeServer
import BridgeRuntime
import BridgeSupport
import BridgeTesting
import Embeddings
import Foundation
import Hummingbird
import LanguageModels
import Logging
import ModelStore
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import SpeechToText
import TextToSpeech
import WorkScheduling

/// The real server on a free port, with fakes behind it (or, with ``onDisk(_:)``, the real services).
struct TestServer: Sendable {
    let runtime: Runtime
    let log: LogRecorder
    let language: FakeLanguageModel
    let voice: FakeVoiceBackend
    let speech: FakeSpeechBackend
    let embedder: FakeEmbeddingBackend

    /// - Parameters:
    ///   - settings: over those of a quiet test server.
    ///   - gate: what every piece of work of the fakes waits at.
    ///   - clock: of the language model and of the limits of requests.
    ///   - prompts: what the embedding model wants in front of texts.
    ///   - stored: voices whose files lie in `data_dir`, by their ids, beside the other fakes. Defaults are chosen as in a real server then.
    init(
        _ settings: [String: String] = [:], gate: Gate = Gate(open: true), words: String = "bonjour",
        clock: any Clock<Duration> = ContinuousClock(), prompts: [InputType: String] = [:],
        stored: [String: FakeVoiceBackend] = [:]
    ) throws {
        let configuration = try Self.configuration(settings)
        let language = FakeLanguageModel(gate: gate)
        let voice = FakeVoiceBackend(gate: gate)
        let speech = FakeSpeechBackend(words: words, gate: gate)
        let embedder = FakeEmbeddingBackend(gate: gate, prompts: prompts)
        let limiter = { (name: String) in
            WorkScheduler().admission(
                what: name, maxConcurrent: Int(settings["admission.embeddings"] ?? "") ?? 4,
                maxQueued: Int(settings["admission.queue"] ?? "") ?? 8)
        }
        let log = LogRecorder()
        let logger = log.logger
        let store = try BridgeServices.modelStore(configuration: configuration, logger: logger)
        var backends: [ModelKey: any Sendable] = [
            ModelKey(.embeddings, "fake-embeddings"): embedder, ModelKey(.stt, "fake-whisper"): speech,
            ModelKey(.tts, "fake-voice"): voice,
        ]
        for (id, voice) in stored { backends[ModelKey(.tts, id)] = voice }
        let models = ModelRegistry(
            Self.fakes(backends, of: configuration, store, areStored: !stored.isEmpty), .init(configuration),
            chosen: try ChosenModels(of: configuration).byService)
        let lexicon = HouseLexicon(configuration)
        let services = BridgeServices(
            configuration: configuration, store: store, models: models,
            embeddings: EmbeddingService(
                models: models.source(of: .embeddings), cache: MemoryVectorCache(maximumBytes: 1 << 20),
                admission: limiter("embeddings"), logger: logger),
            speechToText: SpeechToTextService(
                models: models.source(of: .stt), beams: configuration[Keys.beams],
                languages: configuration[Keys.spokenLanguages],
                admission: limiter("speech-to-text"), logger: logger),
            textToSpeech: TextToSpeechService(
                voices: models.source(of: .tts), settings: .init(configuration), lexicon: { lexicon.lexicon },
                admission: limiter("text-to-speech"), logger: logger),
            languageModel: LanguageModelService(
                servers: ["fake": language], configuredModel: nil, admission: limiter("language-model"), logger: logger,
                clock: clock), lexicon: lexicon, clock: clock)
        (self.log, runtime) = (log, try Runtime(services, logger: logger))
        (self.language, self.voice, self.speech, self.embedder) = (language, voice, speech, embedder)
    }

    /// The real services on an empty data directory: espeak-ng speaks, nothing else is installed.
    static func onDisk(_ settings: [String: String] = [:]) throws -> TestServer {
        try TestServer(real: configuration(settings))
    }

    private init(real configuration: BridgeConfiguration) throws {
        log = LogRecorder()
        runtime = try Runtime(
            try BridgeServices.make(configuration: configuration, logger: log.logger), logger: log.logger)
        (language, voice, speech, embedder) = (
            FakeLanguageModel(), FakeVoiceBackend(), FakeSpeechBackend(), FakeEmbeddingBackend()
        )
    }

    var services: BridgeServices { runtime.services }

    static func configuration(_ settings: [String: String]) throws -> BridgeConfiguration {
        // "a" is what requests in raw bytes call the server.
        let quiet = [
            "port": "0", "data_dir": TestData.nowhere.path, "preload": "false", "ollama.host": "127.0.0.1:9",
            "allowed_hosts": "a",
        ]
        return try BridgeConfiguration.loadAlone(environment: [:], flags: quiet.merging(settings) { $1 })
    }

    /// Models of which each answers the requests of its service that name none.
    private static func fakes(
        _ backends: [ModelKey: any Sendable], of configuration: BridgeConfiguration, _ store: ModelStore,
        areStored: Bool
    ) -> FakeModels {
        let size: @Sendable (ModelKey) -> Int? = { key in (try? store.installedModel(key.id)).map { Int($0.sizeBytes) }
        }
        return FakeModels(
            inventory: { chosen in
                var inventory = ModelInventory(configuration, store, chosen: chosen)
                for key in backends.keys where !areStored || key.service != .tts {
                    inventory.defaults[key.service] = .init(id: key.id)
                }
                return inventory
            }, stamp: { (try? store.installed().map(\.id).joined(separator: " ")) ?? "" },
            files: { ModelFiles(bytes: size($0)) }
        ) { key in
            guard let backend = backends[key] else {
                throw ServiceError(
                    key.service == .tts ? .voiceNotFound : .modelNotFound, "There is no such model.", param: "model")
            }
            return LoadedModel(backend, bytes: size(key) ?? 0)
        }
    }

    /// Serves while `body` runs.
    func run<R: Sendable>(_ body: @escaping @Sendable (TestClient) async throws -> R) async throws -> R {
        try await running { client, _ in try await body(client) }
    }

    /// Serves while `body` runs; `stop` begins a graceful shutdown.
    func running<R: Sendable>(
        _ body: @escaping @Sendable (TestClient, _ stop: @escaping @Sendable () async -> Void) async throws -> R
    ) async throws -> R {
        let (ports, announce) = AsyncStream<Int>.makeStream()
        let door: Runtime.Door = { runtime, onListening in
            try HTTPDoor(runtime) { address in
                if let port = address.split(separator: ":").last.flatMap({ Int($0) }) { announce.yield(port) }
                await onListening(address)
            }
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: try runtime.opening([door]), logger: log.logger))
        return try await withThrowingTaskGroup(of: R?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask {
                for await port in ports {
                    let result = try await body(TestClient(port: port)) { await group.triggerGracefulShutdown() }
                    await group.triggerGracefulShutdown()
                    return result
                }
                throw CancellationError()
            }
            var result: R?
            for try await finished in tasks { result = finished ?? result }
            guard let result else { throw CancellationError() }
            return result
        }
    }
}

/// Makes requests of the server under test.
struct TestClient: Sendable {
    let port: Int
    var baseURL: String { "http://127.0.0.1:\(port)" }

    struct Answer: Sendable {
        var status: Int
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        subscript(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSONValue? { try? JSONValue(parsing: body) }
        /// The code of the error envelope.
        var code: String? { json?["error"]?["code"]?.stringValue }
        var param: String? { json?["error"]?["param"]?.stringValue }
        var message: String? { json?["error"]?["message"]?.stringValue }
    }

    func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: HTTPClientRequest.Body? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: baseURL + path)
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        request.body = body
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 1 << 28)
        return Answer(
            status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
            body: Array(buffer: bytes))
    }

    func get(_ path: String, _ headers: [String: String] = [:]) async throws -> Answer {
        try await send("GET", path, headers: headers)
    }

    func post(_ path: String, _ json: String, headers: [String: String] = [:]) async throws -> Answer {
        try await post(path, bytes: Array(json.utf8), headers: headers)
    }

    func post(_ path: String, bytes: [UInt8], headers: [String: String] = [:]) async throws -> Answer {
        try await send(
            "POST", path, headers: ["Content-Type": "application/json"].merging(headers) { $1 }, body: .bytes(bytes))
    }

    /// Sends bytes as they are on a connection of their own, says that no more come, and reads what comes until the server closes;
    /// without the interim answers, of which there may be some as soon as no more bytes come.
    func raw(_ bytes: [UInt8]) async throws -> String {
        try await raw(bytes, isAll: true) { _, _ in }.replacing("HTTP/1.1 100 Continue\r\n\r\n", with: "")
    }

    /// Sends bytes as they are on a connection of their own, and reads what comes until the server closes.
    ///
    /// - Parameters:
    ///   - isAll: whether to say at once that no more bytes come.
    ///   - heard: called with all that has come so far, whenever something came; may send more.
    func raw(
        _ bytes: [UInt8], isAll: Bool = false,
        heard: (String, NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws -> Void
    ) async throws -> String {
        try await connect().executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            if isAll { outbound.finish() }
            var text = ""
            do {
                for try await piece in inbound {
                    text += String(buffer: piece)
                    try await heard(text, outbound)
                }
            } catch is IOError {
                // So a connection ends that is closed before all was read that was sent; what came before it counts.
            }
            return text
        }
    }

    /// A connection of its own, on which nothing was sent yet.
    func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
    }
}
