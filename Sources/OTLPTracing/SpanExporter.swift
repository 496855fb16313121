import AsyncHTTPClient
public import BridgeSupport
import Foundation
public import Logging
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import WorkScheduling

/// Sends spans to a collector, in the background and in batches: OTLP over HTTP, in JSON.
///
/// Written here because no exporter is on the package mirror. It does what the server needs: spans only, one collector.
///
/// Spans that end while the collector is slow or away wait, as many as fit, and further ones are dropped. Nothing that ends a span waits.
public final class SpanExporter: Sendable {
    /// Where to, and how patiently.
    public struct Settings: Sendable {
        /// The collector.
        public var endpoint: OTLPEndpoint
        /// A file of certificates (PEM) to trust in place of the system's; nil for the system's.
        public var authorities: String?
        /// What errors call `authorities`.
        public var authoritiesName: String
        /// Further headers that the collector wants to see, such as a key.
        public var headers: [CollectorHeader] = []
        /// The longest that spans wait for others to be sent with.
        public var interval: Duration = .seconds(2)
        /// The most spans that wait.
        public var capacity = 4096
        /// The most spans of one request.
        public var batch = 512
        /// For one request, to the end of its answer.
        public var timeout: Duration = .seconds(10)
        /// Before the first repetition; each further pause is twice as long, up to half a minute.
        public var firstPause: Duration = .seconds(1)

        /// Patient enough for a collector that is started anew.
        public init(endpoint: OTLPEndpoint, authorities: String? = nil, authoritiesName: String = "its certificates") {
            (self.endpoint, self.authorities, self.authoritiesName) = (endpoint, authorities, authoritiesName)
        }
    }

    /// What became of spans.
    public enum Outcome: String, Sendable, CaseIterable {
        /// The collector has them.
        case exported
        /// There was no room for them.
        case dropped
        /// The collector does not want them.
        case rejected
    }

    private static let longestAnswer = 64 << 10

    private let settings: Settings
    private let service: TracedService
    private let http: HTTPClient
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let onOutcome: @Sendable (Outcome, Int) -> Void
    private let buffer: Mutex<SpanBuffer>
    private let health: Mutex<CollectorHealth>
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    /// Opens no connection yet.
    ///
    /// - Parameters:
    ///   - service: what the collector is told of this process.
    ///   - onOutcome: told what became of how many spans, from any thread.
    /// - Throws: `invalid_request` if the certificates cannot be read.
    public init(
        _ settings: Settings, service: TracedService, logger: Logger, clock: any Clock<Duration> = ContinuousClock(),
        onOutcome: @escaping @Sendable (Outcome, Int) -> Void = { _, _ in }
    ) throws(ServiceError) {
        (self.settings, self.service, self.logger, self.clock) = (settings, service, logger, clock)
        self.onOutcome = onOutcome
        buffer = Mutex(SpanBuffer(capacity: settings.capacity, batch: settings.batch))
        health = Mutex(CollectorHealth(.init(first: settings.firstPause)))
        // One is enough, however often somebody wakes it.
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        http = HTTPClient(configuration: try Self.configuration(settings))
    }

    deinit {
        // The HTTP client must be shut down; doing so twice only produces an error that nobody needs.
        http.shutdown { _ in }
    }

