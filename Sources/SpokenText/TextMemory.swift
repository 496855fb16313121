extension Unicode.Scalar {
    var isDigit: Bool { value >= 0x30 && value <= 0x39 }

    /// A letter or figure of ASCII, or a space, as most of a text are: asked first, it spares longer questions.
    @inline(__always)
    var isPlainASCII: Bool { (value | 0x20) &- 0x61 < 26 || value &- 0x30 < 10 || value == 0x20 }

    /// A capital letter.
    @inline(__always)
    var isUpper: Bool { value < 0x80 ? value &- 0x41 < 26 : isUpperBeyondASCII }

    @inline(never)
    private var isUpperBeyondASCII: Bool {
        if value < 0x100 { return value >= 0xC0 && value <= 0xDE && value != 0xD7 }
        return isUppercaseInUnicode
    }

    var isLowercase: Bool {
        if value < 0x80 { return value >= 0x61 && value <= 0x7A }
        if value < 0xC0 { return value == 0xAA || value == 0xB5 || value == 0xBA }
        if value < 0x100 { return value >= 0xDF && value != 0xF7 }
        // Quotation marks and dashes.
        if (0x2000..<0x2070).contains(value) { return false }
        return isLowercaseInUnicode
    }

    /// A letter, or a mark on one.
    @inline(__always)
    var isLetter: Bool { value < 0x80 ? (value | 0x20) &- 0x61 < 26 : isLetterBeyondASCII }

    // Apart, as what it asks Unicode would cost each of its callers a little, even where all is ASCII.
    @inline(never)
    private var isLetterBeyondASCII: Bool {
        if value < 0xC0 { return value == 0xB5 }
        if value < 0x250 { return value != 0xD7 && value != 0xF7 }
        if value < 0x370 { return value >= 0x2B0 }
        switch value {
        case 0x2000..<0x2070, 0x2190..<0x2460, 0x2500..<0x2C00: return false
        default: break
        }
        return isLetterInUnicode
    }

    // Apart from the questions above, as to make ready for these costs far more than to answer those.
    @inline(never)
    private var isUppercaseInUnicode: Bool { properties.isUppercase }

    @inline(never)
    private var isLowercaseInUnicode: Bool { properties.isLowercase }

    @inline(never)
    private var isLetterInUnicode: Bool {
        properties.isAlphabetic || properties.generalCategory == .nonspacingMark && value < 0xFE00
    }

    @inline(__always)
    var isBlank: Bool { value < 0x80 ? value == 0x20 || value &- 9 < 5 : isBlankBeyondASCII }

    @inline(never)
    private var isBlankBeyondASCII: Bool {
        switch value {
        case 0xA0, 0x202F: true
        case 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x205F, 0x3000: true
        default: false
        }
    }

    /// The value of the one that begins at a place of a text that is UTF-8, and how many bytes it has.
    @inline(__always)
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> (value: UInt32, length: Int) {
        let head = UInt32(bytes[place])
        let length = head < 0x80 ? 1 : head < 0xE0 ? 2 : head < 0xF0 ? 3 : 4
        var value = length == 1 ? head : head & (0x7F >> UInt32(length))
        for next in 1..<length { value = value << 6 | UInt32(bytes[place + next] & 0x3F) }
        return (value, length)
    }

    @inline(__always)
    var tokenKind: Token.Kind {
        if value < 0x80 {
            if (value | 0x20) &- 0x61 < 26 { return .word }
            if value == 0x20 { return .space }
            if value &- 0x30 < 10 { return .digits }
            return value &- 9 < 5 ? .space : .mark
        }
        if isLetterBeyondASCII { return .word }
        return isBlankBeyondASCII ? .space : .mark
    }
}

extension StaticString {
    /// Its scalar where it has one of up to three bytes; the compiler knows that of a literal.
    @inline(__always)
    var onlyScalar: UInt32? {
        let first = UInt32(utf8Start[0])
        switch utf8CodeUnitCount {
        case 1: return first
        case 2 where first >= 0xC0: return (first & 0x1F) << 6 | UInt32(utf8Start[1]) & 0x3F
        case 3 where first >= 0xE0:
            return (first & 0xF) << 12 | (UInt32(utf8Start[1]) & 0x3F) << 6 | UInt32(utf8Start[2]) & 0x3F
        default: return nil
        }
    }

