import AsyncHTTPClient
import BridgeSupport
import BridgeTesting
import Foundation
import NIOCore
import Testing

@testable import LanguageModels

/// Servers that say nothing for too long.
extension OllamaFailureTests {
    /// Runs `ask`; once `started` returns, moves `clock` whenever somebody sleeps on it, until `ask` fails.
    private func error(
        of clock: ManualClock, from started: @escaping @Sendable () async throws -> Void,
        _ ask: @escaping @Sendable () async throws -> Void
    ) async throws -> ServiceError {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await started()
                while true {
                    try await clock.sleepers(atLeast: 1)
                    clock.advance(by: .seconds(1))
                }
            }
            return try await serviceError { try await ask() }
        }
    }

    @Test
    func silenceBeforeTheFirstByteHasTheLongLimit() async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(Reply([.hold(Gate())]), for: "/api/generate")
            let clock = ManualClock()
            let client = try client(of: fake, clock: clock)
            let error = try await error(of: clock) {
                try await fake.exchanges(of: "/api/generate", atLeast: 1)
            } _: {
                _ = try await events(client)
            }
            #expect(error.code == .timeout)
            #expect(error.message.contains("for 360 s"))
            #expect(clock.now.offset >= .seconds(360))
            try await fake.clientLeft()
        }
    }

    @Test
    func silenceInMidAnswerHasTheShortLimit() async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(.streamHead().line(Self.one).hold(Gate()), for: "/api/generate")
            let clock = ManualClock()
            let client = try client(of: fake, clock: clock)
            let started = Gate()
            let error = try await error(of: clock) {
                try await started.pass()
            } _: {
                try await client.generate(.question, model: "qwen3:4b") { _ in started.open() }
            }
            #expect(error.code == .timeout)
            #expect(error.message.contains("for 60 s"))
            // No upper bound: the clock is pushed on until the error has arrived, and that may take some pushes.
            #expect(clock.now.offset >= .seconds(60))
            try await fake.clientLeft()
        }
    }

    @Test
    func silenceInTheTextOfAnErrorEndsToo() async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(.streamHead(500).chunk("{\"err").hold(Gate()), for: "/api/generate")
            let clock = ManualClock()
            let client = try client(of: fake, clock: clock)
            let error = try await error(of: clock) {
                try await fake.exchanges(of: "/api/generate", atLeast: 1)
            } _: {
                _ = try await events(client)
            }
            #expect(error.code == .timeout)
        }
    }

    @Test
    func aSlowListenerIsNoSilence() async throws {
        try await FakeOllama.withServer { fake in
            // All lines arrive at once, so that the server owes nothing while the listener is busy.
            let line = "{\"response\":\"un\",\"done\":false}\n"
            fake.enqueue(
                .streamHead().chunk(line + line + line + "{\"done\":true}\n").end(), for: "/api/generate")
            let clock = ManualClock()
            let client = try client(of: fake, clock: clock)
            let count = Watched(0)
            try await client.generate(.question, model: "qwen3:4b") { event in
                count.update { $0 += 1 }
                // Hours pass while the listener is busy with this piece.
                if count.value == 2 { clock.advance(by: .seconds(7200)) }
            }
            #expect(count.value == 4)
        }
    }

    /// The end of a complete answer is waited for once, and not anew after each thing that comes in its place.
    @Test
    func aServerThatGoesOnAfterItsLastLineIsNotWaitedFor() async throws {
        let (clock, body) = (ManualClock(), AnswerBody())
        let settings = OllamaClient.Settings()
        let watch = SilenceWatch(clock: clock, limit: .seconds(60), shortest: OllamaLines.drainLimit)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let lines = OllamaLines(
                    body, of: HTTPClientResponse(), settings: settings, watch: watch, failure: OllamaFailure(settings))
                try await lines.drain()
            }
            for _ in 0..<5 {
                // Long enough for the reader to have taken it; if not, the test shows less, and does not fail.
                try await Task.sleep(for: .milliseconds(20))
                clock.advance(by: .seconds(1))
                body.receive(ByteBuffer(string: "\n"))
            }
            #expect(try await watch.silence().phase == .end)
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
    }

    @Test
    func theListHasALimitOfItsOwn() async throws {
        try await FakeOllama.withServer { fake in
            fake.enqueue(Reply([.hold(Gate())]), for: "/api/tags")
            let clock = ManualClock()
            let client = try client(of: fake, clock: clock)
            let error = try await error(of: clock) {
                try await fake.exchanges(of: "/api/tags", atLeast: 1)
            } _: {
                _ = try await client.models()
            }
            #expect(error.code == .timeout)
            #expect(error.message.contains("within 5 s") && !error.message.contains("smaller"))
        }
    }
}
