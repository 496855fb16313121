import NIOCore

extension ByteBuffer {
    /// Appends `text` as a JSON string, byte for byte as ``Wire/encode(_:)`` would write it.
    mutating func writeJSON(_ text: String) {
        writeStaticString("\"")
        var text = text
        text.withUTF8 { bytes in
            // Where the pending bytes begin that need no escape.
            var start = 0
            for (index, byte) in bytes.enumerated()
            where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                writeBytes(UnsafeBufferPointer(rebasing: bytes[start..<index]))
                writeEscape(of: byte)
                start = index + 1
            }
            writeBytes(UnsafeBufferPointer(rebasing: bytes[start...]))
        }
        writeStaticString("\"")
    }

    private mutating func writeEscape(of byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): writeStaticString("\\\"")
        case UInt8(ascii: "\\"): writeStaticString("\\\\")
        case 0x08: writeStaticString("\\b")
        case 0x09: writeStaticString("\\t")
        case 0x0A: writeStaticString("\\n")
        case 0x0C: writeStaticString("\\f")
        case 0x0D: writeStaticString("\\r")
        default: writeString((byte < 0x10 ? "\\u000" : "\\u00") + String(byte, radix: 16))
        }
    }
}
