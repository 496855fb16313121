import BridgeServer
import BridgeTesting
import Foundation
import Logging
import ModelStore
import Testing

/// Which model answers requests that name none.
struct StandInTests {
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
        let configuration = try BridgeConfiguration.load(
            environment: ["JARVIS_DATA_DIR": root.path], flags: settings)
        let store = try BridgeServices.modelStore(configuration: configuration, logger: Logger(label: "test"))
        return withExtendedLifetime(temporary) {
            BridgeServices.effectiveModel(for: service, configuration: configuration, store: store)
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

    @Test func nothingStandsInForAModelThatTheUserChose() throws {
        #expect(try answering(.stt, installed: ["whisper-small"], settings: ["models.stt": "whisper-base"]) == nil)
        #expect(try answering(.stt, installed: [], settings: ["models.stt": "whisper-nano"]) == "whisper-nano")
    }
}
