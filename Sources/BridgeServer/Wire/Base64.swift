import BridgeSupport
import Foundation

/// Base64 as the contract has it: standard alphabet, padding may be left out.
enum Base64 {
    /// - Throws: `invalid_request` naming `field`.
    static func decode(_ text: String, field: String) throws -> [UInt8] {
        let missing = (4 - text.utf8.count % 4) % 4
        guard missing < 3, let data = Data(base64Encoded: missing == 0 ? text : text + String(repeating: "=", count: missing)) else {
            throw ServiceError.invalid(field, "\(field) is not base64 (standard alphabet, no line breaks).")
        }
        return [UInt8](data)
    }

    /// Float32 little-endian samples or coordinates.
    static func encode(_ values: [Float]) -> String {
        let bytes = values.withUnsafeBufferPointer { buffer in Data(buffer: buffer) }
        return bytes.base64EncodedString()
    }
}
