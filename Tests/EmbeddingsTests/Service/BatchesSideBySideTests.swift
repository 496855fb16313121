import BridgeSupport
import BridgeTesting
import Testing
import Tokenizers
import WorkScheduling

@testable import Embeddings

/// Each batch waits at a gate of its own, and says when a core is free if it is told to.
private final class CrowdBackend: EmbeddingBackend {
    struct Batch {
        let texts: Int
        let gate: Gate
        let freeCore: @Sendable () -> Void
    }

    let modelID = "crowd"
    let dimension = 1
    let fingerprint = "f"
    let batches = Watched<[Batch]>([])
    let cancellations = Watched(0)

    func tokenize(_ text: String) -> TokenizedText { TokenizedText(ids: [Int32(text) ?? 0], truncated: false) }

    func vectors(of texts: [[Int32]], ticket: WorkTicket) async throws -> [[Float]] {
        try await vectors(of: texts, ticket: ticket, whenCoreIsFree: {})
    }

    func vectors(
        of texts: [[Int32]], ticket: WorkTicket, whenCoreIsFree: @escaping @Sendable () -> Void
    ) async throws -> [[Float]] {
        let gate = Gate()
        batches.update { $0.append(Batch(texts: texts.count, gate: gate, freeCore: whenCoreIsFree)) }
        do {
            try await gate.pass()
        } catch {
            cancellations.update { $0 += 1 }
            throw error
        }
        return texts.map { [Float($0[0])] }
    }

    /// The batch, once it runs.
    func batch(_ number: Int) async throws -> Batch {
        try await waitUntil { self.batches.value.count > number }
        return batches.value[number]
    }
}

@Suite(.timeLimit(.minutes(1))) struct BatchesSideBySideTests {
    private let backend = CrowdBackend()
    private let runner = BatchRunner(tokensPerBatch: 1000, ticket: .alone(), cache: nil)

    private func key(_ number: Int) -> VectorCacheKey { backend.cacheKey(of: "\(number)", as: .query) }

    /// A request of one text.
    private func ask(_ number: Int) -> Task<Float, any Error> {
        Task { [runner, backend, key = key(number)] in
            try await runner.embed([key], with: backend).texts[0].vector[0]
        }
    }

    /// One that runs alone, and so many that wait for it.
    private func requests(waiting: Int) async throws -> [Task<Float, any Error>] {
        let first = ask(0)
        _ = try await backend.batch(0)
        let others = (1...waiting).map(ask)
        try await waitUntil { [runner] in runner.waitingCount == waiting }
        return [first] + others
    }

    @Test func aSecondBatchIsComputedWhileTheFirstOneEnds() async throws {
        let requests = try await requests(waiting: 5)
        try await backend.batch(0).freeCore()
        let second = try await backend.batch(1)
        #expect(second.texts == 5)
        second.gate.open()
        for number in 1...5 { #expect(try await requests[number].value == Float(number)) }
        #expect(!runner.isIdle, "the first one still runs")
        try await backend.batch(0).gate.open()
        #expect(try await requests[0].value == 0)
        #expect(runner.isIdle)
    }

    @Test func theLastToLeaveASecondBatchEndsThatOneOnly() async throws {
        let requests = try await requests(waiting: 4)
        try await backend.batch(0).freeCore()
        _ = try await backend.batch(1)
        for request in requests[1...] { request.cancel() }
        for request in requests[1...] { await #expect(throws: CancellationError.self) { try await request.value } }
        try await waitUntil { [backend] in backend.cancellations.value == 1 }
        try await backend.batch(0).gate.open()
        #expect(try await requests[0].value == 0)
        #expect(runner.isIdle)
    }

    @Test func whatComesGoesOnInTheTaskOfEitherBatch() async throws {
        var requests = try await requests(waiting: 4)
        try await backend.batch(0).freeCore()
        _ = try await backend.batch(1)
        requests += (5...8).map(ask)
        try await waitUntil { [runner] in runner.waitingCount == 4 }
        try await backend.batch(1).gate.open()
        try await backend.batch(0).gate.open()
        try await backend.batch(2).gate.open()
        for (number, request) in requests.enumerated() { #expect(try await request.value == Float(number)) }
        #expect(runner.isIdle)
    }

    @Test func textsOfSeveralRequestsBeginTogetherInATaskOfNone() async throws {
        var requests = try await requests(waiting: 3)
        try await backend.batch(0).freeCore()
        #expect(backend.batches.value.count == 1, "three texts are no crowd")
        requests.append(ask(4))
        #expect(try await backend.batch(1).texts == 4)
        // The request that completed the crowd leaves it, and the others are answered.
        requests[4].cancel()
        await #expect(throws: CancellationError.self) { try await requests[4].value }
        try await backend.batch(1).gate.open()
        for number in 1...3 { #expect(try await requests[number].value == Float(number)) }
        try await backend.batch(0).gate.open()
        #expect(try await requests[0].value == 0)
    }
}
