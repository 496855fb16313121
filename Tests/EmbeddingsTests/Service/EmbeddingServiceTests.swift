import BridgeSupport
import BridgeTesting
import Logging
import Synchronization
import Testing
import WorkScheduling

@testable import Embeddings

/// Vectors from the texts' lengths; remembers what it was asked, and waits where a test wants it to.
private final class FakeBackend: EmbeddingBackend {
    let modelID = "fake"
    let dimension = 2
    let fingerprint = "f"
    /// Calls that were cancelled at a gate.
    let cancellations = Watched(0)
    private let calls = Mutex<[[String]]>([])
    private let gate: Gate
    private let bulkGate: Gate

    init(gate: Gate = Gate(open: true), bulkGate: Gate = Gate(open: true)) {
        self.gate = gate
        self.bulkGate = bulkGate
    }

    var asked: [[String]] { calls.withLock { $0 } }

    func embed(_ texts: [String], ticket: WorkTicket) async throws -> [EmbeddedText] {
        calls.withLock { $0.append(texts) }
        do {
            try await (ticket.urgency == .bulk ? bulkGate : gate).pass()
        } catch {
            cancellations.update { $0 += 1 }
            throw error
        }
        if texts.contains("boom") { throw ServiceError(.internal, "The fake failed.") }
        return texts.map { EmbeddedText(vector: [Float($0.utf8.count), 1], tokenCount: 1, truncated: false) }
    }
}

