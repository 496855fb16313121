/// Removes what is not sound and hides it: an offset that matters compared with it, and clicks far above full scale, which only
/// float samples have.
///
/// Each channel is judged separately, before anything is mixed or resampled: a filter smears a click of one sample over many, which then
/// cannot be distinguished from sound. Sound is what lasts for an eighth of a second within the half second around it, at whatever scale
/// the recording has; anything 12 dB above that is cut down to it, though never below full scale. Samples within full scale,
/// around zero, pass bit for bit, a quarter of a second late.
struct SoundRepair: Sendable {
    private static let framesPerSecond = 200
    /// Frames on either side that a frame is compared with.
    private static let reach = 50
    /// The least number of frames that a sound lasts; a click, or a pop, is shorter.
    private static let shortestSound = 25
    /// How far the peak of speech may lie above what lasts that long.
    private static let mostCrest: Float = 4
    private static let fullScale: Float = 1

    private let channels: Int
    /// Samples of each channel in a frame.
    private let frameLength: Int
    /// Interleaved samples that were not passed on.
    private var held: [Float] = []
    /// For each channel, up to `reach` frames that were passed on, then the ones of `held`.
    private var extents: [[Extent]]
    private var offsets: [OffsetTracker]
    private var past = 0
    /// Extents of each channel whose baselines are known.
    private var baselines = 0
    private var hasClicks = false

    var warnings: [String] {
        (hasClicks ? ["Lone clicks far above the rest of it were cut down."] : [])
            + (offsets.contains(where: \.wasLarge)
                ? ["Its samples do not lie around zero (DC offset); the offset was taken off."] : [])
    }

    init(channels: Int, sampleRate: Int) {
        self.channels = channels
        frameLength = max(1, sampleRate / Self.framesPerSecond)
        extents = Array(repeating: [], count: channels)
        offsets = Array(repeating: OffsetTracker(), count: channels)
    }

    /// Takes the next samples, with the channels interleaved.
    ///
    /// - Returns: the output that is ready; the rest stays inside.
    mutating func process(_ samples: [Float]) -> [Float] {
        held += samples
        let known = extents[0].count - past
        for frame in known..<max(known, held.count / (frameLength * channels)) { measure(frame) }
        findBaselines(upTo: extents[0].count - OffsetTracker.near)
        return handOn(extents[0].count - past - Self.reach)
    }

    /// Ends the sound.
    ///
    /// - Returns: the rest of the output.
    mutating func finish() -> [Float] {
        let known = extents[0].count - past
        if known * frameLength * channels < held.count { measure(known) }
        findBaselines(upTo: extents[0].count)
        return handOn(extents[0].count - past)
    }

    private func samples(of frame: Int) -> Range<Int> {
        let size = frameLength * channels
        return frame * size..<min(held.count, (frame + 1) * size)
    }

    private mutating func measure(_ frame: Int) {
        for channel in 0..<channels {
            var extent = Extent()
            var count: Float = 0
            for index in stride(
                from: samples(of: frame).lowerBound + channel, to: samples(of: frame).upperBound, by: channels)
            {
                extent.add(held[index])
                count += 1
            }
            extent.mean /= max(1, count)
            extents[channel].append(extent)
        }
    }

    private mutating func findBaselines(upTo end: Int) {
        for index in baselines..<max(baselines, end) {
            for channel in 0..<channels {
                extents[channel][index].baseline = OffsetTracker.baseline(extents[channel], at: index)
            }
        }
        baselines = max(baselines, end)
    }

    private mutating func handOn(_ frames: Int) -> [Float] {
        guard frames > 0 else { return [] }
        for channel in 0..<channels {
            for frame in 0..<frames { mend(frame, channel) }
        }
        let end = samples(of: frames - 1).upperBound
        // What stays is usually less than what goes on, so that is what is copied.
        let rest = Array(held[end...])
        held.removeLast(rest.count)
        let ready = held
        held = rest
        let done = max(0, past + frames - Self.reach)
        for channel in 0..<channels { extents[channel].removeFirst(done) }
        past += frames - done
        baselines -= done
        return ready
    }

    private mutating func mend(_ frame: Int, _ channel: Int) {
        let centre = past + frame
        let all = extents[channel]
        let around = all[max(0, centre - Self.reach)...min(all.count - 1, centre + Self.reach)]
        let offset = offsets[channel].follow(all, at: centre)
        let limit = Self.limit(all[centre].peak(offset?.end ?? 0), around, offset: offset?.end ?? 0)
        guard offset != nil || limit != nil else { return }
        hasClicks = hasClicks || limit != nil
        let most = limit ?? .greatestFiniteMagnitude
        let start = offset?.start ?? 0
        let slope = ((offset?.end ?? 0) - start) / Float(frameLength)
        for (time, index) in stride(
            from: samples(of: frame).lowerBound + channel, to: samples(of: frame).upperBound, by: channels
        ).enumerated() {
            held[index] = min(most, max(-most, held[index] - start - slope * (Float(time) + 0.5)))
        }
    }

    /// The value that a frame with a click is cut down to, nil if `peak` belongs to sound.
    private static func limit(_ peak: Float, _ around: ArraySlice<Extent>, offset: Float) -> Float? {
        guard peak > fullScale else { return nil }
        let enough = min(shortestSound, (around.count + 1) / 2)
        let alike = around.reduce(0) { $0 + ($1.peak(offset) * mostCrest >= peak ? 1 : 0) }
        guard alike < enough else { return nil }
        let common = around.map { $0.peak(offset) }.sorted(by: >)[enough - 1]
        return max(fullScale, common * mostCrest)
    }
}

extension SoundRepair {
    /// The range of a frame's samples.
    struct Extent: Sendable {
        private var lowest = Float.infinity
        private var highest = -Float.infinity
        /// The mean of all samples, once their sum has been divided.
        var mean: Float = 0
        /// The middle of the surrounding sound.
        var baseline: Float = 0

        mutating func add(_ sample: Float) {
            lowest = min(lowest, sample)
            highest = max(highest, sample)
            mean += sample
        }

        func peak(_ offset: Float) -> Float { max(highest - offset, offset - lowest) }
    }
}
