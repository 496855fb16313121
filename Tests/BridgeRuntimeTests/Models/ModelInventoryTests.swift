import BridgeRuntime
import BridgeSupport
import BridgeTesting
import Foundation
import Logging
import ModelStore
import Testing
import TextToSpeech

/// Which model answers requests that name none.
@Suite(.timeLimit(.minutes(1))) struct ModelInventoryTests {
    /// Files that make a model directory look filled by hand.
    private static let files: [ModelService: [String]] = [
        .stt: ["config.json", "tokenizer.json", "encoder_model.onnx", "decoder_model_merged.onnx"],
        .embeddings: ["tokenizer.json", "model.onnx"],
    ]

    private func answering(
        _ service: ModelService, installed: [String], settings: [String: String] = [:]
    ) throws -> String? {
        try answer(service, installed: installed, settings: settings)?.id
    }

    private func answer(
        _ service: ModelService, installed: [String], settings: [String: String] = [:]
    ) throws -> ModelInventory.Default? {
        let temporary = try TemporaryFolder()
        let root = temporary.url
        for id in installed {
            let folder = root.appending(path: "models/\(id)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for file in Self.files[service] ?? ["\(id).onnx", "\(id).onnx.json"] {
                try Data("x".utf8).write(to: folder.appending(path: file))
            }
        }
        let configuration = try BridgeConfiguration.loadAlone(
            environment: ["JARVIS_DATA_DIR": root.path], flags: settings)
        let store = try BridgeServices.modelStore(configuration: configuration, logger: Logger(label: "test"))
        return withExtendedLifetime(temporary) {
            ModelInventory(configuration, store).defaults[service]
        }
    }

    /// It must not keep the server from starting: requests that name another model need neither.
    @Test func whatTheConfigurationNamesIsNotCheckedWhereAnotherWasChosen() throws {
        let temporary = try TemporaryFolder()
        let configuration = try BridgeConfiguration.loadAlone(
            environment: ["JARVIS_DATA_DIR": temporary.url.path], flags: ["models.stt": "whisper-nix"])
        let store = try BridgeServices.modelStore(configuration: configuration, logger: Logger(label: "test"))
        #expect(throws: ServiceError.self) { try ModelInventory(configuration, store).checkChoices() }
        for chosen in ["whisper-nano", "whisper-gone"] {
            let inventory = ModelInventory(configuration, store, chosen: [.stt: chosen])
            try inventory.checkChoices()
            #expect(inventory.choices[.stt]?.preferred == chosen)
        }
    }

    @Test func aStandInThatDoesWhatTheHouseNeedsDoesNotFallShort() throws {
        let vectors = try #require(try answer(.embeddings, installed: ["multilingual-e5-small"]))
        #expect(vectors.id == "multilingual-e5-small" && !vectors.fallsShort)
        #expect(vectors.note?.contains("stands in for paraphrase-multilingual-MiniLM-L12-v2") == true)
        let speech = try #require(try answer(.stt, installed: ["whisper-small"]))
        #expect(speech.id == "whisper-small" && !speech.fallsShort)
        let voice = try #require(try answer(.tts, installed: ["fr_FR-siwis-medium"]))
        #expect(voice.id == "fr_FR-siwis-medium" && !voice.fallsShort)
        let own = try #require(try answer(.stt, installed: ["whisper-maison"]))
        #expect(own.id == "whisper-maison" && !own.fallsShort, "nobody knows better than who installed it")
        #expect(try answer(.stt, installed: ["whisper-base"])?.note == nil)
    }

    @Test func theDemoASyntheticVoiceAndVectorsForEnglishFallShort() throws {
        for (service, installed, words) in [
            (ModelService.stt, [String](), ["whisper-nano", "It is a demo", "models pull whisper-base"]),
            (.tts, [], ["espeak-fr", "synthetic", "models pull fr_FR-upmc-medium"]),
            (
                .embeddings, ["all-MiniLM-L6-v2"],
                ["It knows en only, and not fr", "stt.languages", "models pull paraphrase"]
            ),
            (.stt, ["whisper-base.en"], ["It knows en only, and not fr"]),
        ] {
            let answer = try #require(try answer(service, installed: installed))
            #expect(answer.fallsShort, "\(service) \(installed)")
            for word in words { #expect(answer.note?.contains(word) == true, "\(answer.note ?? "")") }
        }
        // Where only English is spoken, that is enough; and what the user has chosen is what the user wants.
        let english = ["stt.languages": "English"]
        #expect(try answer(.embeddings, installed: ["all-MiniLM-L6-v2"], settings: english)?.fallsShort == false)
        let chosen = try answer(
            .embeddings, installed: ["all-MiniLM-L6-v2"], settings: ["models.embeddings": "all-MiniLM-L6-v2"])
        #expect(chosen?.fallsShort == false && chosen?.note == nil)
        let all = try answer(.embeddings, installed: ["all-MiniLM-L6-v2"], settings: ["stt.languages": "all"])
        #expect(all?.fallsShort == true)
    }

    @Test func thePreferredModelComesFirst() throws {
        #expect(try answering(.stt, installed: ["whisper-base", "whisper-small"]) == "whisper-base")
        #expect(try answering(.tts, installed: ["fr_FR-upmc-medium", "fr_FR-siwis-medium"]) == "fr_FR-upmc-medium")
    }

    @Test func anInstalledModelComesBeforeTheFallback() throws {
        #expect(try answering(.stt, installed: ["whisper-small"]) == "whisper-small")
        #expect(
            try answering(.embeddings, installed: ["all-MiniLM-L6-v2", "my-encoder"]) == "my-encoder")
        #expect(try answering(.tts, installed: ["fr_FR-siwis-medium"]) == "fr_FR-siwis-medium")
    }

    /// Vectors of two models cannot be compared, so one that is only tried out must not answer unasked.
    @Test func aModelThatIsTriedOutChangesNoDefault() throws {
        #expect(try answering(.embeddings, installed: ["multilingual-e5-small", "aaa"]) == "multilingual-e5-small")
        #expect(try answering(.stt, installed: ["whisper-base", "aaa"]) == "whisper-base")
        #expect(try answering(.stt, installed: ["aaa", "whisper-small"]) == "whisper-small")
        #expect(try answering(.stt, installed: ["aaa"]) == "aaa", "better than the demo")
    }

    @Test func aVoiceOfAnotherLanguageIsNoStandIn() throws {
        #expect(try answering(.tts, installed: ["en_US-lessac-medium"]) == "espeak-fr")
    }

    @Test func theFallbackStandsInWhereNothingElseIs() throws {
        #expect(try answering(.stt, installed: []) == "whisper-nano")
        #expect(try answering(.tts, installed: []) == "espeak-fr")
        #expect(try answering(.embeddings, installed: ["all-MiniLM-L6-v2"]) == "all-MiniLM-L6-v2")
        #expect(try answering(.embeddings, installed: []) == nil)
        #expect(
            try answering(.embeddings, installed: ["all-MiniLM-L6-v2", "multilingual-e5-small"])
                == "multilingual-e5-small")
    }

    private func refusal(_ settings: [String: String]) throws -> String? {
        let temporary = try TemporaryFolder()
        let configuration = try BridgeConfiguration.loadAlone(
            environment: ["JARVIS_DATA_DIR": temporary.url.path], flags: settings)
        return withExtendedLifetime(temporary) {
            do {
                _ = try BridgeServices.make(configuration: configuration, logger: Logger(label: "test"))
                return nil
            } catch {
                return (error as? ServiceError)?.message
            }
        }
    }

    @Test func aModelThatCannotBeIsRefused() throws {
        let unknown = try refusal(["models.tts": "nope"])
        #expect(unknown?.contains(#"models.tts cannot be "nope": nothing in the catalogue is called so"#) == true)
        let other = try refusal(["models.stt": "fr_FR-siwis-medium"])
        #expect(other?.contains("that is a model for tts") == true)
        #expect(try refusal(["models.tts": "fr_FR-siwis-medium"]) == nil)
        #expect(try refusal(["models.tts": "nope", "services.enabled": "stt"]) == nil)
    }

    @Test func aChosenModelThatIsNotInstalledIsNamed() async throws {
        let temporary = try TemporaryFolder()
        let configuration = try BridgeConfiguration.loadAlone(
            environment: ["JARVIS_DATA_DIR": temporary.url.path], flags: ["models.tts": "fr_FR-siwis-medium"])
        let services = try BridgeServices.make(configuration: configuration, logger: Logger(label: "test"))
        let status = await services.models.snapshot().status(of: .tts)
        #expect(status.state == .unavailable)
        #expect(status.message?.contains("fr_FR-siwis-medium, the configured model, is not installed") == true)
        #expect(status.message?.contains("models pull fr_FR-siwis-medium") == true)
        withExtendedLifetime(temporary) {}
    }

    @Test func nothingStandsInForAModelThatTheUserChose() throws {
        #expect(try answering(.stt, installed: ["whisper-small"], settings: ["models.stt": "whisper-base"]) == nil)
        #expect(try answering(.stt, installed: [], settings: ["models.stt": "whisper-nano"]) == "whisper-nano")
    }

    /// To fetch models anew would not help.
    @Test func aFolderThatCannotBeReadIsToldAsSuch() throws {
        let folder = try TemporaryFolder()
        try Data().write(to: folder.url.appending(path: "models"))
        let configuration = try BridgeConfiguration.loadAlone(environment: ["JARVIS_DATA_DIR": folder.url.path])
        let store = try BridgeServices.modelStore(configuration: configuration, logger: Logger(label: "test"))
        let inventory = ModelInventory(configuration, store)
        #expect(inventory.defaults[.embeddings]?.missing.contains("cannot be read") == true)
        // The built-in voice speaks, and says so too.
        let voice = inventory.defaults[.tts]
        #expect(voice?.id == "espeak-fr" && voice?.note?.contains("cannot be read") == true)
        #expect(voice?.note?.contains(folder.url.path) == false)
    }
}
