import Testing
@testable import SpokenText

/// Texts that nobody would write, at sizes that nobody would send.
@Suite(.timeLimit(.minutes(10))) struct BadInputTests {
    /// What is said is never much longer than the text, its spans cover both, and the time grows with the length only.
    private func expectGoodManners(
        of text: String, locale: SpokenLocale? = .france, sourceLocation: SourceLocation = #_sourceLocation
    ) -> String {
        let spoken = SpokenText(text, locale: locale)
        let (length, said) = (text.unicodeScalars.count, spoken.text.unicodeScalars.count)
        #expect(said <= 12 * length + 64, "\(said) of \(length)", sourceLocation: sourceLocation)
        let end = spoken.spans.last
        #expect(end?.from.upperBound ?? 0 == length && end?.to.upperBound ?? 0 == said, sourceLocation: sourceLocation)
        return spoken.text
    }

    @Test func aMegabyteOfDigits() {
        let said = expectGoodManners(of: String(repeating: "7", count: 1_000_000))
        #expect(said.hasPrefix("sept sept sept") && said.utf8.count == 4_999_999)
        for locale in [SpokenLocale.english, nil] {
            _ = expectGoodManners(of: String(repeating: "7", count: 100_000), locale: locale)
        }
        _ = expectGoodManners(of: String(repeating: "123 456 ", count: 25_000))
        _ = expectGoodManners(of: String(repeating: "0,1.2/3-4:5", count: 10_000))
    }

    @Test(arguments: ["**", "*", "_", "~~", "`", "> ", "[", "![", "- ", "# ", "((", "<b>", "|"])
    func tenThousandNestedMarks(_ mark: String) {
        let closing = ["[": "](a)", "![": "](a)", "((": "))", "<b>": "</b>"][mark] ?? String(mark.reversed())
        let count = 10_000
        // Three of these at the beginning of a line would be a fence, which takes its line along.
        let start = mark == "`" || mark == "~~" ? "Oui " : ""
        let text =
            start + String(repeating: mark, count: count) + "Il est 8h" + String(repeating: closing, count: count)
        let said = expectGoodManners(of: text)
        // A row of signs may hide the hour from its rule, but not the words.
        #expect(said.contains("est"), "\(mark)")
        _ = expectGoodManners(of: String(repeating: mark, count: count) + "Il est 8h")
        _ = expectGoodManners(of: "Il est 8h" + String(repeating: closing, count: count))
    }

    @Test(arguments: [
        ("<b>Il est 8h", "Il est huit heures"), ("Il est 8h</b>", "Il est huit heures"),
        ("<b><i>Il est 8h</b></i>", "Il est huit heures"), ("Il est 8h<", "Il est huit heures<"),
        ("<b Il est 8h", "<b Il est huit heures"), ("<b <i>Il est 8h", "<b Il est huit heures"),
        ("**Il est 8h", "Il est huit heures"), ("Il est 8h**", "Il est huit heures"),
        ("[Il est 8h", "[Il est huit heures"), ("Il est 8h](a)", "Il est huit heures](a)"),
        ("```\nIl est 8h", "\nIl est huit heures"), ("(Il est 8h", "(Il est huit heures"),
        ("« Il est 8h", "« Il est huit heures"), ("&Il est 8h;", "&Il est huit heures;"),
    ])
    func unbalancedMarks(_ text: String, _ spoken: String) {
        #expect(SpokenText(text, locale: .france).text == spoken)
        _ = expectGoodManners(of: String(repeating: text + " ", count: 2_000))
    }

    /// The order of writing is not the order of speech: what is between the words stays there, with the marks of direction.
    @Test func textFromRightToLeft() {
        for (text, spoken) in [
            ("שלום 5 עולם", "שלום cinq עולם"), ("مرحبا 12:30", "مرحبا douze heures trente"),
            ("\u{202B}שלום\u{202C} 8h", "\u{202B}שלום\u{202C} huit heures"),
            ("\u{200F}5 °C", "\u{200F}cinq degrés Celsius"),
        ] {
            #expect(SpokenText(text, locale: .france).text == spoken)
        }
        _ = expectGoodManners(of: String(repeating: "שלום 5 \u{202B}עולם\u{202C} ", count: 10_000))
    }

    /// The same letters composed and decomposed, and the spaces and apostrophes of typography, are read alike.
    @Test(arguments: [
        ("1e\u{300}re", "première"), ("3e\u{300}me e\u{301}tage", "troisième e\u{301}tage"),
        ("XXIe sie\u{300}cle", "vingt et unième sie\u{300}cle"), ("Te\u{301}l. : 15", "téléphone : quinze"),
        ("1e\u{301}", "un e\u{301}"),
        ("12\u{A0}€", "douze euros"), ("12\u{202F}€", "douze euros"), ("12\u{2009}€", "douze euros"),
        ("12\u{202F}345,50\u{A0}€", "douze mille trois cent quarante-cinq euros cinquante"),
        ("18\u{A0}h\u{202F}30", "dix-huit heures trente"), ("5\u{202F}%", "cinq pour cent"),
        ("M.\u{A0}Dupont", "monsieur\u{A0}Dupont"), ("n°\u{A0}5", "numéro\u{A0}cinq"),
        ("« 8h\u{202F}»", "« huit heures\u{202F}»"),
        ("l\u{2019}an 2000", "l\u{2019}an deux mille"), ("l'an 2000", "l'an deux mille"),
        ("1\u{2019}250 CHF", "mille deux cent cinquante francs suisses"),
    ])
    func otherWaysToWriteTheSame(_ text: String, _ spoken: String) {
        #expect(SpokenText(text, locale: .france).text == spoken)
    }

    @Test(arguments: [
        ("IL EST 18H30.", "il est dix-huit heures trente."),
        ("LE TRAIN DE 8H EST EN RETARD", "le train de huit heures est en retard"),
        ("IL FAIT -5 °C", "il fait moins cinq degrés Celsius"), ("ÇA COÛTE 12,50 €", "ça coûte douze euros cinquante"),
        ("ATTENTION A LA MARCHE", "ATTENTION A LA MARCHE"), ("MERCI DE VOTRE AIDE", "MERCI DE VOTRE AIDE"),
        ("VIVE LA VIE CIVIL MIX", "VIVE LA VIE CIVIL MIX"), ("JE VOUS AI DIT NON", "JE VOUS AI DIT NON"),
    ])
    func allCapitals(_ text: String, _ spoken: String) {
        #expect(SpokenText(text, locale: .france).text == spoken)
    }

    /// Four times the text takes about four times as long; where anything were looked at again and again, it would be sixteen.
    @Test(arguments: [
        "7", "1 ", "[", "<b>", "**", "*a", "(a. ", "A.B.", "&", "| ", "\n", "a b", "[[", "<think>", "שלום 5 ",
        "e\u{301}", "12\u{202F}",
        "L’", "XIV ", "06 ", "1 000 ", "c. à ", "<!--", "<script>",
    ])
    func timeGrowsWithTheLength(_ piece: String) {
        func time(_ length: Int) -> Duration {
            let text = String(repeating: piece, count: length / piece.utf8.count)
            return (0..<2).map { _ in Properties.processorTime { _ = SpokenText(text, locale: .france) } }.min()
                ?? .zero
        }
        let (short, long) = (time(5_000), time(20_000))
        #expect(long < short * 8 + .milliseconds(100), "\(piece): \(short), \(long)")
    }

    /// A stream that comes in many small pieces is no slower than one that comes in few.
    @Test(arguments: ["7", "a b", "<think>", "[", "(a. "])
    func aStreamTakesTimeForItsLengthOnly(_ piece: String) {
        func time(_ length: Int) -> Duration {
            let piece = String(repeating: piece, count: 10)
            return (0..<2).map { _ in
                Properties.processorTime {
                    var stream = SpokenTextStream(locale: .france)
                    for _ in 0..<length { _ = stream.append(piece) }
                    _ = stream.finish()
                }
            }.min() ?? .zero
        }
        let (short, long) = (time(250), time(1_000))
        #expect(long < short * 8 + .milliseconds(100), "\(piece): \(short), \(long)")
    }
}