    private static func configuration(_ settings: Settings) throws(ServiceError) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = TimeAmount(settings.timeout)
        configuration.connectionPool.retryConnectionEstablishment = false
        if let authorities = settings.authorities {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(authorities)
            do { _ = try NIOSSLContext(configuration: tls) } catch {
                throw .invalid(
                    settings.authoritiesName,
                    "\(authorities) holds no certificates that can be read: \(settings.authoritiesName) must name a file of them in PEM form."
                )
            }
            configuration.tlsConfiguration = tls
        }
        return configuration
    }

    /// How many spans wait.
    var waitingCount: Int { buffer.withLock { $0.count } }

    /// Takes a span that has ended. Never waits.
    func add(_ span: SpanData) {
        switch buffer.withLock({ $0.add(span) }) {
        case .none: break
        case .send: wake()
        case .drop: onOutcome(.dropped, 1)
        }
    }

    /// Has what waits sent soon.
    func wake() { waker.yield() }

    // MARK: Sending

    /// Sends spans until the task is cancelled; to be called once. What waits then, ``flush(within:)`` sends.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while (try? await self.clock.sleep(for: self.settings.interval)) != nil { self.wake() }
            }
            for await _ in wakes {
                do { try await sendAll() } catch { break }
            }
            group.cancelAll()
        }
    }

    /// Sends what waits, at the end. What cannot be sent in time is dropped.
    public func flush(within limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await self.sendAll() }
            group.addTask { try? await self.clock.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        let left = buffer.withLock { buffer in
            defer { buffer.remove(buffer.count) }
            return buffer.count
        }
        guard left > 0 else { return }
        onOutcome(.dropped, left)
        logger.warning("Spans were lost at the end.", metadata: ["count": .stringConvertible(left)])
    }

    /// Asks the collector for a sign of life.
    ///
    /// - Returns: why it cannot be used; nil if it can.
    public func check() async -> String? {
        do {
            switch try await post([]) {
            case .taken: return nil
            case .refused(let status), .later(let status, _): return "it answers with status \(status)"
            }
        } catch {
            return Self.reason(error)
        }
    }

    /// - Throws: `CancellationError`.
    private func sendAll() async throws {
        while true {
            let batch = buffer.withLock { $0.next }
            guard !batch.isEmpty else { return }
            try await send(batch)
        }
    }

    /// Sends some spans, and waits if the collector does not take them now.
    private func send(_ batch: [SpanData]) async throws {
        do {
            switch try await post(batch) {
            case .taken(let rejected):
                settle(batch, rejected: min(rejected, batch.count))
                if health.withLock({ $0.succeeded() }) {
                    logger.info("The collector takes traces again.", metadata: place)
                }
            case .refused(let status):
                settle(batch, rejected: batch.count)
                _ = fail("it refuses them with status \(status)")
            case .later(let status, let pause):
                try await clock.sleep(for: fail("it answers with status \(status)", asked: pause))
            }
        } catch is EncodingError {
            // They would stand in the way of all others for ever.
            settle(batch, rejected: batch.count)
        } catch {
            // The client throws errors of its own when it is cancelled.
            try Task.checkCancellation()
            try await clock.sleep(for: fail(Self.reason(error)))
        }
    }

    private func settle(_ batch: [SpanData], rejected: Int) {
        buffer.withLock { $0.remove(batch.count) }
        if batch.count > rejected { onOutcome(.exported, batch.count - rejected) }
        if rejected > 0 { onOutcome(.rejected, rejected) }
    }

    /// - Returns: how long to wait.
    private func fail(_ reason: String, asked: Duration? = nil) -> Duration {
        let (isNew, pause) = health.withLock { $0.failed(asked: asked) }
        if isNew {
            logger.warning(
                "The collector takes no traces: \(reason). The newest ones are dropped where too many wait.",
                metadata: place)
        }
        return pause
    }

    private var place: Logger.Metadata { ["collector": "\(settings.endpoint)"] }

    private func post(_ batch: [SpanData]) async throws -> CollectorAnswer {
        var request = HTTPClientRequest(url: settings.endpoint.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "jarvis-bridges/\(service.version)")
        for header in settings.headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
        // Writing hundreds of spans takes a while.
        let service = service
        request.body = .bytes(
            try await aside {
                try JSONEncoder().encodeAsByteBuffer(service.request(batch), allocator: ByteBufferAllocator())
            })
        let (http, timeout, clock) = (http, settings.timeout, clock)
        return try await withThrowingTaskGroup(of: CollectorAnswer.self) { [request] group in
            defer { group.cancelAll() }
            group.addTask {
                let response = try await http.execute(request, deadline: .distantFuture, logger: nil)
                let body = try? await response.body.collect(upTo: Self.longestAnswer)
                return CollectorAnswer(
                    status: Int(response.status.code), retryAfter: response.headers.first(name: "Retry-After"),
                    body: body.map { Array(buffer: $0) } ?? [])
            }
            group.addTask {
                try await clock.sleep(for: timeout)
                throw Silent(limit: timeout)
            }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }

    private struct Silent: Error {
        let limit: Duration
    }

    /// Never words of the other side.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let silent as Silent: "it did not answer within \(Int(silent.limit.inSeconds.rounded(.up))) s"
        case let error as HTTPClientError: error.shortDescription
        case is NIOConnectionError, is IOError: "it cannot be reached"
        case is NIOSSLError: "its certificate is not trusted, or it does not speak TLS"
        default: "the connection failed (\(type(of: error)))"
        }
    }
}
