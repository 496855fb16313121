/// French numerals in the spelling of before 1990: "vingt et un", "deux cents", "quatre-vingts", "mille".
final class FrenchNumbers: Sendable {
    /// The numbers below a hundred, masculine and then feminine: most numbers that are said are among them.
    let small: PhraseTable
    /// "deux cent " in front of more, "deux cents" at the end, and "deux cent" in front of "mille".
    private let hundreds = PhraseTable(
        [" ", "s", ""].flatMap { ending in
            FrenchNumbers.ones.prefix(10).map { $0 != "un" ? $0 + " cent" + ending : ending == " " ? "cent " : "cent" }
        })

    init(locale: SpokenLocale) {
        small = PhraseTable(
            [Gender.masculine, .feminine].flatMap { gender in
                (0..<100).map { Self.belowHundred($0, gender, in: locale) }
            })
    }

    private static let ones = [
        "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
        "treize",
        "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
    ]
    private static let tens = ["", "", "vingt", "trente", "quarante", "cinquante", "soixante"]
    private static let shortTens = ["septante", "huitante", "nonante"]
    private static let scales: [(UInt64, String)] = [
        (1_000_000_000_000_000, "billiard"), (1_000_000_000_000, "billion"), (1_000_000_000, "milliard"),
        (1_000_000, "million"),
    ]

    func cardinal(_ value: UInt64, _ gender: Gender, to phrase: inout Phrase) {
        if value < 100 { return belowHundred(value, gender, to: &phrase) }
        var rest = value
        for (scale, name) in Self.scales where rest >= scale {
            let count = rest / scale
            if rest < value { phrase.append(" ") }
            belowMillion(count, .masculine, to: &phrase)
            phrase.append(" ")
            phrase += name
            if count > 1 { phrase += "s" }
            rest %= scale
        }
        guard rest > 0 else { return }
        if rest < value { phrase.append(" ") }
        belowMillion(rest, gender, to: &phrase)
    }

    private func belowMillion(_ value: UInt64, _ gender: Gender, to phrase: inout Phrase) {
        let (thousands, rest) = (value / 1000, value % 1000)
        if thousands > 1 { belowThousand(thousands, .masculine, isLast: false, to: &phrase) }
        if thousands > 1 { phrase += rest > 0 ? " mille " : " mille" }
        if thousands == 1 { phrase += rest > 0 ? "mille " : "mille" }
        if rest > 0 || thousands == 0 { belowThousand(rest, gender, isLast: true, to: &phrase) }
    }

    /// - Parameter isLast: "deux cents", "quatre-vingts": the s only where nothing but a noun follows.
    private func belowThousand(_ value: UInt64, _ gender: Gender, isLast: Bool, to phrase: inout Phrase) {
        let (hundreds, rest) = (value / 100, value % 100)
        if hundreds > 0 { phrase.append(Int(hundreds) + (rest > 0 ? 0 : isLast ? 10 : 20), of: self.hundreds) }
        guard rest > 0 || hundreds == 0 else { return }
        belowHundred(rest, gender, to: &phrase)
        if rest == 80, !isLast, phrase.lastByte == UInt8(ascii: "s") { phrase.removeLast() }
    }

    private func belowHundred(_ value: UInt64, _ gender: Gender, to phrase: inout Phrase) {
        phrase.append(Int(value) + (gender == .masculine ? 0 : 100), of: small)
    }

    private static func belowHundred(_ value: UInt64, _ gender: Gender, in locale: SpokenLocale) -> String {
        if value < 20 { return one(value, gender) }
        switch value {
        case 70..<80 where locale == .france: return joined("soixante", value - 60, gender: gender)
        case 80..<100 where locale == .france, 80..<90 where locale == .belgium:
            return value == 80 ? "quatre-vingts" : "quatre-vingt-" + one(value - 80, gender)
        default:
            let ten = value / 10
            let name = ten < 7 ? tens[Int(ten)] : shortTens[Int(ten) - 7]
            return joined(name, value % 10, gender: gender)
        }
    }

    private static func joined(_ ten: String, _ rest: UInt64, gender: Gender) -> String {
        switch rest {
        case 0: ten
        case 1, 11: ten + " et " + one(rest, gender)
        default: ten + "-" + one(rest, gender)
        }
    }

    private static func one(_ value: UInt64, _ gender: Gender) -> String {
        value == 1 && gender == .feminine ? "une" : ones[Int(value)]
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
