import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@testable import ModelStore

/// What is on the disk: manifests, files put there by hand, checking, removing.
@Suite(.timeLimit(.minutes(5))) struct InstalledModelTests {
    private static func withPulledVoice(_ body: @Sendable (TestStore) async throws -> Void) async throws {
        try await HubStandIn.run({ asked, _ in .small(asked.path.hasSuffix(".json") ? Samples.small : Samples.large) })
        { hub in
            let test = try TestStore(hub.endpoint)
            _ = try await test.pull()
            try await body(test)
        }
    }

    private static let voice = "\(TestStore.voice)/\(TestStore.voice).onnx"

    @Test func aGoodModelVerifies() async throws {
        try await Self.withPulledVoice { test in
            let problems = try test.store.verify(TestStore.voice)
            #expect(problems.isEmpty)
            #expect(test.store.hasDigests(TestStore.voice) && !test.store.hasDigests("other"))
        }
    }

    @Test func aChangedByteIsFound() async throws {
        try await Self.withPulledVoice { test in
            var bytes = Samples.large
            bytes[1000] ^= 1
            try Data(bytes).write(to: test.directory.appending(path: Self.voice))
            let problems = try test.store.verify(TestStore.voice)
            #expect(problems.map(\.file) == ["\(TestStore.voice).onnx"])
            #expect(problems.first?.description.contains("SHA-256") == true)
        }
    }

    @Test func aShortenedAndAMissingFileAreFoundAndNotInstalled() async throws {
        try await Self.withPulledVoice { test in
            try Data([1]).write(to: test.directory.appending(path: Self.voice))
            #expect(
                try test.store.verify(TestStore.voice).map(\.description) == [
                    "\(TestStore.voice).onnx has 1 bytes instead of 200000."
                ])
            #expect(try test.store.installed().isEmpty)
            #expect(try test.store.verifiable() == [TestStore.voice])
            try FileManager.default.removeItem(at: test.directory.appending(path: Self.voice))
            #expect(
                try test.store.verify(TestStore.voice).map(\.description) == ["\(TestStore.voice).onnx is missing."])
            // A pull mends it.
            _ = try await test.pull()
            #expect(try test.store.verify(TestStore.voice).isEmpty)
        }
    }

    @Test func aManifestWhoseSizesCannotBeAddedUpIsDamaged() throws {
        let test = try TestStore()
        let file = #"{"path": "a", "sha256": "", "size": 9223372036854775807, "source": ""}"#
        try test.write(
            #"{"id": "x", "service": "tts", "files": [\#(file), \#(file)]}"#, to: "x/\(Manifest.fileName)")
        #expect(try test.store.verify("x").map(\.file) == [Manifest.fileName])
    }

    @Test func aDamagedManifestIsFound() async throws {
        try await Self.withPulledVoice { test in
            try test.write("{", to: "\(TestStore.voice)/\(Manifest.fileName)")
            #expect(try test.store.verifiable() == [TestStore.voice])
            #expect(try test.store.verify(TestStore.voice).map(\.file) == [Manifest.fileName])
        }
    }

    @Test func aDamagedListOfVoicesIsNotUsed() throws {
        let test = try TestStore()
        #expect(test.store.voiceListProblem == nil)
        try test.write("<html>", to: "piper-voices.json")
        let later = try TestStore(sharing: test)
        #expect(later.store.voiceListProblem?.contains("is damaged") == true)
        #expect(later.store.catalogue[TestStore.voice] != nil)
    }

    @Test func removeDeletesAllOfIt() async throws {
        try await Self.withPulledVoice { test in
            try test.store.remove(TestStore.voice)
            #expect(try test.store.installedModel(TestStore.voice) == nil)
            #expect(!FileManager.default.fileExists(atPath: test.directory.appending(path: TestStore.voice).path))
            let error = #expect(throws: ServiceError.self) { try test.store.remove(TestStore.voice) }
            #expect(error?.code == .modelNotFound)
            let unknown = #expect(throws: ServiceError.self) { try test.store.verify(TestStore.voice) }
            #expect(unknown?.message == "\(TestStore.voice) is not installed.")
        }
    }

    @Test func aModelThatIsBeingDownloadedIsNotRemoved() async throws {
        try await Self.withPulledVoice { test in
            let lock = try #require(try ModelLock.tryLock(test.store.lockFile(of: TestStore.voice)))
            let error = #expect(throws: ServiceError.self) { try test.store.remove(TestStore.voice) }
            #expect(error?.code == .overloaded)
            withExtendedLifetime(lock) {}
        }
    }

    @Test func filesPutThereByHandCount() throws {
        let test = try TestStore()
        for file in ["fr_FR-mine-low.onnx", "fr_FR-mine-low.onnx.json"] {
            try test.write("x", to: "fr_FR-mine-low/\(file)")
        }
        for file in [
            "config.json", "tokenizer.json", "onnx/encoder_model_q4.onnx", "onnx/decoder_model_merged_q4.onnx",
        ] {
            try test.write("x", to: "whisper-mine/\(file)")
        }
        for file in ["tokenizer.json", "config.json", "onnx/model_quantized.onnx"] {
            try test.write("x", to: "my-encoder/\(file)")
        }
        try test.write("x", to: "silero-vad/silero_vad_16k_sequence.onnx")
        try test.write("x", to: "half-a-voice/half-a-voice.onnx")
        try test.write("x", to: "notes.txt")
        try test.write("x", to: ".hidden/model.onnx")
        let installed = try test.store.installed()
        #expect(installed.map(\.id) == ["fr_FR-mine-low", "my-encoder", "silero-vad", "whisper-mine"])
        #expect(installed.map(\.service) == [.tts, .embeddings, .vad, .stt])
        #expect(installed.map(\.sizeBytes) == [2, 3, 1, 4])
        #expect(try test.store.verify("whisper-mine").isEmpty)
    }

    @Test func nothingIsInstalledWithoutADirectory() throws {
        #expect(try TestStore().store.installed().isEmpty)
    }

    @Test func unknownAndBuiltInModels() async throws {
        let test = try TestStore(models: try Catalogue.bundled().models)
        await test.expectFailure(.modelNotFound, of: "whisper-nothing", mentions: "whisper-nothing", "models list")
        await test.expectFailure(.invalidRequest, of: "../whisper-base")
        #expect(try await test.pull("espeak-fr").service == .tts)
        #expect(throws: ServiceError.self) { try test.store.remove("espeak-fr") }
        #expect(try test.store.verify("espeak-fr").isEmpty)
    }

    @Test func theNewestVoicesAreFetchedAndKept() async throws {
        let json = """
            {"fr_FR-new-low": {"name": "new", "language": {"family": "fr", "name_native": "Français"}, "quality": "low",
              "files": {"a/fr_FR-new-low.onnx": {}, "a/fr_FR-new-low.onnx.json": {}}}}
            """
        try await HubStandIn.run({ asked, earlier in
            asked.method == "HEAD" ? .status(200) : earlier < 2 ? .small(Array(json.utf8)) : .small(Array("[]".utf8))
        }) { hub in
            let test = try TestStore(hub.endpoint)
            #expect(await test.store.isHubReachable(timeout: .seconds(10)))
            try await test.store.refreshVoices()
            #expect(test.store.catalogue["fr_FR-new-low"] != nil)
            let later = try TestStore(sharing: test)
            #expect(later.store.catalogue["fr_FR-new-low"] != nil, "kept for the next start")
            await #expect(throws: ServiceError.self) { try await test.store.refreshVoices() }
            #expect(test.store.catalogue["fr_FR-new-low"] != nil, "a damaged answer changes nothing")
            #expect(try test.store.installed().isEmpty)
        }
    }
}
