import SpokenText
import Testing

/// What an entry matches, and what it puts there.
@Suite(.timeLimit(.minutes(5))) struct LexiconTests {
    private typealias Entry = Lexicon.Entry

    private func spoken(
        _ text: String, _ entries: [Lexicon.Entry], language: String? = "fr", locale: SpokenLocale? = .france,
        takesPhonemes: Bool = true
    ) throws -> SpokenText {
        let lexicon = try Lexicon(entries)
        return SpokenText(
            text, locale: locale, lexicon: LexiconReader(lexicon, language: language, takesPhonemes: takesPhonemes))
    }

    @Test(arguments: [
        // Whole words, in any case.
        ("wifi", "ouifi", "Le wifi, le WiFi et le WIFI.", "Le ouifi, le ouifi et le ouifi."),
        ("wifi", "ouifi", "wifis, unwifi, wifi2", "wifis, unwifi, wifi 2"),
        ("Yves", "ive", "L'appel d’Yves", "L'appel d’ive"),
        // Capitals only are for capitals only.
        ("IA", "i a", "L'IA ne ia pas.", "L'i a ne ia pas."),
        ("TER", "té euh erre", "Un TER, ter.", "Un té euh erre, ter."),
        // Several words, whatever the space, the hyphen and the apostrophe.
        (
            "home assistant", "home a-sistante", "Home\u{A0}Assistant, home  assistant",
            "home a-sistante, home a-sistante"
        ),
        ("L'Haÿ-les-Roses", "l'aï lé roz", "À L’Haÿ‑les‑Roses.", "À l'aï lé roz."),
        // One encoding of accents is like the other.
        ("été", "eh té", "L'e\u{301}te\u{301}", "L'eh té"), ("e\u{301}te\u{301}", "eh té", "L'été", "L'eh té"),
        // Signs, and words right behind figures.
        ("⌘", "commande", "⌘ et C", "commande et C"),
        ("kWc", "kilowatts-crête", "5kWc, 6 kWc", "cinq kilowatts-crête, six kilowatts-crête"),
        ("R2D2", "erre deux dé deux", "R2D2 et R2D23", "erre deux dé deux et R2D23"),
        // No part of another word, number, hour or date.
        ("-", "tiret", "Jean-Pierre, -5, 3-0 et - enfin", "Jean-Pierre, moins cinq, trois à zéro et tiret enfin"),
        ("5", "cinque", "5,5, 12:5, 1/5 et 5, 5.", "cinq virgule cinq, 12:5, un cinquième et cinque, cinque."),
        ("M.", "maître", "M.Dupont et M. Dupont", "M.Dupont et maître Dupont"),
        // The rules read what is said, and what lies beside it.
        ("Canal +", "canal 18h30", "Canal + à 7h", "canal dix-huit heures trente à sept heures"),
        // Phonemes among words.
        ("Jarvis", "[[ʒaʁvis]]", "Jarvis a 21 ans.", "[[ʒaʁvis]] a vingt et un ans."),
        // Markup is gone before.
        ("Jarvis", "jarvisse", "**Jarvis** et [Jarvis](https://a.fr)", "jarvisse et jarvisse"),
    ])
    func whatIsMatchedIsSaid(match: String, say: String, text: String, expected: String) throws {
        let result = try spoken(text, [Entry(match: match, say: say)])
        // What the rules make of text that matches nothing is no matter of the lexicon.
        let plain = SpokenText(expected, locale: .france).text
        #expect(result.text == expected || result.text == plain, "\(result.text)")
    }

    @Test(arguments: [
        (
            "jardin*", "jar dain", "Le jardin, les jardins, Jardin2, le jardinier",
            "Le jar dain, les jar dain, jar dain, le jar dain"
        ),
        ("*box", "*boxe", "Livebox et box", "Liveboxe et boxe"), ("h*o", "h-*-o", "Hugo, HO", "h-ug-o, h--o"),
        ("Freebox *-pop", "f *", "Freebox Ultra-pop", nil),
        ("mini *ette", "mini *", "Mini trottinette", "mini trottin"),
    ])
    func aStarStandsForTheRestOfAWord(match: String, say: String, text: String, expected: String?) throws {
        guard let expected else {
            #expect(throws: LexiconError.self) { try Lexicon([Entry(match: match, say: say)]) }
            return
        }
        #expect(try spoken(text, [Entry(match: match, say: say)], locale: nil).text == expected)
    }

    @Test func theLongestMatchCounts() throws {
        let entries = [
            Entry(match: "Saint*", say: "c"), Entry(match: "Saint-Ouen", say: "a"), Entry(match: "Saint", say: "b"),
            Entry(match: "Saint-Ouen l'Aumône", say: "d"),
        ]
        for order in [entries, entries.reversed()] {
            #expect(
                try spoken("Saint-Ouen, Saint Paul, Sainte, Saint-Ouen l'Aumône", order, locale: nil).text
                    == "a, b Paul, c, d")
        }
    }

    @Test func entriesAreForTheirLanguage() throws {
        let entries = [
            Entry(match: "data", say: "all"), Entry(match: "data", say: "french", language: "fr"),
            Entry(match: "data", say: "belgian", language: "fr_BE"),
            Entry(match: "data", say: "british", language: "en-gb"),
        ]
        for (language, word) in [
            ("fr", "french"), ("fr-fr", "french"), ("fr-be", "belgian"), ("fr_BE", "belgian"), ("en-us", "all"),
            ("en-GB", "british"), ("de", "all"), (nil, "all"),
        ] {
            #expect(try spoken("Data", entries, language: language, locale: nil).text == word, "\(language ?? "")")
        }
        // A voice whose country nobody names speaks as in France.
        #expect(
            try spoken("a", [Entry(match: "a", say: "b", language: "fr-FR")], language: "fr", locale: nil).text == "b")
    }

    @Test func phonemesAreForVoicesThatTakeThem() throws {
        let entries = [
            Entry(match: "Jarvis", phonemes: "ʒaʁvis"), Entry(match: "Yves", phonemes: " [[iv]] "),
        ]
        #expect(try spoken("Jarvis, Yves", entries).text == "[[ʒaʁvis]], [[iv]]")
        #expect(try spoken("Jarvis, Yves", entries, takesPhonemes: false).text == "Jarvis, Yves")
    }

    /// Alone, "d'" would be read as a letter.
    @Test(arguments: [
        ("d'Yves", "[[div]]"), ("Qu’Yves dort", "[[kiv]] dort"), ("jusqu'Yves, l'Yves", "[[ʒyskiv]], [[liv]]"),
        ("aujourd'Yves", "aujourd'[[iv]]"), ("l'ami", "l'ami"), ("5'Yves", "5'[[iv]]"), ("'Yves'", "'[[iv]]'"),
        ("d'\nYves", "d'\n[[iv]]"), ("Yves'Yves", "[[iv]]'[[iv]]"),
    ])
    func whatIsElidedIsOneWithPhonemes(_ text: String, _ expected: String) throws {
        let entries = [Entry(match: "Yves", phonemes: "iv")]
        let result = try spoken(text, entries, locale: nil)
        #expect(result.text == expected)
        Self.expectMap(result, of: text)
        // Only French elides.
        #expect(try spoken("d'Yves", entries, language: "en", locale: nil).text == "d'[[iv]]")
        #expect(try spoken("d'Yves", [Entry(match: "Yves", say: "ive")], locale: nil).text == "d'ive")
    }

    /// Nor within phonemes that users write themselves.
    @Test func nothingIsLookedForWithinPhonemes() throws {
        let entries = [Entry(match: "a", say: "b"), Entry(match: "[", say: "crochet")]
        #expect(try spoken("[[a a]] a", entries, locale: nil).text == "[[a a]] b")
    }

    @Test func twoThatStandForEachOtherDoNoHarm() throws {
        let entries = [
            Entry(match: "chat", say: "chien"), Entry(match: "chien", say: "chat"),
            Entry(match: "loup", say: "loup loup"),
        ]
        #expect(
            try spoken("Un chat, un chien, un loup.", entries).text == "Un chien, un chat, un loup loup.")
    }

    @Test func theMapLeadsFromEachWordToWhatWasWritten() throws {
        let text = "**Yves** a 21 ans & Zoé 2 kWc."
        let result = try spoken(text, [Entry(match: "yves", say: "l'ami ive"), Entry(match: "kWc", say: "kilos")])
        #expect(result.text == "l'ami ive a vingt et un ans et Zoé deux kilos.")
        let (written, said) = (Array(text.unicodeScalars), Array(result.text.unicodeScalars))
        func original(_ words: String) -> String {
            let part = Array(words.unicodeScalars)
            guard
                let start = (0...said.count - part.count).first(where: {
                    said[$0..<$0 + part.count].elementsEqual(part)
                })
            else { return "" }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: written[result.original(of: start..<start + part.count)])
            return String(view)
        }
        // A part of what stands for a name is all of the name.
        for part in ["l'ami ive", "l'ami", "ive"] { #expect(original(part) == "**Yves**", "\(original(part))") }
        #expect(original("vingt et un") == "21" && original("kilos") == "kWc" && original("Zoé") == "Zoé")
        Self.expectMap(result, of: text)
    }

    /// Words of the length of what they stand for are a whole all the same, and what lies in front of them keeps its own places.
    @Test func whatStandsForANameIsOneStretch() throws {
        let text = "Le chat Yves dort **bien** ici."
        for (say, locale) in [
            ("ab c", SpokenLocale.france), ("ab cd ef", .france), ("ab c", nil), ("ab cd ef", nil), ("a", nil),
        ] {
            let result = try spoken(text, [Entry(match: "Yves", say: say)], locale: locale)
            Self.expectMap(result, of: text)
            let start = 8
            let words = start..<start + say.unicodeScalars.count
            #expect(result.original(of: words) == 8..<12 && result.original(of: 3..<7) == 3..<7, "\(result)")
        }
    }

    private static func expectMap(_ result: SpokenText, of text: String) {
        var (from, to) = (0, 0)
        for span in result.spans {
            #expect(span.from.lowerBound == from && span.to.lowerBound == to)
            (from, to) = (span.from.upperBound, span.to.upperBound)
        }
        #expect(from == text.unicodeScalars.count && to == result.text.unicodeScalars.count, "\(text)")
    }

    @Test func aStreamGivesTheSameAsTheWholeAtEveryCut() throws {
        let lexicon = try Lexicon([
            Entry(match: "home assistant", say: "homme 2"), Entry(match: "box*", say: "boîte *"),
            Entry(match: "M. Patate", say: "monsieur p"), Entry(match: "⌘", phonemes: "kɔmɑ̃d"),
        ])
        let text =
            "Home Assistant **dit** : M. Patate a 2 boxes 🎉. <think>Home Assistant</think>Box ⌘C ? Home\nassistant & box."
        let reader = LexiconReader(lexicon, language: "fr")
        let whole = SpokenText(text, locale: .france, lexicon: reader)
        Self.expectMap(whole, of: text)
        #expect(
            whole.text.contains("homme deux dit") && whole.text.contains("monsieur p")
                && whole.text.contains("[[kɔmɑ̃d]]"))
        let scalars = Array(text.unicodeScalars)
        for cut in 0...scalars.count {
            var stream = SpokenTextStream(locale: .france, lexicon: reader)
            var pieces: [SpokenText] = []
            for part in [scalars[..<cut], scalars[cut...]] {
                pieces += stream.append(String(String.UnicodeScalarView(part)))
            }
            pieces += stream.finish()
            #expect(pieces.map(\.text).joined() == whole.text, "cut at \(cut)")
        }
    }

    @Test(arguments: [
        (Entry(match: "", say: "a"), "match", "empty"), (Entry(match: " \u{A0} ", say: "a"), "match", "empty"),
        (Entry(match: String(repeating: "a", count: 101), say: "a"), "match", "101 characters; 100"),
        (Entry(match: "a\nb", say: "a"), "match", "line break"),
        (Entry(match: "a\u{85}", say: "a"), "match", "line break"), (Entry(match: "*", say: "a"), "match", "any word"),
        (Entry(match: "a * b", say: "a"), "match", "any word"),
        (Entry(match: "a*b*", say: "a"), "match", "more than one *"),
        (Entry(match: "[[a]]", say: "a"), "match", "block of phonemes"),
        (Entry(match: "🙂", say: "sourire"), "match", "never found"),
        (Entry(match: "`", say: "a"), "match", "never found"),
        (Entry(match: "a"), nil, "neither"), (Entry(match: "a", say: "b", phonemes: "c"), "phonemes", "keep one"),
        (Entry(match: "a", say: " "), "say", "empty"), (Entry(match: "a", say: "b*"), "say", "the match has none"),
        (Entry(match: "a*", say: "*b*"), "say", "more than one *"),
        (Entry(match: "a", say: String(repeating: "a", count: 201)), "say", "201 characters; 200"),
        (Entry(match: "a", say: "[[b"), "say", "without the other"),
        (Entry(match: "a", phonemes: "ZaRvis"), "phonemes", "'Z'"),
        (Entry(match: "a", phonemes: "a]]b"), "phonemes", "']'"),
        (Entry(match: "a", phonemes: "[[ ]]"), "phonemes", "empty"),
        (Entry(match: "a", say: "b", language: "french"), "language", "tag"),
        (Entry(match: "a", say: "b", language: "fr-"), "language", "tag"),
        (Entry(match: "IA", say: "b"), "match", "is the same as that of"),
    ])
    func aWrongEntryIsNamed(entry: Lexicon.Entry, field: String?, reason: String) {
        let error = #expect(throws: LexiconError.self) { try Lexicon([Entry(match: "IA", say: "x"), entry]) }
        #expect(error?.index == 1 && error?.field == field && error?.reason.contains(reason) == true, "\(error as Any)")
    }

    @Test func whatIsCalledTheSameInOtherLettersIsTheSame() throws {
        #expect(throws: LexiconError.self) {
            try Lexicon([Entry(match: "Wi-Fi", say: "a"), Entry(match: "wi‑fi", say: "b")])
        }
        // Small letters match capitals too, but not only.
        #expect(
            try spoken("IA ia", [Entry(match: "ia", say: "a"), Entry(match: "IA", say: "b")], locale: nil).text == "b a"
        )
    }

    @Test func thereIsABoundToWhatItCosts() throws {
        let many = (0...Lexicon.maximumEntries).map { Entry(match: "le mot \($0)", say: "x") }
        #expect(throws: LexiconError.self) { try Lexicon(many) }
        let stars = (0...Lexicon.maximumOpenEntries).map { Entry(match: "*mot\($0)", say: "x") }
        #expect(throws: LexiconError.self) { try Lexicon(stars) }
        let lexicon = try Lexicon(
            many.dropLast(Lexicon.maximumOpenEntries + 1) + stars.dropLast())
        let reader = LexiconReader(lexicon, language: "fr")
        for unit in ["le ", "[[", "*", "a", "le mot ", "[[a]", "'", "\u{301}"] {
            let text = String(repeating: unit, count: 20_000 / unit.unicodeScalars.count)
            let time = Properties.processorTime { _ = SpokenText(text, locale: nil, lexicon: reader) }
            #expect(time < .seconds(10), "\(unit): \(time)")
        }
    }
}
