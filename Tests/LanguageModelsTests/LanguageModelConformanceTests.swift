import BridgeTesting
import LanguageModels
import Testing

@Suite(.timeLimit(.minutes(1)))
struct LanguageModelConformanceTests {
    @Test
    func ollamasClientConforms() async throws {
        try await FakeOllama.withServer { fake in
            try await LanguageModelConformance(client(of: fake), name: "gemma3:1b").run()
        }
    }

    @Test
    func theFakeConforms() async throws {
        try await LanguageModelConformance(FakeLanguageModel(), name: "fake:latest").run()
    }
}
