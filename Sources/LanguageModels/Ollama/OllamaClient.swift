import AsyncHTTPClient
public import BridgeSupport
import DequeModule
import Foundation
public import Logging
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Synchronization
import WorkScheduling

/// Ollama over HTTP: streams answers, lists models, and turns every failure into a ``BridgeSupport/ServiceError``.
///
/// Connections are pooled. A cancelled call closes its connection, which tells Ollama to stop.
/// Redirects are not followed and models that run elsewhere are refused, so that no prompt leaves the configured host.
public final class OllamaClient: LanguageModel {
    /// Where the server is, and how long it may take.
    public struct Settings: Sendable {
        /// Connections go to no other address.
        public var address: OllamaAddress
        /// The name of the setting for the address, for errors that say what to change.
        public var addressName: String
        /// For one connection.
        public var connectTimeout: Duration
        /// From the request to the first byte. Long: a big model may take minutes to load, and says nothing meanwhile.
        public var firstByteTimeout: Duration
        /// Between two pieces of an answer.
        public var idleTimeout: Duration
        /// For the list of models, which also serves as the health probe.
        public var listTimeout: Duration
        /// For the description of a model, which the server is asked for once, before the model's first answer.
        public var describeTimeout: Duration
        /// Bytes of one line of an answer.
        public var maxLineBytes: Int
        /// Opened when needed and closed when idle; more than admission lets through, so that no request waits here.
        public var maxConnections: Int
        /// Whether models may be used that Ollama passes on to its remote service.
        public var allowCloudModels: Bool
        /// The name of the setting for that, for the error that says how to allow them.
        public var allowCloudModelsName: String

        /// Ollama on this machine, as it listens by default; models that it passes on are refused.
        public init(
            address: OllamaAddress = .standard, addressName: String = "its address",
            connectTimeout: Duration = .seconds(5),
            firstByteTimeout: Duration = .seconds(360), idleTimeout: Duration = .seconds(60),
            listTimeout: Duration = .seconds(5), describeTimeout: Duration = .seconds(1), maxLineBytes: Int = 8 << 20,
            maxConnections: Int = 1024, allowCloudModels: Bool = false,
            allowCloudModelsName: String = "allowCloudModels"
        ) {
            self.address = address
            self.addressName = addressName
            self.connectTimeout = connectTimeout
            self.firstByteTimeout = firstByteTimeout
            self.idleTimeout = idleTimeout
            self.listTimeout = listTimeout
            self.describeTimeout = describeTimeout
            self.maxLineBytes = maxLineBytes
            self.maxConnections = maxConnections
            self.allowCloudModels = allowCloudModels
            self.allowCloudModelsName = allowCloudModelsName
        }
    }

    /// Also the beginning of sentences.
    public let title = "Ollama"
    /// As given at the start.
    public let settings: Settings
    let http: HTTPClient
    let transport: OllamaTransport
    /// Normalised names of models that the last listing showed to run elsewhere, whatever they are called.
    private let remoteNames = Mutex<Set<String>>([])
    private let habits = ThinkingHabits()

    /// Opens no connection yet.
    public init(
        settings: Settings = Settings(), logger: Logger, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.settings = settings
        let bodies = AnswerBodies()
        http = HTTPClient(configuration: Self.configuration(settings, bodies: bodies))
        transport = OllamaTransport(http: http, bodies: bodies, settings: settings, clock: clock, logger: logger)
    }

    /// Closes the connections; later calls fail. Otherwise they close with the last reference to this client.
    public func shutdown() async throws {
        try await http.shutdown()
    }

    deinit {
        // The HTTP client must be shut down; doing so twice only produces an error that nobody needs.
        http.shutdown { _ in }
    }

