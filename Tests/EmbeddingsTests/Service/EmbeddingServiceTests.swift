import BridgeSupport
import BridgeTesting
import Dispatch
import Logging
import Synchronization
import Testing
import Tokenizers
import WorkScheduling

@testable import Embeddings

/// Vectors of the texts' lengths; remembers what it was asked, and waits where a test wants it to.
private final class FakeBackend: EmbeddingBackend {
    let modelID = "fake"
    let dimension = 2
    let fingerprint = "f"
    /// Calls that were cancelled at a gate.
    let cancellations = Watched(0)
    /// What tokenising waits at, on its thread, for texts that begin with "slow".
    let slowness = DispatchSemaphore(value: 0)
    private let calls = Mutex<[[String]]>([])
    /// The task of the last call.
    let task = Watched<Int?>(nil)
    private let gate: Gate
    private let bulkGate: Gate

    private let prompts: [InputType: String]

    init(gate: Gate = Gate(open: true), bulkGate: Gate = Gate(open: true), prompts: [InputType: String] = [:]) {
        self.prompts = prompts
        self.gate = gate
        self.bulkGate = bulkGate
    }

    var asked: [[String]] { calls.withLock { $0 } }

    func prompt(for type: InputType) -> String { prompts[type] ?? "" }

    /// An id for each byte.
    func tokenize(_ text: String) -> TokenizedText {
        if text.hasPrefix("slow") { slowness.wait() }
        return TokenizedText(ids: text.utf8.map(Int32.init), truncated: false)
    }

    func vectors(of texts: [[Int32]], ticket: WorkTicket) async throws -> [[Float]] {
        let words = texts.map { String(decoding: $0.map(UInt8.init), as: UTF8.self) }
        calls.withLock { $0.append(words) }
        let current = withUnsafeCurrentTask { $0?.hashValue }
        task.update { $0 = current }
        do {
            try await (ticket.urgency == .bulk ? bulkGate : gate).pass()
        } catch {
            cancellations.update { $0 += 1 }
            throw error
        }
        if words.contains("boom") { throw ServiceError(.internal, "The fake failed.") }
        return texts.map { [Float($0.count), 1] }
    }
}

