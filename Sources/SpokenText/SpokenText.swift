/// A text as it is said: numbers, hours, amounts, units and abbreviations in words, without markdown, emoji and a model's thinking.
///
/// What no rule is sure of stays as it is written. It is one pass over the text, in time proportional to its length.
public struct SpokenText: Sendable, Hashable {
    /// A stretch of the original and what became of it, in Unicode scalars.
    public struct Span: Sendable, Hashable {
        /// In the original.
        public var from: Range<Int>
        /// In the spoken text.
        public var to: Range<Int>

        /// The caller says that these belong together.
        public init(from: Range<Int>, to: Range<Int>) {
            self.from = from
            self.to = to
        }
    }

    /// What is said.
    public private(set) var text: String
    /// All of the original and all of the spoken text, in order and without gaps. A stretch that stays as it is written has the same
    /// length on both sides.
    public private(set) var spans: [Span]

    /// - Parameters:
    ///   - locale: nil for a language without rules, of which only the markup is taken away.
    ///   - lexicon: the words of the house, where it has some.
    public init(_ text: String, locale: SpokenLocale?, lexicon: LexiconReader? = nil) {
        self = SpokenTextStream.whole(text, locale: locale, lexicon: lexicon)
    }

    /// A text that is said as it is written.
    public init(unchanged text: String) {
        let length = text.unicodeScalars.count
        self.init(text: text, spans: length > 0 ? [Span(from: 0..<length, to: 0..<length)] : [])
    }

    init(text: String, spans: [Span]) {
        self.text = text
        self.spans = spans
    }

    init(joining pieces: [SpokenText]) {
        if pieces.count == 1 {
            self = pieces[0]
            return
        }
        text = ""
        spans = []
        var (from, to) = (0, 0)
        for piece in pieces {
            text += piece.text
            for span in piece.spans {
                let moved = Span(
                    from: span.from.lowerBound + from..<span.from.upperBound + from,
                    to: span.to.lowerBound + to..<span.to.upperBound + to)
                append(moved)
            }
            from += piece.spans.last?.from.upperBound ?? 0
            to += piece.spans.last?.to.upperBound ?? 0
        }
    }

    private mutating func append(_ span: Span) {
        if let last = spans.last, last.isUnchanged, span.isUnchanged {
            spans[spans.count - 1].join(span)
        } else {
            spans.append(span)
        }
    }

    /// The stretch of the original that became `range` of the spoken text. Where it begins or ends within words that stand for something
    /// else, all of that belongs to it.
    public func original(of range: Range<Int>) -> Range<Int> {
        guard !range.isEmpty, let first = span(at: range.lowerBound), let last = span(at: range.upperBound - 1) else {
            return 0..<0
        }
        let start =
            first.isUnchanged ? first.from.lowerBound + range.lowerBound - first.to.lowerBound : first.from.lowerBound
        let end = last.isUnchanged ? last.from.lowerBound + range.upperBound - last.to.lowerBound : last.from.upperBound
        return start..<max(start, end)
    }

    /// The last span that begins at or before an offset of the spoken text and is not empty there.
    private func span(at offset: Int) -> Span? {
        var (low, high) = (0, spans.count)
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].to.upperBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low < spans.count ? spans[low] : nil
    }
}

extension SpokenText.Span {
    /// Words that stand for something written differently may have its length by chance; they then count as what they stand for, letter
    /// by letter, which is near enough.
    var isUnchanged: Bool { from.count == to.count }

    /// Goes on as far as the next one.
    mutating func join(_ next: Self) {
        from = from.lowerBound..<next.from.upperBound
        to = to.lowerBound..<next.to.upperBound
    }
}
