import BridgeTesting
import EspeakNG
import Testing

@testable import TextToSpeech

@Suite(.timeLimit(.minutes(1))) struct VoiceConformanceTests {
    @Test(arguments: ["tones", "duet"]) func piperVoicesKeepThePromises(name: String) async throws {
        try await VoiceConformance(Fixtures.voice(name)).run()
    }

    @Test(arguments: ["espeak-fr", "espeak-en"]) func builtInVoicesKeepThePromises(id: String) async throws {
        try await VoiceConformance(EspeakVoice(voiceID: id, espeak: .shared())).run()
    }

    @Test func theFakeKeepsThePromises() async throws {
        try await VoiceConformance(FakeVoiceBackend(speakers: ["anna", "bert"])).run()
    }
}
