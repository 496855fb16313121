/// Another source that is opened when it is first read.
///
/// Opening may write a file and start FFmpeg: for those who wait for their turn, neither happens before it comes.
public actor DeferredSource: PCMSource {
    public nonisolated let sampleRate: Int
    private let open: @Sendable () async throws -> any PCMSource
    private var source: (any PCMSource)?

    /// - Parameters:
    ///   - sampleRate: hertz of the source to be opened.
    ///   - open: called by the first read; its errors are that read's.
    public init(sampleRate: Int = 16_000, open: @escaping @Sendable () async throws -> any PCMSource) {
        self.sampleRate = sampleRate
        self.open = open
    }

    public func read(_ count: Int) async throws -> [Float] {
        if let source { return try await source.read(count) }
        let opened = try await open()
        source = opened
        return try await opened.read(count)
    }
}
