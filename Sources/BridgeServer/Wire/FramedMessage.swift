import NIOCore

/// The bytes of one or more messages in a body, with room around them to send them as a chunk of HTTP/1.1 (RFC 9112, 7.1) without copying:
/// the chunk's size stands before them, and a line's end follows. NIO's encoder, which frames all other bodies, writes these as buffers of
/// their own; for a token, that costs more than all else that is done to write it.
struct FramedMessage {
    /// The digits that any size fits in, and a line's end.
    private static let room = 2 * MemoryLayout<UInt32>.size + 2

    /// What stands before the reader index is room for the size.
    private(set) var bytes: ByteBuffer

    /// - Parameter capacity: the bytes that fit without another allocation.
    init(capacity: Int) {
        bytes = ByteBufferAllocator().buffer(capacity: Self.room + capacity + 2)
        bytes.moveWriterIndex(forwardBy: Self.room)
        bytes.moveReaderIndex(forwardBy: Self.room)
    }

    var isEmpty: Bool { bytes.readableBytes == 0 }

    mutating func append(_ write: (inout ByteBuffer) -> Void) { write(&bytes) }

    /// The same bytes as a chunk. There must be some: an empty chunk ends a body.
    consuming func chunk() -> ByteBuffer {
        var rest = bytes.readableBytes
        let digits = (Int.bitWidth - rest.leadingZeroBitCount + 3) / 4
        bytes.moveReaderIndex(to: bytes.readerIndex - digits - 2)
        bytes.writeStaticString("\r\n")
        bytes.withUnsafeMutableReadableBytes { bytes in
            bytes[digits] = UInt8(ascii: "\r")
            bytes[digits + 1] = UInt8(ascii: "\n")
            for place in (0..<digits).reversed() {
                let digit = UInt8(truncatingIfNeeded: rest & 15)
                bytes[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                rest >>= 4
            }
        }
        return bytes
    }
}
