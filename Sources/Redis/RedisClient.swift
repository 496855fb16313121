public import BridgeSupport
public import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// One connection to a Redis, made when it is first needed and again when it is lost, on which all commands follow each other without
/// waiting for answers.
///
/// Nobody waits longer than the timeout. After a few failures in a row nobody waits at all, until ``run()``, which tries again after
/// pauses that grow, has had an answer: requests never try. What has failed and that it works again is logged once each.
public final class RedisClient: Sendable {
    /// How it does.
    public struct Status: Sendable, Hashable {
        /// Whether commands are sent.
        public var isUp: Bool
        /// Why they are not; the end of a sentence.
        public var reason: String?
        /// Batches of commands that failed, since the start.
        public var failures: Int
    }

    /// A connection, or the attempt to make one.
    private struct Link {
        var id: Int
        var channel: EventLoopFuture<any Channel>
        /// The channel once the server has let us in.
        var ready: EventLoopFuture<any Channel>
    }

    private struct State {
        var breaker: CircuitBreaker
        var link: Link?
        var nextID = 0
        var reason: String?
        var failures = 0
    }

    private let settings: Settings
    private let tls: NIOSSLContext?
    private let loop: any EventLoop
    private let state: Mutex<State>
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let elapsed: @Sendable () -> Duration

    /// The time between two looks whether it is there.
    static let interval = Duration.seconds(1)

    /// Connects to nothing yet.
    ///
    /// - Throws: `invalid_request` if the certificates to trust cannot be read.
    public init(
        _ settings: Settings, logger: Logger, clock: any Clock<Duration> = ContinuousClock()
    ) throws(ServiceError) {
        (self.settings, self.logger, self.clock) = (settings, logger, clock)
        tls = try settings.tls()
        loop = MultiThreadedEventLoopGroup.singleton.next()
        state = Mutex(State(breaker: CircuitBreaker(settings.breaker)))
        elapsed = clock.stopwatch()
    }

    deinit { drop() }

    /// Never waits.
    public var status: Status {
        state.withLock { Status(isUp: $0.breaker.isClosed, reason: $0.reason, failures: $0.failures) }
    }

    /// The answers to `commands` (at least one), in their order. A refusal that concerns a single command, such as `OOM`, is an answer.
    ///
    /// - Throws: ``RedisError`` within the timeout, at once while Redis counts as failed; `CancellationError`.
    public func send(_ commands: [RedisCommand]) async throws -> [RedisValue] {
        guard let pass = state.withLock({ $0.breaker.pass }) else { throw RedisError.unavailable }
        return try await perform(commands, pass)
    }

    /// Looks whether Redis is there, and tries again to reach it, until the task is cancelled.
    public func run() async {
        repeat {
            if let pass = state.withLock({ $0.breaker.permit(at: elapsed()) }) {
                _ = try? await perform([RedisCommand("PING")], pass)
            }
        } while (try? await clock.sleep(for: Self.interval)) != nil
        drop()
    }

    private func perform(_ commands: [RedisCommand], _ pass: CircuitBreaker.Pass) async throws -> [RedisValue] {
        do {
            let answers = try await answers(to: commands)
            if let refusal = answers.lazy.compactMap(Self.refusal).first { throw refusal }
            noteSuccess(pass)
            return answers
        } catch let error as RedisError {
            note(error, pass)
            throw error
        } catch {
            state.withLock { $0.breaker.abandoned(pass, at: elapsed()) }
            throw error
        }
    }

