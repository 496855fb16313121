/// What an entry of a lexicon is looked for by.
///
/// It is not a regular expression: with at most one `*`, which ends where its word does, a comparison takes time in proportion to the words
/// compared, whatever anybody writes. A regular expression could take hours for some kilobytes of text.
struct LexiconPattern: Sendable {
    private enum Part: Sendable, Hashable {
        /// A run of letters or figures, a sign, or a space.
        case text(String)
        /// A word of which the beginning and the end are known.
        case open(prefix: String, suffix: String)

        var isOpen: Bool { if case .open = self { true } else { false } }

        var count: Int {
            switch self {
            case .text(let text): text.count
            case .open(let prefix, let suffix): prefix.count + suffix.count
            }
        }
    }

    private let parts: [Part]
    /// Whether it has no letters but capitals, and matches nothing else.
    let isExact: Bool
    let isOpen: Bool
    /// Its words in front of the one with the `*`, or all of them, as they are looked up.
    let closedWords: [String]
    /// The same for two that match the same.
    let key: String
    /// The characters of the shortest text that it matches.
    let shortestMatch: Int

    static let maximumLength = 100

    init(_ match: String) throws(LexiconFault) {
        let scalars = match.unicodeScalars.trimmed
        try LexiconRule.check(scalars, "match", limit: Self.maximumLength)
        guard scalars.count(where: { $0 == "*" }) <= 1 else {
            throw LexiconFault("match", "has more than one *; it may have one, for the letters and figures of one word")
        }
        // An emoji among other words would not be found either, but these may be there without it.
        let others = scalars.filter { $0 != "*" }
        let plain = PlainText(of: others.span, behind: LineStart())
        guard !plain.scalars.isEmpty || scalars == ["*"] else {
            throw LexiconFault(
                "match", "is taken out of texts before, as emoji and marks of markdown are, so that it is never found")
        }
        let words = LexiconWords(scalars)
        guard !(0..<words.count).contains(where: words.isBlock) else {
            throw LexiconFault("match", "has a block of phonemes, in which nothing is looked for")
        }
        let letters = scalars.filter { $0.isLetter && $0.properties.generalCategory != .nonspacingMark }
        isExact = !letters.isEmpty && letters.allSatisfy(\.isUpper)
        parts = try Self.parts(of: words, isExact: isExact)
        isOpen = scalars.contains("*")
        let closed = parts.firstIndex(where: \.isOpen) ?? parts.count
        closedWords = (0..<closed).map(words.compared)
        key = words.text(0..<words.count, isExact: isExact)
        shortestMatch = parts.reduce(0) { $0 + $1.count }
    }

    private static func parts(of words: LexiconWords, isExact: Bool) throws(LexiconFault) -> [Part] {
        var (parts, index) = ([Part](), 0)
        while index < words.count {
            let behind = words.endOfWord(index)
            guard behind < words.count, words.compared(behind) == "*" else {
                parts.append(.text(words.text(index..<index + 1, isExact: isExact)))
                index += 1
                continue
            }
            let end = words.endOfWord(behind + 1)
            guard end > index + 1 else {
                throw LexiconFault(
                    "match", "has a * that stands for any word; put a letter in front of it or behind it")
            }
            parts.append(
                .open(
                    prefix: words.text(index..<behind, isExact: isExact),
                    suffix: words.text(behind + 1..<end, isExact: isExact)))
            index = end
        }
        return parts
    }

    /// The first word, in small letters, where that is the one with the `*`.
    var openWord: LexiconOpenRules.Word? {
        guard case .open(let prefix, let suffix)? = parts.first else { return nil }
        return LexiconOpenRules.Word(prefix: prefix.lowercased(), suffix: suffix.lowercased())
    }

    /// How a match begins, as far as one run of letters or figures, or one sign, tells.
    enum Start {
        /// With this run.
        case run([Unicode.Scalar])
        /// With a run that begins so.
        case beginning([Unicode.Scalar])
        /// With a word that ends so.
        case ending([Unicode.Scalar])
    }

    var start: Start {
        switch parts.first {
        case .open("", let suffix)?: return .ending(LexiconWords(Array(suffix.unicodeScalars)).runs.last ?? [])
        case .open(let prefix, _)?:
            let runs = LexiconWords(Array(prefix.unicodeScalars)).runs
            return runs.count == 1 ? .beginning(runs[0]) : .run(runs.first ?? [])
        case .text(let text)?: return .run(Array(text.unicodeScalars))
        case nil: return .run([])
        }
    }

    /// The word behind it where it matches, and what its `*` stands for there; nil where it does not match.
    func match(at start: Int, in words: LexiconWords) -> (end: Int, star: String)? {
        guard words.isStart(start) else { return nil }
        var (index, star) = (start, "")
        for part in parts {
            guard index < words.count else { return nil }
            switch part {
            case .text(let text):
                guard words.text(index..<index + 1, isExact: isExact) == text else { return nil }
                index += 1
            case .open(let prefix, let suffix):
                let range = index..<words.endOfWord(index)
                let word = words.text(range, isExact: isExact)
                guard !range.isEmpty, word.count >= prefix.count + suffix.count, word.hasPrefix(prefix),
                    word.hasSuffix(suffix)
                else { return nil }
                star = String(words.written(range).dropFirst(prefix.count).dropLast(suffix.count))
                index = range.upperBound
            }
        }
        return words.isEnd(index - 1) ? (index, star) : nil
    }
}

extension Sequence<Unicode.Scalar> {
    /// Without blanks at both ends.
    var trimmed: [Unicode.Scalar] {
        Array(Array(drop(while: \.isBlank)).reversed().drop(while: \.isBlank).reversed())
    }
}
