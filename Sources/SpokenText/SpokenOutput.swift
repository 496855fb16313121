/// What is said of a text, sentence by sentence, and where each stretch of it comes from. Its memory is used for all of them.
struct SpokenOutput: ~Copyable {
    private var text: Phrase
    /// All but the newest one, which may still go on, even into the next sentence: neighbours that stay as they are make one.
    private var spans: Memory<SpokenText.Span>
    private var count = 0
    /// Where the newest begins and ends in the original.
    private var (first, done) = (0, 0)
    /// The same in what is said.
    private var (firstSaid, doneSaid) = (0, 0)
    /// How many scalars are said.
    private(set) var length = 0
    /// Whether the sentence ends in what a rule has said.
    private(set) var endsInReading = false
    /// Where the scalars of the sentence lie in it.
    private(set) var origins = Origins(end: 0)
    /// Where the sentence begins, in the original and in what is said.
    private var (start, firstByte) = (0, 0)

    /// The newest scalar of the sentence; a space before there is one.
    @inline(__always)
    var last: Unicode.Scalar { text.last(from: firstByte) ?? " " }

    /// For a text of so many scalars.
    init(of scalars: Int) {
        text = Phrase(room: 2 * scalars + scalars / 4)
        spans = Memory(room: scalars / 4 + 4)
    }

    /// All that is said since this was asked last.
    ///
    /// - Parameter areJoined: whether what a lexicon has changed counts as unchanged where it has the same length.
    mutating func take(areJoined: Bool = false) -> SpokenText {
        close()
        if areJoined { joinSpans() }
        defer {
            text.removeAll()
            count = 0
            (first, done, firstSaid, doneSaid) = (0, 0, 0, 0)
            (length, start, firstByte) = (0, 0, 0)
        }
        let all = [SpokenText.Span](unsafeUninitializedCapacity: count) { memory, length in
            memory.baseAddress?.initialize(from: spans.start, count: count)
            length = count
        }
        return SpokenText(text: text.text(from: 0), spans: all)
    }

    private mutating func joinSpans() {
        guard count > 0 else { return }
        var newest = 0
        for index in 1..<count {
            if spans[newest].isUnchanged, spans[index].isUnchanged {
                spans.start[newest].join(spans[index])
            } else {
                newest += 1
                spans.start[newest] = spans[index]
            }
        }
        count = newest + 1
    }

    // MARK: Sentences

    /// A sentence, or a thought, of which nothing is said.
    mutating func skip(_ count: Int) { end(count) }

    /// A line without a word.
    mutating func appendLineBreak() {
        put("\n" as Unicode.Scalar)
        add(upTo: start + 1)
        end(1)
    }

    /// A sentence that no rule has read.
    mutating func append(_ text: SpokenText) {
        let begin = length
        for (index, span) in text.spans.enumerated() {
            length = begin + span.to.upperBound
            add(upTo: start + span.from.upperBound, joins: index == 0)
        }
        self.text += text.text
        end(text.spans.last?.from.upperBound ?? 0)
    }

    /// A sentence that rules read.
    mutating func begin(_ origins: Origins) { self.origins = origins }

    /// The sentence is read; the original has so many scalars of it.
    mutating func end(_ count: Int) {
        if done == start, count > 0 { add(upTo: start + count) }
        (start, firstByte) = (start + count, text.end)
        endsInReading = false
    }

    // MARK: Words

    mutating func put(_ scalar: Unicode.Scalar) {
        text.append(scalar)
        length &+= 1
    }

    /// What a rule says.
    @inline(__always)
    mutating func put(_ phrase: borrowing Phrase, from start: Int) {
        endsInReading = true
        length &+= text.append(phrase, from: start)
    }

    /// A letter of what stays, whose capitals may have become small.
    mutating func put(asWritten letter: Unicode.Scalar) {
        put(letter)
        endsInReading = false
    }

    /// What stays as it is written.
    @inline(__always)
    mutating func put(_ bytes: Range<Int>, of sentence: borrowing ByteMemory, scalars: Int) {
        endsInReading = false
        text.append(bytes, of: sentence)
        length &+= scalars
    }

    /// What is said since this was asked last stands for a range of the sentence. What was taken away behind a stretch belongs to it, and
    /// what was taken away at the beginning to the first one.
    @inline(__always)
    mutating func note(_ range: Range<Int>) {
        if origins.areTheSame { add(upTo: start &+ range.upperBound) } else { note(moved: range) }
    }

    private mutating func note(moved range: Range<Int>) {
        add(
            upTo: start + origins[range.upperBound], isPart: origins.isContinued(range.lowerBound),
            joins: !origins.isContinued(range.upperBound))
    }

    /// What is said since then stands for all of the original up to a place.
    ///
    /// - Parameters:
    ///   - isPart: whether it belongs to the span before it.
    ///   - joins: whether it may, if both stay as they are.
    @inline(__always)
    private mutating func add(upTo end: Int, isPart: Bool = false, joins: Bool = true) {
        let areUnchanged = end &- done == length &- doneSaid && done &- first == doneSaid &- firstSaid
        if !(isPart || joins && areUnchanged) { close() }
        (done, doneSaid) = (end, length)
    }

    /// The newest span is whole, and another one begins behind it.
    @inline(__always)
    private mutating func close() {
        if done | doneSaid != 0 {
            spans.reserve(count &+ 1)
            spans.start[count] = SpokenText.Span(from: first..<done, to: firstSaid..<doneSaid)
            count &+= 1
        }
        (first, firstSaid) = (done, doneSaid)
    }
}
