public import BridgeSupport
public import Logging

/// Text in, speech out: admission, voice, sentences, timings.
public final class TextToSpeechService: Sendable {
    private let voices: ModelCache<any VoiceBackend>
    private let defaultVoice: @Sendable () -> String?
    private let missing: String
    private let admission: AdmissionLimiter
    private let logger: Logger

    /// - Parameters:
    ///   - voices: loads a voice by id; throws `voice_not_found` for one that is not there.
    ///   - defaultVoice: the voice of requests that name none; nil when no voice is installed.
    ///   - missing: one sentence on what to do when there is none.
    public init(
        voices: ModelCache<any VoiceBackend>, defaultVoice: @escaping @Sendable () -> String?,
        missing: String = "No model is installed.",
        admission: AdmissionLimiter, logger: Logger
    ) {
        self.voices = voices
        self.defaultVoice = defaultVoice
        self.missing = missing
        self.admission = admission
        self.logger = logger
    }

    /// Speaks the whole text.
    ///
    /// - Parameter onSentence: gets each sentence, in order, as soon as it is spoken; silence between sentences is part of it. What it
    ///   throws ends the work.
    /// - Throws: `invalid_request` naming the field (also `text` when nothing in it can be spoken), `voice_not_found`,
    ///   `model_not_installed`, `overloaded`, `CancellationError`.
    public func synthesize(
        _ request: SynthesisRequest, onSentence: @Sendable (SpokenSentence) async throws -> Void = { _ in }
    ) async throws -> SynthesizedSpeech {
        try request.validate()
        let voiceID = try request.voice ?? requireDefaultVoice()
        let clock = ContinuousClock()
        let start = clock.now
        return try await admission.withAdmission { [voices] waited in
            let loadStart = clock.now
            let voice = try await voices.model(voiceID)
            let computeStart = clock.now
            let gathered = GatheredSentences()
            try await voice.synthesize(request) { sentence in
                await gathered.append(sentence.samples)
                try await onSentence(sentence)
            }
            let samples = await gathered.take()
            guard !samples.isEmpty else {
                throw ServiceError.invalid(
                    "text", "The text holds nothing that the voice \"\(voice.voiceID)\" can speak.")
            }
            let end = clock.now
            let timings = StageTimings(
                queue: waited, load: loadStart.duration(to: computeStart), compute: computeStart.duration(to: end),
                total: start.duration(to: end))
            return SynthesizedSpeech(
                samples: samples, sampleRate: voice.sampleRate, voice: voice.voiceID, timings: timings)
        }
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

/// The sound of a request as it comes.
private actor GatheredSentences {
    private var samples: [Float] = []

    func append(_ more: [Float]) { samples += more }

    func take() -> [Float] {
        defer { samples = [] }
        return samples
    }
}
