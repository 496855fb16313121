import BridgeSupport

/// Why a body that the JSON parser refused is no JSON, as far as that is certain: a text or a number that cannot be read.
///
/// Written here because the parser's own errors name neither the field nor, on Linux, the reason.
struct JSONFault {
    enum Reason: String {
        case controlCharacter =
            "The body is not JSON: a text in it holds a raw line break, tab or other control character. Write \\n for a line break and \\t for a tab, and end each text with a quote."
        case escape =
            "The body is not JSON: a backslash in a text has no meaning there. Write \\\\ for a backslash; there are \\n, \\t, \\r, \\b, \\f, \\\", \\/ and \\u with four hexadecimal digits."
        case notUnicode =
            "A text in the body is not Unicode: it holds bytes that are not UTF-8, or half of a surrogate pair (\\ud800 to \\udfff)."
        case number =
            "The body is not JSON: a number in it is not written as in JSON, such as 1, -0.5 or 2e3, with digits on both sides of a point and no zeros before others."
        case largeNumber = "A number in the body is too large."
    }

    var reason: Reason
    /// The field of the body's object where it is.
    var field: String?

    var error: ServiceError {
        // Such a number is JSON, and in the range of no field.
        ServiceError(reason == .largeNumber ? .invalidRequest : .invalidJSON, reason.rawValue, param: field)
    }

    /// The first fault of `body`; nil where something else comes before it, behind which nothing is certain.
    static func first(in body: UnsafeRawBufferPointer) -> JSONFault? {
        var (position, depth, previous) = (0, 0, UInt8(0))
        var (key, field): (String?, String?)
        while position < body.count {
            let (start, byte) = (position, body[position])
            position += 1
            if byte.isJSONSpace { continue }
            switch byte {
            case UInt8(ascii: "\""):
                guard let end = body.endOfJSONText(from: position), !isValue(previous) else { return nil }
                let text = body[position..<end]
                if let reason = reason(text: text) { return JSONFault(reason: reason, field: field) }
                position = end + 1
                let isKey = depth == 1 && (previous == UInt8(ascii: "{") || previous == UInt8(ascii: ","))
                key = isKey ? String(decoding: text, as: UTF8.self) : nil
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                let number = body[start...].prefix(while: isNumberByte)
                guard !isValue(previous) else { return nil }
                if let reason = reason(number: number) { return JSONFault(reason: reason, field: field) }
                position = number.endIndex
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                let word = body[start...].prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
                guard !isValue(previous), ["true", "false", "null"].contains(String(decoding: word, as: UTF8.self))
                else { return nil }
                position = word.endIndex
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard !isValue(previous) else { return nil }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ":"): if depth == 1 { field = key }
            case UInt8(ascii: ","): if depth == 1 { field = nil }
            default: return nil
            }
            previous = byte
        }
        return nil
    }

    /// Whether a value, or a key, ends before what comes now, going by the first byte of what came last.
    private static func isValue(_ previous: UInt8) -> Bool {
        previous != 0 && !"{[:,".utf8.contains(previous)
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool { isDigit(byte) || "+-.eE".utf8.contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func reason(number: Slice<UnsafeRawBufferPointer>) -> Reason? {
        var rest = number
        /// Takes one of `signs` from the front, if there is one.
        func take(_ signs: String) -> Bool {
            guard let first = rest.first, signs.utf8.contains(first) else { return false }
            rest.removeFirst()
            return true
        }
        func takeDigits() -> Int {
            let digits = rest.prefix(while: isDigit)
            rest = rest.dropFirst(digits.count)
            return digits.count
        }
        _ = take("-")
        let hasZero = rest.first == UInt8(ascii: "0")
        let whole = takeDigits()
        guard whole == 1 || whole > 1 && !hasZero else { return .number }
        if take("."), takeDigits() == 0 { return .number }
        if take("eE") {
            _ = take("+-")
            if takeDigits() == 0 { return .number }
        }
        guard rest.isEmpty else { return .number }
        return Double(String(decoding: number, as: UTF8.self))?.isFinite == true ? nil : .largeNumber
    }

    private static func reason(text: Slice<UnsafeRawBufferPointer>) -> Reason? {
        var (position, hasHalf) = (text.startIndex, false)
        while position < text.endIndex {
            let byte = text[position]
            position += 1
            if byte < 0x20 { return .controlCharacter }
            guard byte == UInt8(ascii: "\\") else { continue }
            guard position < text.endIndex else { return nil }
            let escape = text[position]
            position += 1
            if "\"\\/bfnrt".utf8.contains(escape) { continue }
            guard escape == UInt8(ascii: "u"), let unit = hexadecimal(text[position...]) else { return .escape }
            position += 4
            guard 0xD800...0xDFFF ~= unit else { continue }
            // The first half, if the second is behind it.
            if unit < 0xDC00, text[position...].starts(with: "\\u".utf8),
                let second = hexadecimal(text[position...].dropFirst(2)), 0xDC00...0xDFFF ~= second
            {
                position += 6
            } else {
                hasHalf = true
            }
        }
        return hasHalf || String(validating: text, as: UTF8.self) == nil ? .notUnicode : nil
    }

    /// The number that four hexadecimal digits make.
    private static func hexadecimal(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt16? {
        let digits = bytes.prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
