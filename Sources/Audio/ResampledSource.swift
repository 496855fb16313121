/// Another source at another sample rate; if that is its own, its samples pass as they are.
struct ResampledSource<Source: PCMSource & ~Copyable>: PCMSource, ~Copyable {
    let sampleRate: Int
    private var source: Source
    private let passes: Bool
    private var resampler: Resampler?
    private var ready: [Float] = []
    /// Where the samples of `ready` begin that were not handed out.
    private var position = 0

    private static var blocksPerSecond: Int { 4 }

    /// - Throws: `internal` when the resampler can't be made.
    init(_ source: consuming Source, sampleRate: Int) throws {
        let rate = source.sampleRate
        passes = rate == sampleRate
        if rate != sampleRate { resampler = try Resampler(from: rate, to: sampleRate) }
        self.sampleRate = sampleRate
        self.source = source
    }

    var duration: Duration? { source.duration }

    var warnings: [String] { source.warnings }

    mutating func read(_ count: Int) async throws -> [Float] {
        if passes { return try await source.read(count) }
        while position == ready.count, resampler != nil {
            let block = try await source.read(max(1, source.sampleRate / Self.blocksPerSecond))
            position = 0
            if block.isEmpty {
                ready = try resampler?.finish() ?? []
                resampler = nil
            } else {
                ready = try resampler?.process(block) ?? []
            }
        }
        let end = position + min(max(0, count), ready.count - position)
        defer { position = end }
        return Array(ready[position..<end])
    }
}
