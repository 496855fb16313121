public import Audio
public import BridgeSupport
public import Foundation
public import OnnxRuntime
public import WorkScheduling

/// A Whisper model from a Hugging Face ONNX export: any size, multilingual or English only, 80 or 128 mel bands, one or
/// two decoder files, any precision that the engine runs.
///
/// Decoding follows openai-whisper: timestamps, fallback temperatures, previous text as prompt. Safe to use from many tasks
/// at once; each window of 30 s takes one permit to compute.
public final class WhisperBackend: SpeechBackend {
    /// As it was loaded.
    public let modelID: String
    /// Codes of the languages that the model was taught; "en" alone where it knows only English.
    public let languages: [String]
    /// Whether the model was taught to translate into English.
    private let translates: Bool
    /// Whether the model was taught what a prompt is.
    let readsPrompts: Bool
    /// The longest speech that the model was taught at a time, if that is less than a window.
    let longestStretch: Duration?

    let decoder: WindowDecoder
    let options: WhisperOptions
    let vad: VoiceActivityDetector?

    /// Loads all files of the model; takes seconds for a large one.
    ///
    /// - Parameters:
    ///   - directory: with `config.json` and the tokenizer, and the models in it or in `onnx/`.
    ///   - vad: keeps silence and noise from the model; nil to go by loudness alone.
    /// - Throws: `model_not_installed` naming the file that is missing or unusable.
    public init(
        modelID: String, directory: URL, vad: VoiceActivityDetector?, runtime: OnnxRuntime,
        options: WhisperOptions = WhisperOptions()
    ) throws {
        let files = try WhisperDirectory(modelID: modelID, directory: directory, precisions: options.precisions)
        let network = try files.network(runtime)
        let special = try SpecialTokens(
            vocabularySize: network.vocabularySize, generation: files.generation, added: files.vocabulary.added)
        decoder = WindowDecoder(
            network: network, special: special, vocabulary: files.vocabulary,
            features: LogMelSpectrogram(melBins: network.melBins), options: options,
            rules: Self.rules(files, special, options: options))
        // Exports that say nothing about tasks belong to models that know both.
        translates = special.isMultilingual && files.generation.taskIDs.map { $0["translate"] != nil } ?? true
        readsPrompts = files.generation.trainedPrompts ?? true
        longestStretch = files.generation.trainedSeconds.flatMap { (1..<30).contains($0) ? .seconds($0) : nil }
        languages = special.isMultilingual ? special.languages.map(\.code) : ["en"]
        self.modelID = modelID
        self.options = options
        self.vad = vad
    }

    private static func rules(_ files: WhisperDirectory, _ special: SpecialTokens, options: WhisperOptions)
        -> LogitRules
    {
        let known = 0..<special.vocabularySize
        let stated = files.generation.suppressTokens ?? files.vocabulary.nonSpeechTokens
        let suppressed = Set(stated + special.control).filter { known.contains($0) && $0 != special.endOfText }
        let first = files.generation.beginSuppressTokens ?? (files.vocabulary.encode(" ") + [special.endOfText])
        return LogitRules(
            special: special, suppressed: suppressed.sorted(), suppressedFirst: first.filter(known.contains),
            timestamps: options.timestamps,
            maximumInitialTimestamp: min(
                SpecialTokens.timestampCount - 1, max(0, files.generation.maximumInitialTimestampIndex ?? 50)))
    }

    /// Opens the stream; the first window is decoded when somebody asks for a segment.
    public func transcribe<Source: PCMSource & ~Copyable>(
        _ request: TranscriptionRequest, audio: consuming Source, ticket: WorkTicket
    ) async throws -> TranscriptionStream {
        var request = request
        request.language = try request.language.map(code)
        if request.task == .translate, !translates {
            throw ServiceError.invalid(
                "task",
                "The model '\(modelID)' can't translate: \(decoder.special.isMultilingual ? "it was taught to transcribe only" : "it knows English only"). Name a model that can, such as whisper-base, or use \"transcribe\"."
            )
        }
        let prompt = try await promptTokens(request, ticket)
        var run = TranscriptionRun(self, request, audio: audio, prompt: prompt, ticket: ticket)
        return TranscriptionStream { try await run.next() }
    }

    /// Its time grows with the prompt, so it runs where decoding does. The longest possible prompt takes some milliseconds.
    private func promptTokens(_ request: TranscriptionRequest, _ ticket: WorkTicket) async throws -> [Int] {
        let prompt = readsPrompts ? request.prompt?.trimmedWhitespace ?? "" : ""
        guard !prompt.isEmpty else { return [] }
        let vocabulary = decoder.vocabulary
        return try await ticket.withPermit { _ in vocabulary.encode(" " + prompt.composed()) }
    }

    /// What fetches files that can tell when each word was said.
    var wayToWordTimes: String {
        let isPublished = modelID.hasPrefix("whisper-") && modelID != "whisper-nano"
        return isPublished
            ? "'\(CommandName.current) models remove \(modelID)', then 'models pull \(modelID)', fetches files that have them"
            : "whisper-base has them ('\(CommandName.current) models pull whisper-base')"
    }

    /// The code of a language, however it is written.
    private func code(_ language: String) throws -> String {
        if let code = WhisperLanguages.code(of: language), languages.contains(code) { return code }
        throw ServiceError.invalid(
            "language",
            "The model '\(modelID)' does not know the language '\(language.prefix(40))'. It knows: \(languages.joined(separator: ", ")). Use \"auto\" to detect it."
        )
    }

    /// Decodes one window, with one permit; ends early when the task is cancelled.
    func decode(_ job: WindowJob, ticket: WorkTicket) async throws -> WindowResult {
        let decoder = decoder
        do {
            return try await ticket.withPermit { try decoder.decode(job, permit: $0) }
        } catch let error as OnnxRuntimeError {
            throw ServiceError.failedModel(
                "speech model", id: modelID, file: error.modelFile, reason: "the engine failed", cause: error)
        }
    }
}
