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
    /// As they were read, and what the ones from `position` on are multiplied by.
    private var held: [Float]?
    private var gain: Float = 1
    private var position = 0

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
        if position == held?.count ?? 0 { try await fill() }
        guard let held else { return [] }
        let end = position + min(max(0, count), held.count - position)
        defer { position = end }
        // Done even without a gain: lone clicks still have their original height.
        return held[position..<end].map { min(1, max(-1, $0 * gain)) }
    }

    private mutating func fill() async throws {
        var block = try await source.read(Self.blockSamples)
        if held == nil {
            if block.count == Self.blockSamples {
                block.reserveCapacity(Self.lookAhead * sampleRate + Self.blockSamples)
            }
            while block.count < Self.lookAhead * sampleRate {
                let more = try await source.read(Self.blockSamples)
                if more.isEmpty { break }
                block += more
            }
        }
        peak = max(peak, Self.peak(of: block))
        isAudible = isAudible || !isNearSilent(block)
        gain = gainForPeak
        held = block
        position = 0
    }

    private static func peak(of block: [Float]) -> Float {
        let peak = block.reduce(0) { max($0, abs($1)) }
        guard peak > ordinary.upperBound else { return peak }
        let common = block.map(abs).sorted()[block.count * 999 / 1000] * mostCrest
        return min(peak, max(common, ordinary.upperBound))
    }

    private var gainForPeak: Float {
        if peak > Self.ordinary.upperBound { return 1 / peak }
        guard isAudible, peak < Self.ordinary.lowerBound else { return 1 }
        return min(Self.working / peak, Self.mostGain)
    }
}
