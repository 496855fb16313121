import Audio
import BridgeSupport
import Foundation
import WorkScheduling

/// One transcription from the first window to the last: openai-whisper's seek loop over a source that is read forward.
///
/// Owns the audio, and holds one window of samples, the last half context of tokens, and the segments. It decodes a window only when all
/// segments of the previous one have been taken.
struct TranscriptionRun<Source: PCMSource & ~Copyable>: ~Copyable {
    /// Frames of 10 ms in a second.
    private static var framesPerSecond: Double { 100 }
    /// Seconds between two timestamps.
    private static var timestampStep: Double { 0.02 }
    /// Above this temperature, an answer is too random to be the prompt of the next window.
    private static var promptableTemperature: Double { 0.5 }

    private let backend: WhisperBackend
    private let request: TranscriptionRequest
    private let ticket: WorkTicket
    private var reader: WindowReader<LevelledSource<Source>>
    private var language: String?
    private var languageProbability: Double?
    /// Start of the current window, in frames of the decoded audio.
    private var seek = 0
    /// Tokens for the next prompt.
    private var history: [Int]
    private var lastSpeech = 0.0
    private var decodedWindows = 0
    private var segments: [TranscribedSegment] = []
    /// How many of them have been taken.
    private var takenCount = 0
    private var isDone = false
    /// The segments' tokens. Their text is decoded as a whole, as in openai-whisper: not all languages put a space between
    /// segments, and a character of several tokens may span two.
    private var textTokens: [Int] = []

    private var decoder: WindowDecoder { backend.decoder }

    /// - Parameter prompt: the tokens of the request's prompt.
    init(
        _ backend: WhisperBackend, _ request: TranscriptionRequest, audio: consuming Source, prompt: [Int],
        ticket: WorkTicket
    ) {
        self.backend = backend
        self.request = request
        self.ticket = ticket
        let stretches = backend.longestStretch.map(SpeechSegmenter.Options.stretches)
        reader = WindowReader(
            SpeechOnlySource(
                LevelledSource(audio), detector: request.vad ? backend.vad : nil,
                options: stretches ?? .transcription, byStretches: stretches != nil, ticket: ticket))
        language = backend.decoder.special.isMultilingual ? request.language : nil
        history = prompt
    }

    /// The next segment, at last the whole, then nil.
    mutating func next() async throws -> TranscriptionEvent? {
        while takenCount == segments.count {
            guard !isDone else { return nil }
            try Task.checkCancellation()
            guard let window = try await reader.window(at: seek) else {
                isDone = true
                return .done(whole())
            }
            segments += try await decode(window)
        }
        defer { takenCount += 1 }
        return .segment(segments[takenCount])
    }

    private func whole() -> Transcription {
        var warnings = reader.audio.warnings
        if !backend.readsPrompts, request.prompt?.trimmedWhitespace.isEmpty == false {
            warnings.append("prompt: \(backend.modelID) was not taught to follow a prompt; it was left out.")
        }
        if request.wordTimestamps, !decoder.network.canAlign {
            warnings.append(
                "word_timestamps: the files of \(backend.modelID) have no attention outputs, from which word times are read; \(backend.wayToWordTimes)."
            )
        }
        return Transcription(
            text: text(textTokens), language: knownLanguage, languageProbability: languageProbability,
            confidence: Self.confidence(of: segments), segments: segments, model: backend.modelID,
            audioDuration: Double(reader.audio.originalCount) / Double(LogMelSpectrogram.sampleRate), warnings: warnings
        )
    }

    private var knownLanguage: String? {
        if decoder.special.isMultilingual { return language }
        return request.language ?? (decodedWindows > 0 ? "en" : nil)
    }

    /// Decodes a window and moves on; returns the segments that it finished.
    private mutating func decode(_ window: AudioWindow) async throws -> [TranscribedSegment] {
        guard !isNearSilent(window.samples) else {
            seek += window.frames
            return []
        }
        let result = try await backend.decode(job(window), ticket: ticket)
        decodedWindows += 1
        if language == nil { (language, languageProbability) = (result.language?.code, result.language?.probability) }
        guard !result.isSilent else {
            seek += window.frames
            return []
        }
        return finish(result, window)
    }

    private func job(_ window: AudioWindow) -> WindowJob {
        WindowJob(
            samples: window.samples, frames: window.frames, context: context(of: window), language: language,
            candidates: request.languages, task: request.task, previous: history,
            temperatures: request.temperature.map { [$0] } ?? backend.options.temperatures,
            beamSize: request.beamSize ?? 1, wantsWords: request.wordTimestamps,
            seed: backend.options.seed &+ UInt64(decodedWindows))
    }

    private func context(of window: AudioWindow) -> ShortContext? {
        guard backend.options.context == .auto, decoder.network.understandsShortContexts, window.isWhole else {
            return nil
        }
        return ShortContext(frames: window.frames)
    }