    /// Whether it has a scalar of ASCII; the compiler makes one question of it where it knows the literal.
    @inline(__always)
    func holdsASCII(_ scalar: UInt32) -> Bool {
        var (low, high): (UInt64, UInt64) = (0, 0)
        for place in 0..<utf8CodeUnitCount {
            let byte = utf8Start[place]
            if byte < 0x40 { low |= 1 << UInt64(byte & 0x3F) } else if byte < 0x80 { high |= 1 << UInt64(byte & 0x3F) }
        }
        return (scalar < 0x40 ? low : high) >> UInt64(scalar & 0x3F) & 1 != 0
    }

    /// Whether it has a scalar beyond ASCII.
    @inline(never)
    func holds(_ scalar: Unicode.Scalar) -> Bool {
        let bytes = UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
        var place = 0
        while place < bytes.count {
            let (head, length) = Unicode.Scalar.decode(bytes, at: place)
            if head == scalar.value { return true }
            place += length
        }
        return false
    }
}

extension StaticString {
    /// The letters of one word of one to three letters, twice, or of two words of one letter, all in ASCII: the compiler knows a literal, and
    /// leaves one or two comparisons.
    @inline(__always)
    var shortWords: (UInt64, UInt64)? {
        let count = utf8CodeUnitCount
        guard count >= 1, count <= 3 else { return nil }
        let first = UInt64(utf8Start[0])
        if count == 1 { return (first, first) }
        let second = UInt64(utf8Start[1])
        guard first < 0x80, second < 0x80 else { return nil }
        if count == 2 { return (first << 8 | second, first << 8 | second) }
        let third = UInt64(utf8Start[2])
        guard third < 0x80 else { return nil }
        if second == 0x20 { return (first, third) }
        let word = first << 16 | second << 8 | third
        return (word, word)
    }

    /// Whether words with spaces between them have another one, which may have capitals.
    func holds(_ word: UnsafeBufferPointer<UInt8>, inAnyCase: Bool) -> Bool {
        let bytes = UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
        // Of a letter, the first of its two bytes has no case.
        let caseBit: UInt8 = inAnyCase ? 0x20 : 0
        var start = 0
        while start + word.count <= bytes.count {
            var place = 0
            while place < word.count,
                bytes[start + place] == (word[place] < 0xC0 ? word[place] | caseBit : word[place])
            {
                place += 1
            }
            let end = start + word.count
            if place == word.count, end == bytes.count || bytes[end] == UInt8(ascii: " ") { return true }
            start += place
            while start < bytes.count, bytes[start] != UInt8(ascii: " ") { start += 1 }
            start += 1
        }
        return false
    }
}

extension [Unicode.Scalar] {
    /// The scalars of a text, several times as fast as by its view of them.
    init(decoding text: String) {
        let scalars = text.utf8.withContiguousStorageIfAvailable { bytes in
            Self(unsafeUninitializedCapacity: bytes.count) { memory, length in
                let (scalars, raw) = (memory, UnsafeRawBufferPointer(bytes))
                var (place, count) = (0, 0)
                defer { length = count }
                while place < bytes.count {
                    // Letters of ASCII come in rows.
                    while place + 8 <= bytes.count,
                        raw.loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
                    {
                        for offset in 0..<8 { scalars[count &+ offset] = Unicode.Scalar(bytes[place &+ offset]) }
                        (place, count) = (place + 8, count + 8)
                    }
                    guard place < bytes.count else { break }
                    if bytes[place] < 0x80 {
                        scalars[count] = Unicode.Scalar(bytes[place])
                        place += 1
                    } else {
                        let (value, length) = Unicode.Scalar.decode(bytes, at: place)
                        scalars[count] = Unicode.Scalar(value) ?? "\u{FFFD}"
                        place += length
                    }
                    count += 1
                }
            }
        }
        self = scalars ?? Self(text.unicodeScalars)
    }
}

extension [UInt8] {
    mutating func append(_ scalar: Unicode.Scalar) {
        if scalar.value < 0x80 { return append(UInt8(scalar.value)) }
        append(contentsOf: Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter)
    }
}

extension String {
    /// Several times as fast as by their view.
    init(_ scalars: ArraySlice<Unicode.Scalar>) {
        var utf8: [UInt8] = []
        utf8.reserveCapacity(scalars.count)
        for scalar in scalars { utf8.append(scalar) }
        self = utf8.withUnsafeBufferPointer { String(valid: $0) }
    }

    /// - Parameter utf8: what is known to be UTF-8, and isn't looked at again.
    init(valid utf8: UnsafeBufferPointer<UInt8>) {
        var utf8 = UTF8Span(unchecked: utf8.span)
        _ = utf8.checkForASCII()
        self.init(copying: utf8)
    }
}
