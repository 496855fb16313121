import BridgeSupport
import BridgeTesting
import Logging
import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(1))) struct WarmUpTests {
    private let clock = ManualClock()

    private func warmUp(_ loads: [(Bridge, WarmUp.Load)]) -> WarmUp {
        WarmUp(loads: loads, logger: Logger(label: "test"), clock: clock)
    }

    @Test func onlyMomentaryFailuresAreTriedAgain() async throws {
        let tries = Watched<[Bridge]>([])
        let warmUp = warmUp([
            (
                .tts,
                {
                    tries.update { $0.append(.tts) }
                    if tries.value.count(where: { $0 == .tts }) < 3 { throw ServiceError(.internal, "Not now.") }
                }
            ), (.stt, { tries.update { $0.append(.stt) } }),
            (
                .embeddings,
                {
                    tries.update { $0.append(.embeddings) }
                    throw ServiceError(.modelNotInstalled, "None.")
                }
            ),
        ])
        let rounds = Watched(0)
        async let end: Void = warmUp.run { rounds.update { $0 += 1 } }
        try await clock.sleepers(atLeast: 1)
        // The start does not wait for a second try.
        #expect(rounds.value == 1)
        #expect(tries.value == [.tts, .stt, .embeddings])
        clock.advance(by: WarmUp.pauses[0])
        try await tries.wait { $0.count == 4 }
        try await clock.sleepers(atLeast: 1)
        clock.advance(by: WarmUp.pauses[1])
        await end
        #expect(rounds.value == 1 && tries.value == [.tts, .stt, .embeddings, .tts, .tts])
    }

    @Test func warmingUpEndsWithItsTask() async throws {
        let warmUp = warmUp([(.tts, { throw ServiceError(.internal, "Never.") })])
        let running = Task { await warmUp.run() }
        try await clock.sleepers(atLeast: 1)
        running.cancel()
        await running.value
    }
}
