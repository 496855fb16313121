import Audio
public import BridgeSupport
public import Logging
public import WorkScheduling

/// Speech in, text out: checks a request, has its model loaded, waits for its turn and has it transcribed.
public final class SpeechToTextService: Sendable {
    private let models: ModelSource<any SpeechBackend>
    private let beams: Int
    private let languages: [String]
    private let admission: AdmissionLimiter
    private let length: LengthCheck
    private let logger: Logger
    private let clock: any Clock<Duration>

    /// - Parameters:
    ///   - models: throws `model_not_found` for unknown ones.
    ///   - beams: for requests that don't name a number.
    ///   - languages: to choose from for requests that name none, by their codes or names; all where "all" is among them.
    ///   - logger: never sees what was said.
    ///   - clock: measures requests, and the silence of the decoders that they need.
    public init(
        models: ModelSource<any SpeechBackend>, beams: Int = 1, languages: [String] = ["all"],
        admission: AdmissionLimiter, logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.models = models
        self.beams = beams
        self.languages = languages
        self.admission = admission
        length = LengthCheck(admission.scheduler)
        self.logger = logger
        self.clock = clock
    }

    /// Transcribes all of `request.audio`.
    ///
    /// - Throws: what ``withTranscription(of:_:)`` throws.
    public func transcribe(_ request: TranscriptionRequest) async throws -> Transcription {
        try await withTranscription(of: request) { transcription in
            for try await event in transcription {
                if case .done(let whole) = event { return whole }
            }
            throw ServiceError(.internal, "The speech model ended without an answer.")
        }
    }

    /// Has `body` take the transcription of `request.audio`, segment by segment as it is made, while the request is admitted. Audio that
    /// lasts longer than a minute waits and is computed as long work: hours of recordings never keep a voice command waiting. Neither
    /// does a model that is being loaded: its requests hold no place. Audio of unknown length turns into long work after its first
    /// minute.
    ///
    /// - Throws: `invalid_request` naming the field; `model_not_found` for an unknown model; `model_not_installed` when
    ///   there is no default; `overloaded` when the queue is full; what `body` throws. The stream throws what reading the audio throws.
    public func withTranscription<Result: Sendable>(
        of request: TranscriptionRequest, _ body: @Sendable (TranscriptionStream) async throws -> Result
    ) async throws -> Result {
        try Self.check(request)
        var request = request
        if let language = request.language?.lowercased(), language.isEmpty || language == "auto" {
            request.language = nil
        }
        request.beamSize = request.beamSize ?? beams
        request.audio.clock = clock
        let wanted = request
        let form = request.textFormat == .written ? WrittenForm(request, languages: languages) : nil
        let candidates = try Self.candidates(request.languages ?? languages)
        let id = try await models.id(request.model)
        let elapsed = clock.stopwatch()
        return try await admission.withTicket(expecting: length.guess(wanted.audio)) { ticket in
            var finding = try await self.length.look(at: wanted.audio)
            let waited = finding.waited
            let (lease, load) = try await ticket.enter(
                finding.urgency ?? .interactive, leasing: id, from: self.models)
            defer { lease.end() }
            let audio = AdmittedSource(try await Self.opened(&finding.audio, wanted.audio), ticket: ticket)
            var wanted = wanted
            wanted.languages = try Self.choice(
                among: candidates, areNamed: wanted.languages != nil, of: lease.model)
            let transcription = try await lease.model.transcribe(wanted, audio: audio, ticket: ticket)
            // The time that the reader spends between two events is not the server's work.
            var reading = Duration.zero
            var given: Duration?
            return try await body(
                TranscriptionStream {
                    if let given { reading += elapsed() - given }
                    var event = try await transcription.next()
                    if let form { event = event.map(form.event) }
                    given = elapsed()
                    guard case .done(var whole) = event else { return event }
                    let (queue, total) = (ticket.waited + waited, elapsed())
                    whole.timings = StageTimings(
                        queue: queue, load: load, compute: total - load - queue - reading, total: total)
                    self.log(whole)
                    return .done(whole)
                })
        }
    }

