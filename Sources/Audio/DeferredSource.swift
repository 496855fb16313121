/// Another source that is opened when it is first read, or asked how long it is.
///
/// Opening may write a file and start FFmpeg: for those who wait for their turn, neither is there.
public actor DeferredSource: PCMSource {
    /// Speech of which so much is kept that was decoded to learn its length: most commands, and no more than 1 MB each.
    private static let keptSeconds = 15

    public nonisolated let sampleRate: Int
    /// Bytes that a child process decodes; nil where none is needed, so that the length is known at once.
    public nonisolated let compressedBytes: Int?
    private let open: @Sendable () async throws -> any PCMSource
    private var source: (any PCMSource)?
    /// Of the source whose samples were kept.
    private var keptWarnings: [String] = []

    /// - Parameters:
    ///   - sampleRate: hertz of the source to be opened.
    ///   - compressedBytes: see ``compressedBytes``.
    ///   - open: called by the first use, and once more where ``exceeds(_:)`` read ahead; its errors are that use's.
    public init(
        sampleRate: Int = 16_000, compressedBytes: Int? = nil,
        open: @escaping @Sendable () async throws -> any PCMSource
    ) {
        self.sampleRate = sampleRate
        self.compressedBytes = compressedBytes
        self.open = open
    }

    public var duration: Duration? { get async throws { try await opened().duration } }

    public var warnings: [String] { get async { keptWarnings + (await source?.warnings ?? []) } }

    public func read(_ count: Int) async throws -> [Float] { try await opened().read(count) }

    /// Whether it lasts longer than `limit`. To be asked before the first read.
    ///
    /// Where nothing tells the length, it is decoded up to the limit: what a file says of itself may be missing or wrong.
    /// Afterwards no child process waits; short speech is kept as samples, and the rest will be opened anew.
    ///
    /// - Throws: what opening and reading throw.
    public func exceeds(_ limit: Duration) async throws -> Bool {
        let source = try await opened()
        if let duration = try await source.duration { return duration > limit }
        self.source = nil
        let mostSamples = Int(limit / .seconds(1) * Double(sampleRate))
        var kept: [Float] = []
        var count = 0
        while count <= mostSamples {
            let block = try await source.read(16_384)
            count += block.count
            if count > Self.keptSeconds * sampleRate { kept = [] } else { kept += block }
            guard !block.isEmpty else {
                if kept.count == count {
                    self.source = MemoryPCMSource(samples: kept, sampleRate: sampleRate)
                    keptWarnings = await source.warnings
                }
                return false
            }
        }
        return true
    }

    private func opened() async throws -> any PCMSource {
        if let source { return source }
        let opened = try await open()
        source = opened
        return opened
    }
}
