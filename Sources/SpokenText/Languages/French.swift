/// How French says hours, dates, amounts and quantities.
struct French: SpokenLanguage {
    let locale: SpokenLocale
    private let numbers: FrenchNumbers

    init(locale: SpokenLocale) {
        self.locale = locale
        numbers = FrenchNumbers(locale: locale)
    }

    var decimalMark: String { "," }
    var decimalName: String { "virgule" }
    var words: Words { Self.frenchWords }
    var currencies: Currencies { locale == .switzerland ? Self.swissCurrencies : Self.currencyTable }
    var abbreviations: Abbreviations { .french }
    var joins: NumberJoins { .french }
    var units: UnitTable { .french }
    var smallNumbers: PhraseTable { numbers.small }

    func cardinal(_ value: UInt64, _ gender: Gender, to phrase: inout Phrase) {
        numbers.cardinal(value, gender, to: &phrase)
    }
    func ordinal(_ value: UInt64, _ gender: Gender, to phrase: inout Phrase) {
        numbers.ordinal(value, gender, to: &phrase)
    }
    func isPlural(_ number: WrittenNumber) -> Bool { number.value >= 2 }
    func year(_ value: UInt64, to phrase: inout Phrase) { cardinal(value, .masculine, to: &phrase) }
    func precedesYear(_ word: String) -> Bool { false }

    private static let months = [
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ]

    func date(day: UInt64?, month: UInt64, year: UInt64?, to phrase: inout Phrase) {
        if let day {
            if day == 1 { phrase += "premier" } else { cardinal(day, .masculine, to: &phrase) }
            phrase.append(" ")
        }
        phrase += Self.months[Int(month) - 1]
        if let year {
            phrase.append(" ")
            self.year(year, to: &phrase)
        }
    }

    func time(_ hour: UInt64, minute: UInt64, second: UInt64?, half: String?, to phrase: inout Phrase) {
        cardinal(hour, .feminine, to: &phrase)
        phrase += hour < 2 ? " heure" : " heures"
        if minute > 0 {
            phrase.append(" ")
            cardinal(minute, .feminine, to: &phrase)
        }
        if let second, second > 0 {
            if minute > 0 { phrase += minute < 2 ? " minute" : " minutes" }
            phrase += " et "
            cardinal(second, .feminine, to: &phrase)
            phrase += second < 2 ? " seconde" : " secondes"
        }
    }

    func fraction(_ numerator: UInt64, over denominator: UInt64, to phrase: inout Phrase) {
        cardinal(numerator, .masculine, to: &phrase)
        let isPart = numerator <= 1 || numerator < denominator && !Part.isOfMarks(denominator)
        switch denominator {
        case 2...1000 where numerator <= 10 && isPart:
            phrase.append(" ")
            switch denominator {
            case 2: phrase += "demi"
            case 3: phrase += "tiers"
            case 4: phrase += "quart"
            default: ordinal(denominator, .masculine, to: &phrase)
            }
            if numerator > 1, denominator != 3 { phrase += "s" }
        default:
            phrase += " sur "
            cardinal(denominator, .masculine, to: &phrase)
        }
    }

    func money(_ number: WrittenNumber, _ currency: Currency, scale: Scale?, to phrase: inout Phrase) {
        if let scale { return money(number, currency, by: scale, to: &phrase) }
        let name = isPlural(number) ? currency.plural : currency.singular
        let decimals = number.decimals
        let cents = number.isInteger || currency.cent.isEmpty ? nil : decimals.parts(ofPower: 2)
        // Another country's hundredths would not tell of which currency they are: "1 € = 0,94 CHF".
        if number.value == 0, let cents, cents > 0, !currency.singular.hasSuffix("suisse") {
            cardinal(cents, .masculine, to: &phrase)
            phrase.append(" ")
            phrase += cents < 2 ? currency.cent : currency.cents
            return
        }
        // "1,789 €" of petrol.
        let isFine =
            decimals.count == 3 && number.value > 0 && decimals.zerosInFront == 0 && !currency.cent.isEmpty
        guard cents != nil && number.value > 0 || cents == 0 || isFine else {
            spoken(number, currency.gender, to: &phrase)
            if number.value < 1_000_000 { phrase.append(" ") } else { phrase += link(number, to: name) }
            phrase += name
            return
        }
        cardinal(number.value, currency.gender, to: &phrase)
        phrase.append(" ")
        phrase += name
        guard let parts = isFine ? decimals.value : cents, parts > 0 else { return }
        phrase.append(" ")
        cardinal(parts, .masculine, to: &phrase)
    }

