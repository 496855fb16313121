public import BridgeSupport

/// What to say, and how.
public struct SynthesisRequest: Sendable, Hashable {
    /// 1…20000 characters.
    public var text: String
    /// A voice id ("fr_FR-upmc-medium"), nil for the default.
    public var voice: String?
    /// 0.25…4; 2 is twice as fast.
    public var speed: Double
    /// A speaker's name or number, for voices that have several; nil for the voice's own default.
    public var speaker: String?
    /// Whether each sentence is brought to full scale, as piper-tts does.
    public var normalize: Bool
    /// 1 is unchanged.
    public var volume: Double
    /// Silence between sentences, in seconds.
    public var sentenceSilence: Double

    public init(
        text: String, voice: String? = nil, speed: Double = 1, speaker: String? = nil, normalize: Bool = true,
        volume: Double = 1, sentenceSilence: Double = 0
    ) {
        self.text = text
        self.voice = voice
        self.speed = speed
        self.speaker = speaker
        self.normalize = normalize
        self.volume = volume
        self.sentenceSilence = sentenceSilence
    }
}

public struct SynthesizedSpeech: Sendable {
    /// Mono, -1…1.
    public var samples: [Float]
    /// Hertz.
    public var sampleRate: Int
    /// The voice that spoke.
    public var voice: String
    public var timings: StageTimings

    public init(samples: [Float], sampleRate: Int, voice: String, timings: StageTimings = StageTimings()) {
        self.samples = samples
        self.sampleRate = sampleRate
        self.voice = voice
        self.timings = timings
    }

    /// Length of the audio in seconds.
    public var duration: Double { sampleRate > 0 ? Double(samples.count) / Double(sampleRate) : 0 }
}

/// One spoken sentence, as a backend hands it out.
public struct SpokenSentence: Sendable {
    public var index: Int
    /// Empty where a long sentence goes on: its first piece has the whole text.
    public var text: String
    /// Mono, -1…1.
    public var samples: [Float]

    public init(index: Int, text: String, samples: [Float]) {
        self.index = index
        self.text = text
        self.samples = samples
    }
}

/// A loaded voice.
public protocol VoiceBackend: Sendable {
    var voiceID: String { get }
    /// Hertz.
    var sampleRate: Int { get }
    /// Names of the speakers in the order of their numbers; empty for a voice with one.
    var speakers: [String] { get }
    /// Speaks sentence by sentence, in order; silence between sentences is part of the samples.
    /// Cancelling the task stops the work.
    func synthesize(
        _ request: SynthesisRequest, onSentence: @Sendable (SpokenSentence) async throws -> Void
    ) async throws
}
