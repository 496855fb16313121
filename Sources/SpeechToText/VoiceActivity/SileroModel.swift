import BridgeSupport
import OnnxRuntime
import WorkScheduling

/// Silero VAD's sequence model: many frames in one run, state in and out.
///
/// Source: `silero_vad_16k_sequence.onnx` of the PyPI package silero-vad (MIT).
struct SileroModel: SpeechProbabilityModel {
    private let session: InferenceSession

    /// - Throws: `model_not_installed` when the file can't be loaded or is another model.
    init(modelAt path: String, runtime: OnnxRuntime) throws {
        do {
            session = try InferenceSession(runtime, modelAt: path)
        } catch {
            throw Self.unusable("it is missing or damaged", path, cause: error)
        }
        guard Set(session.inputs.map(\.name)) == ["input", "h", "c"],
            Set(session.outputs.map(\.name)) == ["speech_probs", "hn", "cn"]
        else {
            throw Self.unusable("it is not Silero's sequence model", path)
        }
    }

    /// Pulling alone would find the file in place, and change nothing.
    private static func unusable(_ why: String, _ path: String, cause: (any Error)? = nil) -> ServiceError {
        let file = path.split(separator: "/").last ?? ""
        let id = VoiceActivityDetector.modelID
        return ServiceError(
            .modelNotInstalled,
            "The voice activity model cannot be used because of its file \(file): \(why). Install it again "
                + "('\(CommandName.current) models remove \(id)', then '\(CommandName.current) models pull \(id)').",
            cause: cause)
    }

    func probabilities(
        frames: [Float], count: Int, state: inout SpeechProbabilityState, ticket: WorkTicket
    ) async throws -> [Float] {
        let width = frames.count / max(1, count)
        let memory = [1, 1, SpeechProbabilityState.size]
        do {
            let inputs = [
                "input": try Tensor(frames, shape: [count, width]),
                "h": try Tensor(state.hidden, shape: memory),
                "c": try Tensor(state.cell, shape: memory),
            ]
            let results = try await session.run(inputs, ticket: ticket, as: .voiceActivity)
            guard let probabilities = results["speech_probs"], let hidden = results["hn"], let cell = results["cn"]
            else { throw Self.failed("it gave no result") }
            let values = try probabilities.floats()
            // A value that is not a number would count as silence.
            guard values.allSatisfy(\.isFinite) else { throw Self.failed("its probabilities are no numbers") }
            state.hidden = try hidden.floats()
            state.cell = try cell.floats()
            return values
        } catch let error as OnnxRuntimeError {
            throw Self.failed("the engine failed", error)
        }
    }

    private static func failed(_ reason: String, _ cause: (any Error)? = nil) -> ServiceError {
        .failedModel(
            "voice activity model", id: VoiceActivityDetector.modelID, file: VoiceActivityDetector.fileName,
            reason: reason, cause: cause)
    }
}
