import BridgeSupport
import Foundation
import OnnxRuntime
import WorkScheduling

/// The encoder and decoder of an export in the form that optimum writes, driven by the names and element types that the sessions state.
struct PublishedNetwork: WhisperNetwork {
    let melBins: Int
    let vocabularySize: Int
    let maximumTokens: Int
    let operation: String
    /// The heads that an alignment follows, among the heads whose attention the export gives.
    private let alignmentHeads: [AlignmentHead]

    private let encoder: InferenceSession
    private let encoderInput: InferenceSession.ValueInfo
    private let encoderOutput: InferenceSession.ValueInfo
    private let decoder: DecoderSessions

    /// - Throws: `model_not_installed` when a file isn't what its name says, and what the engine throws when it can't be loaded.
    init(_ files: WhisperDirectory, decoder export: WhisperDirectory.Export, runtime: OnnxRuntime) throws {
        encoder = try InferenceSession(runtime, modelAt: files.encoder.path(percentEncoded: false))
        decoder = try DecoderSessions(export, of: files, runtime: runtime)
        guard let input = encoder.inputs.first,
            let output = encoder.outputs.first(where: { $0.name == "last_hidden_state" })
        else {
            throw files.unusable("the encoder has no input or no last_hidden_state")
        }
        operation = "run /\(files.encoder.lastPathComponent) or that of its decoder"
        encoderInput = input
        encoderOutput = output
        let stated = input.shape.count == 3 ? input.shape[1] : nil
        guard let mels = stated ?? files.features.melBins ?? files.configuration.melBins, mels == 80 || mels == 128
        else {
            throw files.unusable("it takes neither 80 nor 128 mel bands")
        }
        melBins = mels
        guard let size = decoder.vocabularySize ?? files.configuration.vocabularySize,
            size > SpecialTokens.timestampCount
        else {
            throw files.unusable("the size of its vocabulary is unknown")
        }
        vocabularySize = size
        maximumTokens = min(4096, max(16, files.configuration.maximumTargetPositions ?? 448))
        alignmentHeads = AlignmentHead.named(
            files.generation.alignmentHeads, layers: decoder.crossAttentions.count,
            heads: files.configuration.decoderHeads ?? 1)
    }

    var canAlign: Bool { !decoder.crossAttentions.isEmpty }
    /// The exports' graphs fix the length of a window.
    var understandsShortContexts: Bool { false }

    /// The decoder attends to the encoder's output itself.
    func encode(_ features: [Float], permit: WorkPermit?) throws -> EncodedAudio {
        let input = try Tensor.floats(
            features, shape: [1, melBins, features.count / melBins], as: encoderInput.elementType)
        let outputs = try encoder.run(
            [encoderInput.name: input], outputs: [encoderOutput.name], permit: permit, mayRepeat: true)
        let hidden = try outputs.required(encoderOutput.name).converted(to: decoder.hiddenType)
        return EncodedAudio(tensors: [DecoderSessions.hiddenName: hidden])
    }

    /// Computes the keys and values of the audio on the way.
    func prefill(_ tokens: [Int], start: Int, audio: EncodedAudio, permit: WorkPermit?) throws -> (
        step: DecoderStep, startPlace: Int
    ) {
        let hidden = try audio.tensors.required(DecoderSessions.hiddenName)
        return (try decoder.prefill(tokens, hidden: hidden, permit: permit), start)
    }

    /// Token by token, as older exports can take no more than one at a time with a cache.
    func append(_ tokens: [Int], to step: DecoderStep, permit: WorkPermit?) throws -> DecoderStep {
        try tokens.reduce(step) { step, token in
            try permit?.checkpoint()
            return try decoder.step([token], cache: step.cache, permit: permit)
        }
    }

    func step(_ tokens: [Int], cache: DecoderCache, permit: WorkPermit?) throws -> DecoderStep {
        try decoder.step(tokens, cache: cache, permit: permit)
    }

    func gathering(_ rows: [Int], of cache: DecoderCache) throws -> DecoderCache { try cache.gathering(rows) }

    func align(_ tokens: [Int], audio: EncodedAudio, permit: WorkPermit?) throws -> (
        logits: Tensor, attention: AlignmentAttention
    ) {
        let hidden = try audio.tensors.required(DecoderSessions.hiddenName)
        let (logits, attentions) = try decoder.align(tokens, hidden: hidden, permit: permit)
        return (logits, AlignmentAttention(heads: alignmentHeads, layers: attentions))
    }
}
