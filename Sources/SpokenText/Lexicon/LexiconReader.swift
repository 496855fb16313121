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
            replacements.append((place..<words.end(hit.end - 1), Array(hit.text.unicodeScalars)))
            index = hit.end
        }
        return replacements
    }
}
