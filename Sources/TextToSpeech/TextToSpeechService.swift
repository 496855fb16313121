public import Audio
public import BridgeSupport
public import Logging

/// Text in, speech out: voice, admission, sentences, timings.
public final class TextToSpeechService: Sendable {
    private let voices: ModelCache<any VoiceBackend>
    private let defaultVoice: @Sendable () -> String?
    private let missing: String
    private let maximumSeconds: Int
    private let admission: AdmissionLimiter
    private let logger: Logger

    /// - Parameters:
    ///   - voices: loads a voice by id; throws `voice_not_found` for one that is not there.
    ///   - defaultVoice: the voice of requests that name none; nil when no voice is installed.
    ///   - missing: one sentence on what to do when there is none.
    ///   - maximumSeconds: the longest speech of one request, as it is held in memory.
    public init(
        voices: ModelCache<any VoiceBackend>, defaultVoice: @escaping @Sendable () -> String?,
        missing: String = "No model is installed.", maximumSeconds: Int = 1800,
        admission: AdmissionLimiter, logger: Logger
    ) {
        self.voices = voices
        self.defaultVoice = defaultVoice
        self.missing = missing
        self.maximumSeconds = maximumSeconds
        self.admission = admission
        self.logger = logger
    }

    /// Speaks the whole text. A long one, of more than about a minute, waits in the lane for long work, so that articles
    /// read aloud never keep a short answer waiting. Nor does a voice that is being loaded: its requests hold no place.
    ///
    /// - Parameter onSentence: gets each sentence, in order, as soon as it is spoken; silence between sentences is part of it. What it
    ///   throws ends the work.
    /// - Throws: `invalid_request` naming the field (also `text` when nothing in it can be spoken, or when the speech becomes longer
    ///   than what one request may have), `voice_not_found`, `model_not_installed`, `overloaded`, `CancellationError`.
    public func synthesize(
        _ request: SynthesisRequest, onSentence: @Sendable (SpokenSentence) async throws -> Void = { _ in }
    ) async throws -> SynthesizedSpeech {
        try await speak(request, onSentence: onSentence) { speech, _ in speech }
    }

    /// Speaks the whole text into the bytes of an audio format.
    ///
    /// - Throws: as ``synthesize(_:onSentence:)``, and `invalid_request` naming `format` when the format needs FFmpeg and it is missing.
    public func encode(_ request: SynthesisRequest, as format: AudioFormat) async throws -> EncodedSpeech {
        try await speak(request) { speech, elapsed in
            let bytes = try await AudioEncoder.encode(
                samples: speech.samples, sampleRate: speech.sampleRate, format: format)
            var timings = speech.timings
            timings.total = elapsed()
            return EncodedSpeech(
                bytes: bytes, format: format, sampleRate: format.sampleRate(of: speech.sampleRate),
                duration: speech.duration, voice: speech.voice, timings: timings)
        }
    }

    /// Speaks the whole text and makes something of it.
    ///
    /// - Parameter finish: what is made of the speech while its request is still admitted, as it may be large; told how long ago the
    ///   request came.
    func speak<Result: Sendable>(
        _ request: SynthesisRequest, onSentence: @Sendable (SpokenSentence) async throws -> Void = { _ in },
        finish: @Sendable (SynthesizedSpeech, _ elapsed: () -> Duration) async throws -> Result
    ) async throws -> Result {
        try request.validate()
        let voiceID = try request.voice ?? requireDefaultVoice()
        let clock = ContinuousClock()
        let start = clock.now
        let lane: AdmissionLimiter.Lane = request.isLong ? .long : .ordinary
        return try await admission.withPlace(expecting: lane) { [voices, maximumSeconds] place in
            try place.checkRoom(in: lane)
            let loadStart = clock.now
            let voice = try await voices.model(voiceID)
            let load = loadStart.duration(to: clock.now)
            try await place.enter(lane)
            let computeStart = clock.now
            let gathered = GatheredSentences(limit: maximumSeconds * voice.sampleRate)
            try await voice.synthesize(request) { sentence in
                guard await gathered.append(sentence.samples) else { throw Self.tooLong(maximumSeconds) }
                try await onSentence(sentence)
            }
            let samples = await gathered.take()
            guard !samples.isEmpty else {
                throw ServiceError.invalid(
                    "text", "The text holds nothing that the voice \"\(voice.voiceID)\" can speak.")
            }
            let end = clock.now
            let timings = StageTimings(
                queue: place.waited, load: load,
                compute: computeStart.duration(to: end), total: start.duration(to: end))
            let speech = SynthesizedSpeech(
                samples: samples, sampleRate: voice.sampleRate, voice: voice.voiceID, timings: timings)
            return try await finish(speech) { start.duration(to: clock.now) }
        }
    }

    private static func tooLong(_ seconds: Int) -> ServiceError {
        ServiceError.invalid(
            "text",
            "The speech would be longer than the \(seconds) s that one request may have. Send less text at once, ask for a higher speed, or raise limits.speech_seconds in the configuration."
        )
    }

    /// The state for `/health`: degraded with a built-in voice or one that is not in memory.
    public func status() async -> ServiceStatus {
        await voices.status(of: defaultVoice(), missing: missing, admission.snapshot)
    }

    /// Loads the default voice and speaks a word with it, so that the first request finds everything in memory.
    public func warmUp() async throws {
        let voiceID = try requireDefaultVoice()
        let start = ContinuousClock.now
        let voice = try await voices.model(voiceID)
        try await voice.synthesize(SynthesisRequest(text: "OK.")) { _ in }
        logger.info(
            "The default voice is ready.",
            metadata: [
                "model": "\(voiceID)", "total_ms": .stringConvertible(Int(start.duration(to: .now).milliseconds)),
            ])
    }

    private func requireDefaultVoice() throws -> String {
        guard let voice = defaultVoice() else { throw ServiceError(.modelNotInstalled, missing) }
        return voice
    }
}

/// The sound of a request as it comes, each sentence as it is: to make one array of it grow copies all of it again and again.
private actor GatheredSentences {
    private let limit: Int
    private var count = 0
    private var sentences: [[Float]] = []

    init(limit: Int) { self.limit = limit }

    /// Whether there was room for `samples`.
    func append(_ samples: [Float]) -> Bool {
        count += samples.count
        guard count <= limit else { return false }
        sentences.append(samples)
        return true
    }

    /// All of it; nothing is kept.
    func take() async -> [Float] {
        let (sentences, count) = (sentences, count)
        self.sentences = []
        return await aside {
            var samples: [Float] = []
            samples.reserveCapacity(count)
            for sentence in sentences { samples += sentence }
            return samples
        }
    }
}
