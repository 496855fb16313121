/// Whether a FLAC file can be heard completely: FFmpeg treats anything joined to it as damage.
enum FLACChain {
    /// The name of the format, and the header of its first block, which always has the same length; the last block, or not.
    private static let starts = [0, 0x80].map { Array("fLaC".utf8) + [$0, 0, 0, 34] }
    private static let startBytes = 8
    private static let blockBytes = 1 << 20

    /// Whether another file follows in the bytes of the one that begins at `start`.
    static func hasMoreParts(_ bytes: any ByteSource, at start: Int) throws -> Bool {
        var offset = start + 1
        while true {
            let block = try bytes.read(at: offset, count: blockBytes)
            guard block.count >= startBytes else { return false }
            for index in 0...block.count - startBytes where block[index] == 0x66 {
                if starts.contains(Array(block[index..<index + startBytes])) { return true }
            }
            offset += block.count - startBytes + 1
        }
    }
}
