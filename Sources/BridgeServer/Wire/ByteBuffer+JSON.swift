import BridgeSupport
import NIOCore

extension ByteBuffer {
    /// Appends `text` as a JSON string, byte for byte as ``Wire/encode(_:)`` would write it.
    mutating func writeJSON(_ text: String) {
        var text = text
        // Most tokens are written as they are, between quotes, and a second and third writing costs more than looking first.
        let isWritten = text.withUTF8 { bytes in
            guard !bytes.contains(where: { JSONText.needsEscape($0, false) }) else { return false }
            writeWithUnsafeMutableBytes(minimumWritableBytes: bytes.count + 2) { memory in
                memory[0] = UInt8(ascii: "\"")
                memory[1...].copyBytes(from: bytes)
                memory[bytes.count + 1] = UInt8(ascii: "\"")
                return bytes.count + 2
            }
            return true
        }
        if !isWritten { JSONText.quote(text) { writeBytes($0) } }
    }
}
