import BridgeRuntime
import BridgeTesting
import Embeddings
import LanguageModels
import Testing
import TextToSpeech
import WorkScheduling

@testable import BridgeServer

/// Where no more interactive work is taken, it is refused before its body is read.
@Suite(.timeLimit(.minutes(1))) struct QueueCheckTests {
    private let gate = Gate()

    @Test(arguments: [
        ("/api/embeddings/embed", #"{"text":"a"}"#), ("/api/llm/generate", #"{"prompt":"a"}"#),
        ("/api/llm/chat", #"{"messages":[{"role":"user","content":"a"}]}"#),
        ("/api/tts/synthesize", #"{"text":"a"}"#),
    ])
    func whatIsRefusedIsNotRead(_ path: String, _ body: String) async throws {
        let server = try TestServer(["admission.queue": "0", "admission.embeddings": "1"], gate: gate)
        try await server.run { [gate] client in
            // A server with room reads it.
            #expect(try await client.post(path, "[").code == "invalid_json")
            async let first = client.post(path, body)
            try await waitUntil {
                let (services, isRunning) = (server.services, { (lane: AdmissionLimiter.Lane) in lane.running > 0 })
                return [services.languageModel.lanes, services.textToSpeech.lanes, services.embeddings.lanes]
                    .joined().contains(where: isRunning)
            }
            let refused = try await client.post(path, "[")
            #expect((refused.status, refused.code) == (503, "overloaded"))
            #expect(refused["Retry-After"] != nil && refused.message?.contains("full (1 running, 0 waiting)") == true)
            gate.open()
            #expect(try await first.status == 200)
            #expect(try await client.post(path, "[").code == "invalid_json")
        }
    }

    /// What is in such bodies may be work for another lane, which has room.
    @Test(arguments: [
        ("/api/embeddings/embed", #"{"text":"a"}"#, "/api/embeddings/embed-batch", 1),
        ("/api/tts/synthesize", #"{"text":"a"}"#, "/api/tts/synthesize", 300),
    ])
    func whatMayBelongIntoAnotherLaneIsRead(_ full: String, _ body: String, _ path: String, _ bytes: Int) async throws {
        let server = try TestServer(["admission.queue": "0", "admission.embeddings": "1"], gate: gate)
        try await server.run { [gate] client in
            async let first = client.post(full, body)
            try await waitUntil {
                !(server.voice.calls.isEmpty && server.embedder.calls.isEmpty)
            }
            #expect(try await client.post(path, String(repeating: "[", count: bytes)).code == "invalid_json")
            gate.open()
            #expect(try await first.status == 200)
        }
    }
}
