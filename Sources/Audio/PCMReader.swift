import BridgeSupport

/// Uncompressed samples in flat memory, repaired, and mixed down to one channel at their own rate: from a WAV, from samples without a
/// header, or from FFmpeg.
struct PCMReader: PCMSource, ~Copyable {
    let sampleRate: Int
    /// Layout of the bytes, before the mix.
    let layout: PCMLayout
    /// Samples in each channel; nil if unknown before the end.
    let frameCount: Int?
    private var bytes: ByteStream
    private var feed: MonoFeed
    private let oddities: [String]
    /// The most bytes that are read at once.
    private let blockBytes: Int
    /// Bytes to wait for if they come bit by bit.
    private let leastBytes: Int
    private let refuse: @Sendable (_ reason: String) -> ServiceError

    private static let blockFrames = 16_384

    /// - Parameters:
    ///   - bytes: samples only.
    ///   - oddities: warnings about the audio.
    ///   - refuse: the error for invalid samples.
    private init(
        _ bytes: consuming ByteStream, layout: PCMLayout, sampleRate: Int, speakers: Int = 0, frameCount: Int? = nil,
        oddities: [String] = [], blockBytes: Int? = nil, refuse: @escaping @Sendable (_ reason: String) -> ServiceError
    ) {
        self.bytes = bytes
        self.layout = layout
        self.sampleRate = sampleRate
        self.frameCount = frameCount
        self.oddities = oddities
        self.blockBytes = blockBytes ?? Self.blockFrames * layout.frameBytes
        // The mix of several channels is decided block by block, and must not depend on how they are cut.
        leastBytes = layout.channels > 1 && blockBytes == nil ? self.blockBytes : layout.frameBytes
        self.refuse = refuse
        feed = MonoFeed(channels: layout.channels, speakers: speakers, sampleRate: sampleRate)
    }

    var duration: Duration? { frameCount.map { .seconds(Double($0) / Double(sampleRate)) } }

    var warnings: [String] { oddities + feed.warnings }

    mutating func read(_ count: Int) async throws -> [Float] {
        while feed.isHungry {
            let block = try await bytes.read(upTo: blockBytes, atLeast: leastBytes, inUnitsOf: layout.frameBytes)
            feed.put(try layout.samples(block, refuse: refuse))
        }
        return feed.take(count)
    }
}

// MARK: WAV

/// Integer samples of 8, 16, 24 and 32 bits, floats of 32 and 64 bits, plain and extensible headers, RF64 and RIFX. A data
/// chunk that claims more than there is ends where the bytes end, and at rest so does one that claims less than there is sound.
extension PCMReader {
    /// - Throws: `undecodable_audio` when the bytes are not a WAV, or a WAV of a compressed kind.
    init(wav bytes: any ByteSource) throws {
        try self.init(wav: bytes, header: try WAVHeader(bytes))
    }

    init(wav bytes: any ByteSource, header: WAVHeader) throws {
        let layout = try Self.layout(header)
        let start = header.data.lowerBound
        let frames = header.data.count / layout.frameBytes
        self.init(
            ByteStream(bytes, start..<start + frames * layout.frameBytes), layout: layout,
            sampleRate: header.sampleRate, speakers: header.speakers, frameCount: frames, oddities: header.warnings,
            refuse: WAVHeader.undecodable)
    }

    /// - Parameter bytes: beginning with the header.
    init(liveWAV bytes: consuming ByteStream, header: WAVHeader) throws {
        let layout = try Self.layout(header)
        bytes.skip(header.data.lowerBound)
        bytes.end(after: header.data.count / layout.frameBytes * layout.frameBytes)
        self.init(
            bytes, layout: layout, sampleRate: header.sampleRate, speakers: header.speakers, oddities: header.warnings,
            refuse: WAVHeader.undecodable)
    }

    private static func layout(_ header: WAVHeader) throws -> PCMLayout {
        guard case .pcm(let type) = header.coding else { throw WAVHeader.undecodable("holds compressed audio") }
        return PCMLayout(sampleType: type, channels: header.channels, isBigEndian: header.isBigEndian)
    }
}

// MARK: Raw samples

extension PCMReader {
    /// - Parameters:
    ///   - field: the request's field that errors name.
    /// - Throws: `invalid_request` for a sample rate out of range, and for a part of a sample at the end.
    init(raw bytes: any ByteSource, sampleType: SampleType, sampleRate: Int, field: String) throws {
        let size = sampleType.byteCount
        let advice = Self.advice(try bytes.read(at: 0, count: AudioContainer.magicBytes))
        guard bytes.count % size == 0 else {
            throw ServiceError.invalid(
                field,
                "\(field) has \(bytes.count) bytes, which is no whole number of samples of \(size) bytes; \(advice).")
        }
        try self.init(
            raw: ByteStream(bytes, 0..<bytes.count), sampleType: sampleType, sampleRate: sampleRate,
            frameCount: bytes.count / size, advice: advice, field: field)
    }

    /// Part of a sample at the end, as left by an interrupted sender, is left out.
    init(
        liveRaw bytes: consuming ByteStream, sampleType: SampleType, sampleRate: Int, field: String
    ) async throws {
        let advice = Self.advice(try await bytes.peek(AudioContainer.magicBytes))
        try self.init(
            raw: bytes, sampleType: sampleType, sampleRate: sampleRate, frameCount: nil, advice: advice, field: field)
    }

    private init(
        raw bytes: consuming ByteStream, sampleType: SampleType, sampleRate: Int, frameCount: Int?, advice: String,
        field: String
    ) throws {
        guard supportedSampleRates.contains(sampleRate) else {
            throw ServiceError.invalid(
                "sample_rate",
                "sample_rate is \(sampleRate); it must lie between \(supportedSampleRates.lowerBound) and "
                    + "\(supportedSampleRates.upperBound) Hz.")
        }
        self.init(
            bytes, layout: PCMLayout(sampleType: sampleType, channels: 1), sampleRate: sampleRate,
            frameCount: frameCount
        ) { reason in
            .invalid(field, "\(field) \(reason); \(advice).")
        }
    }

    /// People forget to say that they send a file; its first bytes show it.
    private static func advice(_ magic: [UInt8]) -> String {
        guard let container = AudioContainer(magic: magic) else {
            return "send complete samples at the right scale, or name the right encoding"
        }
        return "the bytes look like \(container.rawValue), which needs the encoding \"auto\""
    }
}

// MARK: Compressed samples

extension PCMReader {
    /// More than the header that FFmpeg writes before the samples.
    private static let headBytes = 512
    private static let decodedBlockBytes = 1 << 18

    /// Removes the header that FFmpeg writes, which tells the number of channels and their loudspeakers.
    ///
    /// - Parameter oddities: warnings about the audio.
    /// - Throws: the failure of FFmpeg.
    init(_ decoder: FFmpegDecoder, oddities: [String] = []) async throws {
        var bytes = ByteStream(decoder)
        let head = try await bytes.peek(Self.headBytes)
        let header: WAVHeader
        do {
            header = try WAVHeader(MemoryBytes(bytes: head))
        } catch {
            throw decoder.refused(error)
        }
        bytes.skip(header.data.lowerBound)
        let name = decoder.container.rawValue
        self.init(
            bytes, layout: PCMLayout(sampleType: .float32, channels: header.channels), sampleRate: header.sampleRate,
            speakers: header.speakers, oddities: oddities, blockBytes: Self.decodedBlockBytes
        ) { reason in
            ServiceError(.undecodableAudio, "The \(name) audio \(reason) once decoded.")
        }
    }
}