    private static func configuration(_ settings: Settings, bodies: AnswerBodies) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = TimeAmount(settings.connectTimeout)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = settings.maxConnections
        // A refused connection means that Ollama is not running. Callers want to hear that at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.submit {
                let pipeline = channel.pipeline.syncOperations
                let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
                // The first of them keeps the pieces of an answer to itself, so that the second costs them nothing.
                try pipeline.addHandlers(
                    [AnswerBodyHandler(bodies), PooledConnectionHandler()], position: .after(decoder))
            }
        }
        return configuration
    }

    /// Asks once what the model is like, then for the answer; a remote model that may not be used is refused before.
    public func withAnswer<Result: Sendable>(
        to request: GenerationRequest, by model: String,
        _ read: @escaping @Sendable (AnswerStream) async throws -> Result
    ) async throws -> Result {
        try refuseRemote(model)
        let failure = OllamaFailure(settings, model: model)
        let wire = OllamaRequest(request, model: model)
        let name = OllamaModelName.normalized(model)
        let known = try await habits.beginning(of: name, think: request.think) { try await describe(model) }
        let reader = OllamaAnswerReader(
            model: model, maxTokens: request.maxTokens, beginning: request.beginning(known),
            mayThink: habits.mayThink(name))
        let body = request.takesTimeToCompose ? try await aside { try wire.encoded() } : try wire.encoded()
        return try await transport.withLines(wire.path, body: body, failure: failure) { [habits] lines in
            try await read(
                Self.answer(of: lines, reader: reader, failure: failure) { seen in
                    if request.leavesTagsAlone { habits.learn(seen, of: name, think: request.think) }
                })
        }
    }

    private static func answer(
        of lines: OllamaLines, reader: OllamaAnswerReader, failure: OllamaFailure,
        learn: @escaping (ThoughtSplitter.Beginning?) -> Void
    ) -> AnswerStream {
        var reader = reader
        var events: Deque<GenerationEvent> = []
        var failed: (any Error)?
        func read(_ bytes: ByteBuffer) throws {
            guard let line = try? OllamaLine(bytes) else {
                throw failure.unreadable(isFirst: reader.isAtBeginning)
            }
            if let error = line.error { throw failure.line(error) }
            reader.read(line, into: &events)
            guard reader.isComplete else { return }
            lines.isComplete = true
            learn(reader.seen)
        }
        return AnswerStream(isAtHand: { !events.isEmpty }) {
            while events.isEmpty, !reader.isComplete {
                if let failed { throw failed }
                guard let bytes = try await lines.next() else { throw failure.endedEarly() }
                try read(bytes)
                do {
                    // Lines that have come together are read together, so that their events can go out together.
                    while !reader.isComplete, let more = try lines.nextAtHand() { try read(more) }
                } catch {
                    // The pieces before it come first.
                    failed = error
                }
            }
            return events.popFirst()
        }
    }

    /// Whether Ollama lists it as thinking; a model that is not listed may.
    public func mayThink(_ model: String) -> Bool { habits.mayThink(OllamaModelName.normalized(model)) }

    /// Lower case and with a tag: `QWEN3` is `qwen3:latest`.
    public func canonicalName(_ model: String) -> String { OllamaModelName.normalized(model) }

    /// What to type in a terminal.
    public func advice(forMissing model: String?) -> String {
        model.map { "Run 'ollama pull \($0)'." } ?? "Get one with 'ollama pull qwen3:4b', for example."
    }

    /// Without the words of Ollama, which may quote a prompt.
    public func publicMessage(of error: ServiceError) -> String { OllamaFailure.publicMessage(error) }

    /// Ollama's description of a model; nil if there is none. An answer never fails for lack of it.
    private func describe(_ model: String) async throws -> OllamaDescription? {
        let failure = OllamaFailure(settings, model: model)
        do {
            let body = try JSONEncoder().encodeAsByteBuffer(["model": model], allocator: ByteBufferAllocator())
            return try OllamaDescription(
                await transport.fetch("/api/show", body: body, limit: settings.describeTimeout, failure: failure))
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return nil
        }
    }

    /// Models that can write text, newest first: embedding models are left out, and so are models that run elsewhere
    /// unless they are allowed.
    public func models() async throws -> [String] {
        let failure = OllamaFailure(settings)
        let body = try await transport.fetch("/api/tags", limit: settings.listTimeout, failure: failure)
        guard let models = try? OllamaTags(body).models else { throw failure.garbage() }
        let remote = Set(models.filter(\.isRemote).map(\.id).map(OllamaModelName.normalized))
        remoteNames.withLock { $0 = remote }
        habits.list(
            Dictionary(models.map { (OllamaModelName.normalized($0.id), $0.listing) }) { first, _ in first })
        return models.filter { $0.generatesText && (settings.allowCloudModels || !$0.isRemote) }.map(\.id)
    }

    func refuseRemote(_ model: String) throws {
        guard !settings.allowCloudModels else { return }
        let isListedRemote = remoteNames.withLock { $0.contains(OllamaModelName.normalized(model)) }
        guard OllamaModelName.isCloud(model) || isListedRemote else { return }
        throw ServiceError.invalid(
            "model",
            "The model '\(model)' runs on a remote service, so that your prompts would leave this machine. "
                + "Name a local model, or allow them with \(settings.allowCloudModelsName)=true.")
    }
}