    /// "2,5 k€" is a number of euros, "2,5 M€" is one of millions.
    private func money(_ number: WrittenNumber, _ currency: Currency, by scale: Scale, to phrase: inout Phrase) {
        if scale.value == 1000, let rest = number.decimals.parts(ofPower: 3) {
            cardinal(number.value * 1000 + rest, currency.gender, to: &phrase)
            phrase.append(" ")
        } else {
            spoken(number, .masculine, to: &phrase)
            phrase.append(" ")
            phrase += isPlural(number) ? scale.plural : scale.singular
            phrase += scale.value == 1000 ? " " : Self.isVowel(currency.plural.first) ? " d'" : " de "
        }
        phrase += currency.plural
    }

    /// "un million d'euros", but "un million deux cents euros".
    func link(_ number: WrittenNumber, to noun: String) -> String {
        guard number.isInteger, number.value >= 1_000_000, number.value % 1_000_000 == 0 else { return " " }
        return Self.isVowel(noun.first) || noun.first == "h" ? " d'" : " de "
    }

    private static func isVowel(_ letter: Character?) -> Bool {
        switch letter {
        case "a", "e", "i", "o", "u", "y", "é": true
        default: false
        }
    }

    func gender(of noun: Spelling) -> Gender { FrenchNouns.gender(of: noun) }

    private static let currencyTable = currencies(
        franc: Currency(singular: "franc suisse", plural: "francs suisses", cent: "centime", cents: "centimes"))
    /// At home, the franc needs no country.
    private static let swissCurrencies = currencies(
        franc: Currency(singular: "franc", plural: "francs", cent: "centime", cents: "centimes"))

    private static func currencies(franc: Currency) -> Currencies {
        [
            "€": Currency(singular: "euro", plural: "euros", cent: "centime", cents: "centimes"),
            "$": Currency(singular: "dollar", plural: "dollars", cent: "cent", cents: "cents"),
            "£": Currency(
                singular: "livre sterling", plural: "livres sterling", cent: "penny", cents: "pence", gender: .feminine),
            "¥": Currency(singular: "yen", plural: "yens", cent: "sen", cents: "sens"),
            Currencies.franc: franc,
            "₿": Currency(singular: "bitcoin", plural: "bitcoins", cent: "", cents: ""),
        ]
    }

    static let frenchWords = Words(
        minus: "moins", plus: "plus", equals: "égale", times: "fois", by: "par", dividedBy: "divisé par",
        plusOrMinus: "plus ou moins", about: "environ", notEqual: "différent de", less: "inférieur à",
        more: "supérieur à", atMost: "inférieur ou égal à", atLeast: "supérieur ou égal à", to: "à", over: "sur",
        point: "point", dot: "point", percent: "pour cent", perMille: "pour mille", per: "par",
        and: "et",
        number: "numéro", hashtag: "hashtag", at: "arobase", slash: "slash", backslash: "antislash", dash: "tiret",
        underscore: "tiret bas", tilde: "tilde",
        worldWideWeb: "trois double vé", squared: "au carré", cubed: "au cube", toThePower: "puissance", half: "demi",
        degree: "degré", degrees: "degrés", version: "version", colon: "deux points", question: "point d'interrogation",
        ampersand: "et", squareRoot: "racine de", cubeRoot: "racine cubique de", infinity: "infini")
}
