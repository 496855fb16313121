/// Text outside and inside `[[ … ]]`, in which the writer gives the phonemes.
struct RawPhonemes {
    struct Part {
        /// Including the brackets.
        var text: String
        var isBlock: Bool

        /// A block's scalars, without white space at both ends.
        var phonemes: [String] {
            let inner = Array(text.unicodeScalars.dropFirst(2).dropLast(2))
            let kept = inner.trimmingPrefix { $0.properties.isWhitespace }.reversed()
                .trimmingPrefix { $0.properties.isWhitespace }.reversed()
            return kept.map { String($0) }
        }
    }

    /// Outside parts and blocks alternately, beginning and ending with an outside part, which may be empty. A block lies within one
    /// line and is as short as possible.
    ///
    /// One pass: the possible end of a block, and the end of its line, are looked for once, however many "[[" precede them.
    static func parts(of text: String) -> [Part] {
        let bytes = Array(text.utf8)
        var parts: [Part] = []
        var start = 0
        var close = 0
        var lineEnd = 0
        var index = 0
        while index + 1 < bytes.count {
            guard bytes[index] == bracket, bytes[index + 1] == bracket else {
                index += 1
                continue
            }
            close = firstClose(in: bytes, from: max(close, index + 2))
            lineEnd = firstLineEnd(in: bytes, from: max(lineEnd, index + 2))
            if close == bytes.count { break }
            guard close < lineEnd else {
                index += 1
                continue
            }
            parts.append(Part(text: String(decoding: bytes[start..<index], as: UTF8.self), isBlock: false))
            parts.append(Part(text: String(decoding: bytes[index..<(close + 2)], as: UTF8.self), isBlock: true))
            index = close + 2
            start = index
        }
        return parts + [Part(text: String(decoding: bytes[start...], as: UTF8.self), isBlock: false)]
    }

    private static let bracket = UInt8(ascii: "[")

    private static func firstClose(in bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "]"), bytes[index + 1] == UInt8(ascii: "]") { return index }
            index += 1
        }
        return bytes.count
    }

    private static func firstLineEnd(in bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
        return index
    }
}
