public import Audio
import BridgeSupport
public import WorkScheduling

/// Another source without its silences, read forward in flat memory.
///
/// Speech is handed out as soon as it is certain, so that hours without a pause need no more memory than minutes; or stretch
/// by stretch, where the recogniser wants to know where each of them ends. Times in what is read are mapped back by
/// ``originalSample(_:endOfSpeech:)``.
public actor SpeechOnlySource: PCMSource {
    public nonisolated let sampleRate = VoiceActivityDetector.sampleRate

    /// Samples in a row in both signals.
    private struct Piece {
        /// Where it begins in what is handed out.
        var compacted: Int
        /// Where it begins in the source.
        var original: Int
    }

    private static let blockSamples = 64 * SpeechSegmenter.frameSamples

    private let source: any PCMSource
    private let byStretches: Bool
    private var stream: VoiceActivityStream
    private var isFinished = false
    /// Samples of the source from `heldStart` on that may still be speech.
    private var held: [Float] = []
    private var heldStart = 0
    /// End, in the source, of what was moved to `ready`.
    private var taken = 0
    private var ready: [Float] = []
    private var readyPosition = 0
    private var compactedCount = 0
    private var pieces: [Piece] = []

    /// - Parameters:
    ///   - source: at 16 kHz.
    ///   - options: whose maximum length of speech has an effect only with `byStretches`.
    ///   - byStretches: whether speech is handed out only when a stretch of it is complete, so that ``endOfStretch(at:)`` can
    ///     tell where each ends.
    ///   - ticket: of whoever listens.
    public init(
        _ source: any PCMSource, detector: VoiceActivityDetector, options: SpeechSegmenter.Options = .transcription,
        byStretches: Bool = false, ticket: WorkTicket
    ) {
        var options = options
        if !byStretches { options.maximumSpeech = nil }
        self.source = source
        self.byStretches = byStretches
        stream = detector.makeStream(options: options, ticket: ticket)
    }

    /// Samples of the source that were looked at; all of them once ``read(_:)`` has given nothing.
    public var originalCount: Int { stream.sampleCount }

    public var warnings: [String] { get async { await source.warnings } }

    public func read(_ count: Int) async throws -> [Float] {
        while readyPosition == ready.count, !isFinished {
            ready = []
            readyPosition = 0
            try await listen()
        }
        let end = readyPosition + min(max(0, count), ready.count - readyPosition)
        defer { readyPosition = end }
        return Array(ready[readyPosition..<end])
    }

    /// Where a sample of this source lies in the original one.
    ///
    /// - Parameters:
    ///   - position: counted from the first sample handed out.
    ///   - endOfSpeech: whether the position ends something. At a cut, an end belongs to the speech before it and a
    ///     start to the speech after it.
    public func originalSample(_ position: Int, endOfSpeech: Bool = false) -> Int {
        let fits: (Piece) -> Bool = { endOfSpeech ? $0.compacted < position : $0.compacted <= position }
        guard let piece = pieces.last(where: fits) ?? pieces.first else { return position }
        return piece.original + position - piece.compacted
    }

    /// Where the stretch that holds a sample ends: the first sample of the next one, counted as those handed out.
    public func endOfStretch(at position: Int) -> Int {
        pieces.first { $0.compacted > position }?.compacted ?? compactedCount
    }

    private func listen() async throws {
        let block = try await source.read(Self.blockSamples)
        held += block
        // A copy, since an actor's property can't be changed across a suspension.
        var stream = stream
        let speech: [Range<Int>]
        if block.isEmpty {
            speech = try await stream.finish()
            isFinished = true
        } else {
            speech = try await stream.append(block)
        }
        self.stream = stream
        for range in speech { take(range) }
        if !byStretches, let open = stream.openSpeech { take(open) }
        forget(before: max(taken, stream.earliestUndecided))
    }

    private func take(_ range: Range<Int>) {
        let start = max(range.lowerBound, taken, heldStart)
        var end = min(range.upperBound, heldStart + held.count)
        // A window of the recogniser has whole frames: less than one at its end would begin the next stretch's window.
        if byStretches, start < end { end -= (end - start) % LogMelSpectrogram.hopSamples }
        guard start < end else { return }
        if pieces.isEmpty || byStretches || start != taken {
            pieces.append(Piece(compacted: compactedCount, original: start))
        }
        ready += held[start - heldStart..<end - heldStart]
        compactedCount += end - start
        taken = end
    }

    private func forget(before position: Int) {
        let count = min(max(0, position - heldStart), held.count)
        held.removeFirst(count)
        heldStart += count
    }
}
