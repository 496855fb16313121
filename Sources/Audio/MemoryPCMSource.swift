/// Samples that are already in memory.
public struct MemoryPCMSource: PCMSource, ~Copyable {
    /// Hertz, as it was given.
    public let sampleRate: Int
    private let samples: [Float]
    private var position = 0

    /// - Parameters:
    ///   - samples: mono, in [-1, 1].
    ///   - sampleRate: hertz.
    public init(samples: [Float], sampleRate: Int) {
        self.samples = samples
        self.sampleRate = sampleRate
    }

    /// The duration of all samples, whatever has been read.
    public var duration: Duration? { .seconds(Double(samples.count) / Double(sampleRate)) }

    /// A copy of the next samples; never fails.
    public mutating func read(_ count: Int) -> [Float] {
        let end = position + min(max(0, count), samples.count - position)
        defer { position = end }
        return Array(samples[position..<end])
    }
}
