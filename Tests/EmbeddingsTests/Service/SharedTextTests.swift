import BridgeSupport
import BridgeTesting
import Testing

@testable import Embeddings

/// A text that several requests have at the same time.
@Suite(.timeLimit(.minutes(1))) struct SharedTextTests {
    private let gate = Gate(open: false)

    private func runner() -> BatchRunner { BatchRunner(tokensPerBatch: 1000, ticket: .alone(), cache: nil) }

    /// How often each text was computed.
    private func counts(_ backend: FakeEmbeddingBackend) -> [[Int32]: Int] {
        backend.calls.flatMap(\.self).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    @Test func isComputedOnceForAll() async throws {
        let backend = FakeEmbeddingBackend(gate: gate)
        let runner = runner()
        async let first = runner.embed(["a", "b"], with: backend)
        try await backend.calls(atLeast: 1)
        async let second = runner.embed(["b", "c", "a"], with: backend)
        async let third = runner.embed(["b"], with: backend)
        try await waitUntil { runner.requestCount == 3 }
        gate.open()
        #expect(try await first.texts.map(\.vector) == ["a", "b"].map(backend.vector))
        #expect(try await second.texts.map(\.vector) == ["b", "c", "a"].map(backend.vector))
        #expect(try await third.texts.map(\.vector) == [backend.vector(for: "b")])
        #expect(counts(backend).count == 3 && counts(backend).values.allSatisfy { $0 == 1 })
    }

    @Test func isInheritedWhenTheFirstRequestLeaves() async throws {
        let backend = FakeEmbeddingBackend(gate: gate)
        let runner = runner()
        let first = Task { try await runner.embed(["a", "b"], with: backend) }
        try await backend.calls(atLeast: 1)
        async let second = runner.embed(["c", "a"], with: backend)
        async let third = runner.embed(["a"], with: backend)
        try await waitUntil { runner.requestCount == 3 }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        gate.open()
        #expect(try await second.texts.map(\.vector) == ["c", "a"].map(backend.vector))
        #expect(try await third.texts.map(\.vector) == [backend.vector(for: "a")])
    }

    /// A run goes on to be the one that is ended when nobody needs it, while a text that waits finds an heir.
    @Test func aRunIsStillEndedAfterATextHasFoundAnHeir() async throws {
        let backend = FakeEmbeddingBackend(gate: gate)
        let runner = runner()
        let first = Task { try await runner.embed(["a"], with: backend) }
        try await backend.calls(atLeast: 1)
        let running = Task { try await runner.embed(["b"], with: backend) }
        try await waitUntil { runner.waitingCount == 1 }
        // Its batch has no other texts, so that the next one gets a task of its own.
        first.cancel()
        try await backend.calls(atLeast: 2)
        let leaving = Task { try await runner.embed(["d"], with: backend) }
        try await waitUntil { runner.waitingCount == 1 }
        async let heir = runner.embed(["d", "e"], with: backend)
        try await waitUntil { runner.waitingCount == 2 }
        leaving.cancel()
        await #expect(throws: CancellationError.self) { try await leaving.value }
        running.cancel()
        // The gate is still closed: only the end of the run lets the next one begin.
        try await backend.calls(atLeast: 3)
        gate.open()
        #expect(try await heir.texts.map(\.vector) == ["d", "e"].map(backend.vector))
    }

    @Test func failsForAllThatHaveIt() async throws {
        let backend = FakeEmbeddingBackend(gate: gate)
        let runner = runner()
        let first = Task { try await runner.embed(["a"], with: backend) }
        try await backend.calls(atLeast: 1)
        let second = Task { try await runner.embed(["a", "b"], with: backend) }
        try await waitUntil { runner.waitingCount == 1 }
        backend.fail(with: ServiceError(.internal, "The fake failed."))
        gate.open()
        await #expect(throws: ServiceError.self) { try await first.value }
        await #expect(throws: ServiceError.self) { try await second.value }
        backend.fail(with: nil)
        #expect(try await runner.embed(["a"], with: backend).texts.count == 1)
    }

    /// Requests that leave at any moment take nothing away from others.
    @Test func manyRequestsThatComeAndGoAllGetTheirOwn() async throws {
        let backend = FakeEmbeddingBackend()
        let runner = runner()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let texts = (0..<5).map { "\((number * 7 + $0 * 3) % 23)" }
                    let task = Task { try await runner.embed(texts, with: backend) }
                    if number % 3 == 0 {
                        for _ in 0..<(number % 11) { await Task.yield() }
                        task.cancel()
                    }
                    guard let answer = try? await task.value else {
                        #expect(number % 3 == 0, "A request that stayed has no answer.")
                        return
                    }
                    #expect(answer.texts.map(\.vector) == texts.map(backend.vector))
                }
            }
            try await group.waitForAll()
        }
        #expect(runner.waitingCount == 0 && runner.isIdle)
    }
}
