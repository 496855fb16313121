/// How English says hours, dates, amounts and quantities.
struct English: SpokenLanguage {
    private let numbers = EnglishNumbers()

    var decimalMark: String { "." }
    var decimalName: String { "point" }
    var words: Words { Self.englishWords }
    var currencies: Currencies { Self.currencyTable }
    var abbreviations: Abbreviations { .english }
    var joins: NumberJoins { .english }
    var units: UnitTable { .english }

    var smallNumbers: PhraseTable { numbers.small }
    func cardinal(_ value: UInt64, _ gender: Gender, to phrase: inout Phrase) { numbers.cardinal(value, to: &phrase) }
    func ordinal(_ value: UInt64, _ gender: Gender, to phrase: inout Phrase) { numbers.ordinal(value, to: &phrase) }
    func isPlural(_ number: WrittenNumber) -> Bool { number.value != 1 || !number.isInteger }
    func year(_ value: UInt64, to phrase: inout Phrase) { numbers.year(value, to: &phrase) }
    func gender(of noun: Spelling) -> Gender { .masculine }

    func precedesYear(_ word: String) -> Bool {
        [
            "in", "since", "until", "year", "january", "february", "march", "april", "may", "june", "july", "august",
            "september", "october", "november", "december", "summer", "winter", "spring", "autumn", "early", "late",
        ].contains(word.lowercased())
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    func date(day: UInt64?, month: UInt64, year: UInt64?, to phrase: inout Phrase) {
        phrase += Self.months[Int(month) - 1]
        if let day {
            phrase.append(" ")
            ordinal(day, .masculine, to: &phrase)
        }
        if let year {
            phrase += ", "
            self.year(year, to: &phrase)
        }
    }

    func time(_ hour: UInt64, minute: UInt64, second: UInt64?, half: String?, to phrase: inout Phrase) {
        cardinal(hour, .masculine, to: &phrase)
        if minute > 0 {
            phrase += minute < 10 ? " oh " : " "
            cardinal(minute, .masculine, to: &phrase)
        } else if half == nil {
            phrase += hour > 12 || hour == 0 ? " hundred hours" : " o'clock"
        }
        if let second, second > 0 {
            phrase += " and "
            cardinal(second, .masculine, to: &phrase)
            phrase += second == 1 ? " second" : " seconds"
        }
        if let half { phrase += half == "a" ? " A M" : " P M" }
    }

    func fraction(_ numerator: UInt64, over denominator: UInt64, to phrase: inout Phrase) {
        cardinal(numerator, .masculine, to: &phrase)
        let isPart = numerator <= 1 || numerator < denominator && !Part.isOfMarks(denominator)
        guard isPart, (2...1000).contains(denominator) else {
            phrase += " out of "
            return cardinal(denominator, .masculine, to: &phrase)
        }
        phrase.append(" ")
        switch denominator {
        case 2: phrase += numerator > 1 ? "halves" : "half"
        case 4: phrase += numerator > 1 ? "quarters" : "quarter"
        default:
            ordinal(denominator, .masculine, to: &phrase)
            if numerator > 1 { phrase += "s" }
        }
    }

    func money(_ number: WrittenNumber, _ currency: Currency, scale: Scale?, to phrase: inout Phrase) {
        if let scale {
            spoken(number, .masculine, to: &phrase)
            phrase.append(" ")
            phrase += scale.singular
            phrase.append(" ")
            phrase += currency.plural
            return
        }
        guard number.decimals.count == 2, !currency.cent.isEmpty else {
            spoken(number, .masculine, to: &phrase)
            phrase.append(" ")
            phrase += isPlural(number) ? currency.plural : currency.singular
            return
        }
        let cents = number.decimals.value
        if number.value > 0 || cents == 0 {
            cardinal(number.value, .masculine, to: &phrase)
            phrase.append(" ")
            phrase += number.value == 1 ? currency.singular : currency.plural
            if cents > 0 { phrase += " and " }
        }
        guard cents > 0 else { return }
        cardinal(cents, .masculine, to: &phrase)
        phrase.append(" ")
        phrase += cents == 1 ? currency.cent : currency.cents
    }

    private static let currencyTable: Currencies = [
        "€": Currency(singular: "euro", plural: "euros", cent: "cent", cents: "cents"),
        "$": Currency(singular: "dollar", plural: "dollars", cent: "cent", cents: "cents"),
        "£": Currency(singular: "pound", plural: "pounds", cent: "penny", cents: "pence"),
        "¥": Currency(singular: "yen", plural: "yen", cent: "sen", cents: "sen"),
        Currencies.franc: Currency(singular: "Swiss franc", plural: "Swiss francs", cent: "centime", cents: "centimes"),
        "₿": Currency(singular: "bitcoin", plural: "bitcoins", cent: "", cents: ""),
    ]

    static let englishWords = Words(
        minus: "minus", plus: "plus", equals: "equals", times: "times", by: "by", dividedBy: "divided by",
        plusOrMinus: "plus or minus", about: "about", notEqual: "not equal to", less: "less than", more: "more than",
        atMost: "at most", atLeast: "at least", to: "to", over: "over", point: "point", dot: "dot",
        percent: "percent", perMille: "per mille", per: "per", and: "and", number: "number", hashtag: "hashtag",
        at: "at", slash: "slash", backslash: "backslash", dash: "dash", underscore: "underscore", tilde: "tilde",
        worldWideWeb: "W W W", squared: "squared",
        cubed: "cubed", toThePower: "to the power of", half: "a half", degree: "degree", degrees: "degrees",
        version: "version", colon: "colon", question: "question mark", ampersand: "and",
        squareRoot: "the square root of", cubeRoot: "the cube root of", infinity: "infinity")
}
