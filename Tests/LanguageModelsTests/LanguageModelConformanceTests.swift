import BridgeTesting
import LanguageModels
import Testing

@Suite("Every language model keeps the protocol's promises", .timeLimit(.minutes(1)))
struct LanguageModelConformanceTests {
    @Test("Ollama")
    func ollama() async throws {
        try await FakeOllama.withServer { fake in
            try await LanguageModelConformance(client(of: fake), name: "gemma3:1b").run()
        }
    }

    @Test("the fake that other tests stand on")
    func fake() async throws {
        try await LanguageModelConformance(FakeLanguageModel(), name: "fake:latest").run()
    }
}
