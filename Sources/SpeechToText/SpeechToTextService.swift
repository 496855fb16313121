import Audio
public import BridgeSupport
public import Logging
public import WorkScheduling

/// Speech in, text out: checks a request, has its model loaded, waits for its turn and has it transcribed.
public final class SpeechToTextService: Sendable {
    private let models: ModelSource<any SpeechBackend>
    private let admission: AdmissionLimiter
    private let length: LengthCheck
    private let logger: Logger

    /// - Parameters:
    ///   - models: throws `model_not_found` for unknown ones.
    ///   - logger: never sees what was said.
    public init(
        models: ModelSource<any SpeechBackend>, admission: AdmissionLimiter, logger: Logger
    ) {
        self.models = models
        self.admission = admission
        length = LengthCheck(admission.scheduler)
        self.logger = logger
    }

    /// Transcribes all of `request.audio`. What lasts longer than a minute waits and is computed as long work: hours of
    /// recordings never keep a voice command waiting. Neither does a model that is being loaded: its requests hold no place.
    /// Audio whose length nobody can tell beforehand turns into long work after its first minute.
    ///
    /// - Parameter onSegment: called with each finished segment, in order, while the rest is still being transcribed.
    /// - Throws: `invalid_request` naming the field; `model_not_found` for an unknown model; `model_not_installed` when
    ///   there is no default; `overloaded` when the queue is full; what reading the audio throws.
    public func transcribe(
        _ request: TranscriptionRequest,
        onSegment: @Sendable (TranscribedSegment) async throws -> Void = { _ in }
    ) async throws -> Transcription {
        try Self.check(request)
        var request = request
        if let language = request.language?.lowercased(), language.isEmpty || language == "auto" {
            request.language = nil
        }
        let wanted = request
        let id = try await models.id(request.model)
        let clock = ContinuousClock()
        let start = clock.now
        return try await admission.withTicket(expecting: length.guess(wanted.audio)) { ticket in
            let finding = try await self.length.look(at: wanted.audio)
            let urgency = finding.urgency ?? .interactive
            let (lease, load) = try await ticket.enter(urgency, leasing: id, from: self.models)
            defer { lease.end() }
            var job = wanted
            if finding.urgency == nil { job.audio = AdmittedSource(wanted.audio, ticket: ticket) }
            var made = try await lease.model.transcribe(job, ticket: ticket, onSegment: onSegment)
            let queue = ticket.waited + finding.waited
            let total = start.duration(to: clock.now)
            made.timings = StageTimings(queue: queue, load: load, compute: total - load - queue, total: total)
            self.logger.debug(
                "Transcribed audio.",
                metadata: [
                    "model": "\(id)", "audio_seconds": .stringConvertible(made.audioDuration),
                    "segments": .stringConvertible(made.segments.count),
                    "compute_ms": .stringConvertible(Int(made.timings.compute.milliseconds)),
                ])
            return made
        }
    }

    /// A snapshot for `/health`; asks no model.
    public func status() async -> ServiceStatus {
        await models.status(admission.snapshot)
    }

    /// Loads the default model, so that the first request need not wait for it.
    ///
    /// - Throws: `model_not_installed` when there is no default, else what loading throws.
    public func warmUp() async throws {
        try await models.lease(try await models.id(nil)).end()
    }
}

extension SpeechToTextService {
    /// Code points, of four bytes at most. Longer prompts can't be taken in: the model reads at most the last 223 tokens.
    static let maximumPromptCharacters = 4096
    public static let maximumBeams = 10

    static func check(_ request: TranscriptionRequest) throws {
        if let temperature = request.temperature {
            guard temperature.isFinite, (0...1).contains(temperature) else {
                throw ServiceError.invalid("temperature", "temperature must be between 0 and 1, not \(temperature).")
            }
        }
        guard (1...maximumBeams).contains(request.beamSize) else {
            throw ServiceError.invalid(
                "beam_size", "beam_size must be between 1 and \(maximumBeams), not \(request.beamSize).")
        }
        // What people see as one character may be thousands of these.
        if let prompt = request.prompt, !prompt.unicodeScalars.dropFirst(maximumPromptCharacters).isEmpty {
            throw ServiceError.invalid(
                "prompt", "prompt is longer than \(maximumPromptCharacters) characters (code points of Unicode).")
        }
        guard request.audio.sampleRate == 16_000 else {
            throw ServiceError(
                .internal, "The audio reached the recogniser at \(request.audio.sampleRate) Hz instead of 16000 Hz.")
        }
    }
}
