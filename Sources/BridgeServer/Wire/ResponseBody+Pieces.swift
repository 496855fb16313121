import Foundation
import Hummingbird
import NIOCore

extension ResponseBody {
    /// Bytes that are handed to the connection a piece at a time, as it takes them: those of an hour of sound are not there twice, and
    /// no piece holds up other requests.
    static func pieces(of bytes: [UInt8]) -> ResponseBody {
        pieces(of: bytes, length: bytes.count) { ByteBuffer(bytes: $0) }
    }

    /// A JSON object: its first field, named `name`, holds the base64 of `bytes`; the others are those of `object`.
    ///
    /// - Throws: what the encoder throws.
    static func base64(of bytes: [UInt8], as name: String, in object: some Encodable) throws -> ResponseBody {
        let start = ByteBuffer(string: #"{"\#(name)":""#)
        var end = ByteBuffer(string: #"","#)
        end.writeBytes(try Wire.encode(object).dropFirst())
        return pieces(of: bytes, from: start, to: end, length: (bytes.count + 2) / 3 * 4) {
            ByteBuffer(bytes: Data($0).base64EncodedData())
        }
    }

    /// Base64 makes four bytes of three, so that pieces of a multiple of three are encoded as the whole would be.
    private static let pieceLength = 3 << 14

    private static func pieces(
        of bytes: [UInt8], from start: ByteBuffer = ByteBuffer(), to end: ByteBuffer = ByteBuffer(), length: Int,
        _ encoded: @escaping @Sendable (ArraySlice<UInt8>) -> ByteBuffer
    ) -> ResponseBody {
        ResponseBody(contentLength: start.readableBytes + length + end.readableBytes) { writer in
            var buffer = start
            for first in stride(from: 0, to: bytes.count, by: pieceLength) {
                var piece = encoded(bytes[first..<min(first + pieceLength, bytes.count)])
                buffer.writeBuffer(&piece)
                guard first + pieceLength < bytes.count else { break }
                try await writer.write(buffer)
                buffer.clear()
            }
            var end = end
            buffer.writeBuffer(&end)
            try await writer.write(buffer)
            try await writer.finish(nil)
        }
    }
}
