/// Goes through a text once, asks the rules, and notes what became of what.
struct RuleReader {
    private let context: RuleContext
    /// Where each scalar of the text, and its end, lies in the original.
    private let origins: [Int]
    private var out: [UInt8] = []
    private var length = 0
    private var last: Unicode.Scalar = " "
    private var isRead = false
    private var spans: [SpokenText.Span] = []

    /// - Parameter origins: one more than there are scalars.
    static func spoken(_ scalars: [Unicode.Scalar], origins: [Int], in language: any SpokenLanguage) -> SpokenText {
        var reader = RuleReader(
            context: RuleContext(text: TokenizedText(scalars), language: language), origins: origins)
        reader.read()
        return SpokenText(text: String(decoding: reader.out, as: UTF8.self), spans: reader.spans)
    }

    private init(context: RuleContext, origins: [Int]) {
        self.context = context
        self.origins = origins
    }

    private mutating func read() {
        var index = 0
        /// The end of the newest quantity, which a dash may continue.
        var quantity = -1
        while index < context.text.count {
            if quantity == index, context.isDash(index), context.text.isDigits(index + 1) {
                append(context.words.to, from: index, to: index + 1)
                index += 1
            } else if let reading = reading(at: index) {
                append(reading.words, from: index, to: reading.end)
                index = reading.end
                if reading.isQuantity { quantity = index }
            } else {
                copy(index)
                index += 1
            }
        }
        if spans.isEmpty, let end = origins.last, end > 0 {
            spans.append(SpokenText.Span(from: 0..<end, to: 0..<0))
        }
    }

    private func reading(at index: Int) -> Reading? {
        if context.text.tokens[index].kind == .word, let reading = ofPlainWord(index) { return reading.reading }
        let rules =
            switch context.text.tokens[index].kind {
            case .digits: RuleTable.digits
            case .word: RuleTable.word
            case .mark: RuleTable.mark
            case .space: [Rule]()
            }
        for rule in rules {
            if let reading = rule(context, index) { return reading }
        }
        return nil
    }

    /// A small word in front of a space can be nothing but a short form: most words of a text are dealt with here.
    ///
    /// - Returns: nil for a word that the rules must look at.
    private func ofPlainWord(_ index: Int) -> (reading: Reading?, Void)? {
        let token = context.text.tokens[index]
        guard context.text.isSpace(index + 1), !context.text.isDigits(index + 2),
            !context.text.scalars[token.start].isUpper
        else { return nil }
        return (token.count > 4 ? nil : ShortForms.general(context, index), ())
    }

    /// Words beside letters get a space.
    private mutating func append(_ words: String, from first: Int, to end: Int) {
        let begin = length
        if let scalar = words.unicodeScalars.first, last.isLetter || last.isDigit, scalar.isLetter { put(" ") }
        for scalar in words.unicodeScalars { put(scalar) }
        isRead = true
        note(context.text.tokens[first].start..<context.text.tokens[end - 1].end, begin: begin)
    }

    private mutating func copy(_ index: Int) {
        let token = context.text.tokens[index]
        let begin = length
        if isRead, last.isLetter, context.text.scalars[token.start].isLetter {
            put(" ")
            isRead = false
            put(contentsOf: token)
            return note(token.start..<token.end, begin: begin)
        }
        isRead = false
        put(contentsOf: token)
        note(token.start..<token.end, begin: begin)
    }

    private mutating func put(contentsOf token: Token) {
        out += context.text.utf8[token.bytes]
        last = context.text.scalars[token.end - 1]
        length += token.count
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        out.append(scalar)
        last = scalar
        length += 1
    }

    private mutating func note(_ range: Range<Int>, begin: Int) {
        // What was taken away behind a stretch belongs to it, and what was taken away at the beginning to the first one.
        let span = SpokenText.Span(
            from: (spans.last?.from.upperBound ?? 0)..<origins[range.upperBound], to: begin..<length)
        if let last = spans.last, last.isUnchanged, span.isUnchanged {
            spans[spans.count - 1] = SpokenText.Span(
                from: last.from.lowerBound..<span.from.upperBound, to: last.to.lowerBound..<span.to.upperBound)
        } else {
            spans.append(span)
        }
    }
}
