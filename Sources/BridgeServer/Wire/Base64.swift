import BridgeSupport
import Foundation

/// Base64 as the contract has it: standard alphabet, padding may be left out.
enum Base64 {
    /// - Throws: `invalid_request` naming `field`.
    static func decode(_ text: String, field: String) throws -> [UInt8] {
        // Foundation takes padding in the middle and padding that pads nothing, and makes bytes of it.
        let digits = text.utf8.prefix { $0 != UInt8(ascii: "=") }.count
        let padding = String(repeating: "=", count: (4 - digits % 4) % 4)
        let end = text.utf8.dropFirst(digits)
        guard digits % 4 != 1, end.isEmpty || end.elementsEqual(padding.utf8),
            let data = Data(base64Encoded: end.isEmpty ? text + padding : text)
        else {
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
