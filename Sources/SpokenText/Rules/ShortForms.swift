/// Abbreviations.
enum ShortForms {
    /// "av. J.-C.", "J.-C.", "52 av. JC", "av J-C".
    static let beforeChrist = Rule(at: "aJ", of: 1...3, before: [.stop, .space], in: .french) { context, index in
        let text = context.text
        if text.isWord(index, "J"), text.isMark(index + 1, "."), let end = endOfChrist(text, index) {
            // "J.-C. Van Damme" is another one.
            let next = text.isMark(end, ".") ? end + 1 : end
            guard context.isDash(index + 2), !text.isSpace(next) || !text.isCapitalised(next + 1) else { return nil }
            return Reading(end: next, words: "Jésus-Christ")
        }
        let isBefore = text.isWord(index, "av")
        guard isBefore || text.isWord(index, "apr") || text.isWord(index, "ap") else { return nil }
        let next = text.behindSpace(text.isMark(index + 1, ".") ? index + 2 : index + 1)
        // "av. n. è."
        if next > index + 1, text.isWord(next, "n"), text.isMark(next + 1, "."),
            text.isWord(text.behindSpace(next + 2), "è"), text.isMark(text.behindSpace(next + 2) + 1, ".")
        {
            let end = text.behindSpace(next + 2) + 1
            return Reading(
                end: context.endOfShortForm(end), words: isBefore ? "avant notre ère" : "après notre ère")
        }
        guard next > index + 1, let end = endOfChrist(text, next) else { return nil }
        // "av. J.-C. Les Gaulois": an article with a capital letter begins a sentence.
        let isLast =
            text.isMark(end, ".")
            && (text.isSpace(end + 1) && text.isWord(end + 2, in: sentenceBeginnings)
                || text.isWord(end - 1, "JC") || !context.isDash(end - 2) && context.endsSentence(end))
        return Reading(
            end: text.isMark(end, ".") && !isLast ? end + 1 : end,
            words: isBefore ? "avant Jésus-Christ" : "après Jésus-Christ")
    }

    /// Where "J.-C", "J.C", "J-C" or "JC" ends that begins at a place.
    private static func endOfChrist(_ text: TokenizedText, _ index: Int) -> Int? {
        if text.isWord(index, "JC") { return index + 1 }
        guard text.isWord(index, "J") else { return nil }
        let mark = text.isMark(index + 1, ".") ? index + 2 : index + 1
        let letter = text.isDash(mark) ? mark + 1 : mark
        return letter > index + 1 && text.isWord(letter, "C") ? letter + 1 : nil
    }

    static let sentenceBeginnings: WordSet = [
        "Le", "La", "Les", "L", "Un", "Une", "Des", "Il", "Elle", "Ils", "Elles", "On", "Ce", "Cette", "Ces", "C", "En",
        "Puis", "Après", "Dans", "Son", "Sa", "Ses",
    ]

