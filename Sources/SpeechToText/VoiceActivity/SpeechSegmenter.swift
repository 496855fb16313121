/// Turns speech probabilities, one per frame of 512 samples, into ranges of samples that contain speech.
///
/// A pure state machine: ``idle`` until a probability reaches the threshold; then ``speaking`` until the
/// probability has stayed below the end threshold for the minimum silence. Ranges are padded on both sides; two
/// that lie closer than twice the padding share the gap. The rules, and therefore the ranges, are the same as in
/// Silero's `get_speech_timestamps`, but each range is handed out as soon as nothing later can change it, and a range in which
/// nothing resembles a voice is dropped.
public struct SpeechSegmenter: Sendable {
    /// Samples per probability, at 16 kHz.
    public static let frameSamples = 512

    /// What counts as speech.
    public struct Options: Sendable, Hashable {
        /// A frame at or above it is speech, 0…1.
        public var threshold: Double
        /// A frame below it is silence; nil for ``threshold`` less 0.15, at least 0.01.
        public var endThreshold: Double?
        /// Speech of this length or shorter is dropped.
        public var minimumSpeech: Duration
        /// Silence within speech that ends it.
        public var minimumSilence: Duration
        /// The padding kept on each side of speech.
        public var padding: Duration
        /// Longer speech is cut at its longest silence, or hard if it has none; nil for no limit.
        public var maximumSpeech: Duration?
        /// Whether speech in which no frame resembles a voice is dropped; Silero itself does not check that.
        public var requiresVoice: Bool

        /// The defaults are Silero's.
        public init(
            threshold: Double = 0.5, endThreshold: Double? = nil, minimumSpeech: Duration = .milliseconds(250),
            minimumSilence: Duration = .milliseconds(100), padding: Duration = .milliseconds(30),
            maximumSpeech: Duration? = nil, requiresVoice: Bool = false
        ) {
            self.threshold = threshold
            self.endThreshold = endThreshold
            self.minimumSpeech = minimumSpeech
            self.minimumSilence = minimumSilence
            self.padding = padding
            self.maximumSpeech = maximumSpeech
            self.requiresVoice = requiresVoice
        }

        /// For a recogniser: a speaker's pauses are kept, the shortest speech is three frames, and generous padding
        /// keeps soft first and last sounds.
        public static let transcription = Options(
            minimumSpeech: .milliseconds(90), minimumSilence: .seconds(2), padding: .milliseconds(400),
            requiresVoice: true)

        /// For a recogniser that hears one stretch of speech at a time: split at a speaker's pauses, and wherever one stretch goes on
        /// for longer than `length`.
        public static func stretches(upTo length: Duration) -> Options {
            Options(
                minimumSpeech: .milliseconds(90), minimumSilence: .milliseconds(400), padding: .milliseconds(400),
                maximumSpeech: length, requiresVoice: true)
        }
    }

    private enum State {
        case idle
        /// Speech since `start`; `silence` is where the probability last fell below the end threshold, if it has not
        /// come back since.
        case speaking(start: Int, silence: Int?)
    }

    private struct Silence {
        var start: Int
        var end: Int
    }

    /// Shorter silences, in samples, are not used to cut speech that is too long.
    private static let cuttableSilence = 98 * 16

    /// Doubtful speech that lasts longer than this, in samples, is dropped, because possible speech has to be kept in memory.
    private static let longestDoubt = 30 * 16_000

    private let threshold: Double
    private let endThreshold: Double
    private let minimumSpeech: Int
    private let minimumSilence: Int
    private let padding: Int
    private let maximumSpeech: Int
    private let requiresVoice: Bool

    private var state = State.idle
    /// Whether a voice was found in the open speech.
    private var hasVoice = false
    /// Samples seen, in whole frames.
    private var position = 0
    /// Silences inside the open speech that are long enough to cut at.
    private var cuttable: [Silence] = []
    /// The last finished range, with its start padded but not its end: the next one may be close enough to share the gap.
    private var pending: Range<Int>?
    /// Where the padding of the next range may begin.
    private var paddingLimit = 0

    /// Idle, at the first frame.
    public init(options: Options = .transcription) {
        threshold = options.threshold
        endThreshold = options.endThreshold ?? max(options.threshold - 0.15, 0.01)
        minimumSpeech = Self.samples(options.minimumSpeech)
        minimumSilence = Self.samples(options.minimumSilence)
        padding = Self.samples(options.padding)
        requiresVoice = options.requiresVoice
        maximumSpeech =
            options.maximumSpeech.map { Self.samples($0) - Self.frameSamples - 2 * Self.samples(options.padding) }
            ?? .max
    }

    /// Where the confirmed, still open speech begins (padded), and up to where it certainly belongs to the range
    /// that will be handed out; nil while nothing is certain. Not meaningful with a maximum length of speech.
    public var openSpeech: Range<Int>? {
        guard case .speaking(let start, let silence) = state, isConfirmed(start, silence) else { return nil }
        return paddedStart(start)..<(silence ?? position)
    }

