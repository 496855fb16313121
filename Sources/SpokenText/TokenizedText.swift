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
    private(set) var tokens = Memory<Token>()
    private(set) var count = 0
    /// The text in UTF-8, of which strings are made quickly, and what an earlier one has left behind it.
    private(set) var utf8 = ByteMemory()
    /// Whether there can be an equation.
    private(set) var hasEqualsSign = false
    /// How many words there are at most that have more than one letter and no small ones.
    private(set) var shoutedCount = 0
    var newest = Newest()

    init() {}

    convenience init(_ scalars: [Unicode.Scalar]) {
        self.init()
        cut(scalars.span)
    }

    /// Becomes another text, in the memory of the last one.
    func cut(_ source: Span<Unicode.Scalar>) {
        (newest.numberPlace, newest.unitPlace) = (.min, .min)
        (count, hasEqualsSign, shoutedCount) = (0, false, 0)
        tokens.reserve(source.count)
        utf8.reserve(4 * source.count)
        let missing = source.count - scalars.count
        if missing > 0 { scalars += repeatElement(" ", count: missing) }
        source.withUnsafeBufferPointer { source in
            scalars.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: source) }
            write(source)
        }
    }

    /// Where there is room for one token and four bytes for each scalar.
    private func write(_ source: UnsafeBufferPointer<Unicode.Scalar>) {
        let end = source.count
        var (token, index, shoutedCount) = (tokens.start, 0, 0)
        // How many bytes more than scalars there are so far, and where the byte of a scalar of ASCII lies by its own place.
        var (extra, bytes) = (0, utf8.start)
        while index < end {
            let (start, firstByte, head) = (index, index &+ extra, source[index])
            func add(
                _ kind: Token.Kind, _ head: Unicode.Scalar, follower: Followers, isLatin: Bool = true,
                isSpace: Bool = false, content: UInt64? = nil
            ) {
                token.pointee = Token(
                    kind, head, follower: follower, isLatin: isLatin, isSpace: isSpace, content: content,
                    scalars: Range(uncheckedBounds: (start, index)),
                    bytes: Range(uncheckedBounds: (firstByte, index &+ extra)))
                token += 1
            }
            func put(_ scalar: Unicode.Scalar) {
                if scalar.value < 0x80 {
                    bytes[index] = UInt8(truncatingIfNeeded: scalar.value)
                } else {
                    let more = Self.write(scalar, to: bytes + index) &- 1
                    extra &+= more
                    bytes += more
                }
                index &+= 1
            }
            if head == " " || head == "\n", index &+ 1 == end || source[index &+ 1].value &- 0x21 < 0x5F {
                // One space, as most tokens are, or the end of a line.
                bytes[index] = UInt8(truncatingIfNeeded: head.value)
                index &+= 1
                add(.space, head, follower: .space, isSpace: head == " ")
                continue
            }
            switch head.tokenKind {
            case .digits:
                var value: UInt64 = 0
                while index < end, case let digit = source[index].value, digit &- 0x30 < 10 {
                    value = value &* 10 &+ UInt64(digit &- 0x30)
                    bytes[index] = UInt8(truncatingIfNeeded: digit)
                    index &+= 1
                }
                add(.digits, head, follower: .digits, content: index &- start <= Self.longestNumber ? value : nil)
            case .word:
                var (letters, bits): (UInt64, UInt32) = (0, 0)
                while true {
                    // Letters of ASCII come in rows.
                    while index < end, case let letter = source[index].value, (letter | 0x20) &- 0x61 < 26 {
                        letters = letters << 8 | UInt64(letter)
                        bytes[index] = UInt8(truncatingIfNeeded: letter)
                        index &+= 1
                    }
                    guard index < end, case let letter = source[index], letter.value >= 0x80, letter.isLetter else {
                        break
                    }
                    letters = letters << 8 | UInt64(letter.value & 0xFF)
                    // The sharp s has no capital letter of its length.
                    bits |= letter == "ß" ? 0x100 : letter.value
                    put(letter)
                }
                let isKnown = bits < 0x100 && index &- start <= 8
                if index &- start > 1, !isKnown || !Spelling.hasSmall(letters) { shoutedCount &+= 1 }
                add(.word, head, follower: .word, isLatin: bits < 0x100, content: isKnown ? letters : nil)
            case .space:
                var (bits, isSpace): (UInt32, Bool) = (0, true)
                repeat {
                    let blank = source[index]
                    bits |= blank.value
                    if blank == "\n" || blank == "\r" { isSpace = false }
                    put(blank)
                } while index < end && source[index].isBlank
                add(.space, head, follower: .space, isLatin: bits < 0x100, isSpace: isSpace)
            case .mark:
                put(head)
                if head == "=" { hasEqualsSign = true }
                // The hyphen and the figure dash of Unicode are hyphens to the rules.
                let mark = head.value | 2 == 0x2012 ? "-" : head
                let follower = Followers(mark: mark, isLast: index == end || source[index].isBlank)
                add(.mark, mark, follower: follower, isLatin: head.value < 0x100)
            }
        }
        (count, self.shoutedCount) = (token - tokens.start, shoutedCount)
    }

    /// Writes a scalar beyond ASCII, as hardly any is.
    ///
    /// - Returns: how many bytes it has.
    @inline(never)
    private static func write(_ scalar: Unicode.Scalar, to bytes: UnsafeMutablePointer<UInt8>) -> Int {
        var count = 0
        for byte in Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter {
            bytes[count] = byte
            count &+= 1
        }
        return count
    }

    /// Where some tokens, which there must be, lie in the text, in scalars.
    @inline(__always)
    func scalars(of range: Range<Int>) -> Range<Int> {
        tokens[range.lowerBound].start..<tokens[range.upperBound &- 1].end
    }

    /// The same in its bytes.
    @inline(__always)
    func bytes(of range: Range<Int>) -> Range<Int> {
        tokens[range.lowerBound].startByte..<tokens[range.upperBound &- 1].endByte
    }

    func scalars(_ token: Token) -> ArraySlice<Unicode.Scalar> {
        scalars[token.start..<token.end]
    }

    // One comparison, as a negative place is a large one without its sign.
    @inline(__always)
    private func holds(_ index: Int) -> Bool { UInt(bitPattern: index) < UInt(bitPattern: count) }

    /// The token at a place that is known to hold one.
    @inline(__always)
    func held(_ index: Int) -> Token { tokens.start[index] }

    func isDigits(_ index: Int) -> Bool { holds(index) && held(index).isOf(.digits) }
    func isWord(_ index: Int) -> Bool { holds(index) && held(index).isOf(.word) }

    /// What stands behind a token: the number of its bit in ``Followers``.
    @inline(__always)
    func followerBit(of index: Int) -> Int {
        holds(index &+ 1) ? held(index &+ 1).followerBit : Followers.none.bit
    }

    /// What stands in front of it.
    @inline(__always)
    func predecessorBit(of index: Int) -> Int {
        holds(index &- 1) ? held(index &- 1).followerBit : Followers.none.bit
    }

    /// The scalar of a mark.
    func mark(_ index: Int) -> Unicode.Scalar? {
        guard holds(index), held(index).isOf(.mark) else { return nil }
        return held(index).head
    }

    /// Whether a mark of a kind stands at a place, as a dash.
    func isMark(_ index: Int, of kind: Followers) -> Bool { holds(index) && held(index).followerBit == kind.bit }

    @inline(__always)
    func isMark(_ index: Int, _ marks: StaticString) -> Bool {
        guard holds(index), held(index).isOf(.mark) else { return false }
        let head = held(index).head
        // The compiler knows the literal, and leaves one comparison of most questions.
        if let mark = marks.onlyScalar { return head.value == mark }
        return head.value < 0x80 ? marks.holdsASCII(head.value) : marks.holds(head)
    }

    /// Space within a line.
    func isSpace(_ index: Int) -> Bool { holds(index) && held(index).isSpace }

    /// One space, as it stands within a number.
    func isSingleSpace(_ index: Int) -> Bool { isSpace(index) && held(index).count == 1 }

    /// White space, or the beginning or end of the text.
    func isBorder(_ index: Int) -> Bool { !holds(index) || held(index).isOf(.space) }

    func length(_ index: Int) -> Int { holds(index) ? held(index).count : 0 }

    func string(_ index: Int) -> String {
        holds(index) ? string(bytes: held(index).bytes) : ""
    }

    func word(_ index: Int) -> String? { isWord(index) ? string(index) : nil }

    /// How tables look a token up.
    func spelling(_ index: Int) -> Spelling {
        let letters = isWord(index) ? held(index).content : nil
        return letters.map(Spelling.letters) ?? Spelling(string(index))
    }

    /// What a table says of a token's letters.
    func entry<Value>(_ index: Int, in table: WordTable<Value>) -> Value? {
        guard holds(index) else { return nil }
        let token = held(index)
        if token.isOf(.word), let letters = token.content { return table[letters] }
        // Letters beyond Latin-1 may be composed in another way than in the table.
        if token.isLatin, !table.mayHold(token.bytes.count, first: utf8[token.bytes.lowerBound]) { return nil }
        if token.isLatin, token.kind == .word { return table.entry(long: utf8[token.bytes], inAnyCase: false) }
        return table[string(index)]
    }

    /// The same of a table of words in small letters.
    func entry<Value>(_ index: Int, inAnyCase table: WordTable<Value>) -> Value? {
        guard isWord(index) else { return nil }
        let token = held(index)
        if let letters = token.smallLetters { return table[letters] }
        if token.isLatin { return table.entry(long: utf8[token.bytes], inAnyCase: true) }
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
            return held(index).has(one) || held(index).has(other)
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
            return held(index).has(inAnyCase: one) || held(index).has(inAnyCase: other)
        }
        return holds(words, index, inAnyCase: true)
    }

    private func holds(_ words: StaticString, _ index: Int, inAnyCase: Bool) -> Bool {
        guard held(index).isLatin else {
            // Letters may be composed in another way.
            let word = inAnyCase ? string(index).lowercased() : string(index)
            return words.description.split(separator: " ").contains { $0 == word }
        }
        return words.holds(utf8[held(index).bytes], inAnyCase: inAnyCase)
    }

    func string(tokens range: Range<Int>) -> String {
        guard holds(range.lowerBound), holds(range.upperBound - 1) else { return "" }
        return string(bytes: bytes(of: range))
    }

    private func string(bytes range: Range<Int>) -> String { String(valid: utf8[range]) }

    /// Of digits that a 64-bit integer holds.
    @inline(__always)
    func value(_ index: Int) -> UInt64? { isDigits(index) ? held(index).content : nil }

    /// The value of one or two digits, within bounds.
    func small(_ index: Int, in range: ClosedRange<UInt64>, digits: ClosedRange<Int> = 1...2) -> UInt64? {
        guard digits.contains(length(index)), let value = value(index), range.contains(value) else { return nil }
        return value
    }

    /// The next token, behind a space within the line where there is one.
    func behindSpace(_ index: Int) -> Int { isSpace(index) ? index + 1 : index }

    func isCapitalised(_ index: Int) -> Bool { isWord(index) && held(index).head.isUpper }

    func isAllCapitals(_ index: Int) -> Bool {
        guard isCapitalised(index) else { return false }
        guard let letters = held(index).content else { return scalars(held(index)).allSatisfy(\.isUpper) }
        return !Spelling.hasSmall(letters)
    }

    func startsWithZero(_ index: Int) -> Bool { holds(index) && held(index).count > 1 && held(index).head == "0" }
}
