import Testing
@testable import SpokenText

/// What holds for every text.
@Suite(.timeLimit(.minutes(5))) struct SpokenPropertyTests {
    private static func texts() throws -> [String] {
        try Fixtures.household().map(\.from) + oddTexts
    }

    private static let oddTexts: [String] = [
        "", " ", "\n\n", "1", "-", "- ", "**", "[[", "]]", "[[a", "<think>", "</think>", "<think>a</think>b",
        "a<think>b", "<thi", "a.</think> b", "a `</think>` b", "<!--", "a <!-- b. c --> d", "<!-- a\nb -->c", "a<scrip",
        "<script src='a'>b. C</script>d", "<STYLE>a</STYLE >b</style>c", "a <!-- b", "`<!--` a `-->`", "<script>a. B",
        "a\u{301}\u{301}",
        "1e\u{300}re e\u{301}tape", "12\u{202F}345\u{A0}€", "« Oui\u{202F}! »", "l’an 2000", "IL EST 18H30",
        "שלום 5 עולם", "مرحبا 12:30",
        String(repeating: "*", count: 300), String(repeating: "[", count: 300) + String(repeating: "](a)", count: 300),
        String(repeating: "<b>", count: 100), String(repeating: "1.", count: 100), String(repeating: "1-", count: 100),
        String(repeating: "9", count: 500), String(repeating: "≥", count: 50), String(repeating: "5≥", count: 50),
        "1/0", "0/0", "99:99", "31/02/2026",
        "👨‍👩‍👧 🇫🇷 ☀️ 1️⃣", "a@b", "@@@", "a@b.fr.", "http://", "https://a", "€", "€€5€€", "5€5€5", "°C", "5°", "5 °", "²",
        "x²²", "^2", "2^", "&", "&amp;amp;",
        "&#0;&#x110000;&#xD800;", "# ", "#", "##5", "|", "||", "|-|", "1. ", "1.", "1) a", "- [x] b", "a\r\nb", "Dr",
        "Dr.", "M.", "M. ", "n°", "p.", "CO", "CO2CO2CO2",
        "1 000 000 000 000 000 000", "0,0", "0,00 €", "1,1,1", "1.1.1.1.1", "+", "+5", "++5", "+33", "07", "00", "1h",
        "25h61", "24h60", "1x", "1x1x1x1",
    ]

    @Test func whatIsSaidStaysAsItIs() throws {
        // What hides markup from the reader shows it when it is read again.
        let texts = try Self.texts().filter { text in !["\\", "](a)", "&", "`<"].contains(where: text.contains) }
        Properties.expectStable(texts) { SpokenText($0, locale: $1).text }
    }

    @Test func noFigureIsLeft() throws {
        for text in try Self.texts() {
            for locale in SpokenLocale.allCases {
                let spoken = SpokenText(text, locale: locale).text
                #expect(!spoken.unicodeScalars.contains { $0.isDigit }, "\(text) → \(spoken)")
            }
        }
    }

    @Test func spansAreInOrderAndCoverBothTexts() throws {
        for text in try Self.texts() {
            for locale in SpokenLocale.allCases.map(Optional.some) + [nil] {
                let spoken = SpokenText(text, locale: locale)
                Properties.expectCover(spoken.spans, from: text, to: spoken.text)
            }
        }
    }

    @Test func aTextCutAnywhereGivesTheSame() throws {
        for text in try Self.texts() where text.unicodeScalars.count < 200 {
            let scalars = Array(text.unicodeScalars)
            let whole = SpokenText(text, locale: .france)
            // A stream is told what a whole text tells by itself.
            let thinks = Thought.isOpen(atStartOf: scalars)
            for cut in 0...scalars.count {
                var stream = SpokenTextStream(locale: .france, beginsInThought: thinks)
                var pieces = stream.append(String(String.UnicodeScalarView(scalars[..<cut])))
                pieces += stream.append(String(String.UnicodeScalarView(scalars[cut...])))
                pieces += stream.finish()
                #expect(SpokenText(joining: pieces) == whole, "\(text) at \(cut)")
            }
            var stream = SpokenTextStream(locale: .france, beginsInThought: thinks)
            var pieces = scalars.flatMap { stream.append(String($0)) }
            pieces += stream.finish()
            #expect(SpokenText(joining: pieces) == whole, "\(text)")
        }
    }

    @Test func itIsNeverMuchLonger() throws {
        for text in try Self.texts() {
            for locale in SpokenLocale.allCases {
                let spoken = SpokenText(text, locale: locale).text
                #expect(spoken.unicodeScalars.count <= 12 * text.unicodeScalars.count + 64, "\(text)")
            }
        }
    }

    @Test(arguments: [
        "7", "1 ", "1.", "1-", "[", "<", "<b>", "**", "*a", "a.", "a@", "(", "&", "\\", "€", "X", "1:", "1/", "| ", " ",
        "\n", "a b", ". ", "1,", "[[", "![", "http://a",
    ])
    func longTextsAreReadInLinearTime(_ piece: String) {
        Properties.expectLinearTime(piece, bytes: 60_000) { _ = SpokenText($0, locale: .france) }
    }

    @Test func spansTellWhereWordsComeFrom() {
        let spoken = SpokenText("Il est 18h30, dit-il.", locale: .france)
        #expect(spoken.text == "Il est dix-huit heures trente, dit-il.")
        #expect(spoken.spans.count == 3 && spoken.spans[1].from == 7..<12 && spoken.spans[1].to == 7..<29)
        #expect(
            spoken.original(of: 10..<12) == 7..<12 && spoken.original(of: 0..<2) == 0..<2
                && spoken.original(of: 31..<34) == 14..<17)
        #expect(spoken.original(of: 3..<3) == 0..<0)
    }
}
