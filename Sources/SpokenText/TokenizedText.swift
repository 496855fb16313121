/// A part of a text of one kind: a run of digits, a run of letters, white space, or one other scalar.
struct Token {
    enum Kind: UInt8 { case digits, word, space, mark }

    var kind: Kind
    var start: Int
    var end: Int
    /// Where it lies in the bytes of the text.
    var bytes: Range<Int>

    var count: Int { end - start }
}

/// A text cut into tokens, with questions about them that rules ask. A place beyond the ends holds nothing.
struct TokenizedText {
    let scalars: [Unicode.Scalar]
    private(set) var tokens: [Token] = []
    /// The text in UTF-8, of which strings are made quickly.
    private(set) var utf8: [UInt8] = []

    init(_ scalars: [Unicode.Scalar]) {
        self.scalars = scalars
        tokens.reserveCapacity(scalars.count / 3 + 1)
        utf8.reserveCapacity(scalars.count + scalars.count / 8)
        var index = 0
        while index < scalars.count {
            let kind = scalars[index].tokenKind
            var end = index + 1
            if kind != .mark { while end < scalars.count, scalars[end].tokenKind == kind { end += 1 } }
            let first = utf8.count
            for scalar in scalars[index..<end] { utf8.append(scalar) }
            tokens.append(Token(kind: kind, start: index, end: end, bytes: first..<utf8.count))
            index = end
        }
    }

    var count: Int { tokens.count }

    private func token(_ index: Int) -> Token? { index >= 0 && index < tokens.count ? tokens[index] : nil }

    func isDigits(_ index: Int) -> Bool { token(index)?.kind == .digits }
    func isWord(_ index: Int) -> Bool { token(index)?.kind == .word }

    /// The scalar of a mark.
    func mark(_ index: Int) -> Unicode.Scalar? {
        guard let token = token(index), token.kind == .mark else { return nil }
        return scalars[token.start]
    }

    func isMark(_ index: Int, _ marks: String) -> Bool {
        guard let mark = mark(index) else { return false }
        for other in marks.unicodeScalars where other == mark { return true }
        return false
    }

    /// Space within a line.
    func isSpace(_ index: Int) -> Bool {
        guard let token = token(index), token.kind == .space else { return false }
        return !scalars[token.start..<token.end].contains { $0 == "\n" || $0 == "\r" }
    }

    /// One space, as it stands within a number.
    func isSingleSpace(_ index: Int) -> Bool { isSpace(index) && tokens[index].count == 1 }

    /// White space, or the beginning or end of the text.
    func isBorder(_ index: Int) -> Bool { token(index).map { $0.kind == .space } ?? true }

    func length(_ index: Int) -> Int { token(index)?.count ?? 0 }

    func string(_ index: Int) -> String {
        guard let token = token(index) else { return "" }
        return String(decoding: utf8[token.bytes], as: UTF8.self)
    }

    func word(_ index: Int) -> String? { isWord(index) ? string(index) : nil }

    func string(tokens range: Range<Int>) -> String {
        guard let first = token(range.lowerBound), let last = token(range.upperBound - 1) else { return "" }
        return String(decoding: utf8[first.bytes.lowerBound..<last.bytes.upperBound], as: UTF8.self)
    }

    /// Of digits that a 64-bit integer holds.
    func value(_ index: Int) -> UInt64? {
        guard let token = token(index), token.kind == .digits, token.count <= 15 else { return nil }
        return scalars[token.start..<token.end].reduce(0) { $0 * 10 + UInt64($1.value - 0x30) }
    }

    /// The value of one or two digits, within bounds.
    func small(_ index: Int, in range: ClosedRange<UInt64>, digits: ClosedRange<Int> = 1...2) -> UInt64? {
        guard digits.contains(length(index)), let value = value(index), range.contains(value) else { return nil }
        return value
    }

    /// The next token, behind a space within the line where there is one.
    func behindSpace(_ index: Int) -> Int { isSpace(index) ? index + 1 : index }

    func isCapitalised(_ index: Int) -> Bool {
        guard let token = token(index), token.kind == .word else { return false }
        return scalars[token.start].isUpper
    }

    func isAllCapitals(_ index: Int) -> Bool {
        guard let token = token(index), token.kind == .word else { return false }
        return scalars[token.start..<token.end].allSatisfy(\.isUpper)
    }

    func startsWithZero(_ index: Int) -> Bool {
        guard let token = token(index) else { return false }
        return token.count > 1 && scalars[token.start] == "0"
    }
}

extension Unicode.Scalar {
    var isDigit: Bool { value >= 0x30 && value <= 0x39 }

    /// A capital letter.
    var isUpper: Bool {
        if value < 0x80 { return value >= 0x41 && value <= 0x5A }
        if value < 0x100 { return value >= 0xC0 && value <= 0xDE && value != 0xD7 }
        return properties.isUppercase
    }

    /// A letter, or a mark on one.
    var isLetter: Bool {
        if value < 0x80 { return (value | 0x20) >= 0x61 && (value | 0x20) <= 0x7A }
        if value < 0xC0 { return value == 0xB5 }
        if value < 0x250 { return value != 0xD7 && value != 0xF7 }
        if value < 0x370 { return value >= 0x2B0 }
        if value >= 0x2000, value < 0x2070 { return false }
        return properties.isAlphabetic || properties.generalCategory == .nonspacingMark && value < 0xFE00
    }

    var isBlank: Bool {
        switch value {
        case 9...13, 0x20, 0xA0, 0x2007, 0x202F, 0x2009: true
        default: value > 0x1000 && properties.isWhitespace
        }
    }

    fileprivate var tokenKind: Token.Kind {
        if isLetter { return .word }
        if isDigit { return .digits }
        return isBlank ? .space : .mark
    }
}

extension [UInt8] {
    mutating func append(_ scalar: Unicode.Scalar) {
        if scalar.value < 0x80 { return append(UInt8(scalar.value)) }
        append(contentsOf: Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter)
    }
}
