import Testing
@testable import BridgeTesting

@Suite(.timeLimit(.minutes(1))) struct ConformanceTests {
    @Test func workThatLooksForItsCancellationOnlyAtItsStartIsFoundOut() async throws {
        await #expect(throws: ConformanceViolation.self) {
            try await requireCancellation("work") { cancel in
                try Task.checkCancellation()
                await cancel()
            }
        }
        try await requireCancellation("work") { cancel in
            await cancel()
            try Task.checkCancellation()
        }
    }

    @Test func workWithoutAnEventIsNotWaitedFor() async throws {
        await #expect(throws: ConformanceViolation.self) { try await requireCancellation("work") { _ in } }
    }
}
