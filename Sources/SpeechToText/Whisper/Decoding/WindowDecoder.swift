import OnnxRuntime
import WorkScheduling

/// One window of audio, and how to decode it.
struct WindowJob: Sendable {
    /// Up to 30 s at 16 kHz.
    var samples: [Float]
    /// Frames of 10 ms in `samples`.
    var frames: Int
    /// nil to look at the whole window.
    var context: ShortContext?
    /// nil to detect it.
    var language: String?
    /// The codes of the languages that may be detected; nil for all that the model knows.
    var candidates: [String]?
    var task: TranscriptionRequest.Task
    /// Previous text, as tokens; at most half of the context is used.
    var previous: [Int]
    var temperatures: [Double]
    var beamSize: Int
    var wantsWords: Bool
    var seed: UInt64
}

/// A language, as it was asked for or detected.
struct SpokenLanguage: Sendable {
    var code: String
    /// Its share among all languages that the model knows, as openai-whisper's `detect_language` gives it; nil where it was asked for.
    var probability: Double?
}

/// The model's answer for a window.
struct WindowResult: Sendable {
    /// The language asked for or detected; nil for an English-only model.
    var language: SpokenLanguage?
    var tokens: [Int]
    /// The probability of each token.
    var logProbabilities: [Float]
    /// Mean log-probability of the tokens and the end.
    var averageLogProbability: Double
    var noSpeechProbability: Double
    var compressionRatio: Double
    /// The last temperature that was tried, which tells whether the answer may be the prompt of the next window.
    var temperature: Double
    /// Whether the window counts as silent, whatever the tokens are.
    var isSilent: Bool
    var cut: SegmentCut
    /// The words, if they were asked for and the model supports them.
    var words: [AlignedWord]?
}

/// Turns one window of samples into tokens: features, encoder, prompt, search with fallback.
struct WindowDecoder: Sendable {
    let network: any WhisperNetwork
    let special: SpecialTokens
    let vocabulary: WhisperVocabulary
    let features: LogMelSpectrogram
    let options: WhisperOptions
    let rules: LogitRules

    /// Blocks; belongs inside a permit, which it lends to more urgent work between its steps.
    func decode(_ job: WindowJob, permit: WorkPermit?) throws -> WindowResult {
        if let context = job.context {
            let frames = 2 * context.positions
            let audio = try encode(job.samples, frames: frames, permit: permit)
            var short = job
            short.temperatures = Array(job.temperatures.prefix(1))
            let result = try transcribe(short, audio: audio, permit: permit)
            // Its words would be aligned for nothing otherwise.
            if !context.isDoubtful(result) { return try aligning(result, for: short, audio: audio, permit: permit) }
        }
        var whole = job
        whole.context = nil
        return try decode(whole, audio: try encode(job.samples, permit: permit), permit: permit)
    }

    func encode(_ samples: [Float], permit: WorkPermit?) throws -> EncodedAudio {
        try encode(samples, frames: LogMelSpectrogram.frameCount, permit: permit)
    }

    private func encode(_ samples: [Float], frames: Int, permit: WorkPermit?) throws -> EncodedAudio {
        try Stage.encoder.measure { try network.encode(features.window(samples, frames: frames), permit: permit) }
    }

    /// Decodes a window whose samples have already been encoded.
    func decode(_ job: WindowJob, audio: EncodedAudio, permit: WorkPermit?) throws -> WindowResult {
        let result = try transcribe(job, audio: audio, permit: permit)
        return try aligning(result, for: job, audio: audio, permit: permit)
    }

    /// The tokens of a window, cut into segments, without the times of their words.
    private func transcribe(_ job: WindowJob, audio: EncodedAudio, permit: WorkPermit?) throws -> WindowResult {
        var result = try Stage.decoder.measure {
            let (prompt, language) = try read(job, audio: audio, permit: permit)
            var result = try search(job, after: prompt, permit: permit)
            result.language = language
            return result
        }
        result.cut = SegmentCut(result.tokens, frames: job.frames, special: special)
        return result
    }

    /// Adds the words with their times, if they were asked for and the network can tell them.
    private func aligning(
        _ result: WindowResult, for job: WindowJob, audio: EncodedAudio, permit: WorkPermit?
    ) throws -> WindowResult {
        guard job.wantsWords, !result.isSilent, network.canAlign else { return result }
        let aligner = WordAligner(network: network, special: special, vocabulary: vocabulary)
        var result = result
        result.words = try Stage.alignment.measure {
            try aligner.align(
                result.cut.segments.flatMap(\.tokens).filter { $0 < special.endOfText }, audio: audio,
                frames: job.frames, language: result.language?.code, task: job.task, permit: permit)
        }
        return result
    }

    /// Reads the prompt, after detecting the language if none is given.
    private func read(
        _ job: WindowJob, audio: EncodedAudio, permit: WorkPermit?
    ) throws -> (PromptState, language: SpokenLanguage?) {
        let previous = job.previous.suffix(network.maximumTokens / 2 - 1)
        let before = previous.isEmpty ? [] : [special.startOfPrevious] + previous
        guard special.isMultilingual, job.language == nil else {
            let tokens = before + start(job.language, job.task)
            return (
                try prompt(tokens, sotIndex: before.count, audio: audio, permit: permit),
                job.language.map { SpokenLanguage(code: $0) }
            )
        }
        let (first, place) = try network.prefill(
            [special.startOfTranscript], start: 0, audio: audio, permit: permit)
        let language = try detect(first.logits, among: job.candidates)
        let tokens = start(language?.code, job.task)
        guard before.isEmpty else {
            return (try prompt(before + tokens, sotIndex: before.count, audio: audio, permit: permit), language)
        }
        let noSpeech = try noSpeechProbability(first.logits, position: place)
        let step = try network.append(Array(tokens.dropFirst()), to: first, permit: permit)
        return (PromptState(step: step, length: tokens.count, noSpeechProbability: noSpeech), language)
    }

