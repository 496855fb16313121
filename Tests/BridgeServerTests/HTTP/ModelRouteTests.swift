import AsyncHTTPClient
import BridgeRuntime
import BridgeSupport
import BridgeTesting
import Foundation
import ModelStore
import Testing

@testable import BridgeServer

/// `/api/models`, with two voices whose files lie in a folder of the test; what they say is fake.
@Suite(.timeLimit(.minutes(2))) struct ModelRouteTests {
    private let folder: TemporaryFolder
    private let (first, second): (FakeVoiceBackend, FakeVoiceBackend)

    init() throws {
        folder = try TemporaryFolder()
        (first, second) = (FakeVoiceBackend(), FakeVoiceBackend())
        for id in ["first", "second"] { try install(id) }
    }

    private func install(_ id: String) throws {
        let directory = folder.url.appending(path: "models/\(id)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for name in ["\(id).onnx", "\(id).onnx.json"] {
            try Data(repeating: 0, count: 1 << 20).write(to: directory.appending(path: name))
        }
    }

    private func server(_ settings: [String: String] = [:], second: FakeVoiceBackend? = nil) throws -> TestServer {
        let settings = ["data_dir": folder.url.path, "models.tts": "first"].merging(settings) { $1 }
        return try TestServer(settings, stored: ["first": first, "second": second ?? self.second])
    }

    private static func model(_ id: String, _ client: TestClient) async throws -> JSONValue? {
        try await client.get("/api/models").json?["models"]?.arrayValue?.first { $0["id"]?.stringValue == id }
    }

    @Test func theListNamesWhatIsKnownInstalledAndKeptElsewhere() async throws {
        try await server().run { client in
            let first = try #require(try await Self.model("first", client))
            #expect(first["service"]?.stringValue == "tts" && first["state"]?.stringValue == "installed")
            #expect(first["default"]?.boolValue == true && first["pinned"]?.boolValue == false)
            #expect(first["size_bytes"]?.numberValue == Double(2 << 20) && first["memory_bytes"] == nil)
            let whisper = try #require(try await Self.model("whisper-base", client))
            #expect(whisper["state"]?.stringValue == "available" && whisper["service"]?.stringValue == "stt")
            #expect(whisper["source"]?.stringValue?.contains(":") == true && whisper["licence"]?.stringValue != nil)
            let answering = try #require(try await Self.model("fake/fake:latest", client))
            #expect(answering["service"]?.stringValue == "llm" && answering["default"]?.boolValue == true)
            #expect(try await Self.model("espeak-fr", client)?["source"]?.stringValue == "program")
        }
    }

    @Test func aModelIsLoadedPinnedAndUnloaded() async throws {
        try await server().run { client in
            let loaded = try await client.send("POST", "/api/models/second/load")
            #expect(loaded.status == 200 && loaded.json?["state"]?.stringValue == "ready")
            #expect(loaded.json?["memory_bytes"]?.numberValue == Double(2 << 20))
            #expect(loaded.json?["pinned"]?.boolValue == false)
            let pinned = try await client.post("/api/models/second/load", #"{"pinned":true}"#)
            #expect(pinned.json?["pinned"]?.boolValue == true)
            let unloaded = try await client.send("POST", "/api/models/second/unload")
            #expect(unloaded.status == 200 && unloaded.json?["state"]?.stringValue == "installed")
        }
    }

    @Test func unknownModelsAndWrongFieldsAreNamed() async throws {
        try await server().run { client in
            for (method, path) in [("POST", "nothing/load"), ("POST", "nothing/unload"), ("DELETE", "nothing")] {
                let answer = try await client.send(method, "/api/models/\(path)")
                #expect((answer.status, answer.code, answer.param) == (404, "model_not_found", "id"), "\(path)")
            }
            let known = try await client.send("POST", "/api/models/whisper-base/load")
            #expect((known.status, known.code) == (404, "model_not_found"))
            let field = try await client.post("/api/models/first/load", #"{"pinned":"maybe"}"#)
            #expect((field.status, field.param) == (400, "pinned"))
            #expect(try await client.post("/api/models/first/load", "[").code == "invalid_json")
            #expect(try await client.send("DELETE", "/api/models/espeak-fr").status == 404)
            #expect(try await client.send("POST", "/api/models/silero-vad/load").param == "id")
        }
    }

    @Test func aModelBeyondTheBudgetIsRefusedWithBothNumbers() async throws {
        try await server(["models.memory": "1"]).run { client in
            let answer = try await client.send("POST", "/api/models/second/load")
            #expect((answer.status, answer.code) == (507, "model_too_large"))
            #expect(answer.message?.contains("2 MiB") == true && answer.message?.contains("1 MiB") == true)
        }
    }

    @Test func aModelInUseIsNotDeleted() async throws {
        let gate = Gate()
        let second = FakeVoiceBackend(gate: gate)
        let server = try server(second: second)
        try await server.run { [folder] client in
            async let spoken = client.post("/api/tts/synthesize", #"{"text":"Bonjour.","voice":"second"}"#)
            try await second.calls(atLeast: 1)
            for (method, path) in [("DELETE", "second"), ("POST", "second/unload")] {
                let refused = try await client.send(method, "/api/models/\(path)")
                #expect((refused.status, refused.code) == (409, "model_in_use"), "\(path)")
            }
            gate.open()
            #expect(try await spoken.status == 200)
            let deleted = try await client.send("DELETE", "/api/models/second")
            #expect(deleted.status == 200 && deleted.json?["removed"]?.boolValue == true)
            #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "models/second").path))
            #expect(try await Self.model("second", client) == nil)
        }
        #expect(await server.services.models.snapshot().model(ModelKey(.tts, "second")) == nil)
    }

    @Test func aPullThatHasNothingToFetchIsDoneAtOnce() async throws {
        try await server().run { client in
            let lines = try await client.send(
                "POST", "/api/models/first/pull", headers: ["Accept": "application/x-ndjson"])
            #expect(lines.status == 200 && lines.text == "{\"done\":true,\"id\":\"first\"}\n")
            let events = try await client.send("POST", "/api/models/espeak-fr/pull")
            #expect(events["Content-Type"]?.hasPrefix("text/event-stream") == true && events.text.hasPrefix("data: {"))
        }
    }

    @Test func aPullThatCannotBeginHasAStatusOfItsOwn() async throws {
        let server = try TestServer(
            [
                "data_dir": folder.url.path, "models.tts": "first",
            ], stored: ["first": first])
        try await server.run { client in
            let unsafe = try await client.send("POST", "/api/models/..%2F..%2Fetc/pull")
            #expect((unsafe.status, unsafe.code) == (400, "invalid_request"))
        }
    }

    // MARK: Defaults

    @Test func aDefaultIsTestedAndLastsOverARestart() async throws {
        try await server().run { client in
            let answer = try await client.send(
                "PUT", "/api/models/defaults", headers: ["Content-Type": "application/json"],
                body: .bytes(Array(#"{"tts":"second"}"#.utf8)))
            #expect(answer.status == 200 && answer.json?["tts"]?.stringValue == "second")
            #expect(try await Self.model("second", client)?["default"]?.boolValue == true)
        }
        #expect(second.calls.count == 1 && first.calls.isEmpty)
        try await server().run { [folder] client in
            #expect(try await Self.model("second", client)?["default"]?.boolValue == true)
            // Gone behind the server's back: health tells.
            try FileManager.default.removeItem(at: folder.url.appending(path: "models/second"))
        }
        try await server().run { client in
            let health = try await client.get("/health").json?["details"]?["piper_tts"]
            #expect(health?["state"]?.stringValue == "unavailable")
            #expect(health?["message"]?.stringValue?.contains("second, which was chosen") == true)
            let back = try await Self.put(#"{"tts":""}"#, client)
            #expect(back.status == 200 && back.json?["tts"]?.stringValue == "first")
        }
    }

    @Test func aChosenModelThatIsDeletedMakesRoomForTheConfigured() async throws {
        try await server().run { [folder] client in
            #expect(try await Self.put(#"{"tts":"second"}"#, client).status == 200)
            #expect(try await client.send("DELETE", "/api/models/second").status == 200)
            #expect(try await Self.model("first", client)?["default"]?.boolValue == true)
            #expect(try await client.post("/api/tts/synthesize", #"{"text":"Bonjour."}"#).status == 200)
            let file = try String(contentsOf: folder.url.appending(path: "defaults.json"), encoding: .utf8)
            #expect(!file.contains("second"))
            // The language model's servers have their own.
            #expect(try await Self.put(#"{"llm":"fake/fake:latest"}"#, client).status == 200)
        }
    }

    @Test func modelsOfABridgeThatIsSwitchedOffStayOnTheirServer() async throws {
        try await server(["services.enabled": "tts"]).run { client in
            for (method, path) in [("DELETE", ""), ("POST", "/pull"), ("POST", "/load"), ("POST", "/unload")] {
                let answer = try await client.send(method, "/api/models/fake/fake:latest\(path)")
                #expect((answer.status, answer.code) == (404, "not_found"), "\(method) \(path)")
                #expect(answer.message?.contains("switched off") == true)
            }
        }
    }

    private static func put(_ body: String, _ client: TestClient) async throws -> TestClient.Answer {
        try await client.send(
            "PUT", "/api/models/defaults", headers: ["Content-Type": "application/json"], body: .bytes(Array(body.utf8))
        )
    }

    @Test func theOldModelStaysWhereTheNewOneFails() async throws {
        second.fail(with: ServiceError(.internal, "The voice cannot speak."))
        try await server().run { client in
            let failed = try await Self.put(#"{"tts":"second"}"#, client)
            #expect(failed.status == 500 && failed.param == "tts")
            #expect(try await Self.model("first", client)?["default"]?.boolValue == true)
            #expect(try await Self.model("second", client)?["state"]?.stringValue == "installed")
            for (body, code, param) in [
                (#"{"tts":"nothing"}"#, "model_not_found", "tts"),
                (#"{"tts":"whisper-base"}"#, "invalid_request", "tts"),
                (#"{"stt":"fake/fake"}"#, "invalid_request", "stt"), (#"{"tts":3}"#, "invalid_request", "tts"),
                (#"{"voice":"second"}"#, "invalid_request", "body"),
                (#"{"llm":"fake/none"}"#, "model_not_found", "llm"),
            ] {
                let answer = try await Self.put(body, client)
                #expect((answer.code, answer.param) == (code, param), "\(body)")
            }
        }
        #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "defaults.json").path))
    }

    @Test func aSecondSwapAtOnceIsRefused() async throws {
        let gate = Gate()
        let second = FakeVoiceBackend(gate: gate)
        try await server(second: second).run { client in
            async let slow = Self.put(#"{"tts":"second"}"#, client)
            try await second.calls(atLeast: 1)
            let refused = try await Self.put(#"{"llm":"fake/fake"}"#, client)
            #expect((refused.status, refused.code) == (409, "swap_in_progress"))
            #expect(refused["Retry-After"] != nil)
            // The old one answers meanwhile.
            #expect(try await client.post("/api/tts/synthesize", #"{"text":"Bonjour."}"#).status == 200)
            gate.open()
            #expect(try await slow.status == 200)
            #expect(try await Self.put(#"{"llm":"fake/fake:latest"}"#, client).status == 200)
        }
    }

    @Test func noRequestFailsWhileModelsAreSwapped() async throws {
        let isDone = Watched(false)
        try await server().run { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        while !isDone.value {
                            let answer = try await client.post("/api/tts/synthesize", #"{"text":"Bonjour."}"#)
                            #expect(answer.status == 200)
                        }
                    }
                }
                for swap in 0..<100 {
                    let id = swap % 2 == 0 ? "second" : "first"
                    let answer = try await Self.put(#"{"tts":"\#(id)"}"#, client)
                    #expect(answer.status == 200, "\(swap): \(answer.text)")
                }
                isDone.update { $0 = true }
                try await group.waitForAll()
            }
        }
    }

    @Test func damagedChoicesKeepTheServerFromStartingWithASentence() throws {
        try Data("{".utf8).write(to: folder.url.appending(path: "defaults.json"))
        #expect {
            try server()
        } throws: { error in
            let error = error as? ServiceError
            return error?.param == "data_dir" && error?.message.contains("defaults.json") == true
        }
    }
}
