public import BridgeSupport
import Foundation
import LanguageModels
import NIOCore
import NIOPosix

/// A real HTTP server on 127.0.0.1 that behaves like Ollama, and misbehaves as a test says.
///
/// By default it lists its models and answers with fixed pieces. ``enqueue(_:for:)`` scripts the next answer of a path
/// byte by byte: half lines, a cut connection, garbage, a pause. It speaks HTTP by hand so that it can break it.
public final class FakeOllama: Sendable {
    /// A request, and what became of its answer.
    public struct Exchange: Sendable {
        /// What became of the answer.
        public enum Outcome: Sendable, Hashable {
            /// It is being written.
            case running
            /// The whole script was played.
            case answered
            /// The client closed the connection before the answer was complete.
            case clientLeft
        }

        /// "GET", "POST".
        public var method: String
        /// As written in the request line.
        public var path: String
        /// Keyed by names in lower case.
        public var headers: [String: String]
        /// All of it.
        public var body: [UInt8]
        /// Numbers the connections from 0: requests with the same number shared one.
        public var connection: Int
        /// So far.
        public var outcome = Outcome.running

        /// The body as JSON; nil if it is not JSON.
        public var json: JSONValue? { try? JSONValue(parsing: body) }
    }

    struct State: Sendable {
        var exchanges: [Exchange] = []
        var connections = 0
        var scripts: [String: [Reply]] = [:]
        var persona: Persona
    }

    let state: Watched<State>
    private let listener: any Channel
    private let accepted: AsyncStream<FakeConnection>
    /// The port on 127.0.0.1.
    public let port: Int
    /// The address of Ollama for a client.
    public var baseURL: String { "http://127.0.0.1:\(port)" }

    /// Binds a port; ``run()`` then serves.
    ///
    /// - Parameter port: 0 for any free one.
    public init(port: Int = 0, persona: Persona = Persona()) async throws {
        state = Watched(State(persona: persona))
        let (accepted, continuation) = AsyncStream<FakeConnection>.makeStream()
        self.accepted = accepted
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { continuation.yield(try FakeConnection(on: channel)) }
            }
            .bind(host: "127.0.0.1", port: port).get()
        self.port = listener.localAddress?.port ?? port
    }

    /// Serves until the task is cancelled.
    public func run() async throws {
        await withDiscardingTaskGroup { group in
            for await connection in accepted {
                group.addTask { await self.serve(connection) }
            }
        }
        // It may have been closed from elsewhere, which is the goal anyway.
        try? await listener.close()
    }

    /// Runs `body` beside a server of its own, which is gone afterwards.
    public static func withServer<R: Sendable>(
        persona: Persona = Persona(), _ body: @Sendable (FakeOllama) async throws -> R
    ) async throws -> R {
        let fake = try await FakeOllama(persona: persona)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await fake.run() }
            defer { group.cancelAll() }
            return try await body(fake)
        }
    }

    // MARK: What tests say and see

    /// Plays `replies`, one per request, for the next requests of `path`; after them the persona answers again.
    public func enqueue(_ replies: Reply..., for path: String) {
        state.update { $0.scripts[path, default: []] += replies }
    }

    /// Changes what the server answers when nothing is scripted.
    public func setPersona(_ persona: Persona) {
        state.update { $0.persona = persona }
    }

    /// All requests so far, in order of arrival.
    public var exchanges: [Exchange] { state.value.exchanges }

    /// The requests of one path, in order of arrival.
    public func exchanges(of path: String) -> [Exchange] {
        exchanges.filter { $0.path == path }
    }

    /// Waits until `path` was asked for `count` times.
    @discardableResult
    public func exchanges(of path: String, atLeast count: Int) async throws -> [Exchange] {
        try await state.wait { $0.exchanges.count { $0.path == path } >= count }
            .exchanges.filter { $0.path == path }
    }

    /// Waits until a client has closed its connection in the middle of an answer.
    public func clientLeft() async throws {
        try await state.wait { $0.exchanges.contains { $0.outcome == .clientLeft } }
    }

    // MARK: Serving

    private func serve(_ connection: FakeConnection) async {
        let number = state.update { state in
            defer { state.connections += 1 }
            return state.connections
        }
        await withTaskGroup(of: Void.self) { group in
            // Whichever ends first ends the other: the client leaves, or the script is over.
            group.addTask { await connection.closed() }
            group.addTask {
                // Broken connections are the purpose of this server; there is nobody to tell.
                try? await self.answerAll(connection, number)
                connection.close()
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func answerAll(_ connection: FakeConnection, _ number: Int) async throws {
        for await var exchange in connection.requests {
            exchange.connection = number
            guard try await answer(exchange, connection) else { return }
        }
    }

    /// Returns whether the connection stays open.
    private func answer(_ exchange: Exchange, _ connection: FakeConnection) async throws -> Bool {
        let (index, reply) = state.update { state in
            state.exchanges.append(exchange)
            if let next = state.scripts[exchange.path]?.first {
                state.scripts[exchange.path]?.removeFirst()
                return (state.exchanges.count - 1, next)
            }
            return (state.exchanges.count - 1, state.persona.reply(to: exchange))
        }
        do {
            for step in reply.steps {
                switch step {
                case .bytes(let bytes): try await connection.write(bytes)
                case .wait(let duration): try await Task.sleep(for: duration)
                case .hold(let gate): try await gate.pass()
                case .lastBytes(let bytes):
                    try await connection.writeAndClose(bytes)
                    state.update { $0.exchanges[index].outcome = .answered }
                    return false
                case .close:
                    state.update { $0.exchanges[index].outcome = .answered }
                    return false
                }
            }
            // The last write may have been accepted after the client went away, in which case nobody has read the answer.
            try Task.checkCancellation()
            state.update { $0.exchanges[index].outcome = .answered }
            return true
        } catch {
            state.update { $0.exchanges[index].outcome = .clientLeft }
            throw error
        }
    }
}
