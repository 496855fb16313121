/// Where audio begins among bytes, and of what kind it is.
///
/// Interrupted recorders, players that write tags by several rules, and radio streams joined in the middle put
/// zeros, tags and parts of frames before it.
struct AudioStart: Hashable {
    var container: AudioContainer
    /// The position of its first byte.
    var offset = 0
    /// Whether the sound goes on beyond what its header says.
    var isOutgrown = false

    /// Bytes that may precede the first frame, as in FFmpeg.
    static let mostJunk = 1 << 16
    /// The number of consecutive frames that cannot be a coincidence.
    private static let certain = 4
    private static let mostTags = 8

    /// nil if there is no known kind of audio.
    static func find(in bytes: any ByteSource) throws -> AudioStart? {
        var offset = 0
        var tags = 0
        while tags < mostTags, let tag = AudioContainer.tagBytes(try bytes.read(at: offset, count: 10)) {
            offset += tag
            tags += 1
        }
        if let start = try search(bytes, from: offset) { return start }
        guard tags > 0 else { return nil }
        // The tag's size cannot be trusted; FFmpeg may still make something of it.
        return try search(bytes, from: 10) ?? AudioStart(container: .mp3)
    }

    private static func search(_ bytes: any ByteSource, from offset: Int) throws -> AudioStart? {
        if let known = AudioContainer(magic: try bytes.read(at: offset, count: AudioContainer.magicBytes)) {
            return AudioStart(container: known, offset: offset)
        }
        let head = try bytes.read(at: offset, count: mostJunk + AudioContainer.magicBytes)
        if let first = head.firstIndex(where: { $0 != 0 }), first > 0 {
            // Some kinds begin with zeros of their own.
            for start in max(0, first - 3)...first {
                if let known = AudioContainer(magic: Array(head[start...].prefix(AudioContainer.magicBytes))) {
                    return AudioStart(container: known, offset: offset + start)
                }
            }
        }
        for start in head.indices where head[start] == 0xFF {
            if let frame = MPEGFrame(head[start...]), try isStream(frame, at: offset + start, in: bytes) {
                return AudioStart(container: frame.container, offset: offset + start)
            }
        }
        return nil
    }

    /// Whether frames of one kind follow each other, up to the end if there are few.
    private static func isStream(_ first: MPEGFrame, at offset: Int, in bytes: any ByteSource) throws -> Bool {
        var (frame, offset) = (first, offset)
        for count in 1..<certain {
            offset += frame.length
            let header = try bytes.read(at: offset, count: MPEGFrame.headerBytes)
            guard let next = MPEGFrame(header[...]), next.continues(first) else {
                return count > 1 && offset >= bytes.count - MPEGFrame.headerBytes
            }
            frame = next
        }
        return true
    }
}

/// The bytes of another source from an offset on.
struct LaterBytes: ByteSource {
    let source: any ByteSource
    let offset: Int

    var count: Int { max(0, source.count - offset) }

    func read(at position: Int, count: Int) throws -> [UInt8] {
        guard position >= 0 else { return [] }
        return try source.read(at: offset + position, count: count)
    }
}
