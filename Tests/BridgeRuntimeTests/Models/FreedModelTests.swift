import BridgeSupport
import BridgeTesting
import Foundation
import ModelStore
import Testing
import TextToSpeech
import WorkScheduling

@testable import BridgeRuntime

/// What gives gigabytes back to the system takes a while: a thread of the registry's does it, whoever has used the model.
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
}
