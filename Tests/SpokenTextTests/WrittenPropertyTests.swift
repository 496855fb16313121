import Testing
@testable import SpokenText

/// What holds for every transcript.
@Suite(.timeLimit(.minutes(5))) struct WrittenPropertyTests {
    private static func texts() throws -> [String] {
        try (Fixtures.transcripts() + Fixtures.household()).flatMap { [$0.from, $0.to] } + oddTexts
    }

    private static let oddTexts: [String] = [
        "", " ", "\n\n", "-", "et", "virgule", "vingt et", "vingt-", "vingt et un et", "moins",
        "moins moins cinq degrés",
        "zéro", "zéro zéro", "zéro six", "mille mille", "cent cents", "millions", "cents", "vingts",
        "un million million",
        "deux virgule", "virgule cinq", "trois virgule virgule", "heures", "huit heures moins", "huit heures et",
        "midi moins", "minuit et", "premier", "unième", "vingt et unième", "pour cent", "cent pour cent pour cent",
        "plus trente-trois", "plus trente-trois six", "dix euros et", "dix euros et vingt", "un mètre", "half past",
        "quarter to", "a quarter", "a", "a a hundred", "six p.", "six p.m", "oh oh", "point five", "two point",
        "twenty-",
        "a hundred and", "January", "January first,", "minus", "and a half", "five and a", "o'clock", "six o'",
        "999999999999999999 degrés", "999 999 999 999 999 999 999 euros", "007 euros", "0 0 0", "1,2,3 euros",
        "12:30 degrés", "3.5.1 kilos", "5€5€5", "5 €€", "°C", "20%%", "e\u{301}\u{301}", "zéro\u{301}", "𝟙 degrés",
        "vingt\net un degrés", "vingt  et  un  degrés", "vingt\tdegrés", "👨‍👩‍👧 vingt degrés 🇫🇷", "שלום vingt degrés",
        "neuf cent quatre-vingt-dix-neuf billions neuf cent quatre-vingt-dix-neuf milliards neuf cents millions",
    ]

    @Test func whatIsWrittenStaysAsItIs() throws {
        Properties.expectStable(try Self.texts()) { WrittenText($0, locale: $1).text }
    }

    @Test func spansAreInOrderAndCoverBothTexts() throws {
        for text in try Self.texts() {
            for locale in SpokenLocale.allCases {
                let written = WrittenText(text, locale: locale)
                Properties.expectCover(written.spans, from: text, to: written.text)
            }
        }
    }

    @Test func whatHasNoNumberIsNotTouched() throws {
        let free = try Fixtures.household().map(\.to).filter { text in
            !text.lowercased().split { !$0.isLetter }.contains { word in
                FrenchNumeralReader.numberWords[WordKey(String(word))] != nil
                    || EnglishNumeralReader.numberWords[WordKey(String(word))] != nil
                    || ["half", "quarter"].contains(word)
            }
        }
        #expect(free.count > 50)
        for text in free {
            for locale in SpokenLocale.allCases { #expect(WrittenText(text, locale: locale).text == text) }
        }
    }

    @Test func itIsNeverMuchLonger() throws {
        for text in try Self.texts() {
            for locale in SpokenLocale.allCases {
                let written = WrittenText(text, locale: locale).text
                #expect(written.unicodeScalars.count <= text.unicodeScalars.count + 64, "\(text)")
            }
        }
        // Each sign behind a figure gets a space.
        let signs = WrittenText(String(repeating: "5% ", count: 1000), locale: .france).text
        #expect(signs.unicodeScalars.count == 4000)
    }

    @Test(arguments: ["en", "fr"]) func manyWordsOfNumbersInAnyOrderDoNoHarm(_ tag: String) throws {
        let words =
            tag == "fr"
            ? """
            zéro un une deux quatre neuf dix onze seize vingt vingts trente soixante quatre-vingt septante cent cents mille million \
            millions milliard et virgule moins plus midi minuit demi demie quart le heures heure minutes degrés euros centimes pour \
            cent mètres kilos mil fois puissance fin Charles Paris appelle minutes premier troisième unième siècle janvier mardi chapitre km h A les à ou entre de point 5 18h30 12,5 % € . , - ' \u{A0}
            """.split(separator: " ")
            : """
            zero one two nine ten twelve twenty thirty hundred thousand million and a half quarter past to point oh minus first \
            second third twentieth hours minutes over times p.m. of January may pm p.m. o'clock degrees dollars cents pounds percent per hour miles kilometers chapter noon plus Monday the at \
            in between or 5 12.5 % $ . , - '
            """.split(separator: " ")
        let locale = try #require(SpokenLocale(tag))
        var random = SeededGenerator(seed: 11)
        for _ in 0..<4000 {
            let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                words.randomElement(using: &random).map(String.init) ?? ""
            }.joined(separator: " ")
            let written = WrittenText(text, locale: locale)
            #expect(written.text.unicodeScalars.count <= text.unicodeScalars.count + 64, "\(text)")
            #expect(WrittenText(written.text, locale: locale).text == written.text, "\(text)")
        }
    }

    @Test(arguments: [
        "mille ", "zéro ", "zéro six ", "vingt ", "quatre ", "quatre-vingt ", "un million ", "cent mille ", "et ",
        "deux et ",
        "huit heures ", "moins ", "moins cinq ", "midi ", "un, deux, ", "dix ou ", "deux à ", "virgule ", "1 000 ",
        "1,",
        "five ", "twenty ", "a hundred ", "one, two, ", "six p.m. ", "half past ", "twenty twenty ", "5 ", "degrés ",
        "onze cents et ", "cinq, dix, ", "dix et ", "cent et ", "mil neuf cent ", "one hour one ", "five and ",
        "half a ",
        "pour cent ", "dix degrés dix minutes ", "appelle le trente dix ",
        "vingt degrés ", "angle de dix degrés ", "e\u{301}", "deuxième et ", "mardi trois et ", "page deux à ",
        "une heure à ", "trois heures trois ", "zéro six. ",
        "dix A ", "dix pour cent vingt ", "at ten or ", "from ten to ", "minus five to ", "the third to ",
    ])
    func longTextsAreReadInLinearTime(_ piece: String) {
        let bytes = ["mille ", "zéro "].contains(piece) ? 1_000_000 : 200_000
        for locale in [SpokenLocale.france, .english] {
            Properties.expectLinearTime(piece, bytes: bytes) { _ = WrittenText($0, locale: locale) }
        }
    }
}

/// Always the same numbers.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
