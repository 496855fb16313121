import BridgeSupport
import NIOCore

extension ByteBuffer {
    /// Appends `text` as a JSON string, byte for byte as ``Wire/encode(_:)`` would write it.
    mutating func writeJSON(_ text: String) { JSONText.quote(text) { writeBytes($0) } }
}
