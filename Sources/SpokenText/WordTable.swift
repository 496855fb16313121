/// A table of words that says quickly of most others that they aren't in it.
struct WordTable<Value: Sendable>: Sendable, ExpressibleByDictionaryLiteral {
    private let entries: [String: Value]
    /// By the length in bytes, a bit for each first byte, of which the low five bits count.
    private let heads: [UInt32]

    init(dictionaryLiteral elements: (String, Value)...) {
        self.init(Dictionary(elements) { first, _ in first })
    }

    init(_ entries: [String: Value]) {
        var heads: [UInt32] = []
        for word in entries.keys {
            let length = word.utf8.count
            while heads.count <= length { heads.append(0) }
            if let first = word.utf8.first { heads[length] |= 1 << UInt32(first & 31) }
        }
        self.heads = heads
        self.entries = entries
    }

    var words: some Collection<String> { entries.keys }

    subscript(word: String) -> Value? { entries[word] }

    func mayHold(_ length: Int, first: UInt8) -> Bool {
        length < heads.count && heads[length] & 1 << UInt32(first & 31) != 0
    }
}
