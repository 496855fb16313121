import BridgeSupport
import BridgeTesting
import Foundation
import Testing

@testable import SpeechToText

/// Files that are not a whole Silero model: an error that names the file and says what to do, and never a crash.
@Suite(.timeLimit(.minutes(5))) struct BadInputVoiceActivityTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func problem(_ bytes: Data) throws -> ServiceError? {
        let file = folder.url.appending(path: "silero_vad_16k_sequence.onnx")
        try bytes.write(to: file)
        let runtime = try VoiceActivityDetectorTests.runtime.get()
        do {
            _ = try VoiceActivityDetector(modelAt: file.path, runtime: runtime)
            return nil
        } catch let error as ServiceError {
            return error
        }
    }

    @Test(arguments: [0.0, 0.001, 0.5, 0.999]) func aModelThatIsCut(_ part: Double) throws {
        let whole = try Data(contentsOf: URL(filePath: try VoiceActivityDetectorTests.modelPath()))
        let error = try problem(whole.prefix(Int(Double(whole.count) * part)))
        #expect(error?.code == .modelNotInstalled)
        let message = error?.message ?? ""
        for words in ["silero_vad_16k_sequence.onnx", "models remove silero-vad", "models pull silero-vad"] {
            #expect(message.contains(words), "\(message)")
        }
        #expect(!message.contains(folder.url.path), "\(message)")
        #expect(try problem(whole) == nil)
    }

    @Test func anotherModel() throws {
        let encoder = try Data(
            contentsOf: WhisperFixtures.url("whisper-multilingual").appending(path: "encoder_model_int8.onnx"))
        let error = try problem(encoder)
        #expect(error?.code == .modelNotInstalled)
        #expect(error?.message.contains("not Silero's") == true, "\(error?.message ?? "")")
    }
}