    /// No sample before this one can become part of a range that has not been handed out.
    public var earliestUndecided: Int {
        if let pending { return pending.lowerBound }
        return switch state {
        case .speaking(let start, _): paddedStart(start)
        case .idle: max(paddingLimit, position - padding)
        }
    }

    /// Takes the probability of the next frame.
    ///
    /// - Parameter isVoice: whether the frame resembles a voice; called until one of the open speech does.
    /// - Returns: ranges of samples that are final, in order; usually none.
    public mutating func append(_ probability: Double, isVoice: () -> Bool = { true }) -> [Range<Int>] {
        let frame = position
        position += Self.frameSamples
        var finished: [Range<Int>] = []
        if probability >= threshold, !hasVoice { hasVoice = !requiresVoice || isVoice() }
        advance(probability, at: frame, &finished)
        settle(&finished)
        return finished
    }

    /// Ends the audio, which closes open speech.
    ///
    /// - Parameter sampleCount: length of the audio; the last frame may have been padded.
    public mutating func finish(sampleCount: Int) -> [Range<Int>] {
        var finished: [Range<Int>] = []
        if case .speaking(let start, _) = state, hasVoice, sampleCount - start > minimumSpeech {
            close(start..<sampleCount, &finished)
        }
        if let last = pending { finished.append(last.lowerBound..<min(sampleCount, last.upperBound + padding)) }
        pending = nil
        state = .idle
        return finished
    }

    private mutating func advance(_ probability: Double, at frame: Int, _ finished: inout [Range<Int>]) {
        guard case .speaking(var start, var silence) = state else {
            if probability >= threshold { state = .speaking(start: frame, silence: nil) } else { hasVoice = false }
            return
        }
        guard hasVoice || frame - start <= Self.longestDoubt else { return forget() }
        if probability >= threshold, let begin = silence {
            if frame - begin > Self.cuttableSilence { cuttable.append(Silence(start: begin, end: frame)) }
            silence = nil
        }
        if hasVoice, frame - start > maximumSpeech {
            guard let cut = longestSilence() else {
                close(start..<frame, &finished)
                return
            }
            close(start..<cut.start, &finished)
            start = cut.end
            silence = nil
        }
        if probability < endThreshold {
            let begin = silence ?? frame
            silence = begin
            if frame - begin >= minimumSilence {
                if hasVoice, begin - start > minimumSpeech { close(start..<begin, &finished) } else { forget() }
                hasVoice = false
                return
            }
        }
        state = .speaking(start: start, silence: silence)
    }

    /// The first of the longest ones.
    private func longestSilence() -> Silence? {
        cuttable.reduce(nil) { best, next in
            guard let best, best.end - best.start >= next.end - next.start else { return next }
            return best
        }
    }

    /// Makes `speech` the pending range; the previous one is now final.
    private mutating func close(_ speech: Range<Int>, _ finished: inout [Range<Int>]) {
        let start = paddedStart(speech.lowerBound)
        releasePending(before: speech.lowerBound, &finished)
        pending = start..<max(start, speech.upperBound)
        forget()
    }

    private mutating func forget() {
        state = .idle
        cuttable.removeAll()
    }

    /// Hands out the pending range once no later speech can change its end.
    private mutating func settle(_ finished: inout [Range<Int>]) {
        guard let last = pending else { return }
        switch state {
        case .speaking(let start, let silence) where isConfirmed(start, silence):
            releasePending(before: start, &finished)
        case .speaking(let start, _) where start < last.upperBound + 2 * padding:
            break
        case .idle, .speaking:
            if position >= last.upperBound + 2 * padding { releasePending(before: .max, &finished) }
        }
    }

    private mutating func releasePending(before next: Int, _ finished: inout [Range<Int>]) {
        guard let last = pending else { return }
        let gap = next - last.upperBound
        let end = last.upperBound + (gap < 2 * padding ? gap / 2 : padding)
        finished.append(last.lowerBound..<end)
        paddingLimit = next == .max ? end : max(end, paddedStart(next))
        pending = nil
    }

    /// Whether it is long enough that it will not be dropped, however the audio goes on.
    private func isConfirmed(_ start: Int, _ silence: Int?) -> Bool {
        hasVoice && (silence ?? position - Self.frameSamples) - start > minimumSpeech
    }

    private func paddedStart(_ start: Int) -> Int {
        guard let last = pending else { return max(paddingLimit, start - padding) }
        let gap = start - last.upperBound
        return start - (gap < 2 * padding ? gap / 2 : padding)
    }

    private static func samples(_ duration: Duration) -> Int {
        Int(duration / .milliseconds(1) * 16)
    }
}
