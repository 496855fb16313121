public import Audio
public import BridgeSupport
public import Logging
public import SpokenText
public import WorkScheduling

/// Text in, speech out: voice, admission, sentences, timings.
public final class TextToSpeechService: Sendable {
    private let voices: ModelSource<any VoiceBackend>
    let settings: Settings
    private let lexicon: @Sendable () -> Lexicon
    private let admission: AdmissionLimiter
    private let logger: Logger
    private let clock: any Clock<Duration>

    /// - Parameters:
    ///   - voices: throws `voice_not_found` for one that does not exist.
    ///   - lexicon: the words of the house as they are now.
    ///   - clock: measures requests.
    public init(
        voices: ModelSource<any VoiceBackend>, settings: Settings = Settings(),
        lexicon: @escaping @Sendable () -> Lexicon = { Lexicon() }, admission: AdmissionLimiter, logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.voices = voices
        self.settings = settings
        self.lexicon = lexicon
        self.admission = admission
        self.logger = logger
        self.clock = clock
    }

    /// Speaks the whole text.
    ///
    /// - Parameter onSentence: gets each sentence, in order, as soon as it is spoken; silence between sentences is part of it. An error that it
    ///   throws ends the work.
    /// - Throws: what ``withSpeech(of:_:)`` throws.
    public func synthesize(
        _ request: SynthesisRequest, onSentence: @Sendable (SpokenSentence) async throws -> Void = { _ in }
    ) async throws -> SynthesizedSpeech {
        try await withSpeech(of: request) { speech in
            // Kept as separate arrays: a single growing array would copy everything again and again.
            var sentences: [[Float]] = []
            for try await sentence in speech {
                sentences.append(sentence.samples)
                try await onSentence(sentence)
            }
            let samples = await aside { [sentences] in Array(sentences.joined()) }
            return SynthesizedSpeech(
                samples: samples, sampleRate: speech.sampleRate, voice: speech.voice, timings: speech.timings)
        }
    }

    /// Speaks the whole text into the bytes of an audio format.
    ///
    /// - Throws: what ``withSpeech(of:_:)`` throws, and `invalid_request` naming `format` when the format needs FFmpeg and it is missing.
    public func encode(_ request: SynthesisRequest, as format: AudioFormat) async throws -> EncodedSpeech {
        try await withSpeech(of: request) { speech in
            let phonemes = PhonemeLines()
            let bytes = try await AudioEncoder(format, sampleRate: speech.sampleRate).whole(
                speech.map { sentence in
                    phonemes.add(sentence)
                    return sentence.samples
                })
            return EncodedSpeech(
                bytes: bytes, format: format, sampleRate: format.sampleRate(of: speech.sampleRate),
                duration: speech.duration, voice: speech.voice, timings: speech.timings,
                firstSentence: speech.firstSentence, spoken: speech.spoken,
                phonemes: phonemes.text)
        }
    }

    /// Has `body` take the speech of a request, sentence by sentence as it is made, while the request is admitted. A long text, of more
    /// than about a minute, waits in the lane for long work, so that articles read aloud never keep a short answer waiting. Neither does a
    /// voice that is being loaded: its requests hold no place.
    ///
    /// - Throws: `invalid_request` naming the field (also `text`, from the stream, when nothing in it can be spoken or when the speech
    ///   becomes longer than what one request may have), `voice_not_found`, `model_not_installed`, `overloaded`, `CancellationError`,
    ///   what `body` throws.
    public func withSpeech<Result: Sendable>(
        of request: SynthesisRequest, _ body: @Sendable (SpeechStream) async throws -> Result
    ) async throws -> Result {
        try request.validate()
        var request = request
        request.volume = request.volume ?? settings.volume
        request.sentenceSilence = request.sentenceSilence ?? settings.sentenceSilence
        let wanted = request
        let text = request.text
        let voiceID = try await voices.id(request.voice, language: request.language)
        let elapsed = clock.stopwatch()
        let urgency = request.urgency
        return try await admission.withTicket(expecting: urgency) { [voices, settings, lexicon] ticket in
            let (lease, load) = try await ticket.enter(urgency, leasing: voiceID, from: voices)
            defer { lease.end() }
            let voice = lease.model
            let spoken = await wanted.spoken(by: voice, lexicon: lexicon())
            var said = wanted
            said.text = spoken.text
            said.lexiconPhonemes = spoken.phonemes(notIn: text)
            return try await body(
                SpeechStream(
                    try await voice.sentences(of: said, ticket: ticket), saying: spoken, of: text, by: voice,
                    settings: settings,
                    timings: StageTimings(queue: ticket.waited, load: load), elapsed: elapsed))
        }
    }

    /// - Throws: `overloaded` where no more interactive work is taken now, as a request of that kind would.
    public func checkRoom() throws { try admission.checkRoom(.interactive) }

    /// How many of its requests run and wait.
    public var load: AdmissionSnapshot { admission.snapshot }

    /// The same for each lane.
    public var lanes: [AdmissionLimiter.Lane] { admission.lanes }

    /// Loads the default voice and speaks a word with it, so that the first request finds everything in memory.
    public func warmUp() async throws {
        let voiceID = try await voices.id(nil)
        let elapsed = clock.stopwatch()
        let lease = try await voices.lease(voiceID)
        defer { lease.end() }
        let ticket = admission.scheduler.ticket(.interactive)
        for try await _ in try await lease.model.sentences(of: SynthesisRequest(text: "OK."), ticket: ticket) {}
        logger.info(
            "The default voice is ready.",
            metadata: [
                "model": "\(voiceID)", "total_ms": .stringConvertible(Int(elapsed().milliseconds)),
            ])
    }
}
