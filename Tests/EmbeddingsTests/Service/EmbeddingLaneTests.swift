import BridgeSupport
import BridgeTesting
import Logging
import Testing
import Tokenizers
import WorkScheduling

@testable import Embeddings

/// Calls of many texts wait at one gate, and nobody else does.
private struct HeldBackend: EmbeddingBackend {
    let modelID = "held"
    let dimension = 1
    let fingerprint = "h"
    let bulkGate: Gate

    func tokenize(_ text: String) -> TokenizedText { TokenizedText(ids: [1], truncated: false) }

    func vectors(of texts: [[Int32]], ticket: WorkTicket) async throws -> [[Float]] {
        if ticket.urgency == .bulk { try await bulkGate.pass() }
        return texts.map { _ in [1] }
    }
}

@Suite(.timeLimit(.minutes(1))) struct EmbeddingLaneTests {
    private let gate = Gate()

    private func service(loading: Gate = Gate(open: true)) -> EmbeddingService {
        EmbeddingService(
            models: .fake(default: "held") { [gate] id in
                if id == "cold" { try await loading.pass() }
                return HeldBackend(bulkGate: gate)
            }, cache: nil,
            admission: WorkScheduler().admission(what: "embedding", maxConcurrent: 1, maxQueued: 1),
            batching: .init(maximumTexts: 64, tokensPerBatch: 1000), logger: Logger(label: "test"))
    }

    @Test func largeBatchesMakeNoSingleTextWaitOrBeRefused() async throws {
        let service = service()
        let many = (0...32).map { "\($0)" }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { _ = try await service.embed(many) } }
            try await settle(service.load, running: 1, queued: 1, preparing: 0)
            let refusal = await #expect(throws: ServiceError.self) { _ = try await service.embed(many) }
            #expect(refusal?.code == .overloaded)
            #expect(try await service.embed(["a", "b"]).items.count == 2)
            gate.open()
            try await group.waitForAll()
        }
    }

    @Test func aModelBeingLoadedHoldsNoPlaceAndItsLoadIsTold() async throws {
        let loading = Gate()
        let service = service(loading: loading)
        _ = try await service.embed(["a"])
        try await withThrowingTaskGroup(of: Duration.self) { group in
            group.addTask {
                let timings = try await service.embed(["a"], model: "cold").timings
                #expect(timings.total >= timings.load + timings.queue + timings.compute)
                return timings.load
            }
            try await settle(service.load, running: 0, queued: 1, preparing: 1)
            #expect(try await service.embed(["a"]).model == "held")
            loading.open()
            for try await load in group { #expect(load > .zero) }
        }
    }
}
