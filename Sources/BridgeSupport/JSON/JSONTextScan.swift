/// Looks for the end of a JSON text, eight bytes at a time while they are plain ASCII, and for errors on the way.
struct JSONTextScan {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position: Int
    private(set) var hasEscapes = false
    /// The first error. Text that is not Unicode counts only if nothing else is wrong.
    private(set) var fault: (reason: JSONSyntaxError.Reason, offset: Int)?

    /// - Parameter start: the place after the opening quote.
    init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
        self.bytes = bytes
        position = start
    }

    private mutating func note(_ reason: JSONSyntaxError.Reason, at offset: Int) {
        if fault == nil || fault?.reason == .notUnicode && reason != .notUnicode { fault = (reason, offset) }
    }

    /// Where the closing quote stands; nil if there is none.
    mutating func findEnd() -> Int? {
        while true {
            skipPlain()
            guard position < bytes.count else { return nil }
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""): return position
            case UInt8(ascii: "\\"): readEscape()
            case 0x80...:
                if let length = lengthOfCharacter() {
                    position += length
                } else {
                    note(.notUnicode, at: position)
                    position += 1
                }
            case ..<0x20:
                note(.controlCharacter, at: position)
                position += 1
            default: position += 1
            }
        }
    }

    /// Moves towards the next byte that is a quote, a backslash, a control character or not ASCII, though not always all the way.
    @inline(__always)
    private mutating func skipPlain() {
        let base = UnsafeRawBufferPointer(bytes)
        while position + 8 <= bytes.count {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let quotes = (word ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
            let backslashes = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
            let controls = word &- 0x2020_2020_2020_2020
            // A borrow marks bytes wrongly only after one that is marked rightly, and only the first one counts.
            let marks = (word | quotes | backslashes | controls) & 0x8080_8080_8080_8080
            if marks != 0 {
                position += marks.trailingZeroBitCount / 8
                return
            }
            position += 8
        }
    }

    private mutating func readEscape() {
        hasEscapes = true
        let start = position
        position += 1
        guard position < bytes.count else { return }
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            guard let unit = JSONEscapes.unit(bytes, at: position + 1) else {
                note(.unknownEscape, at: start)
                return
            }
            position += 5
            guard 0xD800...0xDFFF ~= unit else { return }
            if unit < 0xDC00, JSONEscapes.lowSurrogate(bytes, at: position) != nil {
                position += 6
            } else {
                note(.notUnicode, at: start)
            }
        // The byte after the backslash is looked at next.
        default: note(.unknownEscape, at: start)
        }
    }

    /// The length in bytes of the non-ASCII character at `position`; nil if the bytes are not UTF-8 (Unicode, table 3-7).
    private func lengthOfCharacter() -> Int? {
        let first = bytes[position]
        let (length, second): (Int, ClosedRange<UInt8>)
        switch first {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard position + length <= bytes.count, second.contains(bytes[position + 1]) else { return nil }
        for index in (position + 2)..<max(position + 2, position + length) where bytes[index] & 0xC0 != 0x80 {
            return nil
        }
        return length
    }
}
