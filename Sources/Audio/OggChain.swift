/// The pages of an Ogg file, as far as they tell whether all of it can be heard: FFmpeg decodes consecutive streams only
/// if they have the same codec.
enum OggChain {
    private static let headerBytes = 27
    private static let mostSegments = 255
    /// Bytes at the start of a stream that name its codec.
    private static let nameBytes = 5
    private static let beginsStream: UInt8 = 2

    /// Whether streams of another codec follow the ones at the beginning of the file.
    static func changesCodec(_ bytes: any ByteSource, at start: Int) throws -> Bool {
        var codecs: Set<[UInt8]> = []
        var hasBegun = false
        var offset = start
        while true {
            let head = try bytes.read(at: offset, count: headerBytes + mostSegments + nameBytes)
            guard head.count > headerBytes, head.starts(with: Array("OggS".utf8)) else { return false }
            let body = headerBytes + Int(head[26])
            guard head.count >= body else { return false }
            if head[5] & beginsStream == 0 {
                hasBegun = true
            } else {
                let isNew = codecs.insert(Array(head[body...].prefix(nameBytes))).inserted
                if isNew && hasBegun { return true }
            }
            offset += body + head[headerBytes..<body].reduce(0) { $0 + Int($1) }
        }
    }
}
