import BridgeSupport
import Foundation
import HTTPTypes

/// A `multipart/form-data` body (RFC 7578), read from memory. Its parts are places in the body: nothing is copied.
///
/// Written here because no multipart library is on the package mirror; it supports what uploads by browsers, curl and HTTP
/// libraries need: parts with a name, perhaps a file name, and bytes.
struct MultipartForm: Sendable {
    struct Part: Sendable {
        var name: String
        var fileName: String?
        /// Where its bytes stand in the body.
        var place: Range<Int>
    }

    /// More than any upload needs; a body of many tiny parts must not become much larger in memory than it is.
    private static let maxParts = 64
    private static let maxHeaderBytes = 16 << 10

    private(set) var parts: [Part] = []

    /// - Parameter contentType: the header with its boundary.
    /// - Throws: `invalid_request` when the boundary is missing or the body does not fit it, or has too many parts.
    init(_ body: [UInt8], contentType: String) throws {
        guard let boundary = Self.parameter("boundary", of: contentType), !boundary.isEmpty, boundary.utf8.count <= 70
        else {
            throw ServiceError(
                .invalidRequest, "The Content-Type of a form must name its boundary.",
                param: HTTPField.Name.contentType.rawName)
        }
        let delimiter = Array("--\(boundary)".utf8)
        let (nextDelimiter, headersEnding) = (
            BytePattern(Self.lineEnd + delimiter), BytePattern(Self.lineEnd + Self.lineEnd)
        )
        guard var position = BytePattern(delimiter).firstIndex(in: body, from: body.startIndex) else {
            throw Self.malformed
        }
        while true {
            position += delimiter.count
            if body[position...].starts(with: Array("--".utf8)) { return }
            // Spaces may stand between a boundary and the end of its line (RFC 2046, 5.1.1).
            position = body[position...].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? body.endIndex
            guard body[position...].starts(with: Self.lineEnd),
                let headersEnd = headersEnding.firstIndex(in: body, from: position),
                let next = nextDelimiter.firstIndex(in: body, from: headersEnd + Self.lineEnd.count)
            else { throw Self.malformed }
            guard headersEnd - position <= Self.maxHeaderBytes, parts.count < Self.maxParts else { throw Self.tooMuch }
            let start = headersEnd + headersEnding.bytes.count
            let disposition = Self.disposition(String(decoding: body[position..<headersEnd], as: UTF8.self)) ?? ""
            if let name = Self.parameter("name", of: disposition), start <= next {
                let fileName = Self.parameter("filename", of: disposition)
                parts.append(Part(name: name, fileName: fileName, place: start..<next))
            }
            position = next + Self.lineEnd.count
        }
    }

    /// The part that holds the upload: the one named `file`.
    var file: Part? { parts.first { $0.name == "file" } }

    /// The parts of `body` named in `fields`, as texts; other parts are ignored. Commas join what is sent more than once, as forms send lists.
    func texts(_ fields: Set<String>, in body: [UInt8]) throws -> [String: String] {
        var texts: [String: String] = [:]
        for part in parts where fields.contains(part.name) {
            guard part.place.count <= 65536, let text = String(validating: body[part.place], as: UTF8.self) else {
                throw ServiceError.invalid(
                    String(part.name.prefix(64)),
                    "A form field must be UTF-8 text of at most 64 KiB; the audio goes into the part named file.")
            }
            texts[part.name] = texts[part.name].map { "\($0),\(text)" } ?? text
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

    /// `name="value"` or `name=value` in a header. Within quotes a semicolon separates nothing, and a backslash precedes a quote
    /// or another backslash that belongs to the value.
    private static func parameter(_ name: String, of header: String) -> String? {
        var rest = header[...]
        while let separator = rest.firstIndex(of: ";") {
            rest = rest[separator...].dropFirst().drop { $0 == " " || $0 == "\t" }
            let key = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest[key.endIndex...]
            guard rest.first == "=" else { continue }
            let value = Self.value(&rest)
            if key.lowercased() == name { return value }
        }
        return nil
    }

    /// The value that `rest` begins with, after an equals sign; `rest` is then what follows it.
    private static func value(_ rest: inout Substring) -> String {
        rest = rest.dropFirst()
        guard rest.first == "\"" else {
            let value = rest.prefix { $0 != ";" }
            rest = rest[value.endIndex...]
            return value.trimmingCharacters(in: .whitespaces)
        }
        var value = ""
        rest = rest.dropFirst()
        while let character = rest.popFirst(), character != "\"" {
            // Older browsers send paths with single backslashes.
            let isEscape = character == "\\" && (rest.first == "\"" || rest.first == "\\")
            value.append(isEscape ? rest.removeFirst() : character)
        }
        return value
    }
}
