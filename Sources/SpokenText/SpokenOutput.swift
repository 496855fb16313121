/// What is said of a text, sentence by sentence, and where each stretch of it comes from. Its memory is used for all of them.
struct SpokenOutput: ~Copyable {
    private var text = Phrase()
    private var spans: [SpokenText.Span] = []
    /// How many scalars are said.
    private(set) var length = 0
    /// The newest one of the sentence; a space before there is one.
    private(set) var last: Unicode.Scalar = " "
    /// Whether that is the end of what a rule has said.
    private(set) var endsInReading = false
    /// Where the scalars of the sentence lie in it.
    private(set) var origins = Origins(end: 0)
    /// Where the sentence begins, in the original and among the spans.
    private var (start, firstSpan) = (0, 0)

    /// For a text of so many scalars.
    mutating func reserve(_ scalars: Int) {
        text.reserve(2 * scalars + scalars / 4)
        spans.reserveCapacity(scalars / 4 + 4)
    }

    /// All that is said since this was asked last.
    ///
    /// - Parameter areJoined: whether neighbours that stay as they are make one span across sentences.
    mutating func take(areJoined: Bool = false) -> SpokenText {
        if areJoined { joinSpans() }
        defer {
            text.removeAll()
            spans = []
            (length, start, firstSpan) = (0, 0, 0)
        }
        return SpokenText(text: text.text(from: 0), spans: spans)
    }

    private mutating func joinSpans() {
        guard !spans.isEmpty else { return }
        let count = spans.withUnsafeMutableBufferPointer { spans in
            var newest = 0
            for index in 1..<spans.count {
                if spans[newest].isUnchanged, spans[index].isUnchanged {
                    spans[newest].join(spans[index])
                } else {
                    newest += 1
                    spans[newest] = spans[index]
                }
            }
            return newest + 1
        }
        spans.removeLast(spans.count - count)
    }

    // MARK: Sentences

    /// A sentence, or a thought, of which nothing is said.
    mutating func skip(_ count: Int) {
        spans.append(SpokenText.Span(from: start..<start + count, to: length..<length))
        end(count)
    }

    /// A line without a word.
    mutating func appendLineBreak() {
        spans.append(SpokenText.Span(from: start..<start + 1, to: length..<length + 1))
        put("\n" as Unicode.Scalar)
        end(1)
    }

    /// A sentence that no rule has read.
    mutating func append(_ text: SpokenText) {
        for span in text.spans {
            spans.append(
                SpokenText.Span(
                    from: span.from.lowerBound + start..<span.from.upperBound + start,
                    to: span.to.lowerBound + length..<span.to.upperBound + length))
        }
        self.text += text.text
        length += text.spans.last?.to.upperBound ?? 0
        end(text.spans.last?.from.upperBound ?? 0)
    }

    /// A sentence that rules read.
    mutating func begin(_ origins: Origins) { self.origins = origins }

    /// The sentence is read; the original has so many scalars of it.
    mutating func end(_ count: Int) {
        if spans.count == firstSpan, count > 0 { return skip(count) }
        (start, firstSpan) = (start + count, spans.count)
        (last, endsInReading) = (" ", false)
    }

    // MARK: Words

    mutating func put(_ scalar: Unicode.Scalar) {
        text.append(scalar)
        last = scalar
        length += 1
    }

    /// What a rule says.
    mutating func put(_ phrase: borrowing Phrase, from start: Int) {
        endsInReading = true
        guard let final = phrase.last(from: start) else { return }
        last = final
        text.append(phrase.bytes(start..<phrase.end))
        length += phrase.scalars(from: start)
    }

    /// A letter of what stays, whose capitals may have become small.
    mutating func put(asWritten letter: Unicode.Scalar) {
        put(letter)
        endsInReading = false
    }

    /// What stays as it is written.
    mutating func put(_ tokens: Range<Int>, of sentence: TokenizedText) {
        endsInReading = false
        let (first, final) = (sentence.tokens[tokens.lowerBound], sentence.tokens[tokens.upperBound - 1])
        let stretch = first.bytes.lowerBound..<final.bytes.upperBound
        text.append(sentence.utf8[stretch])
        let lastByte = sentence.utf8[stretch.upperBound - 1]
        last = lastByte < 0x80 ? Unicode.Scalar(lastByte) : sentence.scalars(final).last ?? last
        length += final.end - first.start
    }

    /// What is said from `begin` on stands for a range of the sentence.
    mutating func note(_ range: Range<Int>, begin: Int) {
        let isFirst = spans.count == firstSpan
        let newest = spans.count - 1
        // What was taken away behind a stretch belongs to it, and what was taken away at the beginning to the first one.
        let span = SpokenText.Span(
            from: (isFirst ? start : spans[newest].from.upperBound)..<start + origins[range.upperBound],
            to: begin..<length)
        let isPart = origins.isContinued(range.lowerBound)
        let joins = span.isUnchanged && !origins.isContinued(range.upperBound)
        if !isFirst, isPart || joins && spans[newest].isUnchanged {
            spans[newest].join(span)
        } else {
            spans.append(span)
        }
    }
}
