/// Another source at another sample rate.
public actor ResampledSource: PCMSource {
    public nonisolated let sampleRate: Int
    private let source: any PCMSource
    private var resampler: Resampler?
    private var ready: [Float] = []
    /// Where the samples of `ready` that were not handed out begin.
    private var position = 0

    private static let blockSeconds = 0.25

    /// - Throws: `internal` when the resampler can't be made.
    public init(_ source: any PCMSource, sampleRate: Int) throws {
        self.source = source
        self.sampleRate = sampleRate
        resampler = try Resampler(from: source.sampleRate, to: sampleRate)
    }

    public var duration: Duration? { get async throws { try await source.duration } }

    public var warnings: [String] { get async { await source.warnings } }

    public func read(_ count: Int) async throws -> [Float] {
        while position == ready.count, resampler != nil {
            let block = try await source.read(max(1, Int(Double(source.sampleRate) * Self.blockSeconds)))
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
