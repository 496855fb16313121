import Testing

@testable import SpokenText

/// The filter may take a place too many, and never one too few.
@Suite(.timeLimit(.minutes(5))) struct LexiconFilterTests {
    /// What tells encodings, capitals, runs and signs apart, or may not.
    private static let parts = [
        "a", "A", "b", "e", "é", "e\u{301}", "É", "c\u{327}", "ç", "k", "K", "\u{212A}", "1", "2", "1\u{301}", "'", "’",
        "-", "‑", "+", "⌘",
        " ", "\u{A0}", "œ", "İ", "[", "]",
    ]

    private static func text(_ count: Int, _ generator: inout SeededGenerator) -> String {
        (0..<count).map { _ in parts.randomElement(using: &generator) ?? "" }.joined()
    }

    @Test(arguments: UInt64(1)...40)
    func itFindsWhatALookAtEachWordFinds(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var entries: [Lexicon.Entry] = []
        while entries.count < 12 {
            var match = Self.text(.random(in: 1...3, using: &generator), &generator)
            if Bool.random(using: &generator) { match += "*" }
            if Bool.random(using: &generator) { match += Self.text(.random(in: 1...2, using: &generator), &generator) }
            let entry = Lexicon.Entry(match: match, say: "x")
            if (try? Lexicon(entries + [entry])) != nil { entries.append(entry) }
        }
        let lexicon = try Lexicon(entries)
        let reader = try #require(LexiconReader(lexicon, language: "fr"))
        var found = 0
        for _ in 0..<300 {
            let scalars = Array(Self.text(30, &generator).unicodeScalars)
            let (words, replacements) = (LexiconWords(scalars), reader.replacements(in: scalars))
            var (index, expected) = (0, [Range<Int>]())
            while index < words.count {
                if let hit = lexicon.rule(at: index, in: words, for: reader) {
                    expected.append(words.start(index)..<words.end(hit.end - 1))
                    index = hit.end
                } else {
                    index += 1
                }
            }
            #expect(
                replacements.map(\.range) == expected,
                "\(String(String.UnicodeScalarView(scalars))) \(entries.map(\.match))")
            found += expected.count
        }
        #expect(found > 0)
    }

    /// Most words of most texts are not looked up.
    @Test func itPassesOverOtherWords() throws {
        let lexicon = try Lexicon([
            .init(match: "Livebox", say: "laïve"), .init(match: "box*", say: "x"), .init(match: "*phone", say: "x"),
        ])
        func places(_ text: String) -> [Int] { lexicon.filter.places(in: Array(text.unicodeScalars)) }
        #expect(places("Le chauffage de la chambre, réglé à 19 °C, est éteint.").isEmpty)
        #expect(places("La livebox, la boxe et 2 iPhone.") == [3, 15, 25])
    }
}
