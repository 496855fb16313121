import BridgeSupport
import NIOCore

extension ByteBuffer {
    /// Appends `text` as a JSON string, byte for byte as ``Wire/encode(_:)`` would write it, with what stands around it.
    mutating func writeJSON(_ text: String, between start: [UInt8] = [], and end: [UInt8] = []) {
        var text = text
        // Most tokens are written as they are, and each writing to a buffer costs more than looking at a token's few bytes.
        let isWritten = text.withUTF8 { bytes in
            guard !bytes.contains(where: { JSONText.needsEscape($0, false) }) else { return false }
            let count = start.count + bytes.count + end.count + 2
            writeWithUnsafeMutableBytes(minimumWritableBytes: count) { memory in
                let (opening, closing) = (start.count, start.count + 1 + bytes.count)
                memory.copyBytes(from: start)
                memory[opening] = UInt8(ascii: "\"")
                memory[(opening + 1)...].copyBytes(from: bytes)
                memory[closing] = UInt8(ascii: "\"")
                memory[(closing + 1)...].copyBytes(from: end)
                return count
            }
            return true
        }
        guard !isWritten else { return }
        writeBytes(start)
        JSONText.quote(text) { writeBytes($0) }
        writeBytes(end)
    }
}
