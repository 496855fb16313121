/// How a clause ended.
public struct ClauseTerminator: Sendable, Hashable {
    /// One of `. ? ! , : ;`, nil if the break has no symbol of its own.
    public var symbol: Character?
    /// Whether what follows begins a new sentence.
    public var endsSentence: Bool

    /// By default a break without a symbol, within a sentence.
    public init(symbol: Character? = nil, endsSentence: Bool = false) {
        self.symbol = symbol
        self.endsSentence = endsSentence
    }
}

extension ClauseTerminator {
    /// Finds out how the library ended a clause, from the text that it consumed.
    ///
    /// Versions after 1.52 report this themselves; Debian 12 has 1.51, which does not. The rules follow the
    /// library's clause reader and its punctuation tables.
    ///
    /// - Parameters:
    ///   - body: the text that the clause consumed, without the look-ahead character.
    ///   - isLast: whether the text ended with it.
    public init(recoveredFrom body: String, isLast: Bool) {
        var scalars = Array(body.unicodeScalars)
        var newlines = 0
        while let last = scalars.last, last.isClauseSpace {
            if last == "\n" { newlines += 1 }
            scalars.removeLast()
        }
        // An empty line ends a sentence whatever precedes it, and takes its symbol.
        guard newlines < 2 else {
            self.init(endsSentence: true)
            return
        }
        let run = scalars.suffix(while: { Self.punctuation.contains($0) })
        // In a clause without a letter or digit the library heeds the mark only if the line ends with it.
        guard newlines == 1 || scalars.contains(where: \.isLetterOrDigit), let first = run.first else {
            self.init(endsSentence: isLast)
            return
        }
        if first == "…" || run.starts(with: "...".unicodeScalars) {
            self.init()
        } else {
            self.init(firstOfRun: first)
        }
    }

    private init(firstOfRun first: Unicode.Scalar) {
        switch first {
        case ".", "?", "!": self.init(symbol: Character(first), endsSentence: true)
        case ",", ":", ";": self.init(symbol: Character(first))
        case "–", "—": self.init(symbol: ";")
        case "。", "．", "！", "？": self.init(endsSentence: true)
        default: self.init()
        }
    }

    private static let punctuation = Set(".?!,:;–—…。．！？、，：；¿¡".unicodeScalars)
}

extension Unicode.Scalar {
    /// White space as the library sees it: no-break spaces are not.
    fileprivate var isClauseSpace: Bool {
        properties.isWhitespace && self != "\u{A0}" && self != "\u{2007}" && self != "\u{202F}"
    }

    fileprivate var isLetterOrDigit: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            true
        default: false
        }
    }
}

extension Array {
    /// The longest suffix whose elements all satisfy `predicate`.
    fileprivate func suffix(while predicate: (Element) -> Bool) -> ArraySlice<Element> {
        var start = endIndex
        while start > startIndex, predicate(self[start - 1]) { start -= 1 }
        return self[start...]
    }
}