    /// "M. Dupont", "Mme Martin", "St-Denis".
    static let title = Rule(at: initialsOfTitles, of: 1...5, isOfShortForms: true) { context, index in
        let text = context.text
        guard text.isCapitalised(index), let title = text.entry(index, in: context.abbreviations.titles),
            !text.isMark(index - 1, ".'’-") || isWithin(index, title.full, in: context)
        else { return nil }
        let hasStop = text.isMark(index + 1, ".")
        // "M et Mme Martin"
        let isOfPair =
            context.isFrench && text.isSpace(index + 1) && text.isWord(index, "M") && text.isWord(index + 4, "Mme")
            && (text.isWord(index + 2, "et") || text.isMark(index + 2, "&"))
        guard hasStop || isOfPair || !title.needsStop else { return nil }
        // "J. M. Le Clézio", "Mlle M. Dupont"
        if title.needsStop, text.length(index) == 1, isInitial(index, in: context) || isSize(index, in: context) {
            return nil
        }
        if isOfPair { return Reading(end: index + 1, words: title.full) }
        var next = hasStop ? index + 2 : index + 1
        if context.isFrench, text.isMark(text.behindSpace(next), "/"),
            let pair = pair(of: title.full, slash: text.behindSpace(next), in: context)
        {
            return pair
        }
        if text.isDash(next), title.full.hasPrefix("saint") || title.full == "saint" {
            guard text.isCapitalised(next + 1) else { return nil }
            return Reading(end: index + (hasStop ? 2 : 1), words: title.full.capitalisedFirst)
        }
        // "M.Dupont"
        if hasStop, context.isFrench, text.length(index) < 4, text.isBorder(index - 1), text.isCapitalised(next),
            text.length(next) > 3, !text.isAllCapitals(next), !text.isMark(next + 1, ".@/") || text.isBorder(next + 2)
        {
            return Reading(end: next, words: title.full + " ")
        }
        guard text.isSpace(next) else { return nil }
        let end = next
        next += 1
        // "Me voici" is a pronoun; a name has a capital letter, and so has a further title.
        func isJoined() -> Bool {
            text.isWord(next, "le la l") || text.isWord(next, "les") && title.full == "messieurs"
                || text.length(index) < 3 && isParticle(next, in: context)
                || text.isCapitalised(next + 2)
                    && (text.isMark(next, "&") || text.word(next) == context.words.and)
        }
        guard
            text.isCapitalised(next)
                || (hasStop ? isJoined() : text.isWord(next) && title.full == "madame")
        else { return nil }
        // The master of a court of law.
        if context.isFrench, text.isWord(index, "Me") {
            guard text.isSpace(index - 1), !text.isWord(index - 2, inAnyCase: pronouns) else {
                return nil
            }
        }
        return Reading(end: end, words: title.full)
    }

    /// With what titles begin.
    private static let initialsOfTitles = String(
        String.UnicodeScalarView(
            [Abbreviations.french, .english].flatMap(\.titles.words).compactMap(\.unicodeScalars.first)))

    /// "M./Mme Dupont", "Mme / M.".
    private static func pair(of title: String, slash: Int, in context: RuleContext) -> Reading? {
        let text = context.text
        let other = text.behindSpace(slash + 1)
        guard text.isSpace(slash - 1) == text.isSpace(slash + 1), text.isCapitalised(other),
            let (full, needsStop) = text.entry(other, in: context.abbreviations.titles), full.hasPrefix("m"),
            title.hasPrefix("m")
        else { return nil }
        let hasStop = text.isMark(other + 1, ".")
        guard hasStop || !needsStop, !text.isMark(other + 1, "/") else { return nil }
        return Reading(end: hasStop ? other + 2 : other + 1, words: title + " ou " + full)
    }

    /// Whether an initial, or a title, stands before a letter.
    private static func isInitial(_ index: Int, in context: RuleContext) -> Bool {
        let text = context.text
        guard text.isSpace(index - 1) else { return false }
        let word = text.isMark(index - 2, ".") ? index - 3 : index - 2
        if text.isWord(word, inAnyCase: fullTitles) { return true }
        guard text.isCapitalised(word), !text.isMark(word - 1, "'’-") else { return false }
        // "Robert M. Pirsig"
        if word == index - 2, text.isWord(word, in: GivenNames.beforeInitials) { return true }
        return text.length(word) == 1 ? word == index - 3 : text.entry(word, in: context.abbreviations.titles) != nil
    }

    /// "Paris-St-Lazare".
    private static func isWithin(_ index: Int, _ title: String, in context: RuleContext) -> Bool {
        title.hasPrefix("saint") && context.text.isDash(index - 1) && context.text.isCapitalised(index - 2)
            && context.text.isDash(index + 1)
    }

    /// In front of "Me" with a capital letter, as in titles of songs, they tell that it is a pronoun.
    private static let pronouns: WordSet = [
        "je", "tu", "il", "elle", "on", "ne", "qui", "vous", "ils", "elles", "ça",
    ]

