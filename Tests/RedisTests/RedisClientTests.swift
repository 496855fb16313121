import BridgeSupport
import BridgeTesting
import Foundation
import InMemoryLogging
import Logging
import Testing

@testable import Redis

/// The client and a real redis-server.
@Suite(.timeLimit(.minutes(3)), .serialized) struct RedisClientTests {
    private let log = LogRecorder()

    private func client(
        _ url: String, authorities: String? = nil, timeout: Duration = .seconds(5), failures: Int = 1
    ) throws -> RedisClient {
        let address = try #require(RedisAddress(url))
        return try RedisClient(
            .init(
                address: address, authorities: authorities, timeout: timeout,
                breaker: .init(failures: failures, pause: .milliseconds(50), longestPause: .milliseconds(100))),
            logger: log.logger)
    }

    private let ping = RedisCommand("PING")

    /// Runs the work beside requests meanwhile.
    private func running<R: Sendable>(_ client: RedisClient, _ body: () async throws -> R) async throws -> R {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await client.run() }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    @Test func manyBatchesShareAConnectionWithoutBeingMixedUp() async throws {
        let server = try await RedisServer()
        let client = try client("redis://127.0.0.1:\(server.port)/2")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let answers = try await client.send([
                        RedisCommand("SET", texts: ["\(number)", "v\(number)"]),
                        RedisCommand("GET", texts: ["\(number)"]),
                        RedisCommand("GET", texts: ["nothing"]),
                    ])
                    #expect(answers == [.status("OK"), .bytes(Array("v\(number)".utf8)), .null])
                }
            }
            try await group.waitForAll()
        }
        let clients = try await client.send([RedisCommand("CLIENT", texts: ["LIST"])])
        guard case .bytes(let list)? = clients.first else { throw RedisError.timedOut }
        let lines = String(decoding: list, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 1 && lines[0].contains(" db=2 "))
    }

    /// Where AUTH is unknown, Redis answers with the words of the command.
    @Test func aPasswordIsNoPartOfAReason() async throws {
        let server = try await RedisServer(["--rename-command", "AUTH", ""])
        let client = try client("redis://:topsecret@127.0.0.1:\(server.port)")
        let error = await #expect(throws: RedisError.self) { try await client.send([ping]) }
        #expect(error?.reason.contains("ERR") == true && error?.reason.contains("topsecret") == false)
        #expect(client.status.reason?.contains("topsecret") == false && !log.text.contains("topsecret"))
    }

    @Test func aPasswordIsShownAndAWrongOneIsToldOnce() async throws {
        let server = try await RedisServer(["--requirepass", "geheim"])
        let right = try client("redis://:geheim@127.0.0.1:\(server.port)")
        #expect(try await right.send([ping]) == [.status("PONG")])
        for login in ["", ":falsch@", "jemand:geheim@"] {
            let wrong = try client("redis://\(login)127.0.0.1:\(server.port)")
            let error = await #expect(throws: RedisError.self) { try await wrong.send([ping]) }
            #expect(error?.reason.contains("it refuses this server: ") == true)
            await #expect(throws: RedisError.unavailable) { try await wrong.send([ping]) }
            #expect(!wrong.status.isUp && wrong.status.reason?.contains("refuses") == true)
        }
        #expect(log.entries.count == 3 && log.entries(at: .warning).count == 3)
        #expect(!log.text.contains("geheim") && !log.text.contains("falsch"))
    }

    @Test func aCertificateMustFit() async throws {
        let own = try await TestCertificate(for: "IP:127.0.0.1,DNS:localhost")
        let other = try await TestCertificate(for: "DNS:other.example")
        let (server, stranger) = (try await RedisServer(certificate: own), try await RedisServer(certificate: other))
        for host in ["127.0.0.1", "localhost"] {
            let client = try client("rediss://\(host):\(server.port)", authorities: own.authority.path)
            #expect(try await client.send([ping]) == [.status("PONG")])
        }
        let wrong = [
            // Of another name, of an unknown authority, and none at all.
            try client("rediss://localhost:\(stranger.port)", authorities: other.authority.path),
            try client("rediss://localhost:\(server.port)", authorities: other.authority.path),
            try client("rediss://localhost:\(server.port)"),
        ]
        for client in wrong {
            let error = await #expect(throws: RedisError.self) { try await client.send([ping]) }
            #expect(error?.reason.contains("TLS") == true, "\(error?.reason ?? "no error")")
        }
    }

    @Test func certificatesThatCannotBeReadAreRefusedAtTheStart() throws {
        let file = try TemporaryFolder()
        let error = #expect(throws: ServiceError.self) {
            try client("rediss://cache", authorities: file.url.appending(path: "missing.pem").path)
        }
        #expect(error?.param == "redis.ca" && error?.message.contains("missing.pem") == true)
    }

    @Test func aKilledServerIsToldOnceAndComesBackByItself() async throws {
        let server = try await RedisServer()
        let client = try client("redis://127.0.0.1:\(server.port)")
        try await running(client) {
            #expect(try await client.send([ping]) == [.status("PONG")])
            server.kill()
            await #expect(throws: (any Error).self) { try await client.send([ping]) }
            for _ in 0..<20 { await #expect(throws: RedisError.unavailable) { try await client.send([ping]) } }
            try await server.start()
            try await waitUntil(every: .milliseconds(20)) { client.status.isUp }
            #expect(try await client.send([ping]) == [.status("PONG")] && client.status.reason == nil)
        }
        #expect(log.entries.map(\.level) == [.warning, .notice])
    }

    @Test func aFrozenServerCostsTheTimeoutAndThenNothing() async throws {
        let server = try await RedisServer()
        let client = try client("redis://127.0.0.1:\(server.port)", timeout: .seconds(1), failures: 2)
        #expect(try await client.send([ping]) == [.status("PONG")])
        server.freeze()
        for _ in 0..<2 { await #expect(throws: RedisError.timedOut) { try await client.send([ping]) } }
        let clock = ContinuousClock()
        let time = await clock.measure {
            await #expect(throws: RedisError.unavailable) { try await client.send([ping]) }
        }
        #expect(time < .milliseconds(500))
        // Only now: it asks for itself, and would fail as well.
        try await running(client) {
            server.thaw()
            try await waitUntil(every: .milliseconds(20)) { client.status.isUp }
            // On a new connection: answers to what was asked before the pause are not taken for others.
            #expect(try await client.send([RedisCommand("ECHO", texts: ["a"])]) == [.bytes([97])])
        }
        #expect(log.entries(at: .warning).count == 1 && log.entries(at: .notice).count == 1)
    }

    @Test func nothingThatListensIsAFailureWithAReason() async throws {
        let client = try client("redis://127.0.0.1:\(try RedisServer.freePort())")
        let error = await #expect(throws: RedisError.self) { try await client.send([ping]) }
        #expect(error?.reason.contains("cannot be reached") == true)
        #expect(client.status.failures == 1)
    }

    @Test func leavingCountsAsNoFailure() async throws {
        let server = try await RedisServer()
        let client = try client("redis://127.0.0.1:\(server.port)", timeout: .seconds(60))
        _ = try await client.send([ping])
        server.freeze()
        let task = Task { try await client.send([ping]) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(client.status == .init(isUp: true, reason: nil, failures: 0))
        server.thaw()
        #expect(try await client.send([ping]) == [.status("PONG")])
    }
}
