/// Takes bytes as they come and gives frames.
public struct FrameBuffer: Sendable {
    private var bytes: [UInt8] = []
    /// Where the next frame begins; everything before it has been given out.
    private var start = 0

    /// Holds nothing yet.
    public init() {}

    /// Takes in what was read from the socket, cut anywhere.
    public mutating func append(_ more: some Collection<UInt8>) {
        // The remaining bytes are moved once for many frames.
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            start = 0
        } else if start > 1 << 16 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    /// The next frame; nil until all of its bytes are there.
    ///
    /// - Throws: ``MalformedFrame`` for a length beyond ``Frame/limit`` or an unknown kind: nothing after it can be read.
    public mutating func next() throws -> Frame? {
        guard bytes.count - start >= 4 else { return nil }
        let length = (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
        guard (1...Frame.limit).contains(length) else { throw MalformedFrame() }
        guard bytes.count - start - 4 >= length else { return nil }
        guard let kind = Frame.Kind(rawValue: bytes[start + 4]) else { throw MalformedFrame() }
        let end = start + 4 + length
        defer { start = end }
        return Frame(kind, fields: Array(bytes[(start + 5)..<end]))
    }
}
