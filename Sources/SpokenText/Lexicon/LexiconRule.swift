/// An entry of a lexicon, checked and ready to be applied.
struct LexiconRule: Sendable {
    /// Where a rule fits, and what it puts there.
    struct Hit {
        /// The word behind.
        let end: Int
        let text: String
        fileprivate let rule: LexiconRule

        func isBetter(than other: Hit) -> Bool {
            if end != other.end { return end > other.end }
            if rule.pattern.isOpen != other.rule.pattern.isOpen { return !rule.pattern.isOpen }
            if rule.pattern.isExact != other.rule.pattern.isExact { return rule.pattern.isExact }
            if rule.specificity != other.rule.specificity { return rule.specificity > other.rule.specificity }
            return rule.place < other.rule.place
        }
    }

    /// What no two entries may share.
    struct Identity: Hashable {
        let match: String
        let language: LanguageTag?
    }

    let pattern: LexiconPattern
    let language: LanguageTag?
    let isPhonemes: Bool
    /// What is said in front of what the `*` stands for, and behind it; only one where nothing of it is said.
    private let said: [String]
    private let place: Int

    static let maximumLength = 200

    /// - Parameter place: of the entry among all.
    init(_ entry: Lexicon.Entry, place: Int) throws(LexiconFault) {
        self.place = place
        pattern = try LexiconPattern(entry.match)
        switch (entry.say, entry.phonemes) {
        case (let say?, nil):
            let words = try Self.words(say, mayHaveStar: pattern.isOpen)
            try Self.checkLength(of: words, for: pattern)
            (said, isPhonemes) = (words.split(separator: "*", omittingEmptySubsequences: false).map(String.init), false)
        case (nil, let phonemes?):
            let block = try Self.block(phonemes)
            let most = Self.longestReading(of: pattern) - "[[]]".count
            guard block.unicodeScalars.count <= most else {
                throw LexiconFault(
                    "phonemes", "has \(block.unicodeScalars.count) signs; for so short a match \(most) are the most")
            }
            (said, isPhonemes) = (["[[\(block)]]"], true)
        case (nil, nil): throw LexiconFault(nil, "says neither \"say\" nor \"phonemes\"; one of them must be there")
        case (_?, _?): throw LexiconFault("phonemes", "is there besides \"say\"; keep one of them")
        }
        language = try entry.language.map { tag throws(LexiconFault) in
            guard let language = LanguageTag(tag) else {
                throw LexiconFault("language", "is no language; write a tag such as fr, fr-BE or en")
            }
            return language
        }
    }

    /// So that entries make a text at most 24 times as long, even one of single letters: nobody wants to hear an hour of speech for a line.
    /// Figures that come to touch others are the only ones that the rules may then make longer than they were when this was checked.
    private static func longestReading(of pattern: LexiconPattern) -> Int { 12 * (pattern.shortestMatch + 1) }

    /// As long as the rules make it, in whatever country; what a `*` stands for is in the text anyway.
    private static func checkLength(of words: String, for pattern: LexiconPattern) throws(LexiconFault) {
        let most = longestReading(of: pattern)
        let plain = String(words.filter { $0 != "*" })
        guard plain.unicodeScalars.count <= most else {
            throw LexiconFault(
                "say", "has \(plain.unicodeScalars.count) characters; for so short a match \(most) are the most")
        }
        for locale in SpokenLocale.allCases {
            let read = SpokenText(plain, locale: locale).text
            guard read.unicodeScalars.count <= most else {
                throw LexiconFault(
                    "say",
                    "is read as \"\(read)\", which has \(read.unicodeScalars.count) characters; for so short a match \(most) are the most"
                )
            }
        }
    }

    private static func words(_ say: String, mayHaveStar: Bool) throws(LexiconFault) -> String {
        let scalars = say.unicodeScalars.trimmed
        try check(scalars, "say", limit: maximumLength)
        guard scalars.count(where: { $0 == "*" }) <= (mayHaveStar ? 1 : 0) else {
            throw LexiconFault("say", mayHaveStar ? "has more than one *" : "has a *, for which the match has none")
        }
        let text = LexiconWords.string(scalars)
        guard text.contains("[[") == text.contains("]]") else {
            throw LexiconFault("say", "has one of [[ and ]] without the other; phonemes stand between both")
        }
        return text
    }

    private static func block(_ phonemes: String) throws(LexiconFault) -> String {
        var scalars = phonemes.unicodeScalars.trimmed[...]
        if scalars.starts(with: "[[".unicodeScalars), scalars.reversed().starts(with: "]]".unicodeScalars) {
            scalars = scalars.dropFirst(2).dropLast(2).trimmed[...]
        }
        try check(Array(scalars), "phonemes", limit: maximumLength)
        if let strange = scalars.first(where: { !$0.isPhonetic }) {
            throw LexiconFault(
                "phonemes", "has '\(strange)', which is no sign of the International Phonetic Alphabet, as in ʒaʁvis")
        }
        return LexiconWords.string(scalars)
    }

    static func check(_ scalars: [Unicode.Scalar], _ field: String, limit: Int) throws(LexiconFault) {
        guard !scalars.isEmpty, scalars.count <= limit else {
            throw LexiconFault(
                field, scalars.isEmpty ? "is empty" : "has \(scalars.count) characters; \(limit) are the most")
        }
        guard !scalars.contains(where: \.isUnprintable) else {
            throw LexiconFault(field, "has a line break or another control character")
        }
    }

    var identity: Identity { Identity(match: pattern.key, language: language) }

    private var specificity: Int { language.map { $0.region == nil ? 1 : 2 } ?? 0 }

    func hit(at index: Int, in words: LexiconWords) -> Hit? {
        guard let (end, star) = pattern.match(at: index, in: words) else { return nil }
        return Hit(end: end, text: said.joined(separator: star), rule: self)
    }
}

extension Unicode.Scalar {
    /// What neither a person can see in a file nor YAML can hold.
    fileprivate var isUnprintable: Bool {
        if value == 0xFEFF || value & 0xFFFE == 0xFFFE { return true }
        return switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// A letter, mark or pause of the International Phonetic Alphabet as voices know it, with accents apart from their letters.
    fileprivate var isPhonetic: Bool {
        switch value {
        case 0x61...0x7A, 0x30...0x39, 0x20, 0x250...0x2FF, 0x300...0x36F, 0x1C0...0x1C3: true
        case 0xE6, 0xE7, 0xF0, 0xF8, 0x127, 0x14B, 0x153, 0x3B2, 0x3B5, 0x3B8, 0x3C7, 0x1D7B, 0x2C71: true
        default: "!'(),-.:;?\"^$#ᵊᵻ↓↑→↗↘‿|".unicodeScalars.contains(self)
        }
    }
}
