import BridgeSupport
import OnnxRuntime
import WorkScheduling

/// A Whisper network, however its files are made.
///
/// All calls block; they belong inside a compute permit. Caches stay in the engine's tensors between steps.
protocol WhisperNetwork: Sendable {
    var melBins: Int { get }
    var vocabularySize: Int { get }
    /// Prompt and answer together.
    var maximumTokens: Int { get }
    /// What its runs do, for error messages, which name the decoder's file.
    var operation: String { get }
    /// Whether it tells where it listens while it writes, from which the times of words are read.
    var canAlign: Bool { get }
    /// Whether the encoder takes windows of less than 30 s, and was measured to understand short utterances in them as well.
    var understandsShortContexts: Bool { get }

    /// What the decoder attends to, of one window of features `[melBins, frames]`.
    func encode(_ features: [Float], permit: WorkPermit?) throws -> EncodedAudio

    /// Runs the decoder on a whole prompt.
    ///
    /// - Parameter start: the position of the start of the transcript in `tokens`.
    /// - Returns: the step, and the place of that start's logits in it. The last token's are the last.
    func prefill(_ tokens: [Int], start: Int, audio: EncodedAudio, permit: WorkPermit?) throws -> (
        step: DecoderStep, startPlace: Int
    )

    /// Runs the decoder on more tokens of a prompt, in the cache's only row.
    func append(_ tokens: [Int], to step: DecoderStep, permit: WorkPermit?) throws -> DecoderStep

    /// Runs the decoder on one more token for each row of the cache.
    func step(_ tokens: [Int], cache: DecoderCache, permit: WorkPermit?) throws -> DecoderStep

    /// The cache with row `rows[i]` of the tokens as its i-th row.
    func gathering(_ rows: [Int], of cache: DecoderCache) throws -> DecoderCache

    /// Logits of all tokens of a whole sequence, `[1, tokens, vocabulary]`, and the attention that follows its words.
    func align(_ tokens: [Int], audio: EncodedAudio, permit: WorkPermit?) throws -> (
        logits: Tensor, attention: AlignmentAttention
    )
}

/// What the decoder attends to of one window, by the name of its input.
struct EncodedAudio: Sendable {
    var tensors: [String: Tensor]
}

/// Where heads of the decoder look in the audio, for each token.
struct AlignmentAttention: Sendable {
    /// Their `layer` is an index into `layers`.
    var heads: [AlignmentHead]
    /// `[1, heads, tokens, positions]` each; the sum over the positions is 1.
    var layers: [Tensor]
}

/// One head of the decoder's cross attention.
struct AlignmentHead: Sendable, Hashable {
    var layer: Int
    var head: Int

    /// The heads named by the model, otherwise all heads in the later half of the layers, as openai-whisper does.
    ///
    /// - Parameter pairs: of layer and head.
    static func named(_ pairs: [[Int]]?, layers: Int, heads: Int) -> [AlignmentHead] {
        let named = (pairs ?? []).compactMap { pair in
            pair.count == 2 && (0..<layers).contains(pair[0]) && (0..<heads).contains(pair[1])
                ? AlignmentHead(layer: pair[0], head: pair[1]) : nil
        }
        guard named.isEmpty else { return named }
        return (layers / 2..<layers).flatMap { layer in (0..<heads).map { AlignmentHead(layer: layer, head: $0) } }
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
