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
        text += Array(decoding: piece)
        return sentences(isLast: false)
    }

    /// The rest.
    public mutating func finish() -> [SpokenText] { sentences(isLast: true) }

    /// A whole text.
    static func whole(_ text: String, locale: SpokenLocale?, lexicon: LexiconReader?) -> SpokenText {
        var stream = SpokenTextStream(locale: locale, lexicon: lexicon)
        stream.text = Array(decoding: text)
        stream.thinks = Thought.isOpen(atStartOf: stream.text)
        let context = stream.vocabulary.map(RuleContext.init)
        var output = SpokenOutput(of: stream.text.count)
        var count = 0
        while stream.readSentence(isLast: true, in: context, into: &output) { count += 1 }
        return output.take(areJoined: count > 1 && lexicon != nil)
    }

    private mutating func sentences(isLast: Bool) -> [SpokenText] {
        let context = vocabulary.map(RuleContext.init)
        // A piece ends one sentence at most, as a rule, and what waits for its end may be long.
        var output = SpokenOutput(of: 0)
        var result: [SpokenText] = []
        while readSentence(isLast: isLast, in: context, into: &output) { result.append(output.take()) }
        scanner.drop(start)
        searched -= start
        if start == text.count { text = [] } else { text.removeFirst(start) }
        start = 0
        return result
    }

    /// - Returns: whether there was one more that is whole, or a thought.
    private mutating func readSentence(isLast: Bool, in context: RuleContext?, into output: inout SpokenOutput)
        -> Bool
    {
        while start < text.count {
            if thinks {
                guard let length = endThought(isLast: isLast) else { return false }
                output.skip(length)
                return true
            }
            if let end = scanner.next(in: text, isLast: isLast) {
                read(start..<end, in: context, into: &output)
                startsLine = text[end - 1] == "\n"
                start = end
                return true
            }
            guard case .found = Thought.opening.match(in: text, at: start, isLast: isLast) else { return false }
            (thinks, searched) = (true, start)
        }
        return false
    }

    /// A thought says nothing. One that never ends is all that is left.
    ///
    /// - Returns: its length; nil if its end can't be seen yet.
    private mutating func endThought(isLast: Bool) -> Int? {
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
        return end - start
    }

    private mutating func read(_ range: Range<Int>, in context: RuleContext?, into output: inout SpokenOutput) {
        if range.count == 1, text[range.lowerBound] == "\n" { return output.appendLineBreak() }
        let sentence = text.span.extracting(range)
        let mayHaveStart = startsLine && LineStart.mayBegin(sentence)
        // Most sentences are read where they are.
        if !mayHaveStart, !scanner.mayHaveMarkup, lexicon == nil, context != nil {
            // Unwrapped in the condition, it would be counted.
            context?.read(sentence, from: Origins(end: sentence.count), into: &output)
            return
        }
        let line = mayHaveStart ? LineStart(sentence) : LineStart()
        let isPlain = line.isPlain && !scanner.mayHaveMarkup
        var plain = isPlain ? PlainText(sentence) : PlainText(of: sentence, behind: line)
        // What the lexicon puts there is read by the rules like everything else.
        if let lexicon { plain.replace(lexicon.replacements(in: Array(plain.scalars))) }
        guard let context else { return output.append(plain.unread) }
        context.read(plain.scalars.span, from: plain.origins, into: &output)
    }
}
