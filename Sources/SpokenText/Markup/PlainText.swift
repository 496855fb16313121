/// A sentence without markdown, HTML and emoji, with the origin of each scalar that is left.
struct PlainText {
    private(set) var scalars: ArraySlice<Unicode.Scalar>
    private(set) var origins: Origins

    /// A sentence that has no markup, as most have none.
    init(_ source: Span<Unicode.Scalar>) {
        (scalars, origins) = (source.withUnsafeBufferPointer(Array.init)[...], Origins(end: source.count))
    }

    /// - Parameter line: what stands at the beginning of the line, where the sentence begins one.
    init(of source: Span<Unicode.Scalar>, behind line: LineStart) {
        var reader = MarkupReader(source.withUnsafeBufferPointer(Array.init))
        reader.read(behind: line)
        scalars = reader.scalars[...]
        origins = Origins(places: reader.places, end: source.count)
    }

    /// Puts other words in the place of some stretches, which count from its beginning and come in order. Each is then a whole, no part of which can be told from others.
    mutating func replace(_ stretches: [(range: Range<Int>, words: [Unicode.Scalar])]) {
        guard !stretches.isEmpty else { return }
        origins = origins.replacing(stretches.map { ($0.range, $0.words.count) }, of: scalars.count)
        var (replaced, rest) = ([Unicode.Scalar](), scalars)
        for (range, words) in stretches {
            let start = scalars.startIndex + range.lowerBound
            replaced += rest[..<start]
            replaced += words
            rest = rest[(start + range.count)...]
        }
        scalars = (replaced + rest)[...]
    }

    /// As it is, for a language without rules.
    var unread: SpokenText {
        if origins.areTheSame { return SpokenText(unchanged: String(scalars)) }
        var spans: [SpokenText.Span] = []
        for offset in 0..<scalars.count {
            let from = (spans.last?.from.upperBound ?? 0)..<origins[offset + 1]
            if let last = spans.last,
                origins.isContinued(offset) || last.isUnchanged && from.count == 1 && !origins.isContinued(offset + 1)
            {
                spans[spans.count - 1] = SpokenText.Span(
                    from: last.from.lowerBound..<from.upperBound, to: last.to.lowerBound..<offset + 1)
            } else {
                spans.append(SpokenText.Span(from: from, to: offset..<offset + 1))
            }
        }
        if spans.isEmpty, origins.end > 0 { spans = [SpokenText.Span(from: 0..<origins.end, to: 0..<0)] }
        return SpokenText(text: String(scalars), spans: spans)
    }
}
