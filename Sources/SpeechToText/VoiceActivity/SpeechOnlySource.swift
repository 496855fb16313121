import Audio
import BridgeSupport
import WorkScheduling

/// Consecutive samples in a signal and in what is left of it.
private struct Piece {
    /// Where it begins in the output.
    var compacted: Int
    /// Where it begins in the source.
    var original: Int
}

/// Another source without its silences, read forward in flat memory; all of it if there is no detector to find them.
///
/// Speech is handed out as soon as it is certain, so that hours without a pause need no more memory than minutes; or stretch
/// by stretch, if the recogniser needs to know where each one ends. Times in the output are mapped back by
/// ``originalSample(_:endOfSpeech:)``.
struct SpeechOnlySource<Source: PCMSource & ~Copyable>: PCMSource, ~Copyable {
    private static var blockSamples: Int { 64 * SpeechSegmenter.frameSamples }

    private var source: Source
    private var stream: VoiceActivityStream?
    /// Whether speech is handed out only when a stretch of it is complete, so that ``endOfStretch(at:)`` can tell where each one ends.
    let isByStretches: Bool
    /// Whether silences are handed out too.
    let isWhole: Bool
    /// Samples of the source that have been examined; all of them once ``read(_:)`` has returned nothing.
    private(set) var originalCount = 0
    private var isFinished = false
    /// Samples of the source from `heldStart` on that may still be speech.
    private var held: [Float] = []
    private var heldStart = 0
    /// The end, in the source, of the samples moved to `ready`.
    private var taken = 0
    private var ready: [Float] = []
    private var readyPosition = 0
    private var compactedCount = 0
    private var pieces: [Piece] = []

    /// - Parameters:
    ///   - source: at 16 kHz.
    ///   - detector: nil to hand out silences too.
    ///   - options: whose maximum length of speech only has an effect with `byStretches`.
    ///   - ticket: of the listening request.
    init(
        _ source: consuming Source, detector: VoiceActivityDetector?, options: SpeechSegmenter.Options = .transcription,
        byStretches: Bool = false, ticket: WorkTicket
    ) {
        var options = options
        if !byStretches { options.maximumSpeech = nil }
        isByStretches = byStretches && detector != nil
        isWhole = detector == nil
        stream = detector?.makeStream(options: options, ticket: ticket)
        self.source = source
    }

    var sampleRate: Int { source.sampleRate }
    var warnings: [String] { source.warnings }

    mutating func read(_ count: Int) async throws -> [Float] {
        if isWhole { return try await block(count) }
        while readyPosition == ready.count, !isFinished {
            ready = []
            readyPosition = 0
            try await listen()
        }
        if readyPosition == 0, count >= ready.count {
            defer { ready = [] }
            return ready
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
    func originalSample(_ position: Int, endOfSpeech: Bool = false) -> Int {
        let fits: (Piece) -> Bool = { endOfSpeech ? $0.compacted < position : $0.compacted <= position }
        guard let piece = pieces.last(where: fits) ?? pieces.first else { return position }
        return piece.original + position - piece.compacted
    }

    /// Where the stretch that holds a sample ends: the first sample of the next one, counted in the output.
    func endOfStretch(at position: Int) -> Int {
        pieces.first { $0.compacted > position }?.compacted ?? compactedCount
    }

    private mutating func block(_ count: Int) async throws -> [Float] {
        let block = try await source.read(count)
        originalCount += block.count
        return block
    }

    private mutating func listen() async throws {
        let block = try await block(Self.blockSamples)
        held += block
        isFinished = block.isEmpty
        let speech = isFinished ? try await stream?.finish() : try await stream?.append(block)
        for range in speech ?? [] { take(range) }
        if !isByStretches, let open = stream?.openSpeech { take(open) }
        forget(before: max(taken, stream?.earliestUndecided ?? 0))
    }

    private mutating func take(_ range: Range<Int>) {
        let start = max(range.lowerBound, taken, heldStart)
        var end = min(range.upperBound, heldStart + held.count)
        // A window of the recogniser consists of whole frames: part of one at its end would begin the next stretch's window.
        if isByStretches, start < end { end -= (end - start) % LogMelSpectrogram.hopSamples }
        guard start < end else { return }
        if pieces.isEmpty || isByStretches || start != taken {
            pieces.append(Piece(compacted: compactedCount, original: start))
        }
        ready += held[start - heldStart..<end - heldStart]
        compactedCount += end - start
        taken = end
    }

    private mutating func forget(before position: Int) {
        let count = min(max(0, position - heldStart), held.count)
        held.removeFirst(count)
        heldStart += count
    }
}