@Suite(.timeLimit(.minutes(1))) struct EmbeddingServiceTests {
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
            batching: .init(
                maximumTexts: maximumTexts, tokensPerBatch: tokensPerBatch, tokensPerBulkBatch: tokensPerBatch),
            logger: Logger(label: "test"))
    }

    private func runner() -> BatchRunner { BatchRunner(tokensPerBatch: 1000, ticket: .alone(), cache: nil) }

    @Test func answersComeInOrderEqualTextsAreComputedOnceThenCached() async throws {
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
        try await service.clearCache()
        #expect(await service.cacheStatistics().entries == 0)
        #expect(try await service.embed(["a"]).items[0].cached == false)
    }

    @Test func whatATextIsForIsPutInFrontOfItAndCachedApart() async throws {
        let backend = FakeBackend(prompts: [.query: "query: ", .passage: "passage: "])
        let service = service(backend, cache: MemoryVectorCache(maximumBytes: 100_000))
        _ = try await service.embed(["a"])
        #expect(try await service.embed(["a"], as: .query).items[0].cached)
        #expect(try await !service.embed(["a"], as: .passage).items[0].cached)
        #expect(backend.asked == [["query: a"], ["passage: a"]])
    }

    @Test func aModelThatIsNotTaughtTheDifferenceComputesATextOnceForBothTypes() async throws {
        let backend = FakeBackend()
        let service = service(backend, cache: MemoryVectorCache(maximumBytes: 100_000))
        let query = try await service.embed(["a"], as: .query)
        let passage = try await service.embed(["a"], as: .passage)
        #expect(passage.items[0].cached && passage.items[0].embedded == query.items[0].embedded)
        #expect(backend.asked == [["a"]])
    }

    @Test func canonicallyEqualTextsOfDifferentBytesAreDifferentTexts() async throws {
        let backend = FakeBackend()
        let service = service(backend, cache: MemoryVectorCache(maximumBytes: 100_000))
        let batch = try await service.embed(["\u{E9}", "e\u{301}"])
        #expect(batch.items.map(\.embedded.vector[0]) == [2, 3])
        #expect(try await service.embed(["e\u{301}"]).items[0].embedded.vector[0] == 3)
    }

    @Test(
        arguments: [
            ([], nil, .invalidRequest, "texts"), (["a", "b", "c", "d", "e"], nil, .invalidRequest, "texts"),
            (["a"], "nope", .modelNotFound, "model"), (["a"], "", .modelNotFound, "model"),
        ] as [([String], String?, ServiceError.Code, String)])
    func aBadRequestIsRefusedNamingItsField(
        texts: [String], model: String?, code: ServiceError.Code, param: String
    ) async {
        let service = service(FakeBackend())
        let error = await #expect(throws: ServiceError.self) { try await service.embed(texts, model: model) }
        #expect(error?.code == code && error?.param == param)
    }

    @Test func withoutAModelNothingIsEmbedded() async throws {
        let service = service(FakeBackend(), model: nil)
        let error = await #expect(throws: ServiceError.self) { try await service.embed(["a"]) }
        #expect(error?.code == .modelNotInstalled)
        await #expect(throws: ServiceError.self) { try await service.warmUp() }
    }

    @Test func aFailingBatchFailsItsRequestAndTheNextOneWorks() async throws {
        let backend = FakeBackend()
        let service = service(backend, cache: MemoryVectorCache(maximumBytes: 100_000))
        let error = await #expect(throws: ServiceError.self) { try await service.embed(["boom"]) }
        #expect(error?.code == .internal)
        #expect(try await service.embed(["fine"]).items.count == 1)
    }

    @Test func requestsThatArriveDuringARunShareTheNextBatch() async throws {
        let gate = Gate()
        let backend = FakeBackend(gate: gate)
        let runner = runner()
        async let first = runner.embed(["a"], with: backend)
        try await gate.arrivals(atLeast: 1)
        async let second = runner.embed(["bb", "ccc"], with: backend)
        async let third = runner.embed(["dddd"], with: backend)
        try await waitUntil { runner.waitingCount == 3 }
        gate.open()
        let answers = try await [first, second, third].map { $0.texts.map(\.vector[0]) }
        #expect(answers == [[1], [2, 3], [4]])
        #expect(backend.asked.count == 2 && Set(backend.asked[1]) == ["bb", "ccc", "dddd"])
    }

    @Test(arguments: [false, true])
    func cancellingTheOnlyRequestOfABatchStopsIt(_ anotherWaits: Bool) async throws {
        let gate = Gate()
        let backend = FakeBackend(gate: gate)
        let runner = runner()
        let leaving = Task { try await runner.embed(["a"], with: backend) }
        try await gate.arrivals(atLeast: 1)
        async let waiting = anotherWaits ? runner.embed(["bb"], with: backend) : nil
        try await waitUntil { runner.waitingCount == (anotherWaits ? 1 : 0) }
        leaving.cancel()
        await #expect(throws: CancellationError.self) { try await leaving.value }
        try await backend.cancellations.wait { $0 == 1 }
        gate.open()
        let answer = try await waiting
        #expect(answer?.texts.map(\.vector[0]) == (anotherWaits ? [2] : nil))
        #expect(backend.cancellations.value == 1)
    }

    @Test func aFewTextsDoNotWaitForTheBatchesOfMany() async throws {
        let bulkGate = Gate()
        let backend = FakeBackend(bulkGate: bulkGate)
        let service = service(backend, maximumTexts: 64, tokensPerBatch: 4)
        async let many = service.embed((1...33).map { String(repeating: "a", count: $0) })
        try await bulkGate.arrivals(atLeast: 1)
        #expect(try await service.embed(["eeeee"]).items[0].embedded.vector[0] == 5)
        // Two texts, padded to two tokens, fill a batch, and neither shares one with the text that overtook.
        #expect(backend.asked == [["a", "aa"], ["eeeee"]])
        bulkGate.open()
        #expect(try await many.items.map(\.embedded.vector[0]) == (1...33).map(Float.init))
    }

    @Test func whatWasComputedBeforeAFailureIsNotComputedAgain() async throws {
        let backend = FakeBackend()
        let service = service(backend, cache: MemoryVectorCache(maximumBytes: 100_000), tokensPerBatch: 1)
        await #expect(throws: ServiceError.self) { try await service.embed(["a", "bb", "boom"]) }
        #expect(try await service.embed(["a", "bb"]).items.map(\.cached) == [true, true])
        #expect(backend.asked == [["a"], ["bb"], ["boom"]])
    }

    @Test func cancellingOneRequestLeavesTheOthersTheirAnswers() async throws {
        let gate = Gate()
        let backend = FakeBackend(gate: gate)
        let runner = runner()
        async let first = runner.embed(["a"], with: backend)
        try await gate.arrivals(atLeast: 1)
        let leaving = Task { try await runner.embed(["bb"], with: backend) }
        async let staying = runner.embed(["ccc"], with: backend)
        try await waitUntil { runner.waitingCount == 2 }
        leaving.cancel()
        await #expect(throws: CancellationError.self) { try await leaving.value }
        gate.open()
        #expect(try await staying.texts[0].vector[0] == 3)
        _ = try await first
    }

    @Test func aFullQueueRefusesAtOnce() async throws {
        let gate = Gate()
        let service = service(FakeBackend(gate: gate), running: 1, queued: 0)
        async let first = service.embed(["a"])
        try await gate.arrivals(atLeast: 1)
        let error = await #expect(throws: ServiceError.self) { try await service.embed(["b"]) }
        #expect(error?.code == .overloaded)
        gate.open()
        _ = try await first
    }

    @Test func aTextThatTakesLongToTokenizeKeepsNoOtherWaiting() async throws {
        let backend = FakeBackend()
        let runner = runner()
        let long = "slow" + String(repeating: "a", count: bytesInPlace)
        async let slow = runner.embed([long], with: backend)
        // Neither the runs nor Swift's threads are taken.
        for _ in 0..<20 { #expect(try await runner.embed(["bb"], with: backend).texts[0].vector[0] == 2) }
        backend.slowness.signal()
        #expect(try await slow.texts[0].vector[0] == Float(long.utf8.count))
    }

    @Test func timesAreReadFromTheClockGiven() async throws {
        let clock = ManualClock()
        let gate = Gate()
        let backend = FakeBackend(gate: gate)
        let runner = BatchRunner(tokensPerBatch: 1000, ticket: .alone(), cache: nil, clock: clock)
        async let first = runner.embed(["a"], with: backend)
        try await gate.arrivals(atLeast: 1)
        async let second = runner.embed(["bb"], with: backend)
        try await waitUntil { runner.waitingCount == 1 }
        clock.advance(by: .seconds(3))
        gate.open()
        #expect(try await first.waited == .zero)
        #expect(try await second.waited == .seconds(3))
    }

    @Test func aTextThatFindsAnIdleQueueIsComputedInItsOwnTask() async throws {
        let backend = FakeBackend()
        _ = try await runner().embed(["a"], with: backend)
        #expect(backend.task.value != nil && backend.task.value == withUnsafeCurrentTask { $0?.hashValue })
    }
}
