/// Texts as they are written in JSON.
package enum JSONText {
    /// Calls `append` with the pieces of `text` as a JSON string, quotes included, byte for byte as Foundation writes it.
    ///
    /// - Parameter deletes: whether U+007F is escaped as well, which JSON allows as it is: it drives a terminal.
    @inlinable package static func quote(
        _ text: String, escapingDeletes deletes: Bool = false, _ append: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var text = text
        text.withUTF8 { bytes in
            append(staticBytes("\""))
            // Where the pending bytes begin that need no escape.
            var start = 0
            for index in bytes.indices where needsEscape(bytes[index], deletes) {
                append(UnsafeBufferPointer(rebasing: bytes[start..<index]))
                escape(bytes[index], append)
                start = index + 1
            }
            append(UnsafeBufferPointer(rebasing: bytes[start...]))
            append(staticBytes("\""))
        }
    }

    @inlinable package static func needsEscape(_ byte: UInt8, _ deletes: Bool) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || deletes && byte == 0x7F
    }

    @inlinable package static func staticBytes(_ text: StaticString) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    @usableFromInline static func escape(_ byte: UInt8, _ append: (UnsafeBufferPointer<UInt8>) -> Void) {
        switch byte {
        case UInt8(ascii: "\""): append(staticBytes("\\\""))
        case UInt8(ascii: "\\"): append(staticBytes("\\\\"))
        case 0x08: append(staticBytes("\\b"))
        case 0x09: append(staticBytes("\\t"))
        case 0x0A: append(staticBytes("\\n"))
        case 0x0C: append(staticBytes("\\f"))
        case 0x0D: append(staticBytes("\\r"))
        default:
            Array(((byte < 0x10 ? "\\u000" : "\\u00") + String(byte, radix: 16)).utf8).withUnsafeBufferPointer(append)
        }
    }
}
