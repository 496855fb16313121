import BridgeSupport

/// Raw samples without a header.
actor RawPCMReader: PCMSource {
    nonisolated let sampleRate: Int
    private let bytes: any ByteSource
    private let layout: PCMLayout
    private let field: String
    private var feed: MonoFeed
    private var offset = 0

    private static let blockSamples = 16_384

    /// - Parameters:
    ///   - field: the request's field that errors name.
    /// - Throws: `invalid_request` for a sample rate out of range, for no bytes, and for a part of a sample at the end.
    init(_ bytes: any ByteSource, sampleType: SampleType, sampleRate: Int, field: String) throws {
        guard supportedSampleRates.contains(sampleRate) else {
            throw ServiceError.invalid(
                "sample_rate",
                "sample_rate is \(sampleRate); it must lie between \(supportedSampleRates.lowerBound) and "
                    + "\(supportedSampleRates.upperBound) Hz.")
        }
        let size = sampleType.byteCount
        guard bytes.count % size == 0 else {
            throw ServiceError.invalid(
                field,
                "\(field) has \(bytes.count) bytes, which is no whole number of samples of \(size) bytes; "
                    + "\(Self.advice(bytes)).")
        }
        self.bytes = bytes
        self.sampleRate = sampleRate
        self.field = field
        layout = PCMLayout(sampleType: sampleType, channels: 1)
        feed = MonoFeed(channels: 1, sampleRate: sampleRate)
    }

    var duration: Duration? { .seconds(Double(bytes.count / layout.frameBytes) / Double(sampleRate)) }

    var warnings: [String] { feed.warnings }

    func read(_ count: Int) throws -> [Float] {
        while feed.isHungry {
            let samples = min(Self.blockSamples, (bytes.count - offset) / layout.frameBytes)
            let block = try bytes.read(at: offset, count: samples * layout.frameBytes)
            offset += block.count
            feed.put(
                try layout.samples(block) { reason in
                    .invalid(field, "\(field) \(reason); \(Self.advice(bytes)).")
                })
        }
        return feed.take(count)
    }

    /// People forget to say that they send a file; its first bytes tell.
    private static func advice(_ bytes: any ByteSource) -> String {
        let magic = (try? bytes.read(at: 0, count: AudioContainer.magicBytes)) ?? []
        guard let container = AudioContainer(magic: magic) else {
            return "send complete samples at the right scale, or name the right encoding"
        }
        return "the bytes look like \(container.rawValue), which needs the encoding \"auto\""
    }
}
