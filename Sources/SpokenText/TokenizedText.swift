/// A text cut into tokens, with questions about them that rules ask. A place beyond the ends holds nothing.
final class TokenizedText {
    /// What was found last, which the next rule often asks again.
    struct Newest {
        var numberPlace = Int.min
        var number: WrittenNumber?
        var unitPlace = Int.min
        var unit: WrittenUnit?
    }

    /// Of the text, and then what an earlier one has left behind them.
    private var scalars: [Unicode.Scalar] = []
    /// As many as `count`, and then the ones that an earlier text has left.
    private(set) var tokens: [Token] = []
    private(set) var count = 0
    /// The text in UTF-8, of which strings are made quickly, and what an earlier one has left behind it.
    private(set) var utf8 = ByteMemory()
    /// Whether there can be an equation.
    private(set) var hasEqualsSign = false
    var newest = Newest()

    init() {}

    convenience init(_ scalars: [Unicode.Scalar]) {
        self.init()
        cut(scalars.span)
    }

    /// Becomes another text, in the memory of the last one.
    func cut(_ source: Span<Unicode.Scalar>) {
        (newest.numberPlace, newest.unitPlace) = (.min, .min)
        let missing = source.count - tokens.count
        if missing > 0 {
            tokens += repeatElement(Token(), count: missing)
            scalars += repeatElement(" ", count: missing)
        }
        utf8.reserve(4 * source.count)
        source.withUnsafeBufferPointer { source in
            scalars.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: source) }
        }
        (count, hasEqualsSign) = Self.write(source, into: &tokens, utf8.all)
    }

    /// - Parameter tokens, bytes: with room for one token and four bytes for each scalar.
    /// - Returns: how many tokens there are, and whether there is an equals sign.
    private static func write(
        _ source: Span<Unicode.Scalar>, into tokens: inout [Token], _ bytes: UnsafeMutableBufferPointer<UInt8>
    ) -> (count: Int, hasEqualsSign: Bool) {
        var tokens = tokens.mutableSpan
        var (index, byte, count, hasEqualsSign) = (0, 0, 0, false)
        while index < source.count {
            let (start, firstByte) = (index, byte)
            var scalar = source[unchecked: index]
            if scalar == " ", index &+ 1 == source.count || !source[unchecked: index &+ 1].isBlank {
                // One space, as most tokens are.
                bytes[byte] = UInt8(ascii: " ")
                tokens[unchecked: count] = Token(
                    .space, " ", follower: .space, isLatin: true, isSpace: true, content: nil,
                    scalars: Range(uncheckedBounds: (index, index &+ 1)),
                    bytes: Range(uncheckedBounds: (byte, byte &+ 1)))
                (index, byte, count) = (index &+ 1, byte &+ 1, count &+ 1)
                continue
            }
            var head = scalar
            let kind = head.tokenKind
            var (content, bits): (UInt64, UInt32) = (0, 0)
            let (follower, known): (Followers, UInt64?)
            var isSpace = false
            switch kind {
            case .digits:
                repeat {
                    content = content &* 10 &+ UInt64(scalar.value &- 0x30)
                    bytes[byte] = UInt8(truncatingIfNeeded: scalar.value)
                    (index, byte) = (index &+ 1, byte &+ 1)
                    guard index < source.count else { break }
                    scalar = source[unchecked: index]
                } while scalar.isDigit
                (follower, known) = (.digits, index &- start <= Self.longestNumber ? content : nil)
            case .word:
                repeat {
                    content = content << 8 | UInt64(scalar.value & 0xFF)
                    if scalar.value < 0x80 {
                        bytes[byte] = UInt8(truncatingIfNeeded: scalar.value)
                        byte &+= 1
                    } else {
                        // The sharp s has no capital letter of its length.
                        bits |= scalar == "ß" ? 0x100 : scalar.value
                        byte = write(scalar, into: bytes, at: byte)
                    }
                    index &+= 1
                    guard index < source.count else { break }
                    scalar = source[unchecked: index]
                } while scalar.isLetter
                (follower, known) = (.word, bits < 0x100 && index &- start <= 8 ? content : nil)
            case .space:
                isSpace = true
                repeat {
                    bits |= scalar.value
                    byte = write(scalar, into: bytes, at: byte)
                    if scalar == "\n" || scalar == "\r" { isSpace = false }
                    index &+= 1
                    guard index < source.count else { break }
                    scalar = source[unchecked: index]
                } while scalar.isBlank
                (follower, known) = (.space, nil)
            case .mark:
                bits = head.value
                byte = write(head, into: bytes, at: byte)
                index &+= 1
                // The hyphen and the figure dash of Unicode are hyphens to the rules.
                if head.value | 2 == 0x2012 { head = "-" }
                if head == "=" { hasEqualsSign = true }
                let isLast = index == source.count || source[unchecked: index].isBlank
                (follower, known) = (Followers(mark: head, isLast: isLast), nil)
            }
            tokens[unchecked: count] = Token(
                kind, head, follower: follower, isLatin: bits < 0x100, isSpace: isSpace, content: known,
                scalars: Range(uncheckedBounds: (start, index)), bytes: Range(uncheckedBounds: (firstByte, byte)))
            count &+= 1
        }
        return (count, hasEqualsSign)
    }

    /// - Returns: the place behind the scalar.
    @inline(__always)
    private static func write(
        _ scalar: Unicode.Scalar, into bytes: UnsafeMutableBufferPointer<UInt8>, at place: Int
    ) -> Int {
        if scalar.value < 0x80 {
            bytes[place] = UInt8(truncatingIfNeeded: scalar.value)
            return place &+ 1
        }
        var end = place
        for byte in Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter {
            bytes[end] = byte
            end &+= 1
        }
        return end
    }

    func scalars(_ token: Token) -> ArraySlice<Unicode.Scalar> {
        scalars[token.start..<token.end]
    }

    private func holds(_ index: Int) -> Bool { index >= 0 && index < count }

    func isDigits(_ index: Int) -> Bool { holds(index) && tokens[index].kind == .digits }
    func isWord(_ index: Int) -> Bool { holds(index) && tokens[index].kind == .word }

    /// What stands behind a token.
    func follower(of index: Int) -> Followers { index + 1 < count ? tokens[index + 1].follower : .none }

    /// What stands in front of it.
    func predecessor(of index: Int) -> Followers { index > 0 ? tokens[index - 1].follower : .none }

    /// The scalar of a mark.
    func mark(_ index: Int) -> Unicode.Scalar? {
        guard holds(index), tokens[index].kind == .mark else { return nil }
        return tokens[index].head
    }

    /// Whether a mark of a kind stands at a place, as a dash.
    func isMark(_ index: Int, of kind: Followers) -> Bool { holds(index) && tokens[index].follower == kind }

    @inline(__always)
    func isMark(_ index: Int, _ marks: StaticString) -> Bool {
        guard holds(index), tokens[index].kind == .mark else { return false }
        let head = tokens[index].head
        // The compiler knows the literal, and leaves one comparison of most questions.
        if let mark = marks.onlyScalar { return head.value == mark }
        return head.value < 0x80 ? marks.holdsASCII(head.value) : marks.holds(head)
    }

    /// Space within a line.
    func isSpace(_ index: Int) -> Bool { holds(index) && tokens[index].isSpace }

    /// One space, as it stands within a number.
    func isSingleSpace(_ index: Int) -> Bool { isSpace(index) && tokens[index].count == 1 }

    /// White space, or the beginning or end of the text.
    func isBorder(_ index: Int) -> Bool { !holds(index) || tokens[index].kind == .space }

    func length(_ index: Int) -> Int { holds(index) ? tokens[index].count : 0 }

    func string(_ index: Int) -> String {
        holds(index) ? string(bytes: tokens[index].bytes) : ""
    }

    func word(_ index: Int) -> String? { isWord(index) ? string(index) : nil }

    /// How tables look a token up.
    func spelling(_ index: Int) -> Spelling {
        let letters = isWord(index) ? tokens[index].content : nil
        return letters.map(Spelling.letters) ?? Spelling(string(index))
    }

    /// What a table says of a token's letters.
    func entry<Value>(_ index: Int, in table: WordTable<Value>) -> Value? {
        guard holds(index) else { return nil }
        let token = tokens[index]
        if token.kind == .word, let letters = token.content { return table[letters] }
        // Letters beyond Latin-1 may be composed in another way than in the table.
        if token.isLatin, !table.mayHold(token.bytes.count, first: utf8[token.bytes.lowerBound]) { return nil }
        return table[string(index)]
    }

    /// The same of a table of words in small letters.
    func entry<Value>(_ index: Int, inAnyCase table: WordTable<Value>) -> Value? {
        guard isWord(index) else { return nil }
        let token = tokens[index]
        if let letters = token.smallLetters { return table[letters] }
        if token.isLatin, !table.mayHold(token.bytes.count, first: utf8[token.bytes.lowerBound]) { return nil }
        return table[string(index).lowercased()]
    }

    /// Whether a token is one of some words.
    func isWord(_ index: Int, in words: WordSet) -> Bool { isWord(index) && entry(index, in: words) != nil }

    /// Whether a token is one of some words, which are in small letters.
    func isWord(_ index: Int, inAnyCase words: WordSet) -> Bool {
        entry(index, inAnyCase: words) != nil
    }

    /// Whether a token is one of some words.
    ///
    /// - Parameter words: with spaces between them.
    @inline(__always)
    func isWord(_ index: Int, _ words: StaticString) -> Bool {
        guard isWord(index) else { return false }
        if let (one, other) = words.shortWords {
            let letters = tokens[index].content
            return letters == one || letters == other
        }
        return holds(words, index, inAnyCase: false)
    }

    /// Whether a token is one of some words, which are in small letters.
    ///
    /// - Parameter words: with spaces between them.
    @inline(__always)
    func isWord(_ index: Int, inAnyCase words: StaticString) -> Bool {
        guard isWord(index) else { return false }
        if let (one, other) = words.shortWords {
            let letters = tokens[index].smallLetters
            return letters == one || letters == other
        }
        return holds(words, index, inAnyCase: true)
    }

    private func holds(_ words: StaticString, _ index: Int, inAnyCase: Bool) -> Bool {
        guard tokens[index].isLatin else {
            // Letters may be composed in another way.
            let word = inAnyCase ? string(index).lowercased() : string(index)
            return words.description.split(separator: " ").contains { $0 == word }
        }
        return words.holds(utf8[tokens[index].bytes], inAnyCase: inAnyCase)
    }

    func string(tokens range: Range<Int>) -> String {
        guard holds(range.lowerBound), holds(range.upperBound - 1) else { return "" }
        let (first, last) = (tokens[range.lowerBound].bytes, tokens[range.upperBound - 1].bytes)
        return string(bytes: first.lowerBound..<last.upperBound)
    }

    private func string(bytes range: Range<Int>) -> String { String(valid: utf8[range]) }

    /// Of digits that a 64-bit integer holds.
    @inline(__always)
    func value(_ index: Int) -> UInt64? { isDigits(index) ? tokens[index].content : nil }

    /// The value of one or two digits, within bounds.
    func small(_ index: Int, in range: ClosedRange<UInt64>, digits: ClosedRange<Int> = 1...2) -> UInt64? {
        guard digits.contains(length(index)), let value = value(index), range.contains(value) else { return nil }
        return value
    }

    /// The next token, behind a space within the line where there is one.
    func behindSpace(_ index: Int) -> Int { isSpace(index) ? index + 1 : index }

    func isCapitalised(_ index: Int) -> Bool { isWord(index) && tokens[index].head.isUpper }

    func isAllCapitals(_ index: Int) -> Bool {
        guard isCapitalised(index) else { return false }
        guard let letters = tokens[index].content else { return scalars(tokens[index]).allSatisfy(\.isUpper) }
        // Of a small letter the sixth bit is set.
        return letters & 0x2020_2020_2020_2020 == 0
    }

    func startsWithZero(_ index: Int) -> Bool { holds(index) && tokens[index].count > 1 && tokens[index].head == "0" }
}
