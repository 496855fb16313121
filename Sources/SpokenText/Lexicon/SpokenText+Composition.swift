extension SpokenText {
    /// What became of the original when what became of it was changed once more.
    ///
    /// - Parameter next: of this text.
    func followed(by next: SpokenText) -> SpokenText {
        var (first, second) = (SpanCursor(spans, \.to), SpanCursor(next.spans, \.from))
        var (joined, from, to) = ([Span](), 0, 0)
        while !first.isAtEnd || !second.isAtEnd {
            // How much of the text between them each side has taken. The one behind goes on until both stand at the same place.
            var (left, right) = (0, 0)
            var (fromCount, toCount) = (0, 0)
            repeat {
                if left <= right, !first.isAtEnd {
                    let limit = right > left ? right - left : second.isAtEnd ? Int.max : second.rest
                    let taken = first.take(atMost: limit)
                    (left, fromCount) = (left + taken.between, fromCount + taken.outside)
                } else if !second.isAtEnd {
                    let taken = second.take(atMost: left > right ? left - right : Int.max)
                    (right, toCount) = (right + taken.between, toCount + taken.outside)
                } else {
                    break
                }
            } while left != right
            joined.append(Span(from: from..<from + fromCount, to: to..<to + toCount))
            (from, to) = (from + fromCount, to + toCount)
        }
        return SpokenText(joining: [SpokenText(text: next.text, spans: joined)])
    }
}

/// Goes through the spans of one side; one that is unchanged may be taken in parts.
private struct SpanCursor {
    private let spans: [SpokenText.Span]
    private let between: KeyPath<SpokenText.Span, Range<Int>>
    private var index = 0
    private var used = 0

    init(_ spans: [SpokenText.Span], _ between: KeyPath<SpokenText.Span, Range<Int>>) {
        (self.spans, self.between) = (spans, between)
    }

    var isAtEnd: Bool { index >= spans.count }

    /// What is left of the current span, in the text between both sides.
    var rest: Int { spans[index][keyPath: between].count - used }

    mutating func take(atMost limit: Int) -> (between: Int, outside: Int) {
        let span = spans[index]
        let count = rest
        if span.isUnchanged, limit < count {
            used += limit
            return (limit, limit)
        }
        (index, used) = (index + 1, 0)
        // Both sides of an unchanged span are equally long, and as much of both has been used.
        let outside = between == \.to ? span.from.count : span.to.count
        return (count, span.isUnchanged ? count : outside)
    }
}
