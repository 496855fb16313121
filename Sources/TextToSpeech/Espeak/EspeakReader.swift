import EspeakNG
import EspeakProtocol

/// A clause as it was read, and the text that it stands for.
struct ReadClause: Sendable {
    /// IPA with language flags, without the terminator.
    var phonemes: String
    var terminator: ClauseTerminator
    /// The text that espeak-ng read.
    var spoken: String
    /// The same stretch of the text in its original form.
    var original: String
    /// How the passage ends, if this is its last clause.
    var passageEnd: Passage.End?
}

/// Reads texts with espeak-ng so that no word is lost: in passages that stay below the library's limits, and again in halves if a
/// clause made so many phonemes that some may be missing.
struct EspeakReader: Sendable {
    var espeak: EspeakNG
    var voice: String

    /// The library drops everything after about 540 phonemes of a clause, the lowest number seen in any script.
    private static let phonemesPerClause = 480

    /// The clauses of `text` in the form that espeak-ng reads best, a few at a time.
    ///
    /// - Parameter phonemes: where it has phonetic signs between `[[` and `]]`, in order; elsewhere brackets are text.
    func reading(of text: String, phonemes: [Range<Int>] = []) async -> EspeakReading {
        let (prepared, passages) = await asideWhereLong(text.utf8.count) {
            let prepared = PreparedText(text.trimmed, sounds: sounds(phonemes, of: text))
            return (prepared, PassageReader.passages(of: prepared))
        }
        return EspeakReading(of: passages, in: prepared, by: self)
    }

    /// - Returns: places in the text without the white space at its start.
    private func sounds(_ phonemes: [Range<Int>], of text: String) -> [PreparedText.Sounds] {
        guard !phonemes.isEmpty, let alphabet = EspeakAlphabet(voice: voice) else { return [] }
        let scalars = Array(text.unicodeScalars)
        let blank = scalars.count - text.trimmingPrefix(while: \.isWhitespace).unicodeScalars.count
        return phonemes.map { range in
            let signs = String(String.UnicodeScalarView(scalars[range].dropFirst(2).dropLast(2)))
            return PreparedText.Sounds(
                range: range.lowerBound - blank..<range.upperBound - blank, words: alphabet.words(of: signs))
        }
    }

    /// The clauses of `text` exactly as it is.
    func clauses(ofUnprepared text: String) async throws -> [ReadClause] {
        try await espeak.clauses(of: text, voice: voice).map {
            ReadClause(phonemes: $0.phonemes, terminator: $0.terminator, spoken: $0.text, original: $0.text)
        }
    }

    fileprivate static func isFull(_ clause: Clause) -> Bool {
        clause.phonemes.unicodeScalars.count { !" ˈˌː-".unicodeScalars.contains($0) } > phonemesPerClause
    }
}

/// A text that is being read: its beginning is known before the rest has been examined.
struct EspeakReading: Sendable {
    /// Scalars that are read at first: a sentence. Each later read is twice as long, up to some minutes of speech.
    private static let firstReach = 200
    private static let longestReach = 3200

    /// Whether what is read has mnemonics in it.
    var hasMnemonics: Bool { !text.sounds.isEmpty }
    private let reader: EspeakReader
    private let text: PreparedText
    private var passages: ArraySlice<Passage>
    private var reach = firstReach

    fileprivate init(of passages: [Passage], in text: PreparedText, by reader: EspeakReader) {
        self.reader = reader
        self.text = text
        self.passages = passages[...]
    }

    /// A passage to be read, or a clause that has been read.
    private enum Item: Sendable {
        /// `terminator` is the end of the clause whose last part this is.
        case passage(Passage, terminator: ClauseTerminator?)
        case clause(ReadClause)
    }

    /// The clauses of the next passages; nil at the end.
    ///
    /// - Throws: what `EspeakNG.clauses` throws.
    mutating func next() async throws -> [ReadClause]? {
        guard !passages.isEmpty else { return nil }
        var items = nextPassages().map { Item.passage($0, terminator: nil) }
        while true {
            let unread = items.compactMap { if case .passage(let passage, _) = $0 { passage } else { nil } }
            if unread.isEmpty { break }
            let texts = unread.map {
                EspeakNG.Passage(
                    text.text($0.range).trimmed, startsAnew: $0.startsAnew, hasMnemonics: hasMnemonics)
            }
            let read = try await reader.espeak.clauses(of: texts, voice: reader.voice)
            items = await asideWhereLong(unread.reduce(0) { $0 + $1.range.count }) { [items, text] in
                Self.replace(items, with: read, of: text)
            }
        }
        return items.compactMap { if case .clause(let clause) = $0 { clause } else { nil } }
    }

