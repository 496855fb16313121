import EspeakNG
import Testing
@testable import TextToSpeech

/// However long a text is, each of its words makes as many phonemes as in a short one.
@Suite(.timeLimit(.minutes(5))) struct LostWordsTests {
    static let shapes = [
        "987654321\n", "987654321 ", "😀", "😀😁", "😀 ", "👨‍👩‍👧", "🇫🇷 ", "a-", "a ", "x y ", "b-", "bonjour", "bonjour ",
        "BONJOUR ",
        "BCDF", "ABC ", "a/b", "a@b.fr ", "https://example.com/foo?x=1&y=2 ", "bon-", "a_b_", "a1b2", "12 345 ", "好",
        "你好，", "привет ",
        "سلام ", "नमस्ते ", "안녕 ", "こんにちは", "สวัสดี", "שלום ", "s'", "l\u{2019}été ", "\"a\" ", "(a) ", "<b>", "a—b ",
        "e\u{301}", "ﬁ ", "mot, ",
        "mot. ", "mot\n", "1+", "a=b ", "1,2 ", "თბილისი ", "தமிழ் ",
        "+ ", "% ", "€ +  ", "3 + ", "2 x 3 - ",
    ]

    /// The symbols and letters that the voice reads three times at most, or spells out.
    @Test(arguments: [
        ("fr", Self.odd), ("en-us", Self.odd),
        ("fr", ["€ ", "€. ", "½ ", "² ", "~ ", "© ", "+", "%", "&", "€", "½", "²", "±", "÷", "y."]),
        ("en-us", ["# ", "= ", "/ ", "\\ ", "²", "%", "&", "@/"]), ("es", ["§ ", "£ ", "h", "s", "y."]),
        ("it", ["h", "j", "k"]),
    ])
    func noSymbolOrOddLetterIsLostInARow(_ voice: String, _ shapes: [String]) async throws {
        for shape in shapes { try await check(shape, voice, count: 200) }
    }

    private func phonemes(_ text: String, _ voice: String) async throws -> Int {
        try await EspeakReader(espeak: .shared(), voice: voice).clauses(of: text).reduce(0) { sum, clause in
            sum + clause.phonemes.unicodeScalars.count { !" ˈˌː-()".unicodeScalars.contains($0) }
        }
    }

    @Test(arguments: shapes) func noWordIsLostInTwentyThousandCharacters(_ shape: String) async throws {
        try await check(shape, "fr", count: 20_000 / shape.unicodeScalars.count)
    }

    @Test(arguments: shapes) func noWordIsLostInTwoThousandCharactersOfEnglish(_ shape: String) async throws {
        try await check(shape, "en-us", count: 2000 / shape.unicodeScalars.count)
    }

    private func check(_ shape: String, _ voice: String, count: Int) async throws {
        // Of few, where nothing can be lost; the first and the last may be read otherwise than those between.
        let (few, more) = try await (
            phonemes(String(repeating: shape, count: 3), voice), phonemes(String(repeating: shape, count: 6), voice)
        )
        let each = Double(more - few) / 3
        #expect(each > 0, "\(shape.debugDescription)")
        let all = try await phonemes(String(repeating: shape, count: count), voice)
        #expect(
            Double(all) > 0.93 * each * Double(count),
            "\(shape.debugDescription): \(all) and not \(each) × \(count)")
    }

    @Test(arguments: [
        (
            "fr",
            [
                "Le train part à 14:30 du quai numéro 2.", "Le sac coûte 23,50 euros chez M. Martin.",
                "Apportez un porte-monnaie et une copie imprimée du billet.", "Il fera 21,5 degrés demain à midi.",
                "« Il rentre ce soir. »", "Vous êtes sûr ? Évidemment !", "Le chat dort dans son lit.",
            ]
        ),
        (
            "en-us",
            [
                "The train leaves at 14:30 from the second platform.", "It costs 23,500 dollars in all.",
                "Please bring a printed copy of the well-known form.", "Mr. Smith walked all the way home.",
                "He said \"come in now.\"", "Are you sure? Certainly!", "The cat sleeps on the bed.",
            ]
        ),
    ])
    func proseWithoutCommasIsCutBehindSentencesOnly(_ voice: String, _ sentences: [String]) async throws {
        let reader = try EspeakReader(espeak: .shared(), voice: voice)
        // Each start puts the cuts elsewhere.
        for first in sentences.indices {
            let turned = sentences[first...] + sentences[..<first]
            let text = Array(repeating: turned.joined(separator: " "), count: 6).joined(separator: " ")
            let (cut, uncut) = try await (reader.clauses(of: text), reader.clauses(ofUnprepared: text))
            #expect(text.count > 1000 && cut.contains { $0.passageEnd == .sentence })
            #expect(cut.map(\.phonemes) == uncut.map(\.phonemes))
            #expect(cut.map(\.terminator) == uncut.map(\.terminator))
            #expect(cut.map(\.original).joined() == text)
        }
    }

    private static let odd = [
        "@ ", "× ", "÷ ", "± ", "° ", "* ", "& ", "$ ", "a, ", "% .  ", "w", "j", "xz", "w.", "ŵ", "ǰ", "ð", "ß", "ħ",
        "θ", "ŵẃ",
    ]

    @Test(arguments: ["*", "~", "-", "_", "."])
    func rowsOfOrnamentsStayShort(_ shape: String) async throws {
        let (few, many) = try await (
            phonemes(String(repeating: shape, count: 4), "en-us"),
            phonemes(String(repeating: shape, count: 80), "en-us")
        )
        #expect(many <= 4 * max(few, 1), "\(few), then \(many)")
    }

    @Test func aNumberOfThousandsOfDigitsIsReadWhole() async throws {
        // "Neuf" has three.
        let all = try await phonemes(String(repeating: "9", count: 4000), "fr")
        #expect(all >= 3 * 4000, "\(all)")
    }

    @Test func aClauseWithoutAMarkIsSpokenWholeByTheBuiltInVoice() async throws {
        let voice = try EspeakVoice(voiceID: "espeak-fr", espeak: .shared())
        func seconds(_ text: String) async throws -> Double {
            let samples = try await voice.spoken(SynthesisRequest(text: text)).flatMap(\.samples)
            return Double(samples.count { $0 != 0 }) / 22050
        }
        for shape in ["987654321\n", "😀", "a-", "好"] {
            let ten = try await seconds(String(repeating: shape, count: 10))
            let forty = try await seconds(String(repeating: shape, count: 40))
            #expect(forty > 3.2 * ten, "\(shape.debugDescription): \(ten) s for 10, \(forty) s for 40")
        }
    }

    @Test func theBeginningOfALongLineIsKnownBeforeTheRestIsRead() async throws {
        let sentences = (1...100).map { "Voici la phrase numéro \($0) de cet article." }
        let text = sentences.joined(separator: " ")
        var reading = try await EspeakReader(espeak: .shared(), voice: "fr").reading(of: text)
        let first = try #require(try await reading.next())
        #expect(first.map(\.original).joined().count < 300)
        var all = first
        while let next = try await reading.next() { all += next }
        #expect(all.map(\.original).joined() == text && all.count == 100)
    }
}
