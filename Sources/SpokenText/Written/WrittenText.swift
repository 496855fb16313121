/// A transcript as it is written rather than said: "vingt et un degrés" becomes "21 °C", "dix-huit heures trente" "18 h 30".
///
/// It is the way back from ``SpokenText``. What it is not sure of stays as it is: numbers below ten that count something without a
/// unit, "un" and "une", idioms, and phrases of which only a half could be put in figures.
/// It is one pass over the text, in time proportional to its length, and a written text stays as it is.
public struct WrittenText: Sendable, Hashable {
    /// French has no-break spaces within numbers and before units and signs.
    public private(set) var text: String
    /// All of the original (`from`) and all of the written text (`to`), in order and without gaps. A stretch that stays as it is has the
    /// same length on both sides.
    public private(set) var spans: [SpokenText.Span]
    /// Whether something is written differently.
    public var isChanged: Bool { !changes.isEmpty }
    /// The spans that are written differently.
    public private(set) var changes: [SpokenText.Span]

    /// - Parameter locale: nil for a language without rules, of which nothing is changed.
    public init(_ text: String, locale: SpokenLocale?) {
        var writer = Writer(text)
        switch locale {
        case nil: break
        case .english: writer.write(with: EnglishWriting(text))
        case .some(let locale): writer.write(with: FrenchWriting(text, locale: locale))
        }
        (self.text, spans, changes) = writer.finish()
    }
}

/// Puts the written text together.
private struct Writer {
    private let original: String
    private var text: [UInt8] = []
    private var spans: [SpokenText.Span] = []
    private var changes: [SpokenText.Span] = []
    /// How far the original is copied, and how long the copy is, in scalars.
    private var (copied, length) = (0, 0)

    init(_ original: String) { self.original = original }

    mutating func write(with rules: some WritingRules) {
        let tokens = rules.transcript.text
        var (index, first) = (0, 0)
        while index < tokens.count {
            guard tokens.isWord(index) || tokens.isDigits(index), let writing = rules.writing(at: index) else {
                index += 1
                continue
            }
            let end = max(writing.end, index + 1)
            if var words = writing.words, write(&words, over: index..<end, behind: first, of: tokens) { first = end }
            index = end
        }
        if !changes.isEmpty { copy(tokens, first..<tokens.count) }
    }

    /// - Parameter place: The token behind what is written already.
    /// - Returns: whether the words differ from what stands there.
    private mutating func write(
        _ words: inout String, over range: Range<Int>, behind place: Int, of tokens: TokenizedText
    ) -> Bool {
        words.withUTF8 { words in
            guard !words.elementsEqual(tokens.utf8[tokens.bytes(of: range)]) else { return false }
            if changes.isEmpty { text.reserveCapacity(original.utf8.count) }
            copy(tokens, place..<range.lowerBound)
            let from = tokens.tokens[range.lowerBound].start..<tokens.tokens[range.upperBound - 1].end
            let end = length + words.scalarCount
            let span = SpokenText.Span(from: from, to: length..<end)
            spans.append(span)
            changes.append(span)
            text += words
            (copied, length) = (from.upperBound, end)
            return true
        }
    }

    private mutating func copy(_ tokens: TokenizedText, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        text += tokens.utf8[tokens.bytes(of: range)]
        let end = tokens.tokens[range.upperBound - 1].end
        spans.append(SpokenText.Span(from: copied..<end, to: length..<length + end - copied))
        (copied, length) = (end, length + end - copied)
    }

    func finish() -> (String, [SpokenText.Span], [SpokenText.Span]) {
        guard changes.isEmpty else { return (text.withUnsafeBufferPointer(String.init(valid:)), spans, changes) }
        var original = original
        let whole = 0..<original.withUTF8 { $0.scalarCount }
        return (original, whole.isEmpty ? [] : [SpokenText.Span(from: whole, to: whole)], [])
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Of UTF-8, how many scalars it holds: all bytes but those with which one goes on.
    fileprivate var scalarCount: Int { count { $0 & 0xC0 != 0x80 } }
}