    /// "T° : 20 °C".
    static let temperature = Rule(at: "T", of: 1...1, before: .otherMark, in: .french) { context, index in
        let text = context.text
        // "T°C max 31"
        let end = text.isWord(index + 2, "C") ? index + 3 : index + 2
        guard text.length(index) == 1, text.isMark(index + 1, "°"),
            text.isBorder(end) || text.isMark(end, ":"),
            text.isBorder(index - 1)
        else { return nil }
        return Reading(end: end, words: "température")
    }

    /// "n° 5", "p. 12".
    static let numbered = Rule(of: 1...6, before: [.stop, .space, .otherMark], isOfShortForms: true) {
        context, index in
        let text = context.text
        let isNumero = text.isWord(index, "no") || text.isWord(index, "No")
        guard text.isMark(index + 1, ".°º") || isNumero && text.isDigits(index + 2) else { return nil }
        if text.isMark(index + 1, "°º"), text.isWord(index, inAnyCase: "n nos ns") {
            let isPlural = text.length(index) > 1 || text.isWord(index + 2, "s")
            let end = text.isWord(index + 2, "s") ? index + 3 : index + 2
            let next = text.behindSpace(end)
            // "| N° | Nom |"
            let isHeading =
                text.isWord(index, "N") && text.isBorder(index - 1) && !text.isDigits(index - 2)
                && (text.isMark(end, ",") || next == end && text.isBorder(end))
            guard text.isDigits(next) || text.isCapitalised(next) || next > end && text.isWord(next) || isHeading else {
                return nil
            }
            return say(context.words.number, isPlural: isPlural, upTo: end, in: context)
        }
        let short = context.abbreviations.beforeNumber
        guard
            let full = text.entry(index, in: short)
                ?? (text.isCapitalised(index) ? text.entry(index, inAnyCase: short) : nil)
        else { return nil }
        let hasStop = text.isMark(index + 1, ".")
        let end = hasStop ? index + 2 : index + 1
        // "Chap. IV", "vol. II"
        if context.isFrench, hasStop, text.isSpace(end), text.isCapitalised(end + 1),
            text.isBorder(index - 1) || text.isMark(index - 1, "(«"),
            text.isWord(index, inAnyCase: "chap ch vol t art fig liv"),
            let value = Numerals.value(of: end + 1, in: text), !text.isDigits(end + 2), !text.isDigits(index - 2),
            !text.isMark(end + 2, ".") || !text.isDigits(text.behindSpace(end + 3))
        {
            context.say(full)
            context.say(" ")
            context.say(value)
            return Reading(end: end + 2)
        }
        // "Art. L. 121-1"
        if context.isFrench, hasStop, text.isWord(index, inAnyCase: "art"), text.isSpace(end),
            text.length(end + 1) == 1, text.isCapitalised(end + 1),
            text.isMark(end + 2, ".") || text.isDigits(end + 2)
        {
            return Reading(end: end, words: full)
        }
        // "ch. 3" may be a room.
        guard hasStop || isNumero, text.isDigits(text.behindSpace(end)),
            !text.isWord(index, inAnyCase: "ch") || !context.isFrench,
            text.isBorder(index - 1) || text.isMark(index - 1, "(«'’")
                || text.isMark(index - 1, "/") && text.isWord(index, inAnyCase: "th")
        else { return nil }
        // "il fait 3 min. 20": a unit.
        if text.isDigits(index - 1)
            || text.isSpace(index - 1) && text.isDigits(index - 2)
                && !(text.isWord(index, inAnyCase: "p pp al art no")
                    && context.number(text.behindSpace(end)).map({ context.unit(behind: $0.end) == nil }) == true)
        {
            return nil
        }
        // "dép. 10:05", "dép. 8 h 12"
        if text.isWord(index, inAnyCase: "dép"), context.isHour(at: text.behindSpace(end)) {
            return say("départ", upTo: end, in: context)
        }
        if text.isWord(index, inAnyCase: "ép"), let number = context.number(text.behindSpace(end)),
            let unit = context.unit(behind: number.end)
        {
            // "ép. 18 mm"
            guard context.singular(of: unit).hasSuffix("mètre") else { return nil }
            return say("épaisseur", upTo: end, in: context)
        }
        // "liv. 48h", "Liv. 3-5 jours" of a shop, where "liv. 3" is a book.
        if text.isWord(index, inAnyCase: "liv") {
            let first = text.behindSpace(end)
            let last = text.isDash(first + 1) && text.isDigits(first + 2) ? first + 3 : first + 1
            if text.isWord(text.behindSpace(last), inAnyCase: "h heures j jours jour") {
                return say("livraison", upTo: end, in: context)
            }
        }
        // "P. 40 cm" of furniture
        if text.isWord(index, "P"), let number = context.number(text.behindSpace(end)),
            context.isLength(behind: number.end)
        {
            return say("profondeur", upTo: end, in: context)
        }
        // "p. 12-15" are several.
        let isRange =
            text.isWord(index, inAnyCase: "p") && text.isDash(text.behindSpace(end) + 1)
            && text.isDigits(text.behindSpace(end) + 2)
        return say(full, isPlural: isRange, upTo: end, in: context)
    }

