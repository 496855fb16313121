import BridgeSupport
import Foundation
import OnnxRuntime
import WorkScheduling

/// One interface for the decoder's one or two model files.
///
/// Keys and values are passed from step to step as the engine's own tensors, which are never copied on a CPU.
struct DecoderSessions: Sendable {
    let crossAttentions: [String]
    let vocabularySize: Int?
    /// Element type of `encoder_hidden_states`.
    let hiddenType: ElementType

    private static let tokensName = "input_ids"
    static let hiddenName = "encoder_hidden_states"
    private static let branchName = "use_cache_branch"
    private static let positionName = "cache_position"
    private static let logitsName = "logits"

    /// The session for the first call.
    private let first: InferenceSession
    /// The session for calls with a cache; the same as `first` if the file is merged.
    private let cached: InferenceSession
    private let tokenType: ElementType
    /// Inputs of `cached` for the keys and values of tokens, and of the audio.
    private let pastNames: [String]
    private let crossNames: [String]
    private let firstOutputs: [String]
    private let cachedOutputs: [String]
    /// Empty caches for the branch that ignores them.
    private let emptyPast: [String: Tensor]
    private let dummyHidden: Tensor?
    private let sharing = CrossRowSharing()

    init(_ export: WhisperDirectory.Export, of files: WhisperDirectory, runtime: OnnxRuntime) throws {
        switch export {
        case .merged(let file):
            first = try InferenceSession(runtime, modelAt: file.path(percentEncoded: false))
            cached = first
        case .pair(let file, let withPast):
            first = try InferenceSession(runtime, modelAt: file.path(percentEncoded: false))
            cached = try InferenceSession(runtime, modelAt: withPast.path(percentEncoded: false))
        }
        let past = cached.inputs.filter { $0.name.hasPrefix("past_key_values.") }
        pastNames = past.map(\.name).filter { $0.contains(".decoder.") }
        crossNames = past.map(\.name).filter { $0.contains(".encoder.") }
        let produced = Set(first.outputs.map(\.name))
        guard !pastNames.isEmpty, !crossNames.isEmpty, produced.contains(Self.logitsName),
            (pastNames + crossNames).allSatisfy({ produced.contains(Self.present($0)) }),
            let hidden = first.inputs.first(where: { $0.name == Self.hiddenName }),
            let tokens = first.inputs.first(where: { $0.name == Self.tokensName })
        else {
            throw files.unusable(
                "its decoder keeps no keys and values between steps (an export \"with past\" is needed)")
        }
        hiddenType = hidden.elementType
        tokenType = tokens.elementType
        firstOutputs = [Self.logitsName] + (pastNames + crossNames).map(Self.present)
        cachedOutputs = [Self.logitsName] + pastNames.map(Self.present)
        crossAttentions = first.outputs.map(\.name).filter { $0.hasPrefix("cross_attentions.") }
            .sorted {
                ($0.split(separator: ".").last.flatMap { Int($0) } ?? 0)
                    < ($1.split(separator: ".").last.flatMap { Int($0) } ?? 0)
            }
        vocabularySize = first.outputs.first { $0.name == Self.logitsName }?.shape.last ?? nil
        emptyPast = try Self.emptyPast(first.inputs, files)
        dummyHidden =
            cached.inputs.contains { $0.name == Self.hiddenName }
            ? try Tensor.floats(
                [Float](repeating: 0, count: hidden.shape.last.flatMap { $0 } ?? files.configuration.width ?? 1),
                shape: [1, 1, hidden.shape.last.flatMap { $0 } ?? files.configuration.width ?? 1],
                as: hidden.elementType)
            : nil
    }

    /// The output for `past_key_values.0.decoder.key` is called `present.0.decoder.key`.
    private static func present(_ past: String) -> String { "present." + past.dropFirst("past_key_values.".count) }

