import Foundation

/// Mixes several channels to one, block by block.
///
/// Channels are weighted as in the usual downmix (ITU-R BS.775): the centre, where speech is, in full, the sides
/// less, the rear still less, the subwoofer not at all; all are equal if nothing is known about them.
///
/// - **mixed**, the initial state. If the speech of the channels cancels out, as with a microphone wired the wrong way round,
///   it takes the louder one:
/// - **alone**, until the mix has its speech again.
///
/// Blocks far quieter than recent ones tell nothing: hum and common noise remain where speech cancels out, and are all
/// there is between words.
struct ChannelMixer: Sendable {
    /// Frames that are decided on together.
    private static let block = 4096
    /// Fewer frames are too few to decide on.
    private static let tooFew = 256
    /// If the mix has this share of the energy that unrelated channels would leave in it, or less, they cancel each other out.
    private static let cancelled: Float = 0.33
    private static let restored: Float = 0.6
    /// Mean energy of −70 dBFS in the frequencies of speech: quieter blocks tell nothing about the wiring.
    private static let audible: Float = 1e-7
    /// A block must have this share of the energy of the loudest one to tell anything; the second is how much of that is left after a second.
    private static let telling: Float = 0.25
    private static let fading = 0.5

    private static let centre = 0x4
    private static let subwoofer = 0x8
    /// The weights of front left and right, and of the centre.
    private static let front = 0x1 | 0x2 | 0x40 | 0x80

    /// The weight of each channel; they add up to 1.
    let weights: [Float]
    /// Whether channels were ever found to cancel each other out.
    private var hasCancelled = false
    /// The channel that is taken alone.
    private var alone: Int?
    /// The speech in each channel.
    private var bands: [SpeechBand]
    private var loudest: Float = 0
    private let sampleRate: Int

    var warnings: [String] {
        hasCancelled
            ? ["Its channels cancel each other out (opposite phase), so the louder one was heard alone there."] : []
    }

    /// - Parameter speakers: a bit for each channel, as in WAVE files; 0 if unknown.
    init(channels: Int, speakers: Int = 0, sampleRate: Int = 16_000) {
        let bits = (0..<32).map { 1 << $0 }.filter { speakers & $0 != 0 }
        let shares = bits.count == channels ? bits.map(Self.share) : []
        let known = shares.reduce(0, +) > 0 ? shares : [Float](repeating: 1, count: channels)
        let total = known.reduce(0, +)
        weights = known.map { $0 / total }
        bands = Array(repeating: SpeechBand(sampleRate: sampleRate), count: channels)
        self.sampleRate = sampleRate
    }

    private static func share(_ speaker: Int) -> Float {
        switch speaker {
        case centre: 1
        case subwoofer: 0
        case _ where speaker & front != 0: Float(0.5).squareRoot()
        default: 0.5
        }
    }

    /// - Parameter samples: whole frames, with the channels interleaved.
    mutating func mix(_ samples: [Float]) -> [Float] {
        guard weights.count > 1 else { return samples }
        let frames = samples.count / weights.count
        var mixed = [Float](repeating: 0, count: frames)
        for start in stride(from: 0, to: frames, by: Self.block) {
            mix(samples, start..<min(frames, start + Self.block), into: &mixed)
        }
        return mixed
    }

    private mutating func mix(_ samples: [Float], _ frames: Range<Int>, into mixed: inout [Float]) {
        var energies = [Float](repeating: 0, count: weights.count)
        var energy: Float = 0
        for frame in frames {
            var sum: Float = 0
            var speech: Float = 0
            for channel in weights.indices {
                let sample = samples[frame * weights.count + channel]
                let heard = bands[channel].pass(sample)
                sum += weights[channel] * sample
                speech += weights[channel] * heard
                energies[channel] += heard * heard
            }
            mixed[frame] = sum
            energy += speech * speech
        }
        decide(energy, energies, count: frames.count)
        guard let alone else { return }
        for frame in frames { mixed[frame] = samples[frame * weights.count + alone] }
    }

    private mutating func decide(_ energy: Float, _ energies: [Float], count: Int) {
        let unrelated = zip(weights, energies).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
        guard count >= Self.tooFew, unrelated > Self.audible * Float(count) else { return }
        let mean = unrelated / Float(count)
        loudest = max(mean, loudest * Float(pow(Self.fading, Double(count) / Double(sampleRate))))
        guard mean >= loudest * Self.telling else { return }
        guard energy < (alone == nil ? Self.cancelled : Self.restored) * unrelated else {
            alone = nil
            return
        }
        hasCancelled = true
        // Weighted as in the mix: the subwoofer, which is not in it, must not be all that is heard.
        let heard = zip(weights, energies).map { $0 * $0 * $1 }
        let most = heard.max() ?? 0
        if let kept = alone, heard[kept] * 4 > most { return }
        // The first of the equally loud ones.
        alone = heard.firstIndex { $0 > most * 0.9 }
    }
}

/// Isolates what is typical of a voice: neither hum nor an offset, and little hiss. One pole below 1 kHz and two above it.
private struct SpeechBand: Sendable {
    private let share: Float
    private var low: Float = 0
    private var lower: Float = 0

    init(sampleRate: Int) { share = Float(1 - exp(-2 * Double.pi * 1000 / Double(sampleRate))) }

    mutating func pass(_ sample: Float) -> Float {
        let before = lower
        low += (sample - low) * share
        lower += (low - lower) * share
        return (lower - before) / share
    }
}