@Suite("Embedding service", .timeLimit(.minutes(1))) struct EmbeddingServiceTests {
    private func service(
        _ backend: FakeBackend, cache: (any VectorCache)? = nil, model: String? = "fake", running: Int = 8,
        queued: Int = 8, maximumTexts: Int = 4, tokensPerBatch: Int = 1000
    ) -> EmbeddingService {
        EmbeddingService(
            models: .fake(default: model) { id in
                guard id == "fake" else {
                    throw ServiceError(.modelNotFound, "There is no model \"\(id)\".", param: "model")
                }
                return backend
            }, cache: cache,
            admission: WorkScheduler().admission(what: "embedding", maxConcurrent: running, maxQueued: queued),
            batching: .init(maximumTexts: maximumTexts, tokensPerBatch: tokensPerBatch),
            logger: Logger(label: "test"))
    }

    private func runner() -> BatchRunner { BatchRunner(tokensPerBatch: 1000, ticket: .alone(), cache: nil) }

    @Test("Answers come in order, equal texts are computed once, then cached") func orderAndCache() async throws {
        let backend = FakeBackend()
        let service = service(backend, cache: MemoryVectorCache(maximumBytes: 100_000))
        let first = try await service.embed(["ccc", "a", "ccc", "bb"])
        #expect(first.items.map(\.embedded.vector[0]) == [3, 1, 3, 2])
        #expect(first.items.allSatisfy { !$0.cached })
        #expect(first.model == "fake" && first.dimension == 2)
        #expect(backend.asked.map { Set($0) } == [["ccc", "a", "bb"]] && backend.asked[0].count == 3)
        let second = try await service.embed(["a", "dddd"], model: "fake")
        #expect(second.items.map(\.cached) == [true, false])
        #expect(second.items.map(\.embedded.vector[0]) == [1, 4])
        #expect(backend.asked.count == 2)
        let statistics = await service.cacheStatistics()
        #expect(statistics.hits == 1 && statistics.misses == 4 && statistics.entries == 4)
        await service.clearCache()
        #expect(await service.cacheStatistics().entries == 0)
        #expect(try await service.embed(["a"]).items[0].cached == false)
    }

    @Test("Canonically equal texts of different bytes are different texts") func exactText() async throws {
        let backend = FakeBackend()
        let service = service(backend, cache: MemoryVectorCache(maximumBytes: 100_000))
        let batch = try await service.embed(["\u{E9}", "e\u{301}"])
        #expect(batch.items.map(\.embedded.vector[0]) == [2, 3])
        #expect(try await service.embed(["e\u{301}"]).items[0].embedded.vector[0] == 3)
    }

    @Test func badRequests() async throws {
        let service = service(FakeBackend())
        let empty = await #expect(throws: ServiceError.self) { try await service.embed([]) }
        #expect(empty?.code == .invalidRequest && empty?.param == "texts")
        let many = await #expect(throws: ServiceError.self) { try await service.embed(["a", "b", "c", "d", "e"]) }
        #expect(many?.code == .invalidRequest && many?.param == "texts")
        let unknown = await #expect(throws: ServiceError.self) { try await service.embed(["a"], model: "nope") }
        #expect(unknown?.code == .modelNotFound)
        let unnamed = await #expect(throws: ServiceError.self) { try await service.embed(["a"], model: "") }
        #expect(unnamed?.param == "model")
    }

    @Test func noModelInstalled() async throws {
        let service = service(FakeBackend(), model: nil)
        let error = await #expect(throws: ServiceError.self) { try await service.embed(["a"]) }
        #expect(error?.code == .modelNotInstalled)
        #expect(await service.status().state == .unavailable)
        await #expect(throws: ServiceError.self) { try await service.warmUp() }
    }

    @Test func statusFollowsTheModel() async throws {
        let service = service(FakeBackend())
        #expect(await service.status().loaded == false)
        try await service.warmUp()
        let status = await service.status()
        #expect(status.state == .healthy && status.loaded && status.model == "fake" && status.message == nil)
    }

    @Test("A failing batch fails its request, and the next one works") func failure() async throws {
        let backend = FakeBackend()
        let service = service(backend, cache: MemoryVectorCache(maximumBytes: 100_000))
        let error = await #expect(throws: ServiceError.self) { try await service.embed(["boom"]) }
        #expect(error?.code == .internal)
        #expect(try await service.embed(["fine"]).items.count == 1)
    }

    @Test("Requests that arrive during a run share the next batch") func merging() async throws {
        let gate = Gate()
        let backend = FakeBackend(gate: gate)
        let runner = runner()
        async let first = runner.embed(["a"], with: backend)
        try await gate.arrivals(atLeast: 1)
        async let second = runner.embed(["bb", "ccc"], with: backend)
        async let third = runner.embed(["dddd"], with: backend)
        while runner.waitingCount < 3 { await Task.yield() }
        gate.open()
        let answers = try await [first, second, third].map { $0.texts.map(\.vector[0]) }
        #expect(answers == [[1], [2, 3], [4]])
        #expect(backend.asked.count == 2 && Set(backend.asked[1]) == ["bb", "ccc", "dddd"])
    }

    @Test(
        "Cancelling the only request of a batch stops it, also while another request waits", arguments: [false, true])
    func cancellation(_ anotherWaits: Bool) async throws {
        let gate = Gate()
        let backend = FakeBackend(gate: gate)
        let runner = runner()
        let leaving = Task { try await runner.embed(["a"], with: backend) }
        try await gate.arrivals(atLeast: 1)
        async let waiting = anotherWaits ? runner.embed(["bb"], with: backend) : nil
        while anotherWaits, runner.waitingCount == 0 { await Task.yield() }
        leaving.cancel()
        await #expect(throws: CancellationError.self) { try await leaving.value }
        try await backend.cancellations.wait { $0 == 1 }
        gate.open()
        let answer = try await waiting
        #expect(answer?.texts.map(\.vector[0]) == (anotherWaits ? [2] : nil))
        #expect(backend.cancellations.value == 1)
    }

    @Test("A few texts do not wait for the batches of many") func interactiveFirst() async throws {
        let bulkGate = Gate()
        let backend = FakeBackend(bulkGate: bulkGate)
        let service = service(backend, maximumTexts: 64, tokensPerBatch: 4)
        async let many = service.embed((1...33).map { String(repeating: "a", count: $0) })
        try await bulkGate.arrivals(atLeast: 1)
        #expect(try await service.embed(["eeeee"]).items[0].embedded.vector[0] == 5)
        // Two texts of about two tokens fill a batch, and none of them shares one with the text that overtook.
        #expect(backend.asked == [["a", "aa"], ["eeeee"]])
        bulkGate.open()
        #expect(try await many.items.map(\.embedded.vector[0]) == (1...33).map(Float.init))
    }

    @Test("What was computed before a request failed need not be computed again") func cachedByBatch() async throws {
        let backend = FakeBackend()
        let service = service(backend, cache: MemoryVectorCache(maximumBytes: 100_000), tokensPerBatch: 1)
        await #expect(throws: ServiceError.self) { try await service.embed(["a", "bb", "boom"]) }
        #expect(try await service.embed(["a", "bb"]).items.map(\.cached) == [true, true])
        #expect(backend.asked == [["a"], ["bb"], ["boom"]])
    }

    @Test("Cancelling one request leaves the others their answers") func sharedCancellation() async throws {
        let gate = Gate()
        let backend = FakeBackend(gate: gate)
        let runner = runner()
        async let first = runner.embed(["a"], with: backend)
        try await gate.arrivals(atLeast: 1)
        let leaving = Task { try await runner.embed(["bb"], with: backend) }
        async let staying = runner.embed(["ccc"], with: backend)
        while runner.waitingCount < 2 { await Task.yield() }
        leaving.cancel()
        await #expect(throws: CancellationError.self) { try await leaving.value }
        gate.open()
        #expect(try await staying.texts[0].vector[0] == 3)
        _ = try await first
    }

    @Test("A full queue refuses at once") func overload() async throws {
        let gate = Gate()
        let service = service(FakeBackend(gate: gate), running: 1, queued: 0)
        async let first = service.embed(["a"])
        try await gate.arrivals(atLeast: 1)
        let error = await #expect(throws: ServiceError.self) { try await service.embed(["b"]) }
        #expect(error?.code == .overloaded)
        gate.open()
        _ = try await first
    }
}
