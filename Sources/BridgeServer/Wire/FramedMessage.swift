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
        var (size, start) = (bytes.readableBytes, bytes.readerIndex)
        bytes.writeStaticString("\r\n")
        // In place, since each writing to a buffer costs more than all of this.
        bytes.withVeryUnsafeMutableBytes { memory in
            func prepend(_ byte: UInt8) {
                start -= 1
                memory[start] = byte
            }
            prepend(UInt8(ascii: "\n"))
            prepend(UInt8(ascii: "\r"))
            // In hexadecimal, the last digit first.
            repeat {
                let digit = UInt8(truncatingIfNeeded: size & 0xF)
                prepend(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
                size >>= 4
            } while size > 0
        }
        bytes.moveReaderIndex(to: start)
        return bytes
    }
}