    private mutating func nextPassages() -> ArraySlice<Passage> {
        var scalars = 0
        let taken = passages.prefix { passage in
            defer { scalars += passage.range.count }
            return scalars == 0 || scalars + passage.range.count <= reach
        }
        passages = passages[taken.endIndex...]
        reach = min(2 * reach, Self.longestReach)
        return taken
    }

    private static func replace(_ items: [Item], with read: [[Clause]], of text: PreparedText) -> [Item] {
        var result: [Item] = []
        var read = read.makeIterator()
        for item in items {
            guard case .passage(let passage, let terminator) = item else {
                result.append(item)
                continue
            }
            result += Self.items(of: passage, in: text, read: read.next() ?? [], terminator: terminator)
        }
        return result
    }

    private static func items(
        of passage: Passage, in text: PreparedText, read clauses: [Clause], terminator: ClauseTerminator?
    ) -> [Item] {
        var items: [Item] = []
        var start = passage.range.lowerBound
        // The library did not get the white space at the start; it stays with the first clause.
        var skipped = text.scalars[passage.range].prefix { $0.properties.isWhitespace }.count
        for (index, clause) in clauses.enumerated() {
            let isLast = index == clauses.count - 1
            let end =
                isLast
                ? passage.range.upperBound
                : text.place(behind: clause.text.unicodeScalars.count, from: start + skipped)
            let range = start..<max(start, end)
            (start, skipped) = (range.upperBound, 0)
            let itsEnd = isLast ? passage.end : nil
            let itsTerminator = isLast ? terminator ?? Self.terminator(clause.terminator, itsEnd) : clause.terminator
            if EspeakReader.isFull(clause), let halves = text.halves(of: range, end: itsEnd) {
                items.append(.passage(halves.0, terminator: ClauseTerminator()))
                items.append(.passage(halves.1, terminator: itsTerminator))
                continue
            }
            let separator = itsEnd == .word && itsTerminator.symbol == nil ? " " : ""
            items.append(
                .clause(
                    ReadClause(
                        phonemes: clause.phonemes + separator, terminator: itsTerminator, spoken: clause.text,
                        original: text.original(range), passageEnd: itsEnd)))
        }
        return items
    }

    /// At the end of a line a sentence ends; where a passage was cut within a sentence, none does, whatever mark precedes the cut.
    private static func terminator(_ found: ClauseTerminator, _ end: Passage.End?) -> ClauseTerminator {
        if end == .line { return ClauseTerminator(symbol: found.symbol, endsSentence: true) }
        if end == .sentence { return found }
        return found.endsSentence ? ClauseTerminator() : found
    }
}

extension PreparedText {
    /// Two passages instead of `range`, cut near its middle, between words if possible; nil if it is too short.
    fileprivate func halves(of range: Range<Int>, end: Passage.End?) -> (Passage, Passage)? {
        guard range.count > 1 else { return nil }
        let middle = range.lowerBound + range.count / 2
        let reach = range.count / 4
        let near = (0...reach).lazy.flatMap { [middle - $0, middle + $0] }
        let spaces = near.filter { $0 > range.lowerBound && scalars[$0 - 1].properties.isWhitespace }
            .map { (place: $0, seam: Seam(in: scalars, behindSpaceAt: $0)) }
        let space = spaces.min { $0.seam < $1.seam }?.place
        let letter = near.first {
            !scalars[$0].isCombiningMark && scalars[$0] != "\u{200D}" && scalars[$0 - 1] != "\u{200D}"
        }
        guard let place = space ?? letter, range.lowerBound < place, place < range.upperBound else { return nil }
        return (
            Passage(range: range.lowerBound..<place, end: space == nil ? .within : .word, startsAnew: true),
            Passage(range: place..<range.upperBound, end: end ?? .word, startsAnew: true)
        )
    }
}