    private func start(_ language: String?, _ task: TranscriptionRequest.Task) -> [Int] {
        special.startSequence(language: language, task: task) + (options.timestamps ? [] : [special.noTimestamps])
    }

    private func prompt(
        _ tokens: [Int], sotIndex: Int, audio: EncodedAudio, permit: WorkPermit?
    ) throws -> PromptState {
        let (step, place) = try network.prefill(tokens, start: sotIndex, audio: audio, permit: permit)
        return PromptState(
            step: step, length: tokens.count, noSpeechProbability: try noSpeechProbability(step.logits, position: place)
        )
    }

    private func noSpeechProbability(_ logits: Tensor, position: Int) throws -> Double {
        var row = [Float](repeating: 0, count: network.vocabularySize)
        try logits.copyLogits(row: 0, position: position, into: &row)
        // Nothing has been ruled out yet, so all values must be numbers; others would produce text from noise.
        guard row.allSatisfy(\.isFinite) else {
            throw OnnxRuntimeError(operation: network.operation, code: .failure, message: "its answer is no numbers")
        }
        return Double(row.withUnsafeBufferPointer { LogitMath.probability(of: special.noSpeech, in: $0) })
    }

    /// Of the languages that may be, the one whose token is the likeliest after the start.
    private func detect(_ logits: Tensor, among candidates: [String]?) throws -> SpokenLanguage? {
        var row = [Float](repeating: 0, count: network.vocabularySize)
        try logits.copyLogits(row: 0, position: 0, into: &row)
        let languages = special.languages.map { row[$0.id] }
        let places = special.languages.indices.filter { candidates?.contains(special.languages[$0].code) ?? true }
        return places.max { languages[$0] < languages[$1] }.map { place in
            SpokenLanguage(
                code: special.languages[place].code,
                probability: Double(languages.withUnsafeBufferPointer { LogitMath.probability(of: place, in: $0) }))
        }
    }

    /// Tries temperature after temperature until an answer looks right.
    ///
    /// If none does, the likeliest of the answers that ended by themselves counts, whereas openai-whisper takes the last: speech that
    /// repeats itself compresses well and looks like a loop at every temperature, and the hottest answer to it is nonsense.
    private func search(_ job: WindowJob, after prompt: PromptState, permit: WorkPermit?) throws
        -> WindowResult
    {
        let search = TokenSearch(
            network: network, rules: rules, maximumTokens: job.context?.maximumTokens ?? .max, permit: permit)
        var generator = SeededGenerator(seed: job.seed)
        var rejected: [(answer: Candidate, result: WindowResult)] = []
        for temperature in job.temperatures {
            let answer = try answer(to: prompt, by: search, job, temperature: temperature, using: &generator)
            let judged = judge(answer, to: prompt, temperature: temperature)
            if !judged.needsFallback { return judged.result }
            rejected.append((answer, judged.result))
        }
        let whole = rejected.filter(\.answer.hasEnded)
        let likeliest = (whole.isEmpty ? rejected : whole).map(\.result)
            .max { $0.averageLogProbability < $1.averageLogProbability }
        var result = likeliest ?? judge(Candidate(), to: prompt, temperature: 0).result
        result.temperature = job.temperatures.last ?? 0
        result.isSilent = result.isSilent || prompt.noSpeechProbability > options.noSpeechThreshold ?? .infinity
        return result
    }

    private func answer(
        to prompt: PromptState, by search: TokenSearch, _ job: WindowJob, temperature: Double,
        using generator: inout SeededGenerator
    ) throws -> Candidate {
        if temperature > 0 {
            return try search.sampled(
                prompt, temperature: temperature, count: options.bestOf, using: &generator)
        }
        return job.beamSize > 1
            ? try search.beams(prompt, width: job.beamSize, patience: options.patience) : try search.greedy(prompt)
    }

    private func judge(
        _ answer: Candidate, to prompt: PromptState, temperature: Double
    ) -> (result: WindowResult, needsFallback: Bool) {
        let text = vocabulary.decode(answer.tokens.filter { $0 < special.endOfText }).trimmedWhitespace
        var result = WindowResult(
            tokens: answer.tokens, logProbabilities: answer.logProbabilities,
            averageLogProbability: Double(answer.logProbability) / Double(answer.tokens.count + 1),
            noSpeechProbability: prompt.noSpeechProbability, compressionRatio: compressionRatio(of: text),
            temperature: temperature, isSilent: false, cut: SegmentCut(segments: [], advance: 0, endsInSilence: false))
        let verdict = Verdict(result, options)
        result.isSilent = verdict.isSilent
        return (result, verdict.needsFallback)
    }
}

/// The judgement of the three thresholds on an answer.
struct Verdict: Hashable {
    var needsFallback: Bool
    /// Nothing was said, so the answer is to be dropped.
    var isSilent: Bool

    init(_ result: WindowResult, _ options: WhisperOptions) {
        let repeats = options.compressionRatioThreshold.map { result.compressionRatio > $0 } ?? false
        let unlikely = options.logProbabilityThreshold.map { result.averageLogProbability < $0 } ?? false
        let noSpeech = options.noSpeechThreshold.map { result.noSpeechProbability > $0 } ?? false
        let likely = options.logProbabilityThreshold.map { result.averageLogProbability > $0 } ?? false
        needsFallback = (repeats || unlikely) && !(noSpeech && unlikely)
        isSilent = noSpeech && !likely
    }
}
