import BridgeSupport

/// Another source, with a longest duration, and with its first samples read ahead.
///
/// Reading ahead makes bytes that are no audio fail when they are opened, before anything is answered.
actor LimitedSource: PCMSource {
    nonisolated let sampleRate: Int
    private let source: any PCMSource
    private let limit: Duration
    private let field: String
    private var head: [Float]
    private var total = 0

    private static let headSamples = 8192

    /// - Throws: `invalid_request` naming `field` when there is not one sample; whatever the source throws.
    init(_ source: any PCMSource, limit: Duration, field: String) async throws {
        self.source = source
        self.limit = limit
        self.field = field
        sampleRate = source.sampleRate
        head = try await source.read(Self.headSamples)
        guard !head.isEmpty else { throw AudioDecoder.empty(field) }
    }

    var duration: Duration? { get async throws { try await source.duration } }

    /// Sources know what is odd, and not in which field they stood.
    var warnings: [String] { get async { await source.warnings.map { "\(field): \($0)" } } }

    func read(_ count: Int) async throws -> [Float] {
        let samples: [Float]
        if head.isEmpty {
            samples = try await source.read(count)
        } else {
            samples = Array(head.prefix(max(0, count)))
            head.removeFirst(samples.count)
        }
        total += samples.count
        guard Double(total) <= limit / .seconds(1) * Double(sampleRate) else {
            throw ServiceError.invalid(
                field, "\(field) is longer than the limit of \(limit.components.seconds) s; send it in parts.")
        }
        return samples
    }
}
