import BridgeSupport

// A live stream: only its beginning is available when it is opened, so its header has to be believed.

extension AudioInput {
    func decoded(_ bytes: consuming ByteStream) async throws -> PCMReader {
        switch encoding {
        case .pcmF32LE:
            return try await PCMReader(liveRaw: bytes, sampleType: .float32, sampleRate: rawRate, field: field)
        case .pcmS16LE:
            return try await PCMReader(liveRaw: bytes, sampleType: .signed16, sampleRate: rawRate, field: field)
        case .wav:
            return try await wav(bytes)
        case .auto:
            guard let start = try await AudioStart.find(in: &bytes) else {
                throw try await bytes.peek(1).isEmpty ? Self.empty(field) : unknown
            }
            bytes.skip(start.offset)
            if start.container == .wav { return try await wav(bytes) }
            return try await throughFFmpeg(bytes, AudioStart(container: start.container))
        }
    }

    private func wav(_ bytes: consuming ByteStream) async throws -> PCMReader {
        guard !(try await bytes.peek(1).isEmpty) else { throw Self.empty(field) }
        let header = try await WAVHeader.peek(&bytes)
        if case .other = header.coding {
            return try await throughFFmpeg(bytes, AudioStart(container: .wav, isOutgrown: header.isOutgrown))
        }
        return try PCMReader(liveWAV: bytes, header: header)
    }

    private func throughFFmpeg(_ bytes: consuming ByteStream, _ start: AudioStart) async throws -> PCMReader {
        let (head, pieces) = bytes.handOver()
        let decoder = try FFmpegDecoder(
            .live(head: head, pieces), start: start, limits: limits, ffmpeg: ffmpeg, clock: clock)
        return try await PCMReader(decoder)
    }
}

extension WAVHeader {
    /// Bytes that may precede the samples.
    private static let mostHead = 1 << 20

    /// The header that a live stream begins with; consumes nothing.
    static func peek(_ bytes: inout ByteStream) async throws -> WAVHeader {
        var count = 512
        while true {
            // No more than was asked for, so that the result does not depend on how the pieces are cut.
            let head = Array(try await bytes.peek(count).prefix(count))
            let isAll = head.count < count || count >= mostHead
            do {
                let header = try WAVHeader(BeginningBytes(bytes: head))
                if isAll || !header.data.isEmpty { return header }
            } catch  where !isAll {
                // More of it may make sense.
            }
            count *= 2
        }
    }
}

extension AudioStart {
    /// A tag with a picture.
    private static let mostTag = 1 << 20

    /// nil if a live stream does not begin with known audio; consumes nothing.
    static func find(in bytes: inout ByteStream) async throws -> AudioStart? {
        let magic = Array(try await bytes.peek(AudioContainer.magicBytes).prefix(AudioContainer.magicBytes))
        let tag = AudioContainer.tagBytes(magic)
        // Most begin at once; for the others more is waited for.
        if tag == nil, let known = AudioContainer(magic: magic) { return AudioStart(container: known) }
        let count = min(tag ?? 0, mostTag) + mostJunk + AudioContainer.magicBytes
        return try find(in: MemoryBytes(bytes: Array(try await bytes.peek(count).prefix(count))))
    }
}

/// The first bytes of more, nobody knows how many.
private struct BeginningBytes: ByteSource {
    let bytes: [UInt8]
    var count: Int { 1 << 62 }

    func read(at offset: Int, count: Int) -> [UInt8] { MemoryBytes(bytes: bytes).read(at: offset, count: count) }
}