    /// Caches without a token, which a merged decoder expects at its first call.
    private static func emptyPast(_ inputs: [InferenceSession.ValueInfo], _ files: WhisperDirectory) throws -> [String:
        Tensor]
    {
        var made: [String: Tensor] = [:]
        for input in inputs where input.name.hasPrefix("past_key_values.") {
            let shape = input.shape
            guard shape.count == 4,
                let heads = shape[1] ?? files.configuration.decoderHeads,
                let width = shape[3] ?? files.configuration.width.map({ $0 / heads })
            else {
                throw files.unusable("the shape of its caches is unknown")
            }
            made[input.name] = try Tensor.floats([], shape: [1, heads, 0, width], as: input.elementType)
        }
        return made
    }

    func prefill(_ tokens: [Int], hidden: Tensor, permit: WorkPermit?) throws -> DecoderStep {
        let outputs = try first.run(
            try firstInputs(tokens, hidden), outputs: firstOutputs, permit: permit, mayRepeat: true)
        return DecoderStep(
            logits: try outputs.required(Self.logitsName),
            cache: DecoderCache(
                cross: try Self.kept(crossNames, outputs), past: try Self.kept(pastNames, outputs), length: tokens.count
            ))
    }

    func align(_ tokens: [Int], hidden: Tensor, permit: WorkPermit?) throws -> (
        logits: Tensor, attentions: [Tensor]
    ) {
        let outputs = try first.run(
            try firstInputs(tokens, hidden), outputs: [Self.logitsName] + crossAttentions, permit: permit,
            mayRepeat: true)
        return (try outputs.required(Self.logitsName), try crossAttentions.map { try outputs.required($0) })
    }

    /// The cache's `cross` may have one row for all `tokens`.
    func step(_ tokens: [Int], cache: DecoderCache, permit: WorkPermit?) throws -> DecoderStep {
        guard cache.crossRows != tokens.count else { return try run(tokens, cache, permit: permit) }
        return try sharing.step {
            try run(tokens, cache, permit: permit)
        } copied: {
            try run(tokens, try cache.copyingCross(rows: tokens.count), permit: permit)
        }
    }

    private func run(_ tokens: [Int], _ cache: DecoderCache, permit: WorkPermit?) throws -> DecoderStep {
        var inputs = cache.past.merging(cache.cross) { past, _ in past }
        for input in cached.inputs where inputs[input.name] == nil {
            switch input.name {
            case Self.tokensName:
                inputs[input.name] = try Tensor.tokens(tokens, shape: [tokens.count, 1], as: tokenType)
            case Self.hiddenName: inputs[input.name] = dummyHidden
            case Self.branchName: inputs[input.name] = try Tensor([true], shape: [1])
            case Self.positionName: inputs[input.name] = try Tensor([Int64(cache.length)], shape: [1])
            default: break
            }
        }
        let outputs = try cached.run(inputs, outputs: cachedOutputs, permit: permit)
        return DecoderStep(
            logits: try outputs.required(Self.logitsName),
            cache: DecoderCache(
                cross: cache.cross, past: try Self.kept(pastNames, outputs), length: cache.length + 1))
    }

    private func firstInputs(_ tokens: [Int], _ hidden: Tensor) throws -> [String: Tensor] {
        var inputs = emptyPast
        for input in first.inputs where inputs[input.name] == nil {
            switch input.name {
            case Self.tokensName:
                inputs[input.name] = try Tensor.tokens(tokens, shape: [1, tokens.count], as: tokenType)
            case Self.hiddenName: inputs[input.name] = hidden
            case Self.branchName: inputs[input.name] = try Tensor([false], shape: [1])
            case Self.positionName:
                inputs[input.name] = try Tensor((0..<tokens.count).map(Int64.init), shape: [tokens.count])
            default: break
            }
        }
        return inputs
    }

    private static func kept(_ names: [String], _ outputs: [String: Tensor]) throws -> [String: Tensor] {
        var kept: [String: Tensor] = [:]
        for name in names { kept[name] = try outputs.required(present(name)) }
        return kept
    }
}
