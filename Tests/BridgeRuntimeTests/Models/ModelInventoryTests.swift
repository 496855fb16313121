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
            ModelInventory(configuration, store).defaults[service]?.id
        }
    }

    @Test func thePreferredModelComesFirst() throws {
        #expect(try answering(.stt, installed: ["whisper-base", "whisper-small"]) == "whisper-base")
        #expect(try answering(.tts, installed: ["fr_FR-upmc-medium", "fr_FR-siwis-medium"]) == "fr_FR-upmc-medium")
    }

    @Test func anInstalledModelComesBeforeTheFallback() throws {
        #expect(try answering(.stt, installed: ["whisper-small"]) == "whisper-small")
        #expect(
            try answering(.embeddings, installed: ["all-MiniLM-L6-v2", "multilingual-e5-small"])
                == "multilingual-e5-small")
        #expect(try answering(.tts, installed: ["fr_FR-siwis-medium"]) == "fr_FR-siwis-medium")
    }

    @Test func aVoiceOfAnotherLanguageIsNoStandIn() throws {
        #expect(try answering(.tts, installed: ["en_US-lessac-medium"]) == "espeak-fr")
    }

    @Test func theFallbackStandsInWhereNothingElseIs() throws {
        #expect(try answering(.stt, installed: []) == "whisper-nano")
        #expect(try answering(.tts, installed: []) == "espeak-fr")
        #expect(try answering(.embeddings, installed: ["all-MiniLM-L6-v2"]) == "all-MiniLM-L6-v2")
        #expect(try answering(.embeddings, installed: []) == nil)
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
