import BridgeRuntime
import Foundation
import Hummingbird
import NIOCore

extension ResponseBody {
    /// Bytes that a connection holds for its client, however slowly it reads.
    static let atOnce = 1 << 16

    /// Bytes that are handed to the connection in pieces if they are many, so that the answer ends when they have been taken.
    static func whole(_ bytes: ByteBuffer) -> ResponseBody {
        guard bytes.readableBytes > atOnce else { return ResponseBody(byteBuffer: bytes) }
        return ResponseBody(contentLength: bytes.readableBytes) { writer in
            var rest = bytes
            while rest.readableBytes > 0, let piece = rest.readSlice(length: min(pieceLength, rest.readableBytes)) {
                try await writer.write(piece)
            }
            try await writer.finish(nil)
        }
    }

    /// Bytes that are handed to the connection a piece at a time, as it takes them: an hour of sound is not held twice, and
    /// no piece delays other requests.
    ///
    /// - Parameter share: their share of the memory for answers, given back when the last one has been taken.
    static func pieces(of bytes: [UInt8], share: MemoryBudget.Share) -> ResponseBody {
        pieces(of: bytes, length: bytes.count, share: share) { $1.writeBytes($0) }
    }

    /// A JSON object whose first field, named `name`, holds the base64 of `bytes`; its other fields are those of `object`.
    ///
    /// - Parameter share: the bytes' share of the memory for answers, given back when the last one has been taken.
    /// - Throws: what the encoder throws.
    static func base64(
        of bytes: [UInt8], as name: String, in object: some Encodable, share: MemoryBudget.Share
    ) throws -> ResponseBody {
        // An object with an empty text, cut at the text's beginning and before the next field.
        let start = ByteBuffer(bytes: try Wire.encode([name: ""]).dropLast(2))
        var end = ByteBuffer(string: "\",")
        end.writeBytes(try Wire.encode(object).dropFirst())
        return pieces(of: bytes, from: start, to: end, length: (bytes.count + 2) / 3 * 4, share: share) {
            $1.writeBase64(of: $0)
        }
    }

    /// Base64 makes four bytes of three, so that pieces whose length is a multiple of three can be encoded separately.
    private static let pieceLength = 3 << 14

    private static func pieces(
        of bytes: [UInt8], from start: ByteBuffer = ByteBuffer(), to end: ByteBuffer = ByteBuffer(), length: Int,
        share: MemoryBudget.Share, _ write: @escaping @Sendable (UnsafeRawBufferPointer, inout ByteBuffer) -> Void
    ) -> ResponseBody {
        ResponseBody(contentLength: start.readableBytes + length + end.readableBytes) { writer in
            defer { share.release() }
            var buffer = start
            for first in stride(from: 0, to: bytes.count, by: pieceLength) {
                bytes[first..<min(first + pieceLength, bytes.count)].withUnsafeBytes { write($0, &buffer) }
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

extension ByteBuffer {
    /// Appends the base64 of `bytes`, which are not copied for that.
    fileprivate mutating func writeBase64(of bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        let data = Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: bytes.count, deallocator: .none)
        writeBytes(data.base64EncodedData())
    }
}
