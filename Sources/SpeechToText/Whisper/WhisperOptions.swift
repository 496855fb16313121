/// How a Whisper model decodes. The defaults are openai-whisper's.
public struct WhisperOptions: Sendable, Hashable {
    /// Suffixes of the model files in order of preference.
    public var precisions: [WhisperPrecision]
    /// Temperatures to try in order, when a request fixes none: each next one when the last answer looks wrong.
    public var temperatures: [Double]
    /// Number of answers sampled at a temperature above 0, of which the likeliest counts.
    public var bestOf: Int
    /// How long beam search goes on after its first finished beams: it stops at beams × patience finished ones.
    public var patience: Double
    /// An answer that compresses better than this is a loop; nil to skip the check.
    public var compressionRatioThreshold: Double?
    /// An answer with a lower mean log-probability is a guess; nil to skip the check.
    public var logProbabilityThreshold: Double?
    /// A window with a higher probability of no speech is skipped if its answer is a guess too; nil to skip the check.
    public var noSpeechThreshold: Double?
    /// Whether the text of one window is the prompt of the next.
    public var conditionsOnPreviousText: Bool
    /// Whether the model writes times between the words; if not, a segment is a whole window.
    public var timestamps: Bool
    /// How much of a window the encoder looks at.
    public var context: WhisperContext
    /// Seed of the random numbers for temperatures above 0: the same audio gets the same text.
    public var seed: UInt64

    /// By default as openai-whisper decodes.
    public init(
        precisions: [WhisperPrecision] = WhisperPrecision.preferred,
        temperatures: [Double] = [0, 0.2, 0.4, 0.6, 0.8, 1], bestOf: Int = 1, patience: Double = 1,
        compressionRatioThreshold: Double? = 2.4, logProbabilityThreshold: Double? = -1,
        noSpeechThreshold: Double? = 0.6, conditionsOnPreviousText: Bool = true, timestamps: Bool = true,
        context: WhisperContext = .auto, seed: UInt64 = 0
    ) {
        self.precisions = precisions
        self.temperatures = temperatures
        self.bestOf = bestOf
        self.patience = patience
        self.compressionRatioThreshold = compressionRatioThreshold
        self.logProbabilityThreshold = logProbabilityThreshold
        self.noSpeechThreshold = noSpeechThreshold
        self.conditionsOnPreviousText = conditionsOnPreviousText
        self.timestamps = timestamps
        self.context = context
        self.seed = seed
    }
}

/// How much of its window of 30 s a Whisper model looks at.
public enum WhisperContext: String, Sendable, Hashable, CaseIterable {
    /// Of short utterances only what they fill and a margin, by models with which that was measured to keep the words.
    case auto
    /// All of it, as it was taught.
    case full
}
