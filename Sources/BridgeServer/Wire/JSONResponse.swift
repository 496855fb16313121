import BridgeSupport
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationCompat

extension Response {
    /// A JSON answer.
    ///
    /// - Throws: `internal` if the value cannot be written as JSON, such as a number that is not finite.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws(ServiceError) -> Response {
        do {
            return Response(
                status: status, headers: [.contentType: jsonType],
                body: .whole(ByteBuffer(data: try Wire.encode(value))))
        } catch {
            throw ServiceError(
                .internal, "The server could not write its answer as JSON; its log says more under this request id.",
                cause: error)
        }
    }

    static let jsonType = "application/json; charset=utf-8"
}

/// How this server writes JSON: with keys in alphabetical order like Flask, so that equal answers have equal bytes.
enum Wire {
    static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    static func milliseconds(_ duration: Duration) -> Int { Int(duration.milliseconds.rounded()) }
}
