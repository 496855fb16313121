import SpokenText
import Testing

/// How much longer a lexicon may make a text.
@Suite(.timeLimit(.minutes(5))) struct LexiconBoundTests {
    private typealias Entry = Lexicon.Entry

    private static let letters = "abcdefghijklmnopqrstuvwxyzéèàç".map(String.init)
    private static let signs = [
        "⌘", "+", "=", "/", "-", "€", "%", "&", "@", "#", ".", ",", ":", "!", "?", "(", "[", "'",
    ]
    private static let words = [
        "le", "la", "de", "heures", "il est", "M.", "°C", "km/h", "18", "h30", "chat", "and", "the",
    ]

    /// As many of `piece` as an entry may say, for each letter, each sign and some words.
    private static func nasty(_ piece: String, phonemes: Bool = false) -> [Lexicon.Entry] {
        func entry(_ match: String, _ count: Int) -> Entry {
            let text = String(repeating: piece, count: count)
            return phonemes ? Entry(match: match, phonemes: text) : Entry(match: match, say: text)
        }
        func isTaken(_ entry: Entry) -> Bool { (try? Lexicon([entry])) != nil }
        let most = (1...6).map { length in
            let match = String(repeating: "x", count: length)
            return (1...100).last { isTaken(entry(match, $0)) } ?? 1
        }
        return (letters + signs + words).map { entry($0, most[$0.count - 1]) }.filter(isTaken)
    }

    private static let lexicons: [(name: String, entries: [Lexicon.Entry])] = [
        ("letters", nasty("e")), ("words", nasty("un ")), ("figures", nasty("9")), ("rows", nasty("97 ")),
        ("signs", nasty("≥")), ("euros", nasty("9 € ")), ("hours", nasty("18h30 ")),
        ("phonemes", nasty("a", phonemes: true)),
        ("blocks", nasty("[[a]] 8 ")), ("commas", nasty("7,7;")), ("paths", nasty("a/b.c@d ")),
        (
            "patterns",
            letters.map { Entry(match: "\($0)*", say: "88*") }
                + letters.map { Entry(match: "*\($0)", say: "* 9") }
        ),
    ]

    private static func texts() throws -> [String] {
        var random = SeededGenerator(seed: 4)
        let pieces = letters + signs + words + [" ", " ", " ", "9", "18h30", "≥", "\n", "**", "[[a]]", "1/2"]
        let odd = (0..<120).map { _ in
            (0..<Int.random(in: 1...60, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined()
        }
        let rows = (letters.prefix(3) + signs).flatMap {
            [String(repeating: $0, count: 100), String(repeating: $0 + " ", count: 100)]
        }
        let household = try Fixtures.household().map(\.from)
        return stride(from: 0, to: household.count, by: 5).map { household[$0] } + odd + rows
    }

    @Test(arguments: lexicons.indices) func aTextIsNeverMoreThan48TimesAsLong(_ index: Int) throws {
        let (name, entries) = Self.lexicons[index]
        #expect(entries.count > 40)
        let lexicon = try Lexicon(entries)
        let texts = try Self.texts()
        var isLonger = false
        for locale in [SpokenLocale.france, .belgium, .english, nil] {
            let reader = LexiconReader(lexicon, language: locale == .english ? "en" : "fr")
            for text in texts {
                let length = text.unicodeScalars.count
                let spoken = SpokenText(text, locale: locale, lexicon: reader).text.unicodeScalars.count
                #expect(spoken <= 48 * length + 64, "\(name): \(spoken) of \(length), \(text)")
                if spoken > 12 * length + 64 { isLonger = true }
            }
        }
        #expect(isLonger || ["figures", "rows", "patterns"].contains(name), "\(name) proves nothing")
    }

    /// What people write fits.
    @Test(arguments: [
        ("IA", "intelligence artificielle"), ("UE", "Union européenne"),
        ("SNCF", "Société nationale des chemins de fer français"),
        ("PMI", "protection maternelle et infantile"), ("Canal +", "canal 18h30"), ("⌘", "commande"), ("M6", "M 6"),
        ("*box", "la boîte qui s'appelle *boxe"), ("x", "par"),
    ])
    func ordinaryEntriesFit(_ match: String, _ say: String) throws {
        #expect(try Lexicon([Entry(match: match, say: say)]).entries.count == 1)
    }

    @Test(arguments: [
        (
            Entry(match: "a", say: String(repeating: "b", count: 25)), "say",
            "has 25 characters; for so short a match 24"
        ),
        (Entry(match: "a*", say: "*" + String(repeating: "b", count: 25)), "say", "has 25 characters"),
        (Entry(match: "IA", say: "18h30 18h30"), "say", "characters; for so short a match 36 are the most"),
        (Entry(match: "a    b", say: String(repeating: "c", count: 49)), "say", "a match 48"),
        (Entry(match: "e\u{301}", say: String(repeating: "c", count: 25)), "say", "a match 24"),
        (
            Entry(match: "a", phonemes: String(repeating: "e", count: 21)), "phonemes",
            "has 21 signs; for so short a match 20"
        ),
    ])
    func whatIsTooLongForItsMatchIsNamed(entry: Lexicon.Entry, field: String, reason: String) {
        let error = #expect(throws: LexiconError.self) { try Lexicon([entry]) }
        #expect(error?.field == field && error?.reason.contains(reason) == true, "\(error as Any)")
    }
}
