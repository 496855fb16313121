/// A table of words that says quickly of most others that they aren't in it. Its letters with accents are composed.
final class WordTable<Value: Sendable>: Sendable, ExpressibleByDictionaryLiteral {
    private let entries: [String: Value]
    /// Words of up to eight letters in Latin-1, one a byte: a power of two of places, of which half at least are free, which is 0. Nothing is
    /// written to it after `init`, so that all threads may read it, without asking at each look whether a place lies within an array.
    private nonisolated(unsafe) let short: UnsafeMutablePointer<UInt64>
    /// One less than it has places: a place beyond the last is one from the beginning.
    private let last: Int
    /// In the places of their words.
    private let values: [Value?]
    /// By the length in bytes, a bit for each first byte, of which the low five bits count.
    private let heads: [UInt32]
    /// Longer words in UTF-8, by the length in bytes: those of one length lie one behind the other.
    private let long: [[UInt8]]
    /// In the order of their words.
    private let longValues: [[Value]]

    convenience init(dictionaryLiteral elements: (String, Value)...) {
        self.init(Dictionary(elements) { first, _ in first })
    }

    init(_ entries: [String: Value]) {
        var heads: [UInt32] = []
        let places = 1 << (Int.bitWidth - (2 * entries.count).leadingZeroBitCount)
        var values = [Value?](repeating: nil, count: places)
        (short, last) = (.allocate(capacity: places), places - 1)
        short.initialize(repeating: 0, count: places)
        for (word, value) in entries {
            let length = word.utf8.count
            while heads.count <= length { heads.append(0) }
            if let first = word.utf8.first { heads[length] |= 1 << UInt32(first & 31) }
            guard let letters = Spelling.letters(of: word), length > 0 else { continue }
            var place = Self.place(of: letters, atMost: last)
            while short[place] != 0 { place = (place + 1) & last }
            (short[place], values[place]) = (letters, value)
        }
        var long = [[UInt8]](repeating: [], count: heads.count)
        var longValues = [[Value]](repeating: [], count: heads.count)
        for (word, value) in entries where Spelling.letters(of: word) == nil {
            long[word.utf8.count] += Array(word.utf8)
            longValues[word.utf8.count].append(value)
        }
        (self.long, self.longValues) = (long, longValues)
        self.heads = heads
        self.values = values
        self.entries = entries
    }

    deinit { short.deallocate() }

    var words: some Collection<String> { entries.keys }
    var allValues: some Collection<Value> { entries.values }

    subscript(word: String) -> Value? {
        self[Spelling(word)]
    }

    /// Of a word of up to eight letters in Latin-1, one a byte.
    subscript(letters: UInt64) -> Value? {
        var place = Self.place(of: letters, atMost: last)
        while short[place] != 0 {
            if short[place] == letters { return values[place] }
            place = (place &+ 1) & last
        }
        return nil
    }

    /// Of a longer word in Latin-1.
    func entry(long word: UnsafeBufferPointer<UInt8>, inAnyCase: Bool) -> Value? {
        guard let first = word.first, mayHold(word.count, first: first) else { return nil }
        // Of a letter, the first of its two bytes has no case.
        let caseBit: UInt8 = inAnyCase ? 0x20 : 0
        let words = long[word.count]
        for start in stride(from: 0, to: words.count, by: word.count) {
            var place = 0
            while place < word.count,
                words[start + place] == (word[place] < 0xC0 ? word[place] | caseBit : word[place])
            {
                place += 1
            }
            if place == word.count { return longValues[word.count][start / word.count] }
        }
        return nil
    }

    subscript(word: Spelling) -> Value? {
        switch word {
        case .letters(let letters): self[letters]
        case .word(let word): entry(word)
        }
    }

