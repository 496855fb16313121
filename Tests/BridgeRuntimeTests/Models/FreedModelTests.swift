import BridgeSupport
import BridgeTesting
import Embeddings
import Foundation
import ModelStore
import Testing
import TextToSpeech
import WorkScheduling

@testable import BridgeRuntime

/// Giving gigabytes back to the system takes a while: a thread of the registry's does it, no matter who has used the model.
@Suite(.timeLimit(.minutes(1))) struct FreedModelTests {
    /// Stands for the memory of a model, and notes which thread frees it.
    private final class Weights: Sendable {
        private let freed: Watched<pthread_t?>
        init(_ freed: Watched<pthread_t?>) { self.freed = freed }
        deinit { freed.update { $0 = pthread_self() } }
    }

    private let freed = Watched<pthread_t?>(nil)

    private func registry(_ make: @escaping @Sendable (ModelKey) -> any Sendable) -> ModelRegistry {
        let models = FakeModels(inventory: { _ in ModelInventory(defaults: [:]) }) { LoadedModel(make($0), bytes: 1) }
        return ModelRegistry(models, .init(memory: 1))
    }

    @Test func aLeaseThatHasEndedHoldsNoModel() async throws {
        let registry = registry { [freed] _ in Weights(freed) }
        let models: ModelSource<Weights> = registry.source(of: .tts)
        let lease = try await models.lease("a")
        lease.end()
        try registry.unload(ModelKey(.tts, "a"))
        try await freed.wait { $0 != nil }
        lease.end()
    }

    /// There is room for one voice, and another one is used: the voice of the request goes with the end of its lease.
    @Test(arguments: 0..<50) func theThreadOfARequestFreesNoVoice(_: Int) async throws {
        let registry = registry { [freed] key in
            FakeVoiceBackend(voiceID: key.id, weights: key.id == "a" ? Weights(freed) : nil) as any VoiceBackend
        }
        let voices: ModelSource<any VoiceBackend> = registry.source(of: .tts)
        let other = try await voices.lease("b")
        let service = TextToSpeechService(
            voices: voices, admission: WorkScheduler().admission(what: "tts", maxConcurrent: 1, maxQueued: 1),
            logger: LogRecorder().logger)
        try await service.withSpeech(of: SynthesisRequest(text: "Un. Deux.", voice: "a")) { speech in
            for try await _ in speech { return }
        }
        let thread = try await freed.wait { $0 != nil }
        #expect(thread == (await registry.unloads.run { pthread_self() }))
        other.end()
    }

    /// Batches that several requests share run in a task of their own, which goes on for a moment once they are answered: nine of 4,000
    /// models were freed by it.
    @Test func noBatchFreesAModel() async throws {
        for _ in 0..<1000 {
            let (freed, gate) = (Watched<pthread_t?>(nil), Gate())
            let registry = registry { key in
                FakeEmbeddingBackend(modelID: key.id, gate: gate, weights: key.id == "a" ? Weights(freed) : nil)
                    as any EmbeddingBackend
            }
            let other: ModelLease<any EmbeddingBackend> = try await registry.source(of: .embeddings).lease("b")
            try await embedTogether(registry.source(of: .embeddings), gate)
            let thread = try await freed.wait { $0 != nil }
            #expect(thread == (await registry.unloads.run { pthread_self() }))
            other.end()
        }
    }

    private func embedTogether(_ models: ModelSource<any EmbeddingBackend>, _ gate: Gate) async throws {
        let service = EmbeddingService(
            models: models, cache: nil,
            admission: WorkScheduler().admission(what: "embeddings", maxConcurrent: 4, maxQueued: 1),
            logger: LogRecorder().logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await service.embed(["un"], model: "a") }
            try await gate.arrivals(atLeast: 1)
            for text in ["deux", "trois"] { group.addTask { _ = try await service.embed([text], model: "a") } }
            try await waitUntil { service.load.running == 3 }
            gate.open()
            try await group.waitForAll()
        }
    }
}
