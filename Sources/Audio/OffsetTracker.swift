/// Follows the offset (DC) of one channel, if it matters compared with the level of the sound.
///
/// - **off**, the initial state: nothing is subtracted. It turns on when most baselines of a fifth of a second, before or after, lie on one
///   side of zero, by a share of the level.
/// - **on**: the baseline is the offset, so that a settling or drifting offset is followed. It turns off when fewer of them lie there,
///   and less far out.
///
/// The level is what lasts for at least 50 ms of the surrounding time, and fades slowly: an offset that is small compared with speech
/// stays in its pauses too.
struct OffsetTracker: Sendable {
    /// The value subtracted from a frame, from its first sample to its last.
    struct Course {
        var start: Float
        var end: Float
    }

    /// Frames on either side that a frame's baseline is averaged over, so that it moves by no more than some 5 Hz: no voice does.
    static let near = 10
    /// Frames on either side in which an offset must show.
    private static let span = 40
    /// Fewer baselines are too few.
    private static let tooFew = 30
    /// The least share of the level that an offset has, before it is found and once it is known.
    private static let share: Float = 0.03
    private static let stillShare: Float = 0.015
    private static let majority = 0.8
    private static let stillMajority = 0.6
    /// How much of the level is left after the frames of a decision: half after 5 s.
    private static let fading: Float = 0.993
    /// The least number of frames that sound lasts.
    private static let shortestSound = 11
    private static let leastLevel: Float = 0.002
    /// Frames for which a decision holds.
    private static let decidesEvery = 10
    /// Baselines this far apart have a step between them, not a slope.
    private static let step: Float = 0.5
    /// The least offset that users should know about, relative to full scale and to the loudest sound.
    private static let large: Float = 0.03
    private static let largeShare: Float = 0.5

    private var isOn = false
    private var age = Self.decidesEvery
    private var level = Self.leastLevel
    private var loudest: Float = 0
    private var farthest: Float = 0

    /// Whether an offset was subtracted that is large compared with full scale and the sound.
    var wasLarge: Bool { farthest > max(Self.large, loudest * Self.largeShare) }

    /// The baseline at `centre`: the mean of the middle half of the surrounding frames, which ignores clicks. At the start and at
    /// the end there are fewer, as many on either side, so that slopes make no difference.
    static func baseline(_ frames: [SoundRepair.Extent], at centre: Int) -> Float {
        let reach = min(near, centre, frames.count - 1 - centre)
        let means = frames[centre - reach...centre + reach].map(\.mean).sorted()
        let middle = means[means.count / 4..<means.count - means.count / 4]
        return middle.reduce(0, +) / Float(middle.count)
    }

    /// What to subtract from the frame at `centre`, nil for nothing.
    mutating func follow(_ frames: [SoundRepair.Extent], at centre: Int) -> Course? {
        age += 1
        if age >= Self.decidesEvery {
            age = 0
            decide(
                frames[max(0, centre - Self.span)...centre], frames[centre...min(frames.count - 1, centre + Self.span)])
        }
        guard isOn else { return nil }
        farthest = max(farthest, abs(frames[centre].baseline))
        return course(frames, at: centre)
    }

    private mutating func decide(_ before: ArraySlice<SoundRepair.Extent>, _ after: ArraySlice<SoundRepair.Extent>) {
        let peaks = (before + after).map { $0.peak($0.baseline) }.sorted(by: >)
        level = max(level * Self.fading, peaks[min(Self.shortestSound - 1, peaks.count / 2)])
        loudest = max(loudest, level)
        isOn = isOffset(before) || isOffset(after)
    }

    private func isOffset(_ side: ArraySlice<SoundRepair.Extent>) -> Bool {
        guard side.count >= Self.tooFew || isOn else { return false }
        let least = level * (isOn ? Self.stillShare : Self.share)
        let above = side.reduce(0) { $0 + ($1.baseline > least ? 1 : 0) }
        let below = side.reduce(0) { $0 + ($1.baseline < -least ? 1 : 0) }
        return Double(max(above, below)) >= (isOn ? Self.stillMajority : Self.majority) * Double(side.count)
    }

    private func course(_ frames: [SoundRepair.Extent], at centre: Int) -> Course {
        let baseline = { (index: Int) in frames[max(0, min(frames.count - 1, index))].baseline }
        let (before, after) = (baseline(centre - Self.near), baseline(centre + Self.near))
        // The frame itself tells on which side of a step it is.
        if abs(after - before) > max(Self.step, level) {
            let mean = frames[centre].mean
            let own = abs(before - mean) < abs(after - mean) ? before : after
            return Course(start: own, end: own)
        }
        let own = baseline(centre)
        return Course(start: (baseline(centre - 1) + own) / 2, end: (own + baseline(centre + 1)) / 2)
    }
}
