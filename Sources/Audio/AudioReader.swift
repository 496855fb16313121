import BridgeSupport

/// Opened audio: mono samples at one rate, with a longest duration, and with the first ones read ahead, so that bytes that are not
/// audio fail on opening, before anything is answered.
public struct AudioReader: PCMSource, ~Copyable {
    private var source: ResampledSource<PCMReader>
    private let limit: Duration
    private let field: String
    /// Samples that were read ahead.
    private var head: [Float] = []
    private var total = 0
    /// Whether samples are gone that were read to find the duration, so that it has to be opened again.
    private(set) var isSpent = false

    private static let headSamples = 8192
    /// The most decoded speech that is kept after finding its duration: enough for most commands, and no more than 1 MB each.
    private static let keptSeconds = 15

    /// - Parameters:
    ///   - limit: the longest duration.
    ///   - field: the request's field that errors and warnings name.
    /// - Throws: `invalid_request` naming `field` when there is not a single sample; whatever the source throws.
    init(_ source: consuming ResampledSource<PCMReader>, limit: Duration, field: String) async throws {
        let head = try await source.read(Self.headSamples)
        guard !head.isEmpty else { throw AudioInput.empty(field) }
        self.source = source
        self.limit = limit
        self.field = field
        self.head = head
    }

    /// The rate that was asked for when it was opened.
    public var sampleRate: Int { source.sampleRate }

    /// What its source knows of its length, also where that is beyond the limit.
    public var duration: Duration? { source.duration }

    /// Sources know what is odd, but not the field that they came in.
    public var warnings: [String] {
        let field = field
        return source.warnings.map { "\(field): \($0)" }
    }

    /// The next samples; those read ahead come first.
    ///
    /// - Throws: `invalid_request` naming the field once there are more than the longest duration holds; whatever the source throws.
    public mutating func read(_ count: Int) async throws -> [Float] {
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

    /// Whether it lasts longer than `limit`. To be called before the first read.
    ///
    /// If the duration is unknown, it is decoded up to the limit: what a file says about itself may be missing or wrong. Short
    /// speech is kept, to be read again; otherwise ``isSpent`` is true afterwards.
    mutating func exceeds(_ limit: Duration) async throws -> Bool {
        if let duration { return duration > limit }
        let mostSamples = Int(limit / .seconds(1) * Double(sampleRate))
        var kept: [Float] = []
        while total <= mostSamples {
            let block = try await read(16_384)
            if total > Self.keptSeconds * sampleRate { kept = [] } else { kept += block }
            guard !block.isEmpty else {
                isSpent = kept.count < total
                head = kept
                total = 0
                return false
            }
        }
        isSpent = true
        return true
    }
}
