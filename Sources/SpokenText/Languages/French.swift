/// How French says hours, dates, amounts and quantities.
struct French: SpokenLanguage {
    let locale: SpokenLocale
    private let numbers: FrenchNumbers

    init(locale: SpokenLocale) {
        self.locale = locale
        numbers = FrenchNumbers(locale: locale)
    }

    var decimalMark: String { "," }
    var words: Words { Self.frenchWords }
    var currencies: [String: Currency] { locale == .switzerland ? Self.swissCurrencies : Self.currencyTable }
    var abbreviations: Abbreviations { .french }
    var joins: NumberJoins { .french }

    func cardinal(_ value: UInt64, _ gender: Gender) -> String { numbers.cardinal(value, gender) }
    func ordinal(_ value: UInt64, _ gender: Gender) -> String { numbers.ordinal(value, gender) }
    func isPlural(_ number: WrittenNumber) -> Bool { number.value >= 2 }
    func year(_ value: UInt64) -> String { cardinal(value, .masculine) }
    func precedesYear(_ word: String) -> Bool { false }
    func quantity(of unit: Unit) -> UnitName { unit.french }

    private static let months = [
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ]

    func date(day: UInt64?, month: UInt64, year: UInt64?) -> String {
        let name = Self.months[Int(month) - 1]
        let before = day.map { ($0 == 1 ? "premier" : cardinal($0, .masculine)) + " " } ?? ""
        return before + name + (year.map { " " + self.year($0) } ?? "")
    }

    func time(_ hour: UInt64, minute: UInt64, second: UInt64?, half: String?) -> String {
        var text = cardinal(hour, .feminine) + (hour < 2 ? " heure" : " heures")
        if minute > 0 { text += " " + cardinal(minute, .feminine) }
        if let second, second > 0 {
            if minute > 0 { text += minute < 2 ? " minute" : " minutes" }
            text += " et " + cardinal(second, .feminine) + (second < 2 ? " seconde" : " secondes")
        }
        return text
    }

    func fraction(_ numerator: UInt64, over denominator: UInt64) -> String {
        let over = cardinal(numerator, .masculine) + " sur " + cardinal(denominator, .masculine)
        if numerator > 10 { return over }
        if numerator > 1, [10, 20, 24, 100].contains(denominator) || numerator >= denominator { return over }
        let name =
            switch denominator {
            case 2: "demi"
            case 3: "tiers"
            case 4: "quart"
            case 5...1000: ordinal(denominator, .masculine)
            default: ""
            }
        if name.isEmpty { return over }
        return cardinal(numerator, .masculine) + " " + name + (numerator > 1 && !name.hasSuffix("s") ? "s" : "")
    }

    func money(_ number: WrittenNumber, _ currency: Currency, scale: Scale?) -> String {
        if let scale {
            // "2,5 k€" is a number of euros, "2,5 M€" is one of millions.
            if scale.value == 1000, let rest = number.decimals.parts(ofPower: 3) {
                return cardinal(number.value * 1000 + rest, currency.gender) + " " + currency.plural
            }
            let name = isPlural(number) ? scale.plural : scale.singular
            let of = "aeiouy".contains(currency.plural.prefix(1)) ? " d'" : " de "
            return spoken(number) + " " + name + (scale.value == 1000 ? " " : of) + currency.plural
        }
        let name = isPlural(number) ? currency.plural : currency.singular
        let decimals = number.decimals
        if decimals.count == 3, number.value > 0, decimals.zerosInFront == 0 {
            // "1,789 €" of petrol.
            return cardinal(number.value, currency.gender) + " " + name + " " + cardinal(decimals.value, .masculine)
        }
        guard !number.isInteger, let cents = decimals.parts(ofPower: 2) else {
            return spoken(number, currency.gender) + link(number, to: name) + name
        }
        let hundredths = cardinal(cents, .masculine) + " " + (cents < 2 ? currency.cent : currency.cents)
        if number.value == 0, cents > 0 { return hundredths }
        let whole = cardinal(number.value, currency.gender) + " " + name
        return cents == 0 ? whole : whole + " " + cardinal(cents, .masculine)
    }

    /// "un million d'euros", but "un million deux cents euros".
    func link(_ number: WrittenNumber, to noun: String) -> String {
        guard number.isInteger, number.value >= 1_000_000, number.value % 1_000_000 == 0 else { return " " }
        return "aeiouyéh".contains(noun.prefix(1)) ? " d'" : " de "
    }

    func gender(of noun: Spelling) -> Gender { FrenchNouns.gender(of: noun) }

    private static let currencyTable: [String: Currency] = [
        "€": Currency(singular: "euro", plural: "euros", cent: "centime", cents: "centimes"),
        "$": Currency(singular: "dollar", plural: "dollars", cent: "cent", cents: "cents"),
        "£": Currency(
            singular: "livre sterling", plural: "livres sterling", cent: "penny", cents: "pence", gender: .feminine),
        "¥": Currency(singular: "yen", plural: "yens", cent: "sen", cents: "sens"),
        "CHF": Currency(singular: "franc suisse", plural: "francs suisses", cent: "centime", cents: "centimes"),
        "₿": Currency(singular: "bitcoin", plural: "bitcoins", cent: "centime", cents: "centimes"),
    ]

    /// At home, the franc needs no country.
    private static let swissCurrencies = currencyTable.merging([
        "CHF": Currency(singular: "franc", plural: "francs", cent: "centime", cents: "centimes")
    ]) { _, swiss in swiss }

    private static let frenchWords = Words(
        minus: "moins", plus: "plus", equals: "égale", times: "fois", by: "par", dividedBy: "divisé par",
        plusOrMinus: "plus ou moins", about: "environ", notEqual: "différent de", less: "inférieur à",
        more: "supérieur à", atMost: "inférieur ou égal à", atLeast: "supérieur ou égal à", to: "à", over: "sur",
        point: "point", dot: "point", comma: "virgule", percent: "pour cent", perMille: "pour mille", per: "par",
        and: "et",
        number: "numéro", hashtag: "hashtag", at: "arobase", slash: "slash", backslash: "antislash", dash: "tiret",
        underscore: "tiret bas", tilde: "tilde",
        worldWideWeb: "trois double vé", squared: "au carré", cubed: "au cube", toThePower: "puissance", half: "demi",
        degree: "degré", degrees: "degrés", version: "version", colon: "deux points", question: "point d'interrogation",
        ampersand: "et", squareRoot: "racine de", infinity: "infini")
}
