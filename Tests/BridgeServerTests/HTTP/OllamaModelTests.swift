import AsyncHTTPClient
import BridgeRuntime
import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@testable import BridgeServer

/// `/api/models` for Ollama's models, which stay with a fake of it.
@Suite(.timeLimit(.minutes(2))) struct OllamaModelTests {
    private static func model(_ id: String, _ client: TestClient) async throws -> JSONValue? {
        try await client.get("/api/models").json?["models"]?.arrayValue?.first { $0["id"]?.stringValue == id }
    }

    private func serving(_ body: @escaping @Sendable (TestClient, FakeOllama) async throws -> Void) async throws {
        try await FakeOllama.withServer { ollama in
            let folder = try TemporaryFolder()
            let settings = ["ollama.host": ollama.baseURL, "data_dir": folder.url.path]
            try await TestServer.onDisk(settings).run { client in try await body(client, ollama) }
            withExtendedLifetime(folder) {}
        }
    }

    @Test func aModelIsLoadedPinnedAndUnloaded() async throws {
        try await serving { client, ollama in
            #expect(try await Self.model("ollama/gemma3:1b", client)?["state"]?.stringValue == "installed")
            // The slash may be written as it is, or encoded.
            let loaded = try await client.post("/api/models/ollama/gemma3:1b/load", #"{"pinned":true}"#)
            #expect(loaded.status == 200 && loaded.json?["state"]?.stringValue == "ready", "\(loaded.text)")
            #expect(
                loaded.json?["memory_bytes"]?.numberValue == 1.2e9 && loaded.json?["vram_bytes"]?.numberValue == 9e8)
            let request = try #require(ollama.exchanges(of: "/api/generate").last?.json)
            #expect(request["keep_alive"]?.numberValue == -1)
            let unloaded = try await client.send("POST", "/api/models/ollama%2Fgemma3:1b/unload")
            #expect(unloaded.status == 200 && unloaded.json?["state"]?.stringValue == "installed", "\(unloaded.text)")
            let missing = try await client.send("POST", "/api/models/ollama/nothing/load")
            #expect((missing.status, missing.code) == (404, "model_not_found"))
        }
    }

    @Test func aModelIsFetchedWithProgressAndDeleted() async throws {
        try await serving { client, ollama in
            var persona = FakeOllama.Persona()
            persona.pace = .milliseconds(300)
            ollama.setPersona(persona)
            let pulled = try await client.send(
                "POST", "/api/models/ollama/qwen3:8b/pull", headers: ["Accept": "application/x-ndjson"])
            let lines = pulled.text.split(separator: "\n").compactMap { try? JSONValue(parsing: Array($0.utf8)) }
            #expect(lines.contains { $0["completed"]?.numberValue == 400 && $0["total"]?.numberValue == 1000 })
            #expect(lines.last?["done"]?.boolValue == true)
            #expect(try await Self.model("ollama/qwen3:8b", client) != nil)
            #expect(try await client.send("DELETE", "/api/models/ollama/qwen3:8b").status == 200)
            #expect(try await Self.model("ollama/qwen3:8b", client) == nil)
            let gone = try await client.send("DELETE", "/api/models/ollama/qwen3:8b")
            #expect((gone.status, gone.code) == (404, "model_not_found"))
        }
    }

    @Test func whatOllamaDoesNotFindIsSaid() async throws {
        try await serving { client, ollama in
            let lines = try await client.send(
                "POST", "/api/models/ollama/missing/pull", headers: ["Accept": "application/x-ndjson"])
            #expect(lines.text.contains("model_not_found"), "\(lines.text)")
            ollama.enqueue(.streamHead().line(["error": "write: no space left on device"]).end(), for: "/api/pull")
            let full = try await client.send("POST", "/api/models/ollama/big/pull")
            #expect((full.status, full.code) == (507, "storage_full"), "\(full.text)")
        }
    }

    @Test func aDefaultOfOllamasIsTestedToo() async throws {
        try await serving { client, _ in
            let answer = try await client.send(
                "PUT", "/api/models/defaults", headers: ["Content-Type": "application/json"],
                body: .bytes(Array(#"{"llm":"ollama/gemma3:1b"}"#.utf8)))
            #expect(answer.status == 200 && answer.json?["llm"]?.stringValue == "ollama/gemma3:1b", "\(answer.text)")
            #expect(try await Self.model("ollama/gemma3:1b", client)?["default"]?.boolValue == true)
        }
    }
}