    private func answers(to commands: [RedisCommand]) async throws -> [RedisValue] {
        let promise = loop.makePromise(of: [RedisValue].self)
        connected().whenComplete { result in
            switch result {
            case .success(let channel): Self.write(RedisBatch(commands: commands, answers: promise), to: channel)
            case .failure(let error): promise.fail(RedisError(of: error))
            }
        }
        // Whatever ends the promise first counts.
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [clock, settings] in
                try await clock.sleep(for: settings.timeout)
                promise.fail(RedisError.timedOut)
            }
            defer { group.cancelAll() }
            return try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                promise.fail(CancellationError())
            }
        }
    }

    private static func write(_ batch: RedisBatch, to channel: any Channel) {
        // Where the channel is closed already, no handler sees the batch.
        channel.writeAndFlush(batch).whenFailure { batch.answers.fail(RedisError(of: $0)) }
    }

    // MARK: Outcomes

    /// A refusal that is not about the command, but about us or about the server.
    private static func refusal(_ answer: RedisValue) -> RedisError? {
        let general: Set = ["NOAUTH", "WRONGPASS", "NOPERM", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "MOVED", "DENIED"]
        guard case .error(let words) = answer, let code = answer.errorCode, general.contains(code) else { return nil }
        return .refused(String(words.prefix(200)))
    }

    private func noteSuccess(_ pass: CircuitBreaker.Pass) {
        let isBack = state.withLock { state in
            let isBack = state.breaker.succeeded(pass)
            if state.breaker.isClosed { state.reason = nil }
            return isBack
        }
        if isBack { logger.notice("Redis answers again.", metadata: ["redis": "\(settings.address)"]) }
    }

    private func note(_ error: RedisError, _ pass: CircuitBreaker.Pass) {
        let (opened, isClosed) = state.withLock { state in
            state.failures += 1
            let opened = state.breaker.failed(pass, at: elapsed())
            if !state.breaker.isClosed { state.reason = error.reason }
            return (opened, state.breaker.isClosed)
        }
        guard !isClosed else { return }
        // Its answers, if they ever come, are of no use any more.
        drop()
        guard opened else { return }
        logger.warning(
            "Redis is not used until it answers again: \(error.reason). This server goes on with what it has in memory.",
            metadata: ["redis": "\(settings.address)"])
    }

    // MARK: Connections

    private func connected() -> EventLoopFuture<any Channel> {
        let (link, isNew) = state.withLock { state in
            if let link = state.link { return (link, false) }
            state.nextID += 1
            let channel = connect()
            let link = Link(
                id: state.nextID, channel: channel, ready: channel.flatMap { [settings] in Self.enter($0, settings) })
            state.link = link
            return (link, true)
        }
        guard isNew else { return link.ready }
        let forget = { @Sendable [weak self] in
            self?.state.withLock { state in if state.link?.id == link.id { state.link = nil } }
        }
        link.ready.whenFailure { _ in
            forget()
            link.channel.whenSuccess { $0.close(promise: nil) }
        }
        link.channel.whenSuccess { $0.closeFuture.whenComplete { _ in forget() } }
        return link.ready
    }

    private func connect() -> EventLoopFuture<any Channel> {
        let (tls, host) = (tls, settings.address.host)
        return ClientBootstrap(group: loop)
            .connectTimeout(.nanoseconds(Int64(settings.timeout.milliseconds * 1e6)))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(Self.tlsHandler(tls, host: host))
                    }
                    guard let handler = RedisChannelHandler() else { throw RedisError.connection("out of memory") }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(host: host, port: settings.address.port)
    }

    private static func tlsHandler(_ context: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
        // An address is not a name to ask for; the certificate is held against the address of the connection then.
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }

    /// Says who we are and which database is meant.
    private static func enter(_ channel: any Channel, _ settings: Settings) -> EventLoopFuture<any Channel> {
        let commands = greeting(settings.address)
        guard !commands.isEmpty else { return channel.eventLoop.makeSucceededFuture(channel) }
        let promise = channel.eventLoop.makePromise(of: [RedisValue].self)
        write(RedisBatch(commands: commands, answers: promise), to: channel)
        return promise.futureResult.flatMapThrowing { answers in
            // The code alone: "unknown command" is answered with the words of the command, and one of them is the password.
            if let code = answers.lazy.compactMap(\.errorCode).first {
                throw RedisError.refused("\(code), where it was told the password or the database")
            }
            return channel
        }
    }

    /// Closes the connection.
    public func drop() {
        let link = state.withLock { $0.link.take() }
        link?.channel.whenSuccess { $0.close(promise: nil) }
    }
}