    /// With a space in front of figures that are joined to the short form.
    private static func say(
        _ words: String, isPlural: Bool = false, upTo end: Int, in context: RuleContext
    ) -> Reading {
        context.say(words)
        if isPlural { context.say("s") }
        if context.text.isDigits(end) { context.say(" ") }
        return Reading(end: end)
    }

    /// "av. Foch", "bd de la République".
    static let place = Rule(of: 1...4, before: .lastStop, isOfShortForms: true) { context, index in
        let text = context.text
        guard text.isSpace(index + 2), let full = text.entry(index, in: context.abbreviations.ofPlaces) else {
            return nil
        }
        let isAvenue = text.isWord(index, inAnyCase: "av")
        // "av. 9h", "av. midi"
        if isAvenue,
            context.isHour(at: index + 3) || text.isWord(index + 3, "midi minuit demain") && !text.isDigits(index - 2)
        {
            return Reading(end: index + 2, words: "avant")
        }
        guard text.isCapitalised(index + 3) || isOfPlace(index + 3, in: context) else { return nil }
        // "rés. la veille"
        if text.isWord(index, inAnyCase: "rés"), text.isWord(index + 3, "la le les l") { return nil }
        // "av. le 12/12", but "av. le Corbusier".
        if isAvenue, text.isWord(index + 3, "le"), text.isDigits(index + 5) {
            return Reading(end: index + 2, words: "avant")
        }
        return Reading(end: index + 2, words: full)
    }

    /// "de la République", "de Clichy", "du Marché": "pl. de riz" is not a place.
    private static func isOfPlace(_ index: Int, in context: RuleContext) -> Bool {
        let text = context.text
        if text.isWord(index, "de") || text.isWord(index, "d") {
            let name = text.isMark(index + 1, "'’") ? index + 2 : text.behindSpace(index + 1)
            return text.isCapitalised(name) || text.isWord(name, "la l")
        }
        if text.isWord(index, "du") { return !text.isWord(text.behindSpace(index + 1), "jour") }
        return text.isWord(index, "des") || isArticle(index, in: text)
    }

    private static func isArticle(_ index: Int, in text: TokenizedText) -> Bool {
        text.isWord(index, "la") || text.isWord(index, "le") || text.isWord(index, "les") || text.isWord(index, "l")
    }

    /// "12 bd Voltaire", "le bd de la République"; "une bd" is a book.
    private static func isBoulevard(_ index: Int, in context: RuleContext) -> Bool {
        let text = context.text
        guard text.isSpace(index + 1), text.isWord(index + 2),
            !text.isSpace(index - 1)
                || !text.isWord(index - 2, inAnyCase: "la une ma ta sa cette les des mes tes ses ces")
        else { return false }
        return text.isCapitalised(index + 2)
            || !isArticle(index + 2, in: text) && isOfPlace(index + 2, in: context)
    }

