public import Audio
public import BridgeSupport
public import SpokenText
public import WorkScheduling

/// What to say, and how.
public struct SynthesisRequest: Sendable, Hashable {
    /// One of a voice's speakers.
    public enum Speaker: Sendable, Hashable {
        /// 0 for the first one.
        case number(Int)
        /// A name; if no speaker has it, the number that it spells. Some voices have names such as "07" for other numbers.
        case name(String)
    }

    /// 1…20000 characters.
    public var text: String
    /// A voice id ("fr_FR-upmc-medium"), nil for the default.
    public var voice: String?
    /// Asks for the best voice of a language, by its code or name ("en", "en-US", "anglais"); nil for any. A voice that is named must
    /// speak it.
    public var language: String?
    /// 0.25…4; 2 is twice as fast.
    public var speed: Double
    /// For voices that have several; nil for the voice's own default.
    public var speaker: Speaker?
    /// Whether numbers, hours, abbreviations and the like are put into words first, and markup is taken away.
    public var putsIntoWords: Bool
    /// Whether each sentence is brought to full scale, as piper-tts does.
    public var normalize: Bool
    /// 1 is unchanged; nil for the service's default.
    public var volume: Double?
    /// Silence between sentences, in seconds; nil for the service's default.
    public var sentenceSilence: Double?
    /// Where the lexicon has put phonemes into the text, with the brackets around them, in Unicode code points and in order.
    var lexiconPhonemes: [Range<Int>] = []

    /// By default the voice and the settings of the service, at the usual speed.
    public init(
        text: String, voice: String? = nil, language: String? = nil, speed: Double = 1, speaker: Speaker? = nil,
        putsIntoWords: Bool = true, normalize: Bool = true, volume: Double? = nil, sentenceSilence: Double? = nil
    ) {
        self.text = text
        self.voice = voice
        self.language = language
        self.speed = speed
        self.speaker = speaker
        self.putsIntoWords = putsIntoWords
        self.normalize = normalize
        self.volume = volume
        self.sentenceSilence = sentenceSilence
    }
}

/// Speech as a whole.
public struct SynthesizedSpeech: Sendable {
    /// Mono, -1…1.
    public var samples: [Float]
    /// Hertz.
    public var sampleRate: Int
    /// The voice that spoke.
    public var voice: String
    /// `compute` counts the making of sentences, not the waits between them.
    public var timings: StageTimings

    /// Everything is taken as it is.
    public init(samples: [Float], sampleRate: Int, voice: String, timings: StageTimings = StageTimings()) {
        self.samples = samples
        self.sampleRate = sampleRate
        self.voice = voice
        self.timings = timings
    }

    /// Length of the audio in seconds.
    public var duration: Double { sampleRate > 0 ? Double(samples.count) / Double(sampleRate) : 0 }
}

/// Speech encoded in an audio format.
public struct EncodedSpeech: Sendable {
    /// A whole file including its header; bare samples for PCM.
    public var bytes: [UInt8]
    /// The format of the bytes.
    public var format: AudioFormat
    /// The sample rate in hertz after decoding the bytes.
    public var sampleRate: Int
    /// Length of the audio in seconds.
    public var duration: Double
    /// The voice that spoke.
    public var voice: String
    /// The total includes the encoding, unlike the other stages.
    public var timings: StageTimings
    /// From the request to its first sentence.
    public var firstSentence: Duration?
    /// What was said.
    public var spoken: SpokenText
    /// How it sounded: IPA, a line for each sentence.
    public var phonemes: String
}

/// One spoken sentence, as a backend hands it out.
public struct SpokenSentence: Sendable {
    /// 0 for the first one.
    public var index: Int
    /// Empty if it continues a long sentence, whose first piece has the whole text.
    public var text: String
    /// Mono, -1…1.
    public var samples: [Float]
    /// How it sounds, in the International Phonetic Alphabet; empty where a voice cannot tell.
    public var phonemes: String
    /// Whether it is the next piece of the sentence before.
    public var continues: Bool

    /// A sentence, or a piece of one without a text.
    public init(index: Int, text: String, samples: [Float], phonemes: String = "", continues: Bool = false) {
        self.index = index
        self.text = text
        self.samples = samples
        self.phonemes = phonemes
        self.continues = continues
    }
}

/// Sentences that are spoken as they are asked for.
public typealias SentenceSequence = AsyncSequence<SpokenSentence, any Error> & Sendable

/// A loaded voice.
public protocol VoiceBackend: Sendable {
    /// The name that requests and answers give it.
    var voiceID: String { get }
    /// Hertz.
    var sampleRate: Int { get }
    /// What it speaks, as a tag such as "fr" or "en-us"; nil where that isn't known, and only markup is taken out of its texts.
    var language: String? { get }
    /// Whether it says the phonemes that the lexicon puts into a text between `[[` and `]]`, in the International Phonetic Alphabet.
    var takesPhonemes: Bool { get }
    /// Names of the speakers in the order of their numbers; empty for a voice with only one.
    var speakers: [String] { get }
    /// The sentences of a text, in order, each spoken when it is asked for; silence between sentences is part of the samples. Cancelling
    /// the reader's task stops the work.
    ///
    /// - Parameter ticket: admitted; gives the permits to compute.
    /// - Throws: `invalid_request` naming a field that does not fit this voice. Errors while speaking are thrown by the sequence.
    func sentences(of request: SynthesisRequest, ticket: WorkTicket) async throws -> any SentenceSequence
}
