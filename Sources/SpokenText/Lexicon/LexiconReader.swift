/// A lexicon as it holds for one voice.
public struct LexiconReader: Sendable {
    private let lexicon: Lexicon
    private let language: LanguageTag?
    private let takesPhonemes: Bool

    /// - Parameters:
    ///   - language: what the voice speaks, as a tag such as "fr" or "en-us"; nil where nobody knows.
    ///   - takesPhonemes: whether it can say phonemes between `[[` and `]]`.
    /// - Returns: nil for a lexicon that changes nothing.
    public init?(_ lexicon: Lexicon, language: String?, takesPhonemes: Bool = true) {
        guard !lexicon.isEmpty else { return nil }
        (self.lexicon, self.language) = (lexicon, language.flatMap { LanguageTag($0) })
        self.takesPhonemes = takesPhonemes
    }

    func takes(_ rule: LexiconRule) -> Bool {
        (takesPhonemes || !rule.isPhonemes) && (rule.language.map { $0.covers(language) } ?? true)
    }

    /// What French joins to the phonemes of the next word, as in "d'Yves": by itself it would be read as a letter.
    private func elision(before index: Int, in words: LexiconWords) -> (start: Int, sounds: String)? {
        guard language?.language == "fr", index >= 2, words.compared(index - 1) == "'",
            index == 2 || !words.isWord(index - 3), let sounds = Self.elided[words.compared(index - 2)]
        else { return nil }
        return (words.start(index - 2), sounds)
    }

    private static let elided = [
        "c": "s", "d": "d", "j": "ʒ", "l": "l", "m": "m", "n": "n", "s": "s", "t": "t", "qu": "k", "jusqu": "ʒysk",
        "lorsqu": "lɔʁsk", "puisqu": "pɥisk",
    ]

    /// What the lexicon says in the place of what it matches, in order; none where no entry fits, which is what most sentences come to.
    func replacements(in scalars: [Unicode.Scalar]) -> [(range: Range<Int>, words: [Unicode.Scalar])] {
        let places = lexicon.filter.places(in: scalars)
        guard !places.isEmpty else { return [] }
        let words = LexiconWords(scalars)
        var (replacements, index) = ([(range: Range<Int>, words: [Unicode.Scalar])](), 0)
        for place in places {
            while index < words.count, words.start(index) < place { index += 1 }
            guard index < words.count, words.start(index) == place,
                let hit = lexicon.rule(at: index, in: words, for: self)
            else { continue }
            var (start, text) = (place, hit.text)
            if let elision = elision(before: index, in: words), text.hasPrefix("[["),
                elision.start >= replacements.last?.range.upperBound ?? 0
            {
                (start, text) = (elision.start, "[[" + elision.sounds + text.dropFirst(2))
            }
            replacements.append((start..<words.end(hit.end - 1), Array(text.unicodeScalars)))
            index = hit.end
        }
        return replacements
    }
}
