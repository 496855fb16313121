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

    /// Puts what the lexicon says in the place of what it matches.
    ///
    /// - Returns: nil where no entry fits, which is what most sentences come to.
    func read(_ scalars: [Unicode.Scalar]) -> SpokenText? {
        let words = LexiconWords(scalars)
        var change = LexiconChange(of: scalars)
        var index = 0
        while index < words.count {
            if let hit = lexicon.rule(at: index, in: words, for: self) {
                change.replace(words.start(index)..<words.end(hit.end - 1), with: hit.text)
                index = hit.end
            } else {
                index += 1
            }
        }
        return change.finish()
    }
}

/// A text in which stretches are replaced, from its beginning to its end.
private struct LexiconChange {
    private let scalars: [Unicode.Scalar]
    private var text = String.UnicodeScalarView()
    private var spans: [SpokenText.Span] = []
    private var done = 0
    private var length = 0

    init(of scalars: [Unicode.Scalar]) { self.scalars = scalars }

    mutating func replace(_ range: Range<Int>, with words: String) {
        copy(to: range.lowerBound)
        let count = words.unicodeScalars.count
        text.append(contentsOf: words.unicodeScalars)
        note(range, count)
    }

    /// - Returns: nil where nothing was replaced.
    mutating func finish() -> SpokenText? {
        guard done > 0 else { return nil }
        copy(to: scalars.count)
        return SpokenText(text: String(text), spans: spans)
    }

    private mutating func copy(to end: Int) {
        guard end > done else { return }
        text.append(contentsOf: scalars[done..<end])
        note(done..<end, end - done)
    }

    private mutating func note(_ range: Range<Int>, _ count: Int) {
        spans.append(SpokenText.Span(from: range, to: length..<length + count))
        (done, length) = (range.upperBound, length + count)
    }
}
