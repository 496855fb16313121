/// A table of words by their keys, which tells of a word in a few steps that it has nothing on it, as of most.
struct WordKeyTable<Value: Sendable>: Sendable, ExpressibleByDictionaryLiteral {
    /// A power of two of places, of which half at least are free: they have ``WordKey/none``.
    private let keys: [WordKey]
    /// In the places of their words.
    private let values: [Value?]

    init(_ entries: [WordKey: Value]) {
        let places = 1 << (Int.bitWidth - (2 * entries.count).leadingZeroBitCount)
        var (keys, values) = ([WordKey](repeating: .none, count: places), [Value?](repeating: nil, count: places))
        for (word, value) in entries where word != .none {
            var place = word.place(among: places)
            while keys[place] != .none { place = (place + 1) & (places - 1) }
            (keys[place], values[place]) = (word, value)
        }
        self.keys = keys
        self.values = values
    }

    init(dictionaryLiteral elements: (WordKey, Value)...) { self.init(Dictionary(elements) { first, _ in first }) }

    /// - Parameter groups: words with spaces between them, and what is to be known of each.
    init(words groups: [(String, Value)]) {
        var entries: [WordKey: Value] = [:]
        for (words, value) in groups {
            for word in WordKey.all(words) { entries[word] = value }
        }
        self.init(entries)
    }

    /// All of them, in no order.
    var words: [WordKey] { keys.filter { $0 != .none } }

    subscript(word: WordKey) -> Value? { place(of: word).flatMap { values[$0] } }

    func contains(_ word: WordKey) -> Bool { place(of: word) != nil }

    private func place(of word: WordKey) -> Int? {
        var place = word.place(among: keys.count)
        while keys[place] != word {
            if keys[place] == .none { return nil }
            place = (place + 1) & (keys.count - 1)
        }
        return word == .none ? nil : place
    }
}

typealias WordKeySet = WordKeyTable<Void>

extension WordKeyTable<Void>: ExpressibleByArrayLiteral {
    init(arrayLiteral words: WordKey...) { self.init(words) }

    init(_ words: some Sequence<WordKey>) { self.init(Dictionary(words.map { ($0, ()) }) { first, _ in first }) }

    /// Of words with spaces between them.
    init(words: String) { self.init(WordKey.all(words)) }

    func union(_ others: Self) -> Self { Self(words + others.words) }
}
