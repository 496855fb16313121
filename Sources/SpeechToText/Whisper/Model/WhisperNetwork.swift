import BridgeSupport
import Foundation
import OnnxRuntime
import WorkScheduling

/// The encoder and decoder of one export, driven by the names and element types that the sessions state.
///
/// All calls block; they belong inside a compute permit. Caches stay in the runtime's tensors between steps.
struct WhisperNetwork: Sendable {
    /// Limits and shapes that the rest of the pipeline needs.
    let melBins: Int
    let vocabularySize: Int
    /// Prompt and answer together.
    let maximumTokens: Int
    /// Names of the outputs that hold cross attentions, by layer; empty for most exports.
    let crossAttentions: [String]

    /// What its runs do, for error messages, which name the decoder's file.
    let operation: String

    private let encoder: InferenceSession
    private let encoderInput: InferenceSession.ValueInfo
    private let encoderOutput: InferenceSession.ValueInfo
    private let decoder: DecoderSessions

    /// - Throws: `model_not_installed` when a file can't be loaded or isn't what its name says.
    init(_ files: WhisperDirectory, runtime: OnnxRuntime) throws {
        do {
            encoder = try InferenceSession(runtime, modelAt: files.encoder.path(percentEncoded: false))
            decoder = try DecoderSessions(files, runtime: runtime)
        } catch let error as OnnxRuntimeError {
            throw Self.unusable(files, "a model file can't be loaded; it may be damaged", cause: error)
        }
        guard let input = encoder.inputs.first,
            let output = encoder.outputs.first(where: { $0.name == "last_hidden_state" })
        else {
            throw Self.unusable(files, "the encoder has no input or no last_hidden_state")
        }
        operation = "run /\(files.encoder.lastPathComponent) or that of its decoder"
        encoderInput = input
        encoderOutput = output
        let stated = input.shape.count == 3 ? input.shape[1] : nil
        guard let mels = stated ?? files.features.melBins ?? files.configuration.melBins, mels == 80 || mels == 128
        else {
            throw Self.unusable(files, "it takes neither 80 nor 128 mel bands")
        }
        melBins = mels
        guard let size = decoder.vocabularySize ?? files.configuration.vocabularySize,
            size > SpecialTokens.timestampCount
        else {
            throw Self.unusable(files, "the size of its vocabulary is unknown")
        }
        vocabularySize = size
        maximumTokens = min(4096, max(16, files.configuration.maximumTargetPositions ?? 448))
        crossAttentions = decoder.crossAttentions
    }

    static func unusable(_ files: WhisperDirectory, _ why: String, cause: (any Error)? = nil) -> ServiceError {
        ServiceError(
            .modelNotInstalled,
            "The speech model '\(files.modelID)' can't be used: \(why). Remove it and pull it again (\(CommandName.current) models pull \(files.modelID)).",
            cause: cause)
    }

    /// The encoder's output, which the decoder attends to, for one window of features `[melBins, 3000]`.
    func encode(_ features: [Float], permit: WorkPermit?) throws -> Tensor {
        let input = try Tensor.floats(
            features, shape: [1, melBins, features.count / melBins], as: encoderInput.elementType)
        let outputs = try encoder.run(
            [encoderInput.name: input], outputs: [encoderOutput.name], permit: permit, mayRepeat: true)
        return try outputs.required(encoderOutput.name).converted(to: decoder.hiddenType)
    }

    /// Runs the decoder on a whole prompt, computing the keys and values of the audio on the way.
    func prefill(_ tokens: [Int], hidden: Tensor, permit: WorkPermit?) throws -> DecoderStep {
        try decoder.prefill(tokens, hidden: hidden, permit: permit)
    }

    /// Runs the decoder on one more token for each row of the cache.
    func step(_ tokens: [Int], cache: DecoderCache, permit: WorkPermit?) throws -> DecoderStep {
        try decoder.step(tokens, cache: cache, permit: permit)
    }

    /// Logits and cross attentions of a whole sequence, without a cache.
    func align(_ tokens: [Int], hidden: Tensor, permit: WorkPermit?) throws -> (
        logits: Tensor, attentions: [Tensor]
    ) {
        try decoder.align(tokens, hidden: hidden, permit: permit)
    }
}

/// Keys and values between decoder steps, by the name of the decoder's input.
struct DecoderCache: Sendable {
    /// For the audio; the same for all steps and all beams of a window.
    var cross: [String: Tensor]
    /// For the tokens so far.
    var past: [String: Tensor]
    /// Number of tokens so far.
    var length: Int

    /// Rows of `cross`: one, or as many as in `past`.
    var crossRows: Int { cross.values.first?.shape.first ?? 0 }

    /// The cache with row `rows[i]` of the tokens as its i-th row. The audio is the same for all of them.
    func gathering(_ rows: [Int]) throws -> DecoderCache {
        DecoderCache(cross: cross, past: try past.mapValues { try $0.gatheringRows(rows) }, length: length)
    }

    /// The cache with `rows` copies of the audio's first row.
    func copyingCross(rows: Int) throws -> DecoderCache {
        let first = [Int](repeating: 0, count: rows)
        return DecoderCache(cross: try cross.mapValues { try $0.gatheringRows(first) }, past: past, length: length)
    }
}

/// The outcome of one decoder call.
struct DecoderStep: Sendable {
    /// `[rows, tokens, vocabulary]`
    var logits: Tensor
    var cache: DecoderCache
}
