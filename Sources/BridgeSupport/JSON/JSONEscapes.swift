/// The escapes in JSON texts.
package enum JSONEscapes {
    /// Writes the text that is meant over its escaped form, which is never shorter.
    /// Half of a surrogate pair becomes U+FFFD.
    ///
    /// - Parameter text: what stands between two quotes; already parsed.
    /// - Returns: the new length in bytes.
    package static func resolve(_ text: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let source = UnsafeBufferPointer(text)
        var (from, to) = (0, 0)
        while from < source.count {
            let byte = source[from]
            guard byte == UInt8(ascii: "\\"), from + 1 < source.count else {
                text[to] = byte
                (from, to) = (from + 1, to + 1)
                continue
            }
            let escape = source[from + 1]
            from += 2
            if escape == UInt8(ascii: "u") {
                for unit in UTF8.encode(scalar(source, &from)) ?? UTF8.encodedReplacementCharacter {
                    text[to] = unit
                    to += 1
                }
            } else {
                text[to] = character(of: escape)
                to += 1
            }
        }
        return to
    }

    static func text(of bytes: ArraySlice<UInt8>) -> String {
        var copy = Array(bytes)
        return copy.withUnsafeMutableBufferPointer { text in
            String(decoding: UnsafeBufferPointer(rebasing: text[..<resolve(text)]), as: UTF8.self)
        }
    }

    /// The number spelled by four hexadecimal digits at `start`.
    static func unit(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt32? {
        guard start + 4 <= bytes.count else { return nil }
        var unit: UInt32 = 0
        for index in start..<(start + 4) {
            switch bytes[index] {
            case let byte where byte.isJSONDigit: unit = unit << 4 | UInt32(byte & 0xF)
            case let byte where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20):
                unit = unit << 4 | UInt32((byte & 0xF) + 9)
            default: return nil
            }
        }
        return unit
    }

    /// The second half of a surrogate pair, if there is one at `start`.
    static func lowSurrogate(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt32? {
        guard start + 6 <= bytes.count, bytes[start] == UInt8(ascii: "\\"), bytes[start + 1] == UInt8(ascii: "u"),
            let unit = unit(bytes, at: start + 2), 0xDC00...0xDFFF ~= unit
        else { return nil }
        return unit
    }

    /// Reads what is written after `\u`, and moves `place` past it.
    private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int) -> Unicode.Scalar {
        let first = unit(bytes, at: place) ?? 0xFFFD
        place += 4
        guard 0xD800...0xDBFF ~= first, let second = lowSurrogate(bytes, at: place) else {
            return Unicode.Scalar(first) ?? "\u{FFFD}"
        }
        place += 6
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private static func character(of escape: UInt8) -> UInt8 {
        switch escape {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        // A quote, a backslash or a slash.
        default: escape
        }
    }
}
