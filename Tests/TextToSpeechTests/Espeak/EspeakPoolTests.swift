import BridgeTesting
import Testing
@testable import EspeakNG

@Suite(.timeLimit(.minutes(1))) struct EspeakPoolTests {
    private struct Missing: Error {}

    private let clock = ManualClock()
    private let starts = Watched(0)

    @Test func whereNoWorkerStartsNoneIsTriedBeforeItsTime() async throws {
        let pool = EspeakPool(width: 1, clock: clock) { [starts] in
            starts.update { $0 += 1 }
            throw Missing()
        }
        let refused = { () async -> Void in
            await #expect(throws: Missing.self) { try await pool.withWorker { _ in } }
        }
        await refused()
        #expect(starts.value == 2)
        await refused()
        #expect(starts.value == 2)
        clock.advance(by: .milliseconds(20))
        await refused()
        #expect(starts.value == 4)
    }

    @Test func afterTwoLossesTheNextWorkerStartsLater() async throws {
        let program = try WorkerProgram.besideThisProgram(dataDirectory: nil)
        let pool = EspeakPool(width: 1, clock: clock) { [starts] in
            starts.update { $0 += 1 }
            return try program.start()
        }
        for _ in 0..<2 {
            await #expect(throws: WorkerProcess.Lost.self) {
                try await pool.withWorker { _ in throw WorkerProcess.Lost(reason: "a test") }
            }
        }
        try await pool.withWorker { _ in }
        try await clock.sleepers(atLeast: 1)
        #expect(starts.value == 3)
        clock.advance(by: .milliseconds(20))
        try await starts.wait { $0 == 4 }
    }

    @Test func aStartThatWaitsEndsWithThePool() async throws {
        let program = try WorkerProgram.besideThisProgram(dataDirectory: nil)
        do {
            let pool = EspeakPool(width: 1, clock: clock) { try program.start() }
            for _ in 0..<2 {
                await #expect(throws: WorkerProcess.Lost.self) {
                    try await pool.withWorker { _ in throw WorkerProcess.Lost(reason: "a test") }
                }
            }
            try await pool.withWorker { _ in }
            try await clock.sleepers(atLeast: 1)
        }
        try await clock.sleepers(atMost: 0)
    }
}