    private mutating func finish(_ result: WindowResult, _ window: AudioWindow) -> [TranscribedSegment] {
        let offset = Double(seek) / Self.framesPerSecond
        let windowEnd = offset + Double(window.frames) / Self.framesPerSecond
        var advance = result.cut.advance
        var timed: [TimedSegment] = []
        var first = 0
        let cut = reader.audio.isByStretches ? result.cut.joiningPastEnd(frames: window.frames) : result.cut
        for segment in cut.segments {
            // The segments are the tokens, one after the other.
            let own = result.logProbabilities.dropFirst(first).prefix(segment.tokens.count)
            first += segment.tokens.count
            timed.append(
                TimedSegment(
                    start: offset + segment.start, end: offset + segment.end, tokens: segment.tokens,
                    confidence: confidence(segment.tokens, own)))
        }
        if let words = result.words {
            WordTimings(words).apply(
                to: &timed, offset: offset, endOfText: decoder.special.endOfText, lastSpeech: &lastSpeech)
            let lastWord = timed.last { !($0.words ?? []).isEmpty }?.words?.last?.end ?? timed.last?.end
            if let lastWord, !result.cut.endsInSilence, lastWord > offset {
                advance = max(1, Int((lastWord * Self.framesPerSecond).rounded(.toNearestOrEven)) - seek)
            }
            if let lastWord { lastSpeech = lastWord }
        }
        // openai-whisper empties these of text, tokens and words.
        let kept = timed.filter { $0.start != $0.end && !text($0.tokens).isEmpty }
        textTokens += kept.flatMap(\.tokens)
        remember(kept, result)
        seek += advance
        var finished: [TranscribedSegment] = []
        for segment in kept {
            finished.append(located(segment, id: segments.count + finished.count, within: offset...windowEnd))
        }
        return finished
    }

    /// The geometric mean of the probabilities of the text tokens; the probabilities of times say little about the words.
    private func confidence(_ tokens: [Int], _ logProbabilities: ArraySlice<Float>) -> Double {
        let text = zip(tokens, logProbabilities).filter { $0.0 < decoder.special.endOfText }.map { Double($0.1) }
        return text.isEmpty ? 0 : min(1, exp(text.reduce(0, +) / Double(text.count)))
    }

    private func text(_ tokens: [Int]) -> String {
        decoder.vocabulary.decode(tokens.filter { $0 < decoder.special.endOfText }).trimmedWhitespace
    }

    private mutating func remember(_ kept: [TimedSegment], _ result: WindowResult) {
        guard backend.readsPrompts, backend.options.conditionsOnPreviousText,
            result.temperature <= Self.promptableTemperature
        else {
            history = []
            return
        }
        history = (history + kept.flatMap(\.tokens)).suffix(decoder.network.maximumTokens / 2 - 1)
    }

    /// The segment with its position in the original audio.
    ///
    /// The model may place times after the end of the audio, and openai-whisper passes them on. Here they are cut off, but a segment
    /// that lies completely after the end keeps the last step of a timestamp, so that none is empty.
    private func located(
        _ segment: TimedSegment, id: Int, within window: ClosedRange<Double>
    ) -> TranscribedSegment {
        let limit = window.upperBound
        let latestStart = max(window.lowerBound, limit - Self.timestampStep)
        var words: [TranscribedWord]?
        if let aligned = segment.words {
            var placed: [TranscribedWord] = []
            for var word in aligned {
                word.start = original(min(word.start, limit))
                word.end = original(min(word.end, limit), isEnd: true)
                placed.append(word)
            }
            words = placed
        }
        return TranscribedSegment(
            id: id, start: original(min(segment.start, latestStart)),
            end: original(min(segment.end, limit), isEnd: true),
            text: text(segment.tokens), confidence: segment.confidence, words: words, language: knownLanguage)
    }

    /// Converts seconds in the decoded audio to seconds in the given audio.
    private func original(_ seconds: Double, isEnd: Bool = false) -> Double {
        if reader.audio.isWhole { return seconds }
        let sample = Int((seconds * Double(LogMelSpectrogram.sampleRate)).rounded())
        return Double(reader.audio.originalSample(sample, endOfSpeech: isEnd)) / Double(LogMelSpectrogram.sampleRate)
    }

    /// The mean of the segments' confidences, weighted by their lengths.
    static func confidence(of segments: [TranscribedSegment]) -> Double {
        let lengths = segments.map { max(0, $0.end - $0.start) }
        let total = lengths.reduce(0, +)
        guard total > 0 else {
            return segments.isEmpty ? 0 : segments.map(\.confidence).reduce(0, +) / Double(segments.count)
        }
        return zip(segments, lengths).map { $0.confidence * $1 }.reduce(0, +) / total
    }
}