    /// "etc.", "env.", "rdv".
    static let general = Rule(of: 1...6, isOfShortForms: true) { context, index in
        let text = context.text
        guard !text.isMark(index - 1, "-'’@#./_"), !text.isDigits(index - 1) else { return nil }
        if context.isFrench {
            if let form = text.entry(index, in: explained), let full = read(form, at: index, in: context) {
                return full
            }
            if let day = Calendar.bare(context, index) { return day }
            if text.isWord(index, in: LoneUnits.symbols) { return LoneUnits.symbol(context, index) }
        } else {
            if let street = endOfStreet(context, index) {
                return Reading(end: context.endsSentence(index + 1) ? index + 1 : index + 2, words: street)
            }
            if let full = street(context, index) { return Reading(end: index + 1, words: full) }
        }
        let hasStop = text.isMark(index + 1, ".")
        if hasStop, let pages = pages(context, index) { return pages }
        if hasStop,
            let full = text.entry(index, in: context.abbreviations.withStop) ?? ofCalendar(context, index)
                ?? behindNumber(context, index)
        {
            let full = context.isFrench ? counted(full, before: index, in: context) : full
            // The full stop stays where it ends the sentence too.
            let next = text.behindSpace(index + 2)
            let endsLine = next >= text.count || text.isBorder(next)
            let isClosed =
                endsLine || text.isWord(index, "etc") && text.isCapitalised(next) || text.isMark(index + 2, ".…")
            return Reading(end: isClosed ? index + 1 : index + 2, words: full)
        }
        guard !text.isDigits(index + 1), let full = text.entry(index, in: context.abbreviations.plain),
            !text.isMark(index + 1, "'’-@_") || text.isBorder(index + 2),
            !text.isWord(index, inAnyCase: "bd") || isBoulevard(index, in: context),
            !text.isWord(index, "rte") || text.isDigits(index - 2),
            !context.isFrench || Dates.isBehindDay(context, index)
        else { return nil }
        return Reading(end: index + 1, words: full)
    }
}

extension ShortForms {
    /// All words that rules of short forms may read, in small letters.
    static func words(of abbreviations: Abbreviations, isFrench: Bool) -> WordSet {
        let tables = [
            abbreviations.beforeNumber, abbreviations.withStop, abbreviations.ofPlaces, abbreviations.plain,
            abbreviations.said, abbreviations.days, abbreviations.months, streets, countedThings, endsOfStreets,
        ]
        let units = isFrench ? LoneUnits.symbols : []
        let others = abbreviations.spelt.union(WordSet(explained.words)).union(units)
            .union(["p", "st", "n", "nos", "ns"])
        let words = tables.flatMap { Array($0.words) } + abbreviations.titles.words + others.words
        return WordSet(words.map { $0.lowercased() })
    }

    /// "3 sem.", "1 pers.": one or more of what is counted.
    private static func counted(_ full: String, before index: Int, in context: RuleContext) -> String {
        let text = context.text
        guard text.isSpace(index - 1), let (one, many, isPlural) = text.entry(index, in: counted) else { return full }
        // "la 1re pers."
        if text.isDigits(index - 3), full == "personnes", text.isWord(index - 2, "re e ère ème") { return one }
        guard let value = text.value(index - 2) else { return full }
        return value > 1 || isPlural && text.isMark(index - 3, "-–/") ? many : one
    }

    /// One and more of what is counted, and whether these are meant where no number stands in front.
    private static let counted: WordTable<(one: String, many: String, isPlural: Bool)> = [
        "sem": ("semaine", "semaines", false), "gél": ("gélule", "gélules", false),
        "dép": ("département", "départements", false), "appt": ("appartement", "appartements", false),
        "bât": ("bâtiment", "bâtiments", false), "Bât": ("bâtiment", "bâtiments", false),
        "pers": ("personne", "personnes", true), "hab": ("habitant", "habitants", true),
        "trim": ("trimestre", "trimestres", false),
    ]

    /// "150 pl. assises", "2 bouff. matin et soir".
    private static func behindNumber(_ context: RuleContext, _ index: Int) -> String? {
        let text = context.text
        guard context.isFrench, text.isSpace(index - 1), let count = text.value(index - 2),
            let noun = text.entry(index, in: countedThings)
        else { return nil }
        return count > 1 ? noun + "s" : noun
    }

