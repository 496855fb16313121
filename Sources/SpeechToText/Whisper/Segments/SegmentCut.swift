/// A window's tokens, cut at their timestamps into segments in the same way as in openai-whisper's `transcribe`, with one difference: a
/// single segment begins at its own first timestamp (as in transformers), not where the window begins.
struct SegmentCut: Sendable, Hashable {
    struct Segment: Sendable, Hashable {
        /// Seconds from the start of the window.
        var start: Double
        var end: Double
        /// Including the timestamps.
        var tokens: [Int]
    }

    var segments: [Segment]
    /// Frames of 10 ms to advance by: to the last complete segment's end, or the whole window.
    var advance: Int
    /// A single timestamp ends the tokens: nothing is said after it.
    var endsInSilence: Bool
}

extension SegmentCut {
    /// Frames of 10 ms per step of a timestamp.
    private static let framesPerStep = 2
    private static let secondsPerStep = 0.02

    /// - Parameter frames: frames of audio in the window.
    init(_ tokens: [Int], frames: Int, special: SpecialTokens) {
        let isTime = tokens.map(special.isTimestamp)
        let seconds: (Int) -> Double = { Double(max(0, $0 - special.firstTimestamp)) * Self.secondsPerStep }
        endsInSilence = isTime.suffix(2) == [false, true]
        var ends = tokens.indices.dropFirst().filter { isTime[$0 - 1] && isTime[$0] }
        guard let lastPair = ends.last else {
            let last = tokens.last(where: special.isTimestamp)
            let stated = last.flatMap { $0 == special.firstTimestamp ? nil : seconds($0) }
            let end = stated ?? Double(frames) / 100
            let start = tokens.first.flatMap { special.isTimestamp($0) ? seconds($0) : nil } ?? 0
            segments = [Segment(start: start < end ? start : 0, end: end, tokens: tokens)]
            advance = frames
            return
        }
        if endsInSilence { ends.append(tokens.count) }
        segments = zip([0] + ends, ends).map { start, end in
            Segment(start: seconds(tokens[start]), end: seconds(tokens[end - 1]), tokens: Array(tokens[start..<end]))
        }
        let lastTime = (tokens[lastPair - 1] - special.firstTimestamp) * Self.framesPerStep
        // A last time of 0.00 would never advance.
        advance = endsInSilence || lastTime <= 0 ? frames : lastTime
    }
}

extension SegmentCut {
    /// The same words without segments that begin after the end of the audio: such a time is wrong, and the words belong to the
    /// previous segment.
    ///
    /// - Parameter frames: frames of audio in the window.
    func joiningPastEnd(frames: Int) -> SegmentCut {
        let end = Double(frames) / 100
        var joined = self
        joined.segments = segments.reduce(into: []) { joined, segment in
            if segment.start < end || joined.isEmpty {
                joined.append(segment)
            } else {
                joined[joined.count - 1].tokens += segment.tokens
                joined[joined.count - 1].end = end
            }
        }
        return joined
    }
}
