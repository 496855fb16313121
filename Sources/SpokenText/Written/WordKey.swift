/// A word without capitals and accents, packed into one integer, so that a long text is compared with many words at little cost.
struct WordKey: Hashable, Sendable {
    /// Five bits a letter. Longer words are told by their first letters, and that they are longer.
    private static let longest = 12

    private let letters: UInt64

    /// A key that no word has.
    static let none = WordKey(letters: 0)

    private init(letters: UInt64) { self.letters = letters }

    init(_ word: String) { self.init(Array(word.unicodeScalars)[...]) }

    /// - Parameter words: with spaces between them.
    static func all(_ words: String) -> [WordKey] { words.split(separator: " ").map { WordKey(String($0)) } }

    /// ``none`` for words with letters that no word of the tables has.
    init(_ word: ArraySlice<Unicode.Scalar>) {
        var (letters, count) = (UInt64(0), 0)
        for scalar in word {
            let letter = Self.letter(scalar)
            // An accent that stands behind its letter.
            if letter == 0 { continue }
            count += 1
            guard letter <= 26 else {
                self = .none
                return
            }
            guard count <= Self.longest else {
                self.letters = letters | 1 << 60
                return
            }
            letters = letters << 5 | letter
        }
        self.letters = letters
    }

    /// The same of a word of up to eight letters, which are told one a byte; nil where one is beyond ASCII.
    init?(ascii word: UInt64) {
        guard word & 0x8080_8080_8080_8080 == 0 else { return nil }
        // Pairs of letters, then four together, then all.
        let pairs = word & 0x001F_001F_001F_001F | word >> 3 & 0x03E0_03E0_03E0_03E0
        let fours = pairs & 0x0000_03FF_0000_03FF | pairs >> 6 & 0x000F_FC00_000F_FC00
        letters = fours & 0xF_FFFF | fours >> 12 & 0xFF_FFF0_0000
    }

    /// Where a table looks for it first.
    ///
    /// - Parameter count: a power of two.
    func place(among count: Int) -> Int {
        Int(truncatingIfNeeded: (letters &* 0x9E37_79B9_7F4A_7C15) >> 40) & (count - 1)
    }

    /// 1…26; 0 for a combining accent, 27 for anything else.
    private static func letter(_ scalar: Unicode.Scalar) -> UInt64 {
        let value = scalar.value
        if value < 0x80 {
            let small = (value | 0x20) &- 0x60
            return small >= 1 && small <= 26 ? UInt64(small) : 27
        }
        switch value | 0x20 {
        case 0xE0, 0xE2, 0xE4: return 1
        case 0xE7: return 3
        case 0xE8...0xEB: return 5
        case 0xEE, 0xEF: return 9
        case 0xF4, 0xF6: return 15
        case 0xF9, 0xFB, 0xFC: return 21
        default: return (0x300...0x36F).contains(value) ? 0 : 27
        }
    }
}

/// What a word is within a number.
struct NumberWord: Sendable {
    enum Part: Sendable, Equatable {
        /// 0…9.
        case digit(UInt64)
        /// 10…19.
        case teen(UInt64)
        /// 20, 30 … 90.
        case ten(UInt64)
        case hundred
        case thousand
        /// A million and more.
        case scale(UInt64)
    }

    var part: Part
    /// "troisième", which ends its number.
    var isOrdinal = false

    /// 100 and more; nil for words that multiply nothing.
    var scale: UInt64? {
        switch part {
        case .hundred: 100
        case .thousand: 1000
        case .scale(let value): value
        case .digit, .teen, .ten: nil
        }
    }
}

extension WordKeyTable<NumberWord> {
    /// - Parameter cardinals, ordinals: words with spaces between them, and what they are within a number.
    init(cardinals: [(String, NumberWord.Part)], ordinals: [(String, NumberWord.Part)]) {
        self.init(
            words: cardinals.map { ($0, NumberWord(part: $1)) }
                + ordinals.map { ($0, NumberWord(part: $1, isOrdinal: true)) })
    }
}
