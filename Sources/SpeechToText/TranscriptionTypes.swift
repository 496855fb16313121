public import Audio
public import BridgeSupport
public import WorkScheduling

/// What to transcribe, and how.
public struct TranscriptionRequest: Sendable {
    /// The kind of text to write.
    public enum Task: String, Sendable, CaseIterable {
        /// The words in the language spoken.
        case transcribe
        /// A translation into English.
        case translate
    }

    /// How numbers and units stand in the text.
    public enum TextFormat: String, Sendable, CaseIterable {
        /// As the model heard them, mostly in words.
        case spoken
        /// As people write them, where the language has rules for that: "21 °C", "18 h 30".
        case written
    }

    /// Opened once, when its turn has come.
    public var audio: AudioInput
    /// A language that the model knows, by its code or name in any case ("fr", "FR", "fr-CA", "French"); nil or "auto" to
    /// detect it.
    public var language: String?
    /// Languages to choose from where one is detected, by their codes or names; "all" stands for all that the model knows, and nil
    /// for those of the service.
    public var languages: [String]?
    /// `translate` needs a model that knows several languages.
    public var task: Task
    /// A model id, nil for the default.
    public var model: String?
    /// Text that the decoder regards as said before: names, spelling, style.
    public var prompt: String?
    /// A fixed sampling temperature; nil for the fallback ladder 0, 0.2, … 1.
    public var temperature: Double?
    /// Number of beams at temperature 0; 1 is greedy, nil for the service's default.
    public var beamSize: Int?
    /// Whether to keep silence and noise from the model.
    public var vad: Bool
    /// Whether segments tell when each word is said, if the model's files allow it.
    public var wordTimestamps: Bool

    /// Of segments and words too.
    public var textFormat: TextFormat

    /// By default the language is detected, silence left out, and the service's model asked.
    public init(
        audio: AudioInput, language: String? = nil, languages: [String]? = nil, task: Task = .transcribe,
        model: String? = nil, prompt: String? = nil, temperature: Double? = nil, beamSize: Int? = nil, vad: Bool = true,
        wordTimestamps: Bool = false, textFormat: TextFormat = .spoken
    ) {
        self.audio = audio
        self.language = language
        self.languages = languages
        self.task = task
        self.model = model
        self.prompt = prompt
        self.temperature = temperature
        self.beamSize = beamSize
        self.vad = vad
        self.wordTimestamps = wordTimestamps
        self.textFormat = textFormat
    }
}

/// A word, and when it was said.
public struct TranscribedWord: Sendable, Hashable {
    /// With its punctuation.
    public var text: String
    /// Seconds from the start of the audio.
    public var start: Double
    /// Seconds from the start of the audio.
    public var end: Double
    /// Mean token probability, 0…1.
    public var probability: Double

    /// A word as the aligner found it.
    public init(text: String, start: Double, end: Double, probability: Double) {
        self.text = text
        self.start = start
        self.end = end
        self.probability = probability
    }
}

/// A stretch of speech of up to 30 seconds, as the model cut it.
public struct TranscribedSegment: Sendable, Hashable {
    /// 0 for the first one.
    public var id: Int
    /// Seconds from the start of the audio.
    public var start: Double
    /// Seconds from the start of the audio.
    public var end: Double
    /// Trimmed, never empty.
    public var text: String
    /// exp(mean token log-probability), 0…1.
    public var confidence: Double
    /// nil unless asked for and supported by the model's export.
    public var words: [TranscribedWord]?
    /// The language of the whole; nil where only the whole tells it.
    public var language: String?

    /// A segment without words, unless told.
    public init(
        id: Int, start: Double, end: Double, text: String, confidence: Double, words: [TranscribedWord]? = nil,
        language: String? = nil
    ) {
        self.id = id
        self.start = start
        self.end = end
        self.text = text
        self.confidence = confidence
        self.words = words
        self.language = language
    }
}

/// All that was heard.
public struct Transcription: Sendable {
    /// The text of all segments, joined by spaces if the language uses them; empty for silence.
    public var text: String
    /// The language asked for or detected ("fr"); nil when nothing was said and none was asked for.
    public var language: String?
    /// How likely the detected language is among all that the model knows, 0…1; nil where it was asked for.
    public var languageProbability: Double?
    /// Segment confidences weighted by duration; 0 when there is no segment.
    public var confidence: Double
    /// In order of time; empty for silence.
    public var segments: [TranscribedSegment]
    /// The model that answered.
    public var model: String
    /// Length of the audio in seconds.
    public var audioDuration: Double
    /// `queue` counts all waits for a place, including that of a recording that turned out to be long.
    public var timings: StageTimings
    /// What was asked for but could not be provided, one sentence each that begins with the field's name.
    public var warnings: [String]

    /// Everything is taken as it is; `text` should be that of the segments.
    public init(
        text: String, language: String?, languageProbability: Double? = nil, confidence: Double,
        segments: [TranscribedSegment], model: String,
        audioDuration: Double, timings: StageTimings = StageTimings(), warnings: [String] = []
    ) {
        self.warnings = warnings
        self.text = text
        self.language = language
        self.languageProbability = languageProbability
        self.confidence = confidence
        self.segments = segments
        self.model = model
        self.audioDuration = audioDuration
        self.timings = timings
    }
}

/// An event of a transcription.
public enum TranscriptionEvent: Sendable {
    /// The next segment, as soon as its window is done.
    case segment(TranscribedSegment)
    /// The whole, with all segments. Always last.
    case done(Transcription)
}

/// One transcription, event by event: no window is decoded before somebody waits for its results.
public typealias TranscriptionStream = PulledSequence<TranscriptionEvent>

/// A loaded speech recogniser.
public protocol SpeechBackend: Sendable {
    /// The name that requests and answers give it.
    var modelID: String { get }
    /// Language codes that may be asked for or detected; `["en"]` for an English-only model.
    var languages: [String] { get }
    /// The transcription of the whole source, made as it is read. Cancelling the reader's task stops the work. While nobody reads, no
    /// permit to compute is held.
    ///
    /// - Parameters:
    ///   - audio: the audio of the request, opened: mono 16 kHz. It belongs to the stream from now on, and ends with it.
    ///   - ticket: admitted; gives the permits to compute.
    /// - Throws: what is wrong with the request; later errors are thrown by the stream.
    func transcribe<Source: PCMSource & ~Copyable>(
        _ request: TranscriptionRequest, audio: consuming Source, ticket: WorkTicket
    ) async throws -> TranscriptionStream
}

extension TranscriptionRequest {
    /// A WAV file, transcribed as requests are that leave everything else open.
    public init(wav path: String, language: String?, model: String?) {
        self.init(audio: AudioInput(file: path, encoding: .wav), language: language, model: model)
    }
}