    /// The audio if it is already open, otherwise `input`, which is opened now.
    private static func opened(_ audio: inout AudioReader?, _ input: AudioInput) async throws -> AudioReader {
        if let open = audio.take() { return open }
        return try await Stage.audioDecode.measurePiece { try await input.open() }
    }

    private func log(_ transcription: Transcription) {
        logger.debug(
            "Transcribed audio.",
            metadata: [
                "model": "\(transcription.model)", "audio_seconds": .stringConvertible(transcription.audioDuration),
                "segments": .stringConvertible(transcription.segments.count),
                "compute_ms": .stringConvertible(Int(transcription.timings.compute.milliseconds)),
            ])
    }

    /// How many of its requests run and wait.
    public var load: AdmissionSnapshot { admission.snapshot }

    /// The same for each lane.
    public var lanes: [AdmissionLimiter.Lane] { admission.lanes }

    /// Loads the default model, so that the first request need not wait for it.
    ///
    /// - Throws: `model_not_installed` when there is no default, else what loading throws.
    public func warmUp() async throws {
        try await models.lease(try await models.id(nil)).end()
    }
}

extension SpeechToTextService {
    /// Code points, of four bytes at most. Longer prompts are of no use: the model reads at most the last 223 tokens.
    static let maximumPromptCharacters = 4096
    /// The most beams that a request may ask for.
    public static let maximumBeams = 10

    static func check(_ request: TranscriptionRequest) throws {
        if let temperature = request.temperature {
            guard temperature.isFinite, (0...1).contains(temperature) else {
                throw ServiceError.invalid("temperature", "temperature must be between 0 and 1, not \(temperature).")
            }
        }
        if let beams = request.beamSize, !(1...maximumBeams).contains(beams) {
            throw ServiceError.invalid("beam_size", "beam_size must be between 1 and \(maximumBeams), not \(beams).")
        }
        // One visible character may consist of thousands of these.
        if let prompt = request.prompt, !prompt.unicodeScalars.dropFirst(maximumPromptCharacters).isEmpty {
            throw ServiceError.invalid(
                "prompt", "prompt is longer than \(maximumPromptCharacters) characters (code points of Unicode).")
        }
    }
}

// MARK: Languages to choose from

extension SpeechToTextService {
    /// Whether a text names a language that speech can be in, by its code or name, or "all".
    public static func isLanguage(_ name: String) -> Bool {
        isAll(name) || WhisperLanguages.code(of: name) != nil
    }

    /// The code of a language given by its code, by a tag such as "fr-CA", or by its name in English, in French or in the language itself,
    /// in any case; nil for a text that names none.
    public static func languageCode(_ name: String) -> String? { WhisperLanguages.code(of: name) }

    private static func isAll(_ name: String) -> Bool { name.lowercased() == "all" }

    /// The codes of the languages to choose from; nil for all.
    ///
    /// - Throws: `invalid_request` (param `languages`) for what names no language.
    private static func candidates(_ names: [String]) throws -> [String]? {
        guard !names.isEmpty else {
            throw ServiceError.invalid(
                "languages", "languages is empty; leave it out for those of the server, or send \"all\".")
        }
        guard !names.contains(where: isAll) else { return nil }
        return try names.map { name in
            guard let code = WhisperLanguages.code(of: name) else {
                throw ServiceError.invalid(
                    "languages",
                    "languages holds '\(name.prefix(40))', which is no language; it takes codes such as \"fr\" and \"en\", or \"all\"."
                )
            }
            return code
        }
    }

    /// The languages among `candidates` that a model knows; nil for all that it knows.
    ///
    /// - Parameter areNamed: whether the request names them. The service's own are a wish: a model that knows none of them chooses
    ///   among all.
    private static func choice(
        among candidates: [String]?, areNamed: Bool, of model: any SpeechBackend
    ) throws -> [String]? {
        guard let candidates else { return nil }
        let known = candidates.filter(model.languages.contains)
        guard known.isEmpty, areNamed else { return known.isEmpty ? nil : known }
        throw ServiceError.invalid(
            "languages",
            "The model '\(model.modelID)' knows none of the languages \(candidates.joined(separator: ", ")). It knows: \(model.languages.joined(separator: ", "))."
        )
    }
}