    private static let countedThings: WordTable<String> = ["pl": "place", "bouff": "bouffée"]

    /// "123 Main St", "Pennsylvania Ave": behind a name, and at the end of what is said of it.
    private static func street(_ context: RuleContext, _ index: Int) -> String? {
        let text = context.text
        guard text.isCapitalised(index), text.isSpace(index - 1), text.isCapitalised(index - 2),
            text.isBorder(index + 1) || text.isMark(index + 1, ",;:!?)"),
            !text.isCapitalised(text.behindSpace(index + 1))
        else { return nil }
        return text.entry(index, in: streets)
    }

    private static let streets: WordTable<String> = ["Ave": "Avenue", "Blvd": "Boulevard", "Rd": "Road"]

    /// "123 Main St.", "221B Baker St., London", "on Elm Dr.": in front of a name, they are a saint and a doctor.
    private static func endOfStreet(_ context: RuleContext, _ index: Int) -> String? {
        let text = context.text
        guard let street = text.entry(index, in: endsOfStreets), text.isSpace(index - 1), text.isCapitalised(index - 2),
            text.isMark(index + 1, ".")
        else { return nil }
        let number = text.length(index - 4) == 1 && text.isCapitalised(index - 4) ? index - 5 : index - 4
        let isLast = text.behindSpace(index + 2) >= text.count
        guard text.isSpace(index - 3) else { return isLast && street == "Street" ? street : nil }
        if text.isDigits(number)
            || text.isWord(index - 4, inAnyCase: "on along off") && (isLast || text.isMark(index + 2, ","))
        {
            return street
        }
        return street == "Street" && isLast ? street : nil
    }

    private static let endsOfStreets: WordTable<String> = ["St": "Street", "Dr": "Drive", "Ln": "Lane"]

    /// "sam. 5 sept.": a day in front of figures, a month behind them.
    private static func ofCalendar(_ context: RuleContext, _ index: Int) -> String? {
        let text = context.text
        if let day = text.entry(index, inAnyCase: context.abbreviations.days),
            text.isDigits(text.behindSpace(index + 2)), context.isFrench || text.isCapitalised(index)
        {
            return day
        }
        guard let month = text.entry(index, inAnyCase: context.abbreviations.months),
            text.isBorder(index - 1) || text.isMark(index - 1, "(")
        else { return nil }
        // "Janv. : 412", "Entre janv. et mars", "| Sept. | 412 |": most are no other words.
        if context.isFrench,
            !text.isWord(index, inAnyCase: otherWords)
                || text.isCapitalised(index) && !text.isWord(index, "Jan")
                    && text.isMark(text.behindSpace(index + 2), ":,")
        {
            return month
        }
        // "Rentrée en sept.", "fin sept. 2025"
        if text.length(text.behindSpace(index + 2)) == 4, let year = text.value(text.behindSpace(index + 2)),
            (1900..<2100).contains(year) || text.isSpace(index - 1) && text.isWord(index - 2, inAnyCase: beforeMonths)
        {
            return month
        }
        if context.isFrench, text.isSpace(index - 1), text.isWord(index - 2, inAnyCase: beforeMonths) { return month }
        return text.isSpace(index - 1) && (text.isDigits(index - 2) || text.isDigits(index - 3)) ? month : nil
    }
}

extension ShortForms {
    private static let fullTitles: WordSet = [
        "madame", "mademoiselle", "docteur", "docteure", "professeur", "maître", "monsieur",
    ]

    /// What is not a month everywhere.
    private static let otherWords: WordSet = ["sept", "jan", "dec", "mar"]

    /// What leads to a month without its day.
    static let beforeMonths: WordSet = [
        "en", "fin", "début", "mi", "courant", "depuis", "jusqu'en", "d'ici", "since", "until",
    ]
}

extension TokenizedText {
    func isDash(_ index: Int) -> Bool { isMark(index, "-‑") }
}

extension String {
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
