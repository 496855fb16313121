/// Turns a text that arrives in pieces into what is said, sentence by sentence. However the text is cut, it gives the same as the whole, but
/// for a text that ends a thought that it doesn't open.
public struct SpokenTextStream: Sendable {
    private let vocabulary: Vocabulary?
    private let lexicon: LexiconReader?
    private var scanner: SentenceScanner
    private var text: [Unicode.Scalar] = []
    /// As far as this, `text` is done.
    private var start = 0
    private var startsLine = true
    /// Whether the model thinks, and as far as where its end has been looked for.
    private var thinks: Bool
    private var searched = 0

    /// - Parameters:
    ///   - locale: nil for a language without rules, of which only the markup is taken away.
    ///   - lexicon: the words of the house, where it has some.
    ///   - beginsInThought: whether the model thinks already, as it does where its template opens the thought: nothing is said up to
    ///     "</think>". A whole text tells that by itself; what a stream has said by then cannot be taken back.
    public init(locale: SpokenLocale?, lexicon: LexiconReader? = nil, beginsInThought: Bool = false) {
        thinks = beginsInThought
        vocabulary = locale?.vocabulary
        self.lexicon = lexicon
        scanner = SentenceScanner(locale: locale)
    }

    /// - Returns: the sentences that are whole now, with the space behind them; their spans count from their own beginnings, and join to
    ///   those of the whole.
    public mutating func append(_ piece: String) -> [SpokenText] {
        text.append(contentsOf: piece.unicodeScalars)
        return sentences(isLast: false)
    }

    /// The rest.
    public mutating func finish() -> [SpokenText] { sentences(isLast: true) }

    /// Of a whole text.
    static func sentences(of text: String, locale: SpokenLocale?, lexicon: LexiconReader?) -> [SpokenText] {
        var stream = SpokenTextStream(locale: locale, lexicon: lexicon)
        stream.text = Array(text.unicodeScalars)
        stream.thinks = Thought.isOpen(atStartOf: stream.text)
        return stream.sentences(isLast: true)
    }

    private mutating func sentences(isLast: Bool) -> [SpokenText] {
        var result: [SpokenText] = []
        while start < text.count {
            if thinks {
                guard let thought = thought(isLast: isLast) else { break }
                result.append(thought)
            } else if let end = scanner.next(in: text, isLast: isLast) {
                result.append(spoken(start..<end))
                startsLine = text[end - 1] == "\n"
                start = end
            } else if case .found = Thought.opening.match(in: text, at: start, isLast: isLast) {
                (thinks, searched) = (true, start)
            } else {
                break
            }
        }
        scanner.drop(start)
        searched -= start
        if start == text.count { text = [] } else { text.removeFirst(start) }
        start = 0
        return result
    }

    /// A thought says nothing. One that never ends is all that is left.
    private mutating func thought(isLast: Bool) -> SpokenText? {
        var end: Int?
        while searched < text.count, end == nil {
            switch text[searched] == "<" ? Thought.closing.match(in: text, at: searched, isLast: isLast) : .none {
            case .none: searched += 1
            case .unknown: return nil
            case .found(let found): end = found
            }
        }
        guard var end = end ?? (isLast ? text.count : nil) else { return nil }
        // What parts the thought from the answer.
        while end < text.count, text[end].isBlank { end += 1 }
        guard end < text.count || isLast else { return nil }
        defer {
            (thinks, start) = (false, end)
            startsLine = true
            scanner.skip(to: end)
        }
        return SpokenText(text: "", spans: [SpokenText.Span(from: 0..<end - start, to: 0..<0)])
    }

    private func spoken(_ range: Range<Int>) -> SpokenText {
        let sentence = range.count == text.count ? text : Array(text[range])
        var plain = PlainText(of: sentence, startsLine: startsLine)
        // What the lexicon puts there is read by the rules like everything else.
        if let lexicon { plain.replace(lexicon.replacements(in: plain.scalars)) }
        guard let vocabulary else { return plain.unread }
        return RuleReader.spoken(plain.scalars, origins: plain.origins, with: vocabulary)
    }
}
