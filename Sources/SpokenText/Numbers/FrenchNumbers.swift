/// French numerals in the spelling of before 1990: "vingt et un", "deux cents", "quatre-vingts", "mille".
struct FrenchNumbers: Sendable {
    let locale: SpokenLocale
    /// Where the numbers of the country begin among the small ones.
    private let first: Int

    init(locale: SpokenLocale) {
        self.locale = locale
        first = locale == .france ? 0 : locale == .belgium ? 200 : 400
    }

    private static let ones = [
        "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
        "treize",
        "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
    ]
    private static let hundreds = PhraseTable(ones.prefix(10).map { $0 == "un" ? "cent" : $0 + " cent" })
    private static let tens = ["", "", "vingt", "trente", "quarante", "cinquante", "soixante"]
    private static let shortTens = ["septante", "huitante", "nonante"]
    private static let scales: [(UInt64, String)] = [
        (1_000_000_000_000_000, "billiard"), (1_000_000_000_000, "billion"), (1_000_000_000, "milliard"),
        (1_000_000, "million"),
    ]

    /// The numbers below a hundred, by country and gender: most numbers that are said are among them.
    private static let small = PhraseTable(
        SpokenLocale.allCases.flatMap { locale in
            [Gender.masculine, .feminine].flatMap { gender in
                (0..<100).map { FrenchNumbers(locale: locale).belowHundred($0, gender, isLast: true) }
            }
        })

    /// Where the small numbers of a gender begin.
    private func small(_ gender: Gender) -> Int {
        gender == .masculine ? first : first + 100
    }

    func cardinal(_ value: UInt64, _ gender: Gender, to phrase: inout Phrase) {
        if value < 100 {
            phrase.append(small(gender) + Int(value), of: Self.small)
            return
        }
        var rest = value
        for (scale, name) in Self.scales where rest >= scale {
            let count = rest / scale
            if rest < value { phrase += " " }
            belowMillion(count, .masculine, to: &phrase)
            phrase += " "
            phrase += name
            if count > 1 { phrase += "s" }
            rest %= scale
        }
        guard rest > 0 else { return }
        if rest < value { phrase += " " }
        belowMillion(rest, gender, to: &phrase)
    }

    private func belowMillion(_ value: UInt64, _ gender: Gender, to phrase: inout Phrase) {
        let (thousands, rest) = (value / 1000, value % 1000)
        if thousands > 1 {
            belowThousand(thousands, .masculine, isLast: false, to: &phrase)
            phrase += " "
        }
        if thousands > 0 { phrase += rest > 0 ? "mille " : "mille" }
        if rest > 0 || thousands == 0 { belowThousand(rest, gender, isLast: true, to: &phrase) }
    }

    /// - Parameter isLast: "deux cents", "quatre-vingts": the s only where nothing but a noun follows.
    private func belowThousand(_ value: UInt64, _ gender: Gender, isLast: Bool, to phrase: inout Phrase) {
        let (hundreds, rest) = (value / 100, value % 100)
        if hundreds > 0 {
            phrase.append(Int(hundreds), of: Self.hundreds)
            if rest > 0 { phrase += " " } else if isLast, hundreds > 1 { phrase += "s" }
        }
        guard rest > 0 || hundreds == 0 else { return }
        guard isLast || rest != 80 else {
            phrase += belowHundred(80, gender, isLast: false)
            return
        }
        phrase.append(small(gender) + Int(rest), of: Self.small)
    }

    private func belowHundred(_ value: UInt64, _ gender: Gender, isLast: Bool) -> String {
        if value < 20 { return one(value, gender) }
        switch value {
        case 70..<80 where locale == .france: return joined("soixante", value - 60, gender: gender)
        case 80..<100 where locale == .france, 80..<90 where locale == .belgium:
            return value == 80 ? (isLast ? "quatre-vingts" : "quatre-vingt") : "quatre-vingt-" + one(value - 80, gender)
        default:
            let ten = value / 10
            let name = ten < 7 ? Self.tens[Int(ten)] : Self.shortTens[Int(ten) - 7]
            return joined(name, value % 10, gender: gender)
        }
    }

    private func joined(_ ten: String, _ rest: UInt64, gender: Gender) -> String {
        switch rest {
        case 0: ten
        case 1, 11: ten + " et " + one(rest, gender)
        default: ten + "-" + one(rest, gender)
        }
    }

    private func one(_ value: UInt64, _ gender: Gender) -> String {
        value == 1 && gender == .feminine ? "une" : Self.ones[Int(value)]
    }

    func ordinal(_ value: UInt64, _ gender: Gender, to phrase: inout Phrase) {
        guard value != 1 else {
            phrase += gender == .feminine ? "première" : "premier"
            return
        }
        if value == 1_000_000 { phrase += "million" } else { cardinal(value, .masculine, to: &phrase) }
        switch phrase.lastByte.map({ Unicode.Scalar($0) }) {
        // "cinq"
        case "q": phrase += "uième"
        // "neuf"
        case "f":
            phrase.removeLast()
            phrase += "vième"
        case "e":
            phrase.removeLast()
            phrase += "ième"
        // "cents", "quatre-vingts", "millions"
        case "s" where !phrase.ends(with: "trois"):
            phrase.removeLast()
            phrase += "ième"
        default: phrase += "ième"
        }
    }
}
