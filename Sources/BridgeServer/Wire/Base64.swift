import BridgeSupport
import Foundation

/// Base64 as clients write it: the standard alphabet or the one for URLs, with or without white space and padding, alone or in a
/// `data:` URL.
enum Base64 {
    /// The result: the bytes, and the type given by a `data:` URL.
    struct Upload: Hashable {
        var bytes: [UInt8]
        /// In lower case, without parameters; empty if the URL names none; nil if there was no URL.
        var mediaType: String?
    }

    /// The place of a base64 text among other bytes, for instance in JSON.
    struct Place {
        var range: Range<Int>
        var hasEscapes = false
    }

    /// Decodes the text at `place` in place: afterwards `bytes` are the decoded bytes and nothing else.
    ///
    /// - Returns: the type given by a `data:` URL; nil if there is no URL.
    /// - Throws: `invalid_request` naming `field`.
    static func decode(_ bytes: inout [UInt8], at place: Place, field: String) throws -> String? {
        let (count, mediaType) = try bytes.withUnsafeMutableBufferPointer { all in
            var text = UnsafeMutableBufferPointer(rebasing: all[place.range])
            // PHP writes a backslash before each slash.
            if place.hasEscapes { text = UnsafeMutableBufferPointer(rebasing: text[..<JSONEscapes.resolve(text)]) }
            let url = try DataURL(UnsafeBufferPointer(text), field: field)
            let digits = UnsafeBufferPointer(rebasing: text[(url?.length ?? 0)...])
            guard let count = decode(digits, to: all) else {
                throw ServiceError.invalid(
                    field,
                    "\(field) is not base64. It may have line breaks, the alphabet for URLs and a data: URL around it, but nothing else."
                )
            }
            return (count, url?.mediaType)
        }
        bytes.removeLast(bytes.count - count)
        return mediaType
    }

    private static let (space, padding, wrong): (UInt8, UInt8, UInt8) = (0x80, 0x81, 0xFF)

    /// The value of each byte: 0…63, or one of the marks above.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: wrong, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, digit) in alphabet.utf8.enumerated() { values[Int(digit)] = UInt8(value) }
        values[Int(UInt8(ascii: "-"))] = 62
        values[Int(UInt8(ascii: "_"))] = 63
        for byte in " \t\r\n".utf8 { values[Int(byte)] = space }
        values[Int(UInt8(ascii: "="))] = padding
        return values
    }()

    /// Writes the decoded `text` to the beginning of `bytes`, which may be the same memory: three bytes are written after four are read.
    ///
    /// - Returns: the number of bytes; nil if it is not base64: another character, a digit too many, or padding that does not
    ///   fit.
    private static func decode(_ text: UnsafeBufferPointer<UInt8>, to bytes: UnsafeMutableBufferPointer<UInt8>) -> Int?
    {
        values.withUnsafeBufferPointer { values in
            var (position, count, group, digits, pads) = (0, 0, UInt32(0), 0, 0)
            func write(_ group: UInt32) {
                bytes[count] = UInt8(truncatingIfNeeded: group >> 16)
                bytes[count + 1] = UInt8(truncatingIfNeeded: group >> 8)
                bytes[count + 2] = UInt8(truncatingIfNeeded: group)
                count += 3
            }
            while position < text.count {
                // Four digits in a row, the most common case by far.
                while digits & 3 == 0, pads == 0, position + 4 <= text.count {
                    let (a, b) = (values[Int(text[position])], values[Int(text[position + 1])])
                    let (c, d) = (values[Int(text[position + 2])], values[Int(text[position + 3])])
                    guard a | b | c | d < 64 else { break }
                    write(UInt32(a) << 18 | UInt32(b) << 12 | UInt32(c) << 6 | UInt32(d))
                    position += 4
                }
                guard position < text.count else { break }
                let value = values[Int(text[position])]
                position += 1
                if value < 64, pads == 0 {
                    group = group << 6 | UInt32(value)
                    digits += 1
                    if digits & 3 == 0 { write(group) }
                } else if value == padding {
                    pads += 1
                } else if value != space {
                    return nil
                }
            }
            let rest = digits & 3
            guard rest != 1, pads == 0 || pads == (4 - rest) & 3 else { return nil }
            if rest > 0 { bytes[count] = UInt8(truncatingIfNeeded: rest == 2 ? group >> 4 : group >> 10) }
            if rest == 3 { bytes[count + 1] = UInt8(truncatingIfNeeded: group >> 2) }
            return count + max(0, rest - 1)
        }
    }

    /// Float32 little-endian samples or coordinates.
    static func encode(_ values: [Float]) -> String {
        values.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return "" }
            // Without a copy: the data does not outlive the array.
            let data = Data(
                bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: bytes.count, deallocator: .none)
            return data.base64EncodedString()
        }
    }
}

/// The part before the data of a `data:` URL (RFC 2397).
private struct DataURL {
    /// Number of bytes before the data.
    var length: Int
    var mediaType: String

    /// Longer than any type with its parameters.
    private static let maxLength = 1024

    /// nil if the text is not such a URL.
    ///
    /// - Throws: `invalid_request` if it is one, but not in base64.
    init?(_ text: UnsafeBufferPointer<UInt8>, field: String) throws {
        let start = text.prefix { $0 <= 0x20 }.count
        let head = text.dropFirst(start).prefix(Self.maxLength)
        guard String(decoding: head.prefix(5), as: UTF8.self).lowercased() == "data:" else { return nil }
        let words = String(decoding: head.dropFirst(5).prefix { $0 != UInt8(ascii: ",") }, as: UTF8.self).lowercased()
            .split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
        guard let comma = head.firstIndex(of: UInt8(ascii: ",")), words.dropFirst().last == "base64" else {
            throw ServiceError.invalid(
                field, "\(field) is a data: URL without base64. Send it as data:audio/wav;base64,… or as base64 alone.")
        }
        length = comma + 1
        mediaType = words[0]
    }
}
