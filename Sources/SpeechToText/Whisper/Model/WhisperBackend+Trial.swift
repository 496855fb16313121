import BridgeSupport
public import Foundation
public import OnnxRuntime

extension WhisperBackend {
    /// Loads a model, and has it hear a second of silence and answer with a token: what runs so far answers requests as well. Blocks for
    /// seconds, and takes the memory of the model meanwhile.
    ///
    /// - Throws: `ServiceError` saying why it cannot run.
    public static func tryOut(_ directory: URL, modelID: String, runtime: OnnxRuntime) throws {
        let backend = try WhisperBackend(modelID: modelID, directory: directory, vad: nil, runtime: runtime)
        let (network, special) = (backend.decoder.network, backend.decoder.special)
        let logits: [Float]
        do {
            let audio = try backend.decoder.encode([Float](repeating: 0, count: 16_000), permit: nil)
            let start = special.startSequence(language: special.languages.first?.code, task: .transcribe)
            let step = try network.prefill(start, start: 0, audio: audio, permit: nil).step
            logits = try network.step([special.noTimestamps], cache: step.cache, permit: nil).logits.floats()
        } catch let error as OnnxRuntimeError {
            throw refusal(modelID, "the engine cannot run it", cause: error)
        }
        guard logits.allSatisfy(\.isFinite) else { throw refusal(modelID, "its answers are no numbers") }
    }

    private static func refusal(_ modelID: String, _ why: String, cause: (any Error)? = nil) -> ServiceError {
        ServiceError(
            .modelNotInstalled,
            "The speech model '\(modelID)' was tried out and is not installed: \(why). Choose another model, or ask whoever made it.",
            cause: cause)
    }
}
