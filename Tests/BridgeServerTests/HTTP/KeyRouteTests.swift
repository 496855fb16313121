import AsyncHTTPClient
import BridgeSupport
import BridgeTesting
import Foundation
import InMemoryLogging
import Testing

@testable import BridgeRuntime

/// What keys of the key file may do.
@Suite(.timeLimit(.minutes(2))) struct KeyRouteTests {
    private let folder: TemporaryFolder
    private let server: TestServer
    private let speaker = AccessKey.random()
    private let user = AccessKey.random()
    private let admin = AccessKey.random()

    init() throws {
        folder = try TemporaryFolder()
        let file = KeyFile(folder.url.appending(path: "keys.jsonl"))
        let entries = [
            try KeyEntry(speaker, name: "speaker", role: .admin, bridges: [.tts, .embeddings], created: .now),
            try KeyEntry(user, name: "kitchen", role: .use, created: .now),
            try KeyEntry(admin, name: "operator", role: .admin, created: .now),
        ]
        try file.update { list throws(ServiceError) in for entry in entries { try list.add(entry) } }
        server = try TestServer(["keys.file": file.url.path])
    }

    @Test func rolesAndBridgesDecide() async throws {
        let cache = "/api/embeddings/cache"
        try await server.run { client in
            func ask(_ method: String, _ path: String, as key: AccessKey) async throws -> TestClient.Answer {
                try await client.send(method, path, headers: ["Authorization": "Bearer \(key.text)"])
            }
            #expect(try await ask("GET", cache, as: user).status == 200)
            let refused = try await ask("DELETE", cache, as: user)
            #expect((refused.status, refused.code) == (403, "forbidden"))
            #expect(refused.message?.contains("one with the role admin") == true && refused["WWW-Authenticate"] == nil)
            let model = "/api/models/espeak-fr"
            for (method, path) in [
                ("POST", "\(model)/load"), ("POST", "\(model)/unload"), ("DELETE", model),
                ("PUT", "/api/models/defaults"),
            ] {
                #expect(try await ask(method, path, as: user).code == "forbidden", "\(method) \(path)")
            }
            #expect(try await ask("GET", "/api/models", as: user).status == 200)
            #expect(try await ask("PUT", "/api/models/defaults", as: admin).code == "invalid_json")
            for key in [admin, speaker] { #expect(try await ask("DELETE", cache, as: key).status == 200) }
            #expect(try await ask("GET", "/api/tts/voices", as: speaker).status == 200)
            #expect(try await ask("GET", "/metrics", as: speaker).status == 200)
            let elsewhere = try await client.post(
                "/api/llm/generate", #"{"prompt":"a"}"#, headers: ["X-API-Key": speaker.text])
            #expect((elsewhere.status, elsewhere.code) == (403, "forbidden"))
            #expect(elsewhere.message?.contains("may not be used for the language-model bridge (llm)") == true)
            for key in [AccessKey.random(), nil] {
                let stranger = try await client.get(cache, key.map { ["X-API-Key": $0.text] } ?? [:])
                #expect((stranger.status, stranger["WWW-Authenticate"]) == (401, "Bearer"))
            }
            #expect(try await client.get("/health").status == 200)
        }
        let callers = server.log.entries.compactMap { $0.metadata["caller"].map { "\($0)" } }
        #expect(Set(callers) == ["kitchen", "operator", "speaker"])
        for key in [speaker, user, admin] {
            #expect(!server.log.text.contains(key.text) && !server.log.text.contains(key.id))
        }
    }

    /// A key that is for some bridges may change only the models of these.
    @Test func anAdministratorOfSomeBridgesLeavesTheModelsOfOthersAlone() async throws {
        try await server.run { client in
            func ask(_ method: String, _ path: String, body: String? = nil) async throws -> TestClient.Answer {
                let headers = ["Authorization": "Bearer \(speaker.text)", "Content-Type": "application/json"]
                return try await client.send(
                    method, "/api/models/\(path)", headers: headers, body: body.map { .bytes(Array($0.utf8)) })
            }
            for id in ["whisper-base", "fake/fake:latest", "fake%2Ffake:latest"] {
                for (method, path) in [
                    ("DELETE", id), ("POST", "\(id)/pull"), ("POST", "\(id)/load"), ("POST", "\(id)/unload"),
                ] {
                    let answer = try await ask(method, path)
                    #expect((answer.status, answer.code) == (403, "forbidden"), "\(method) \(path)")
                }
            }
            for body in [#"{"llm":"fake/fake:latest"}"#, #"{"stt":""}"#, #"{"tts":"espeak-fr","llm":""}"#] {
                #expect(try await ask("PUT", "defaults", body: body).code == "forbidden", "\(body)")
            }
            #expect(try await ask("POST", "espeak-fr/pull").status == 200)
            #expect(try await ask("POST", "nothing/load").code == "model_not_found")
        }
    }

    @Test func aRevokedKeyIsRefusedWithoutARestart() async throws {
        try await server.run { client in
            let header = ["X-API-Key": user.text]
            #expect(try await client.get("/api/tts/voices", header).status == 200)
            try server.runtime.keys.file.update { list throws(ServiceError) in _ = list.revoke("kitchen") }
            guard case .read(2) = server.runtime.keys.look(always: false) else { throw CancellationError() }
            #expect(try await client.get("/api/tts/voices", header).status == 401)
        }
    }
}
