/// Another source that is opened when it is first read, or asked how long it is.
///
/// Opening may write a file and start FFmpeg: for those who wait for their turn, neither happens before it comes.
public actor DeferredSource: PCMSource {
    public nonisolated let sampleRate: Int
    private let open: @Sendable () async throws -> any PCMSource
    private var source: (any PCMSource)?

    /// - Parameters:
    ///   - sampleRate: hertz of the source to be opened.
    ///   - open: called by the first use; its errors are that use's.
    public init(sampleRate: Int = 16_000, open: @escaping @Sendable () async throws -> any PCMSource) {
        self.sampleRate = sampleRate
        self.open = open
    }

    public var duration: Duration? { get async throws { try await opened().duration } }

    public var warnings: [String] { get async { await source?.warnings ?? [] } }

    public func read(_ count: Int) async throws -> [Float] { try await opened().read(count) }

    private func opened() async throws -> any PCMSource {
        if let source { return source }
        let opened = try await open()
        source = opened
        return opened
    }
}
