import BridgeSupport
import Foundation
import NIOCore

/// A `multipart/form-data` body (RFC 7578), read from memory. Its parts are places in the body: nothing is copied.
///
/// Written here because no multipart library is on the package mirror; it does what uploads of browsers, curl and HTTP
/// libraries need: parts with a name, perhaps a file name, and bytes.
struct MultipartForm: Sendable {
    struct Part: Sendable {
        var name: String
        var fileName: String?
        var bytes: ByteBufferView
    }

    /// More than any upload needs; a body of nothing but tiny parts must not become much larger in memory than it is.
    private static let maxParts = 64
    private static let maxHeaderBytes = 16 << 10

    private(set) var parts: [Part] = []

    /// - Parameter contentType: the header with its boundary.
    /// - Throws: `invalid_request` when the boundary is missing or the body does not fit it, or has too many parts.
    init(_ buffer: ByteBuffer, contentType: String) throws {
        let body = buffer.readableBytesView
        guard let boundary = Self.parameter("boundary", of: contentType), !boundary.isEmpty, boundary.utf8.count <= 70
        else {
            throw ServiceError(
                .invalidRequest, "The Content-Type of a form must name its boundary.", param: "Content-Type")
        }
        let delimiter = Array("--\(boundary)".utf8)
        guard var position = Self.find(delimiter, in: body, from: body.startIndex) else { throw Self.malformed }
        while true {
            position += delimiter.count
            if body[position...].starts(with: Array("--".utf8)) { return }
            guard body[position...].starts(with: Self.lineEnd) else { throw Self.malformed }
            guard let headersEnd = Self.find(Self.lineEnd + Self.lineEnd, in: body, from: position),
                let next = Self.find(Self.lineEnd + delimiter, in: body, from: headersEnd + 2)
            else { throw Self.malformed }
            guard headersEnd - position <= Self.maxHeaderBytes, parts.count < Self.maxParts else { throw Self.tooMuch }
            let start = headersEnd + 4
            let headers = String(decoding: body[position..<headersEnd], as: UTF8.self)
            if let name = Self.disposition(headers).flatMap({ Self.parameter("name", of: $0) }), start <= next {
                let fileName = Self.disposition(headers).flatMap { Self.parameter("filename", of: $0) }
                parts.append(Part(name: name, fileName: fileName, bytes: body[start..<next]))
            }
            position = next + 2
        }
    }

    /// The part that holds the upload: the one named `file`.
    var file: Part? { parts.first { $0.name == "file" } }

    /// The parts named in `fields` as texts; others are nobody's business here.
    func texts(_ fields: Set<String>) throws -> [String: String] {
        var texts: [String: String] = [:]
        for part in parts where fields.contains(part.name) {
            guard part.bytes.count <= 65536, let text = String(bytes: part.bytes, encoding: .utf8) else {
                throw ServiceError.invalid(
                    String(part.name.prefix(64)),
                    "A form field must be UTF-8 text of at most 64 KiB; the audio goes into the part named file.")
            }
            texts[part.name] = text
        }
        return texts
    }

    private static let lineEnd = Array("\r\n".utf8)
    private static let malformed = ServiceError(
        .invalidRequest, "The form's body does not fit its boundary; was it cut off?", param: "body")

    private static let tooMuch = ServiceError(
        .invalidRequest,
        "A form may have \(maxParts) parts, each with \(maxHeaderBytes / 1024) KiB of headers; send the file and the fields alone.",
        param: "body")

    private static func disposition(_ headers: String) -> String? {
        headers.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("content-disposition:") }.map(
            String.init)
    }

    /// `name="value"` or `name=value` in a header.
    private static func parameter(_ name: String, of header: String) -> String? {
        for piece in header.split(separator: ";").dropFirst() {
            let trimmed = piece.trimmingCharacters(in: .whitespaces)
            guard trimmed.lowercased().hasPrefix(name + "=") else { continue }
            return trimmed.dropFirst(name.count + 1).trimmingCharacters(in: CharacterSet(charactersIn: "\""))
        }
        return nil
    }

    /// Where `needle` begins in `body`, looked for by its first byte, which audio rarely repeats.
    private static func find(_ needle: [UInt8], in body: ByteBufferView, from start: Int) -> Int? {
        guard let first = needle.first else { return nil }
        var position = start
        while position + needle.count <= body.endIndex {
            guard let candidate = body[position...(body.endIndex - needle.count)].firstIndex(of: first) else {
                return nil
            }
            if body[candidate..<candidate + needle.count].elementsEqual(needle) { return candidate }
            position = candidate + 1
        }
        return nil
    }
}
