/// A window in which the encoder looks at a short utterance only, instead of at 30 s that are silent for the most part.
///
/// Whisper was taught windows of 30 s. With less it keeps the words as long as the utterance has a margin and there is a floor, and where
/// it does not, it repeats itself without an end, which is seen; such a window is decoded again as a whole. Measured with whisper-base on
/// real French and English; Benchmarks/README.md has the figures.
struct ShortContext: Sendable, Hashable {
    /// Positions of 20 ms that the encoder looks at.
    var positions: Int
    /// More tokens than anybody says in that time.
    var maximumTokens: Int

    /// The longest utterance, in frames of 10 ms.
    private static let longestFrames = 1000
    private static let positionsPerSecond = 50.0
    private static let fewestPositions = 384.0
    private static let margin = 128.0
    private static let fewestTokens = 8.0
    private static let tokensPerSecond = 12.0

    /// - Parameter frames: frames of 10 ms of a whole utterance.
    /// - Returns: nil for one that is too long.
    init?(frames: Int) {
        guard frames <= Self.longestFrames else { return nil }
        let seconds = Double(frames) / 100
        let wanted = max(Self.fewestPositions, Self.positionsPerSecond * seconds + Self.margin)
        positions = Int((wanted / 8).rounded(.up)) * 8
        maximumTokens = Int(Self.fewestTokens + Self.tokensPerSecond * seconds)
    }

    /// Whether an answer shows that too little was looked at.
    func isDoubtful(_ result: WindowResult) -> Bool {
        result.tokens.count >= maximumTokens || result.compressionRatio > 2.4 || result.averageLogProbability < -1
            || Self.repeatsItself(result.tokens)
    }

    /// Whether a group of four tokens follows itself.
    private static func repeatsItself(_ tokens: [Int]) -> Bool {
        guard tokens.count >= 8 else { return false }
        return (0...tokens.count - 8).contains { tokens[$0..<$0 + 4] == tokens[$0 + 4..<$0 + 8] }
    }
}
