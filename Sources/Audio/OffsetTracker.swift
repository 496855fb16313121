/// Follows the offset of one channel, where it is large against full scale; 0 elsewhere.
///
/// Sound swings around zero: the means of its frames are never far on one side for a quarter of a second. Their median is blind to
/// clicks and hardly sees speech.
struct OffsetTracker: Sendable {
    /// Where the means of frames must lie beyond for an offset to be taken off.
    static let large: Float = 0.25
    /// The share of them that must, before it is found and once it is known.
    private static let majority = 0.8
    private static let stillMajority = 0.6
    /// Means that tell too little.
    private static let tooFew = 20
    private static let smoothing: Float = 0.05
    /// Frames for which a known offset is kept: it drifts slowly.
    private static let keptFor = 10

    private var current: Float = 0
    private var age = 0

    var isEngaged: Bool { current != 0 }

    /// The offset at `centre`, one of `frames`, which lie around it.
    mutating func offset(_ frames: ArraySlice<SoundRepair.Extent>, at centre: Int) -> Float {
        let mean = frames[centre].mean
        age += 1
        guard isEngaged ? age >= Self.keptFor || isFar(mean) : abs(mean) > Self.large else { return current }
        age = 0
        // Where an offset begins or ends, what is before and what is after differ; the frame itself tells which it belongs to.
        let sides = [found(frames[centre...]), found(frames[...centre])].compactMap { $0 }
        guard let found = sides.min(by: { abs($0 - mean) < abs($1 - mean) }) else { return current }
        current = isEngaged && found != 0 && !isFar(found) ? current + (found - current) * Self.smoothing : found
        return current
    }

    /// Whether that is another offset, and not the known one that drifts.
    private func isFar(_ mean: Float) -> Bool { abs(mean - current) > max(Self.large, abs(current) / 2) }

    /// The offset of all of `frames`; nil where they are too few to tell.
    private func found(_ frames: ArraySlice<SoundRepair.Extent>) -> Float? {
        guard frames.count >= Self.tooFew else { return nil }
        let least = isEngaged ? Self.large / 2 : Self.large
        let above = frames.reduce(0) { $0 + ($1.mean > least ? 1 : 0) }
        let below = frames.reduce(0) { $0 + ($1.mean < -least ? 1 : 0) }
        let needed = (isEngaged ? Self.stillMajority : Self.majority) * Double(frames.count)
        guard Double(max(above, below)) >= needed else { return 0 }
        return frames.map(\.mean).sorted()[frames.count / 2]
    }
}
