/// A word without capitals and accents, packed into one integer, so that a long text is compared with many words at little cost.
struct WordKey: Hashable, Sendable {
    /// Five bits a letter. Longer words are told by their first letters, and that they are longer.
    private static let longest = 12

    private let letters: UInt64

    /// The last two letters.
    fileprivate var tail: Int { Int(letters & 1023) }

    /// A key that no word has.
    static let none = WordKey(letters: 0)

    private init(letters: UInt64) { self.letters = letters }

    init(_ word: String) { self.init(Array(word.unicodeScalars)[...]) }

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

extension Set<WordKey> {
    /// Of words with spaces between them.
    init(words: String) { self.init(words.split(separator: " ").map { WordKey(String($0)) }) }
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

    /// - Parameter table: lines of a kind, a colon, and words with their values.
    static func table(
        cardinals: [(String, Part)], ordinals: [(String, Part)]
    ) -> NumberWords {
        var found: [WordKey: NumberWord] = [:]
        for (words, part) in cardinals {
            for word in words.split(separator: " ") { found[WordKey(String(word))] = NumberWord(part: part) }
        }
        for (words, part) in ordinals {
            for word in words.split(separator: " ") {
                found[WordKey(String(word))] = NumberWord(part: part, isOrdinal: true)
            }
        }
        return NumberWords(found)
    }
}

/// The words that numbers are made of. Most other words are told from them by their last letters, without a look into the table.
struct NumberWords: Sendable {
    private let words: [WordKey: NumberWord]
    /// A bit for each pair of letters that a number word ends with.
    private let tails: [UInt64]

    init(_ words: [WordKey: NumberWord]) {
        var tails = [UInt64](repeating: 0, count: 16)
        for word in words.keys { tails[word.tail >> 6] |= 1 << UInt64(word.tail & 63) }
        self.words = words
        self.tails = tails
    }

    subscript(word: WordKey) -> NumberWord? {
        tails[word.tail >> 6] & 1 << UInt64(word.tail & 63) == 0 ? nil : words[word]
    }
}
