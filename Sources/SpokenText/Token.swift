/// A part of a text of one kind: a run of digits, a run of letters, white space, or one other scalar.
struct Token {
    enum Kind: UInt8, CaseIterable { case digits, word, space, mark }

    /// A byte each: the kind, the bit of the follower, whether all is in Latin-1, and whether it is space within a line.
    private let traits: UInt32
    /// Its first scalar.
    let head: Unicode.Scalar
    // Half as long as usual, and without a bit for nil, so that a token has 32 bytes.
    private let known: UInt64
    private let (first, last): (UInt32, UInt32)
    private let (firstByte, lastByte): (UInt32, UInt32)

    @inline(__always)
    init(
        _ kind: Kind, _ head: Unicode.Scalar, follower: Followers, isLatin: Bool = true, isSpace: Bool = false,
        content: UInt64? = nil, scalars: Range<Int>, bytes: Range<Int>
    ) {
        traits =
            UInt32(kind.rawValue) | UInt32(follower.bit) << 8 | (isLatin ? 1 << 16 : 0) | (isSpace ? 1 << 24 : 0)
        self.head = head
        known = content ?? .max
        (first, last) = (UInt32(truncatingIfNeeded: scalars.lowerBound), UInt32(truncatingIfNeeded: scalars.upperBound))
        (firstByte, lastByte) = (
            UInt32(truncatingIfNeeded: bytes.lowerBound), UInt32(truncatingIfNeeded: bytes.upperBound)
        )
    }

    var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: traits)) ?? .mark }
    /// The raw value of the kind.
    var kindNumber: Int { Int(UInt8(truncatingIfNeeded: traits)) }
    // Asked far more often, and one comparison.
    @inline(__always)
    func isOf(_ kind: Kind) -> Bool { UInt8(truncatingIfNeeded: traits) == kind.rawValue }
    /// What it is for the token before it: the number of its bit in ``Followers``.
    var followerBit: Int { Int(UInt8(truncatingIfNeeded: traits >> 8)) }
    /// Whether all of it is in Latin-1, where a letter with an accent is one scalar and each small letter as long as its capital one: tables
    /// have it in the same bytes.
    var isLatin: Bool { traits & 1 << 16 != 0 }
    /// Whether it is white space within a line.
    var isSpace: Bool { traits & 1 << 24 != 0 }
    /// Of a word of up to eight letters in Latin-1, these, one a byte; of up to fifteen figures, their value.
    var content: UInt64? { known == .max ? nil : known }
    var start: Int { Int(first) }
    var end: Int { Int(last) }
    /// The same in the bytes of the text.
    var startByte: Int { Int(firstByte) }
    var endByte: Int { Int(lastByte) }
    /// Where it lies in them.
    var bytes: Range<Int> { Int(firstByte)..<Int(lastByte) }
    var count: Int { Int(last &- first) }
    /// Whether these are all letters of a word.
    @inline(__always)
    func has(_ letters: UInt64) -> Bool { known == letters }

    /// The same of a word in small letters, whose own ones may be capitals.
    @inline(__always)
    func has(inAnyCase letters: UInt64) -> Bool { Spelling.small(known) == letters }

    /// Of a word, its letters without capitals.
    @inline(__always)
    var smallLetters: UInt64? { content.map(Spelling.small) }
}

/// Kinds of tokens that may follow one. A rule names the kinds that it wants, so that it is asked only where it can apply.
struct Followers: OptionSet {
    let rawValue: UInt16

    static let none = Followers(rawValue: 1)
    static let space = Followers(rawValue: 2)
    static let word = Followers(rawValue: 4)
    static let digits = Followers(rawValue: 8)
    /// A full stop with something joined to it: "3.5", "exemple.fr".
    static let innerStop = Followers(rawValue: 16)
    /// "-", "–", "‑", "−".
    static let dash = Followers(rawValue: 32)
    static let slash = Followers(rawValue: 64)
    static let colon = Followers(rawValue: 128)
    /// Marks that end a phrase, or begin or end an elision: no rule reads a word together with them.
    static let pause = Followers(rawValue: 256)
    static let otherMark = Followers(rawValue: 512)
    /// A full stop in front of white space, or at the end.
    static let lastStop = Followers(rawValue: 1024)
    static let stop: Followers = [.innerStop, .lastStop]
    /// How many kinds there are.
    static let kinds = 11
    static let all = Followers(rawValue: 1 << UInt16(kinds) - 1)
    /// What may stand behind the first figures of a number and in front of its unit: neither a slash nor a dash nor a colon.
    static let ofQuantities: Followers = [.space, .word, .innerStop, .pause, .otherMark]

    /// - Parameter isLast: whether white space or nothing stands behind it.
    @inline(__always)
    init(mark: Unicode.Scalar, isLast: @autoclosure () -> Bool) {
        switch mark {
        case ".": self = isLast() ? .lastStop : .innerStop
        case "-", "–", "‑", "−": self = .dash
        case "/": self = .slash
        case ":": self = .colon
        case ",", ";", "!", "?", ")", "»", "…", "\"", "'", "’": self = .pause
        default: self = .otherMark
        }
    }

    init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Of one kind, the number of its bit.
    @inline(__always)
    var bit: Int { rawValue.trailingZeroBitCount }

    /// Whether the kind with a number is among them.
    @inline(__always)
    func contains(bit: Int) -> Bool { rawValue >> UInt16(bit) & 1 != 0 }
}
