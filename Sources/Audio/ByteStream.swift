/// Bytes as they come: from a live stream, or from a child process. The next ones are asked for only after the previous ones were used.
protocol BytePieces: AnyObject, Sendable {
    /// The next bytes, as many as come at once; nil at the end, but never because the reader's task is cancelled.
    func next() async throws -> [UInt8]?
}

/// Bytes in order, each handed out once: part of something at rest, or pieces cut anywhere.
struct ByteStream: ~Copyable, Sendable {
    private enum Origin {
        case rest(any ByteSource)
        case pieces(any BytePieces)
        /// Only the pending bytes are left.
        case ended
    }

    private var origin: Origin
    /// The position of the next byte at rest.
    private var offset = 0
    /// Bytes that may still be handed out.
    private var left = Int.max
    /// Bytes of pieces that were not handed out, from `position` on.
    private var pending: [UInt8] = []
    private var position = 0

    /// - Parameter range: the bytes of `source` to hand out.
    init(_ source: any ByteSource, _ range: Range<Int>) {
        origin = .rest(source)
        offset = range.lowerBound
        left = range.count
    }

    init(_ pieces: any BytePieces) {
        origin = .pieces(pieces)
    }

    /// The next bytes, a whole number of units of `size`, at most `most`; empty at the end.
    ///
    /// - Parameter least: bytes to wait for if they come in pieces, unless the end comes first; a unit by default.
    mutating func read(upTo most: Int, atLeast least: Int? = nil, inUnitsOf size: Int) async throws -> [UInt8] {
        let most = min(most, left) / size * size
        let block: [UInt8]
        if case .rest(let source) = origin {
            block = try source.read(at: offset, count: most)
            offset += block.count
            if block.isEmpty { origin = .ended }
        } else {
            try await fill(min(most, least ?? size))
            let end = position + min(most, pending.count - position) / size * size
            block = Array(pending[position..<end])
            position = end
        }
        left -= block.count
        return block
    }

    /// Hands out no more than `count` more bytes.
    mutating func end(after count: Int) { left = count }

    /// The next available bytes of pieces, no fewer than `count` except at the end. Consumes nothing.
    mutating func peek(_ count: Int) async throws -> [UInt8] {
        try await fill(count)
        return Array(pending[position...])
    }

    /// Consumes bytes that ``peek(_:)`` showed.
    mutating func skip(_ count: Int) { position += min(max(0, count), pending.count - position) }

    /// The pieces for another reader, after the bytes that have already come.
    consuming func handOver() -> (head: [UInt8], pieces: (any BytePieces)?) {
        guard case .pieces(let pieces) = origin else { return (Array(pending[position...]), nil) }
        return (Array(pending[position...]), pieces)
    }

    /// Reads until `count` bytes, or all of them, have come.
    private mutating func fill(_ count: Int) async throws {
        while pending.count - position < count, case .pieces(let pieces) = origin {
            pending.removeFirst(position)
            position = 0
            do {
                guard let piece = try await pieces.next() else {
                    origin = .ended
                    return
                }
                pending += piece
            } catch {
                origin = .ended
                throw error
            }
        }
    }
}
