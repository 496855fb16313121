import BridgeSupport

/// Audio from outside that has not been opened yet: bytes, a file, or a live stream of unknown length.
///
/// Opening it may write a file and start FFmpeg, so waiting requests have neither. It is opened once; its contents
/// then pass to the ``AudioReader``, even if somebody still holds this value.
public struct AudioInput: Sendable {
    enum Content {
        case bytes(Handover)
        case file(String)
        case live(any BytePieces)
    }

    let content: Content
    let encoding: AudioEncoding
    /// Hertz of raw PCM; other encodings contain their rate.
    let rawRate: Int
    /// The request's field that errors about the audio name.
    let field: String
    /// What its decoding may take.
    public var limits = AudioLimits()
    /// The program that decodes what is compressed.
    public var ffmpeg = FFmpeg()
    /// Measures how long FFmpeg gives no output.
    public var clock: any Clock<Duration> = ContinuousClock()

    /// - Parameters:
    ///   - bytes: without any other holder, otherwise their memory is not freed once they are read.
    ///   - sampleRate: hertz of raw PCM; other encodings contain their rate.
    ///   - field: the request's field that errors about the audio name.
    public init(
        _ bytes: consuming [UInt8], encoding: AudioEncoding = .auto, sampleRate: Int = 16_000,
        field: String = "audio_data"
    ) {
        self.init(.bytes(Handover(bytes)), encoding, sampleRate: sampleRate, field: field)
    }

    /// A file, which is read as its samples are. Parameters as for bytes.
    public init(
        file path: String, encoding: AudioEncoding = .auto, sampleRate: Int = 16_000, field: String = "file"
    ) {
        self.init(.file(path), encoding, sampleRate: sampleRate, field: field)
    }

    /// Bytes that come while they are read; other parameters as for bytes.
    ///
    /// The next piece is asked for once the previous ones have been used, except for what fits into the pipes of FFmpeg. Formats that are read
    /// from their end, like some MP4 files, can't be decoded in this way. What follows the audio is not read.
    ///
    /// - Parameter pieces: cut anywhere. Errors of the sequence are thrown by reading.
    public init<Pieces: AsyncSequence & Sendable>(
        live pieces: Pieces, encoding: AudioEncoding = .auto, sampleRate: Int = 16_000, field: String = "stream"
    ) where Pieces.Element == [UInt8] {
        self.init(.live(LivePieces(pieces)), encoding, sampleRate: sampleRate, field: field)
    }

    private init(_ content: Content, _ encoding: AudioEncoding, sampleRate: Int, field: String) {
        self.content = content
        self.encoding = encoding
        rawRate = sampleRate
        self.field = field
    }

    /// Whether it comes while it is read, so that it cannot be examined beforehand.
    public var isLive: Bool {
        if case .live = content { true } else { false }
    }

    /// Bytes at rest that a child process has to decode, so that their duration is unknown; nil for others.
    ///
    /// For planning only: opening decides, and reports what is wrong.
    public var compressedBytes: Int? {
        guard [.auto, .wav].contains(encoding), let bytes = try? bytesAtRest() else { return nil }
        if let header = try? WAVHeader(bytes), case .pcm = header.coding { return nil }
        return bytes.count
    }

    static func empty(_ field: String) -> ServiceError {
        .invalid(field, "\(field) holds no audio; send at least one sample.")
    }
}

extension AudioInput {
    /// The result of ``look(beyond:sampleRate:)``.
    public struct Length: ~Copyable, Sendable {
        /// Whether the audio lasts longer than the given limit.
        public let isBeyond: Bool
        /// The audio, opened; nil if it has to be opened again.
        public var reader: AudioReader?
    }

    /// Finds out whether audio at rest lasts longer than `limit`, by its header or else by decoding that much of it.
    ///
    /// Afterwards no child process is waiting. Short speech is kept as samples; longer compressed audio will be opened again.
    ///
    /// - Throws: what opening and reading throw.
    public func look(beyond limit: Duration, sampleRate: Int = 16_000) async throws -> Length {
        guard let bytes = try bytesAtRest() else {
            throw ServiceError(.internal, "How long a live stream lasts is known at its end only.")
        }
        var reader = try await pipeline(of: try await decoded(bytes), at: sampleRate)
        let isBeyond = try await reader.exceeds(limit)
        if reader.isSpent { return Length(isBeyond: isBeyond, reader: nil) }
        if case .bytes(let held) = content { _ = held.take() }
        return Length(isBeyond: isBeyond, reader: reader)
    }

    /// Opens it, once.
    ///
    /// - Parameter sampleRate: the sample rate in hertz of the output.
    /// - Throws: `invalid_request` for no audio, part of a sample, samples that are not numbers or out of range,
    ///   audio over the limit, and a file that can't be opened; `undecodable_audio` for bytes that are not what they should be;
    ///   `unsupported_media_type` if FFmpeg is needed and missing; `timeout`, `storage_full` and `internal` if it is cut
    ///   short on this side. Reading can throw the same.
    public func open(sampleRate: Int = 16_000) async throws -> AudioReader {
        switch content {
        case .bytes(let held):
            return try await pipeline(of: try await decoded(MemoryBytes(bytes: held.take())), at: sampleRate)
        case .file(let path):
            return try await pipeline(of: try await decoded(try FileBytes(path: path, field: field)), at: sampleRate)
        case .live(let pieces):
            return try await pipeline(of: try await decoded(ByteStream(pieces)), at: sampleRate)
        }
    }

    private func pipeline(of decoded: consuming PCMReader, at rate: Int) async throws -> AudioReader {
        try await AudioReader(
            try ResampledSource(decoded, sampleRate: rate), limit: limits.maximumDuration, field: field)
    }

    /// nil for a live stream.
    private func bytesAtRest() throws -> (any ByteSource)? {
        switch content {
        case .bytes(let held): MemoryBytes(bytes: held.look { $0 })
        case .file(let path): try FileBytes(path: path, field: field)
        case .live: nil
        }
    }
}
