import BridgeTesting
import Foundation
import Logging
import ModelStore
import Testing

@testable import BridgeRuntime

/// What is known of models before they are loaded.
@Suite(.timeLimit(.minutes(1))) struct ModelLoaderTests {
    private let data: TemporaryFolder
    private let loader: ModelLoader

    init() throws {
        data = try TemporaryFolder()
        let configuration = try BridgeConfiguration.loadAlone(environment: ["JARVIS_DATA_DIR": data.url.path])
        let logger = Logger(label: "test")
        loader = ModelLoader(
            configuration: configuration,
            store: try BridgeServices.modelStore(configuration: configuration, logger: logger), logger: logger,
            clock: ContinuousClock())
    }

    private func write(_ path: String, bytes: Int) throws {
        let file = data.url.appending(path: "models/\(path)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(count: bytes).write(to: file)
    }

    private func bytes(_ service: ModelService, _ id: String) -> Int? { loader.files(of: ModelKey(service, id)).bytes }

    /// Exports come in many precisions, of which one is loaded.
    @Test func onlyTheFilesThatAreLoadedCount() throws {
        for (file, size) in [
            ("config.json", 1), ("tokenizer.json", 1), ("onnx/encoder_model.onnx", 10_000),
            ("onnx/encoder_model_int8.onnx", 2000), ("onnx/decoder_model_merged.onnx", 20_000),
            ("onnx/decoder_model_merged_int8.onnx", 400), ("onnx/decoder_model_merged_int8.onnx_data", 50),
        ] {
            try write("whisper-by-hand/\(file)", bytes: size)
        }
        #expect(bytes(.stt, "whisper-by-hand") == 2450)
        for (file, size) in [("tokenizer.json", 1), ("onnx/model.onnx", 700), ("onnx/model_O4.onnx", 350)] {
            try write("encoder-by-hand/\(file)", bytes: size)
        }
        #expect(bytes(.embeddings, "encoder-by-hand") == 700)
        // A graph that was made of published weights refers to them.
        for (file, size) in [
            ("tokenizer.json", 1), ("model.onnx", 20), ("model-00001-of-00002.safetensors", 900),
            ("model-00002-of-00002.safetensors", 500),
        ] {
            try write("encoder-of-weights/\(file)", bytes: size)
        }
        #expect(bytes(.embeddings, "encoder-of-weights") == 1420)
        for (file, size) in [("fr_FR-x.onnx", 600), ("fr_FR-x.onnx.json", 30), ("fr_FR-y.onnx", 5)] {
            try write("fr_FR-x/\(file)", bytes: size)
        }
        #expect(bytes(.tts, "fr_FR-x") == 630)
    }

    @Test(arguments: [(ModelService.tts, "espeak-fr"), (.tts, "../../etc"), (.embeddings, "whisper-nano")])
    func nothingIsKnownOfWhatHasNoFilesOrServesAnother(service: ModelService, id: String) {
        #expect(bytes(service, id) == nil)
    }

    @Test func theStampChangesWithTheModels() throws {
        let (models, files) = (loader.stamp(), loader.files(of: ModelKey(.stt, "a")).stamp)
        try write(".incomplete/a/model.onnx", bytes: 1)
        #expect(loader.stamp() == models)
        try write("silero-vad/silero_vad_16k_sequence.onnx", bytes: 1)
        // Speech models are loaded with it.
        #expect(loader.stamp() != models && loader.files(of: ModelKey(.stt, "a")).stamp != files)
    }
}
