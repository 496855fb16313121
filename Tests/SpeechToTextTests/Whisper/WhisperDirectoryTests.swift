import Audio
import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@testable import SpeechToText

@Suite(.timeLimit(.minutes(5))) struct WhisperDirectoryTests {
    /// A copy of a fixture that `change` may damage.
    @discardableResult private func load(_ change: (URL) throws -> Void) throws -> WhisperBackend {
        let copy = FileManager.default.temporaryDirectory.appending(path: "whisper-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: copy) }
        try FileManager.default.copyItem(at: WhisperFixtures.url("whisper-multilingual"), to: copy)
        try change(copy)
        return try WhisperBackend(modelID: "tiny", directory: copy, vad: nil, runtime: WhisperFixtures.runtime())
    }

    private func expectUnusable(naming part: String, _ change: (URL) throws -> Void) {
        #expect {
            try load(change)
        } throws: { error in
            guard let error = error as? ServiceError else { return false }
            return error.code == .modelNotInstalled && error.message.contains(part) && error.message.contains("tiny")
        }
    }

    @Test func missingFilesAreNamed() throws {
        let remove = { (name: String) in
            { (copy: URL) in try FileManager.default.removeItem(at: copy.appending(path: name)) }
        }
        expectUnusable(naming: "config.json", remove("config.json"))
        expectUnusable(naming: "tokenizer.json", remove("tokenizer.json"))
        expectUnusable(naming: "encoder_model.onnx") { copy in
            try remove("encoder_model.onnx")(copy)
            try remove("encoder_model_int8.onnx")(copy)
        }
        expectUnusable(naming: "decoder_model_merged.onnx") { copy in
            try remove("decoder_model_merged.onnx")(copy)
            try remove("decoder_model_merged_int8.onnx")(copy)
        }
    }

    @Test func damagedFilesAreErrors() throws {
        let write = { (name: String, data: Data) in { (copy: URL) in try data.write(to: copy.appending(path: name)) } }
        expectUnusable(naming: "config.json", write("config.json", Data("{".utf8)))
        expectUnusable(naming: "generation_config.json", write("generation_config.json", Data("[1]".utf8)))
        expectUnusable(naming: "tokenizer.json", write("tokenizer.json", Data("{\"model\":3}".utf8)))
        expectUnusable(naming: "damaged", write("encoder_model_int8.onnx", Data("no model".utf8)))
        expectUnusable(naming: "damaged") { copy in
            let file = copy.appending(path: "decoder_model_merged_int8.onnx")
            let whole = try Data(contentsOf: file)
            try whole.prefix(whole.count / 2).write(to: file)
        }
        // An encoder where the decoder should be.
        expectUnusable(naming: "with past") { copy in
            let encoder = try Data(contentsOf: copy.appending(path: "encoder_model.onnx"))
            try encoder.write(to: copy.appending(path: "decoder_model_merged_int8.onnx"))
        }
    }

    @Test func precisionsAreLookedUpInOrder() throws {
        let directory = try WhisperFixtures.url("whisper-multilingual")
        let named = { (precisions: [WhisperPrecision]) in
            try WhisperDirectory(modelID: "tiny", directory: directory, precisions: precisions).encoder
                .lastPathComponent
        }
        #expect(try named([.int8, .float32]) == "encoder_model_int8.onnx")
        #expect(try named([.quantized, .float32, .int8]) == "encoder_model.onnx")
        #expect(try named(WhisperPrecision.preferred) == "encoder_model_int8.onnx")
    }

    /// This model says Telugu of everything, unless that is not one of its languages.
    @Test func onlyTaughtLanguagesAreDetected() async throws {
        let backend = try load { copy in
            let file = copy.appending(path: "generation_config.json")
            var stated = try #require(
                JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            stated["trained_languages"] = ["fr", "en"]
            try JSONSerialization.data(withJSONObject: stated).write(to: file)
        }
        let tone = try ClipRecipe.render(try #require(try ClipRecipe.clips()["tone-440"]))
        let audio = AudioInput(samples: tone)
        let made = try await backend.transcribe(TranscriptionRequest(audio: audio, vad: false)) { _ in }
        #expect(["fr", "en"].contains(made.language))
    }

    /// Exports without generation_config.json and with the tasks' ids in the tokenizer.
    @Test func optionalFilesMayBeMissing() throws {
        try load { copy in
            try FileManager.default.removeItem(at: copy.appending(path: "generation_config.json"))
            try FileManager.default.removeItem(at: copy.appending(path: "preprocessor_config.json"))
        }
    }
}
