/// The rules that begin with a word that has a `*`, by what stands in front of it and behind it: a look costs as many steps as there are
/// pairs of lengths of the two, however many rules there are.
struct LexiconOpenRules: Sendable {
    /// Both sides of a `*`, in small letters.
    struct Word: Sendable, Hashable {
        let prefix: String
        let suffix: String
    }

    /// How long both sides are, in characters.
    private struct Lengths: Hashable {
        let prefix: Int
        let suffix: Int
    }

    private var rules: [Lengths: [Word: [LexiconRule]]] = [:]

    mutating func add(_ rule: LexiconRule, word: Word) {
        rules[Lengths(prefix: word.prefix.count, suffix: word.suffix.count), default: [:]][word, default: []].append(
            rule)
    }

    /// The rules whose first word stands at a place.
    func rules(at index: Int, in words: LexiconWords) -> [LexiconRule] {
        let end = words.endOfWord(index)
        guard end > index, !rules.isEmpty else { return [] }
        let text = words.text(index..<end, isExact: false)
        let count = text.count
        return rules.flatMap { lengths, rules in
            guard lengths.prefix + lengths.suffix <= count else { return [LexiconRule]() }
            return rules[Word(prefix: String(text.prefix(lengths.prefix)), suffix: String(text.suffix(lengths.suffix)))]
                ?? []
        }
    }
}
