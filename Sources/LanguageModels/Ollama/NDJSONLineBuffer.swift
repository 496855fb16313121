import Foundation
import NIOCore

/// Cuts a byte stream into lines. Chunks may end anywhere: in a line, in a character, between CR and LF.
///
/// Written here because no library of ours splits lines with a bound on their length.
struct NDJSONLineBuffer {
    /// A line is longer than allowed.
    struct LineTooLong: Error {}

    /// The longest allowed line in bytes, without its end.
    let maxLineBytes: Int
    private var pending = ByteBuffer()
    /// Bytes of `pending` that are known to hold no line end, so that none is examined twice.
    private var scanned = 0

    init(maxLineBytes: Int) {
        self.maxLineBytes = maxLineBytes
    }

    mutating func append(_ bytes: ByteBuffer) {
        // Most pieces are whole lines: they need no copy.
        guard pending.readableBytes > 0 else { return pending = bytes }
        var bytes = bytes
        pending.discardReadBytes()
        pending.writeBuffer(&bytes)
    }

    /// The next complete line without its end; blank lines are left out. nil when more bytes are needed.
    mutating func next() throws(LineTooLong) -> ByteBuffer? {
        while let length = lengthOfLine() {
            guard length <= maxLineBytes else { throw LineTooLong() }
            scanned = 0
            guard let line = pending.readSlice(length: length) else { return nil }
            pending.moveReaderIndex(forwardBy: 1)
            if let line = Self.trimmed(line) { return line }
        }
        guard pending.readableBytes <= maxLineBytes else { throw LineTooLong() }
        return nil
    }

    /// The bytes after the last line end, nil if there are none.
    mutating func finish() -> ByteBuffer? {
        defer { pending.clear() }
        return Self.trimmed(pending)
    }

    private mutating func lengthOfLine() -> Int? {
        // A view of the buffer would compare its bytes one by one, at many times the cost.
        let end = pending.withUnsafeReadableBytes { bytes -> Int? in
            guard let start = bytes.baseAddress,
                let end = memchr(start + scanned, CInt(UInt8(ascii: "\n")), bytes.count - scanned)
            else { return nil }
            return start.distance(to: end)
        }
        if end == nil { scanned = pending.readableBytes }
        return end
    }

    private static func trimmed(_ line: ByteBuffer) -> ByteBuffer? {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        let content = line.withUnsafeReadableBytes { bytes -> Range<Int>? in
            guard let first = bytes.firstIndex(where: { !isSpace($0) }),
                let last = bytes.lastIndex(where: { !isSpace($0) })
            else { return nil }
            return first..<last + 1
        }
        guard let content else { return nil }
        if content.count == line.readableBytes { return line }
        return line.getSlice(at: line.readerIndex + content.lowerBound, length: content.count)
    }
}
