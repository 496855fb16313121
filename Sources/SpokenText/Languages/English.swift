/// How English says hours, dates, amounts and quantities.
struct English: SpokenLanguage {
    private let numbers = EnglishNumbers()

    var decimalMark: String { "." }
    var words: Words { Self.englishWords }
    var currencies: [String: Currency] { Self.currencyTable }
    var abbreviations: Abbreviations { .english }
    var joins: NumberJoins { .english }

    func cardinal(_ value: UInt64, _ gender: Gender) -> String { numbers.cardinal(value) }
    func ordinal(_ value: UInt64, _ gender: Gender) -> String { numbers.ordinal(value) }
    func isPlural(_ number: WrittenNumber) -> Bool { number.value != 1 || !number.isInteger }
    func year(_ value: UInt64) -> String { numbers.year(value) }
    func quantity(of unit: Unit) -> UnitName { unit.english }
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

    func date(day: UInt64?, month: UInt64, year: UInt64?) -> String {
        let name = Self.months[Int(month) - 1]
        return name + (day.map { " " + ordinal($0, .masculine) } ?? "") + (year.map { ", " + self.year($0) } ?? "")
    }

    func time(_ hour: UInt64, minute: UInt64, second: UInt64?, half: String?) -> String {
        var text = cardinal(hour, .masculine)
        switch minute {
        case 0: text += half == nil ? (hour > 12 || hour == 0 ? " hundred hours" : " o'clock") : ""
        case 1..<10: text += " oh " + cardinal(minute, .masculine)
        default: text += " " + cardinal(minute, .masculine)
        }
        if let second, second > 0 {
            text += " and " + cardinal(second, .masculine) + (second == 1 ? " second" : " seconds")
        }
        return text + (half.map { $0 == "a" ? " A M" : " P M" } ?? "")
    }

    func fraction(_ numerator: UInt64, over denominator: UInt64) -> String {
        let over = cardinal(numerator, .masculine) + " out of " + cardinal(denominator, .masculine)
        if numerator > 1, [10, 20, 24, 100].contains(denominator) || numerator >= denominator { return over }
        guard (2...1000).contains(denominator) else { return over }
        let name = denominator == 2 ? "half" : denominator == 4 ? "quarter" : ordinal(denominator, .masculine)
        let plural = denominator == 2 ? "halves" : name + "s"
        return cardinal(numerator, .masculine) + " " + (numerator > 1 ? plural : name)
    }

    func money(_ number: WrittenNumber, _ currency: Currency, scale: Scale?) -> String {
        if let scale { return spoken(number) + " " + scale.singular + " " + currency.plural }
        let name = isPlural(number) ? currency.plural : currency.singular
        guard number.decimals.count == 2 else { return spoken(number) + " " + name }
        let cents = number.decimals.value
        let hundredths = cardinal(cents, .masculine) + " " + (cents == 1 ? currency.cent : currency.cents)
        if number.value == 0, cents > 0 { return hundredths }
        let whole = cardinal(number.value, .masculine) + " " + (number.value == 1 ? currency.singular : currency.plural)
        return cents == 0 ? whole : whole + " and " + hundredths
    }

    private static let currencyTable: [String: Currency] = [
        "€": Currency(singular: "euro", plural: "euros", cent: "cent", cents: "cents"),
        "$": Currency(singular: "dollar", plural: "dollars", cent: "cent", cents: "cents"),
        "£": Currency(singular: "pound", plural: "pounds", cent: "penny", cents: "pence"),
        "¥": Currency(singular: "yen", plural: "yen", cent: "sen", cents: "sen"),
        "CHF": Currency(singular: "Swiss franc", plural: "Swiss francs", cent: "centime", cents: "centimes"),
        "₿": Currency(singular: "bitcoin", plural: "bitcoins", cent: "cent", cents: "cents"),
    ]

    private static let englishWords = Words(
        minus: "minus", plus: "plus", equals: "equals", times: "times", by: "by", dividedBy: "divided by",
        plusOrMinus: "plus or minus", about: "about", notEqual: "not equal to", less: "less than", more: "more than",
        atMost: "at most", atLeast: "at least", to: "to", over: "over", point: "point", dot: "dot", comma: "comma",
        percent: "percent", perMille: "per mille", per: "per", and: "and", number: "number", hashtag: "hashtag",
        at: "at", slash: "slash", backslash: "backslash", dash: "dash", underscore: "underscore", tilde: "tilde",
        worldWideWeb: "W W W", squared: "squared",
        cubed: "cubed", toThePower: "to the power of", half: "a half", degree: "degree", degrees: "degrees", version: "version",
        colon: "colon", question: "question mark", ampersand: "and", squareRoot: "the square root of",
        infinity: "infinity")
}
