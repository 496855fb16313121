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
        let size = String(bytes.readableBytes, radix: 16) + "\r\n"
        bytes.moveReaderIndex(to: bytes.readerIndex - size.utf8.count)
        bytes.setString(size, at: bytes.readerIndex)
        bytes.writeStaticString("\r\n")
        return bytes
    }
}
