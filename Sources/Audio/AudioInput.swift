import BridgeSupport

/// Audio from outside that nobody has opened yet: bytes, a file, or a live stream of unknown length.
///
/// Opening it may write a file and start FFmpeg: for those who wait for their turn, neither is there. It is opened once; what it holds
/// passes to the ``AudioReader`` then, also where somebody still holds this value.
public struct AudioInput: Sendable {
    enum Content {
        case bytes(Handover)
        case file(String)
        case live(any BytePieces)
    }

    let content: Content
    let encoding: AudioEncoding
    /// Hertz of raw PCM; other encodings say it themselves.
    let rawRate: Int
    /// The request's field that errors about the audio name.
    let field: String
    public var limits = AudioLimits()
    public var ffmpeg = FFmpeg()

    /// - Parameters:
    ///   - bytes: held by nobody else, or their memory is not free once they are read.
    ///   - sampleRate: hertz of raw PCM; other encodings say it themselves.
    ///   - field: the request's field that errors about the audio name.
    public init(
        _ bytes: consuming [UInt8], encoding: AudioEncoding = .auto, sampleRate: Int = 16_000,
        field: String = "audio_data"
    ) {
        self.init(.bytes(Handover(bytes)), encoding, sampleRate: sampleRate, field: field)
    }

    /// A file, which is read as the samples are. Parameters as for bytes.
    public init(
        file path: String, encoding: AudioEncoding = .auto, sampleRate: Int = 16_000, field: String = "file"
    ) {
        self.init(.file(path), encoding, sampleRate: sampleRate, field: field)
    }

    /// Bytes that come while they are read; other parameters as for bytes.
    ///
    /// The next piece is asked for once those before were used, but for what fits into the pipes of FFmpeg. Formats that are read from
    /// their end, as some MP4 files are, can't be decoded so. What follows the audio is not read.
    ///
    /// - Parameter pieces: cut anywhere. What the sequence throws, reading throws.
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

    /// Whether it comes while it is read, so that nothing of it can be looked at before.
    public var isLive: Bool {
        if case .live = content { true } else { false }
    }

    /// Bytes at rest that a child process has to decode, so that nothing tells how long they last; nil for others.
    ///
    /// For planning only: opening decides, and says what is wrong.
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
    /// What ``look(beyond:sampleRate:)`` found.
    public struct Length: ~Copyable, Sendable {
        /// Whether the audio lasts longer than was asked.
        public let isBeyond: Bool
        /// The audio, open; nil where it has to be opened anew.
        public var reader: AudioReader?
    }

    /// Finds out whether audio at rest lasts longer than `limit`, by its header, else by decoding it so far.
    ///
    /// Afterwards no child process waits. Short speech is kept as samples; longer compressed audio will be opened anew.
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
    /// - Parameter sampleRate: hertz of what is read.
    /// - Throws: `invalid_request` for no audio, part of a sample, samples that are no numbers or out of range,
    ///   audio over the limit, and a file that can't be opened; `undecodable_audio` for bytes that are not what they should be;
    ///   `unsupported_media_type` where FFmpeg is needed and missing; `timeout`, `storage_full` and `internal` where it is cut
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