    private func entry(_ word: String) -> Value? {
        // Letters beyond Latin-1, whose first byte is larger, may be composed in another way than in the table.
        let isLatin = word.utf8.allSatisfy { $0 < 0xC4 }
        if isLatin, let first = word.utf8.first, !mayHold(word.utf8.count, first: first) { return nil }
        return entries[word]
    }

    @inline(__always)
    private static func place(of letters: UInt64, atMost last: Int) -> Int {
        Int(truncatingIfNeeded: (letters &* 0x9E37_79B9_7F4A_7C15) >> 40) & last
    }

    func mayHold(_ length: Int, first: UInt8) -> Bool {
        length < heads.count && heads[length] & 1 << UInt32(first & 31) != 0
    }
}

typealias WordSet = WordTable<Void>

/// A word to be looked up: up to eight letters in Latin-1, one a byte, or any other. Nearly all French letters are in Latin-1.
enum Spelling {
    case letters(UInt64)
    case word(String)

    init(_ word: ArraySlice<Unicode.Scalar>) {
        if word.count <= 8, word.allSatisfy({ $0.value < 0x100 && $0 != "ß" }) {
            self = .letters(word.reduce(0) { $0 << 8 | UInt64($1.value) })
        } else {
            self = .word(String(word))
        }
    }

    init(_ word: String) { self = Self.letters(of: word).map(Self.letters) ?? .word(word) }

    init(utf8 word: Slice<UnsafeBufferPointer<UInt8>>) {
        let word = UnsafeBufferPointer(rebasing: word)
        self = Self.letters(of: word).map(Self.letters) ?? .word(String(valid: word))
    }

    /// Whether there are at least so many; only those beyond ASCII must be counted.
    func has(letters count: Int) -> Bool {
        switch self {
        case .letters(let letters): letters >> UInt64(8 * (count - 1)) != 0
        case .word(let word):
            word.utf8.count >= count && (word.utf8.allSatisfy { $0 < 0x80 } || word.count >= count)
        }
    }

    /// Without capitals.
    var small: Spelling {
        switch self {
        case .letters(let letters): .letters(Self.small(letters))
        case .word(let word): .word(word.lowercased())
        }
    }

    /// Of a word with more or other letters, nil; nor has the sharp s any, which is no small letter of another one's.
    static func letters(of word: String) -> UInt64? {
        var word = word
        return word.withUTF8 { letters(of: $0) }
    }

    private static func letters(of word: UnsafeBufferPointer<UInt8>) -> UInt64? {
        var (letters, count, lead): (UInt64, Int, UInt8) = (0, 0, 0)
        for byte in word {
            // Two bytes of a letter beyond ASCII begin with C2 or C3.
            if byte >= 0xC0 {
                if byte > 0xC3 { return nil }
                lead = byte << 6
                continue
            }
            let letter = byte < 0x80 ? byte : lead | byte & 0x3F
            if letter == 0xDF { return nil }
            letters = letters << 8 | UInt64(letter)
            count += 1
            if count > 8 { return nil }
        }
        return letters
    }

    /// Whether letters, one a byte, have a small one, of which the sixth bit is set.
    @inline(__always)
    static func hasSmall(_ letters: UInt64) -> Bool { letters & 0x2020_2020_2020_2020 != 0 }

    @inline(__always)
    static func small(_ letters: UInt64) -> UInt64 {
        letters | 0x2020_2020_2020_2020 >> UInt64(letters.leadingZeroBitCount & ~7)
    }
}

extension WordTable<Void>: ExpressibleByArrayLiteral {
    convenience init(arrayLiteral elements: String...) { self.init(elements) }

    /// - Parameter words: with spaces between them.
    convenience init(_ words: String) { self.init(words.split(separator: " ").map(String.init)) }

    convenience init(_ words: some Sequence<String>) {
        self.init(Dictionary(words.map { ($0, ()) }) { first, _ in first })
    }

    func contains(_ word: String) -> Bool { self[word] != nil }

    func union(_ others: WordSet) -> WordSet { WordSet(Array(words) + others.words) }
}
