import Audio

/// Another source, brought to a level that voice activity detection and recognisers are used to.
///
/// Recordings that peak between −26 dBFS and full scale pass as they are. Quieter ones are amplified and hotter ones turned down,
/// never clipped: clipped vowels sound like another language. Only lone clicks far above the rest are clipped, so that one of them does
/// not turn a whole recording down to silence. The peak covers everything heard so far and the next 30 s, which recognisers
/// read at once anyway; the gain changes only when a louder part requires it. Near silence stays near silence.
struct LevelledSource<Source: PCMSource & ~Copyable>: PCMSource, ~Copyable {
    private var source: Source
    private var peak: Float = 0
    private var isAudible = false
    /// Blocks of samples as they were read, the next one last.
    private var held: [[Float]] = []
    /// What the held samples are multiplied by.
    private var gain: Float = 1
    /// Samples of the next block that were handed out.
    private var position = 0
    private var hasBegun = false

    private static var lookAhead: Int { 30 }
    private static var blockSamples: Int { 32_768 }
    /// Peaks that need no gain.
    private static var ordinary: ClosedRange<Float> { 0.05...1 }
    /// The peak that quiet recordings are brought to, −12 dBFS.
    private static var working: Float { 0.25 }
    private static var mostGain: Float { 100 }
    /// The peak of a hot recording is at most this many times the level that one sample in a thousand exceeds: 12 dB.
    private static var mostCrest: Float { 4 }

    init(_ source: consuming Source) {
        self.source = source
    }

    var sampleRate: Int { source.sampleRate }
    var duration: Duration? { source.duration }
    var warnings: [String] { source.warnings }

    mutating func read(_ count: Int) async throws -> [Float] {
        let count = max(0, count)
        if held.isEmpty { try await fill() }
        var samples: [Float] = []
        samples.reserveCapacity(min(count, held.reduce(-position) { $0 + $1.count }))
        while samples.count < count, let block = held.last {
            let end = position + min(count - samples.count, block.count - position)
            // Done even without a gain: lone clicks still have their original height.
            for index in position..<end { samples.append(min(1, max(-1, block[index] * gain))) }
            position = end
            if position == block.count {
                held.removeLast()
                position = 0
            }
        }
        return samples
    }

    /// Reads the next block, or all that is looked ahead at the beginning; nothing at the end.
    private mutating func fill() async throws {
        var blocks: [[Float]] = []
        var count = 0
        repeat {
            let block = try await source.read(Self.blockSamples)
            if block.isEmpty { break }
            blocks.append(block)
            count += block.count
        } while !hasBegun && count < Self.lookAhead * sampleRate
        hasBegun = true
        peak = max(peak, Self.peak(of: blocks, count: count))
        isAudible = isAudible || !isNearSilent(blocks.joined())
        gain = gainForPeak
        held = blocks.reversed()
    }

    private static func peak(of blocks: [[Float]], count: Int) -> Float {
        let peak = blocks.reduce(0) { $1.reduce($0) { max($0, abs($1)) } }
        guard peak > ordinary.upperBound else { return peak }
        let common = blocks.joined().map(abs).sorted()[count * 999 / 1000] * mostCrest
        return min(peak, max(common, ordinary.upperBound))
    }

    private var gainForPeak: Float {
        if peak > Self.ordinary.upperBound { return 1 / peak }
        guard isAudible, peak < Self.ordinary.lowerBound else { return 1 }
        return min(Self.working / peak, Self.mostGain)
    }
}
