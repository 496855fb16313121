/// French numerals in the spelling of before 1990: "vingt et un", "deux cents", "quatre-vingts", "mille".
struct FrenchNumbers: Sendable {
    var locale: SpokenLocale

    private static let ones = [
        "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
        "treize",
        "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
    ]
    private static let hundreds = ones.prefix(10).map { $0 == "un" ? "cent" : $0 + " cent" }
    private static let tens = ["", "", "vingt", "trente", "quarante", "cinquante", "soixante"]
    private static let shortTens = ["septante", "huitante", "nonante"]
    private static let scales: [(UInt64, String)] = [
        (1_000_000_000_000_000, "billiard"), (1_000_000_000_000, "billion"), (1_000_000_000, "milliard"),
        (1_000_000, "million"),
    ]

    /// The numbers below a hundred, which are most of those that are said, by country and gender.
    private static let small: [String] = SpokenLocale.allCases.flatMap { locale in
        [Gender.masculine, .feminine].flatMap { gender in
            (0..<100).map { FrenchNumbers(locale: locale).belowHundred($0, gender, isLast: true) }
        }
    }

    /// Where those of a gender begin.
    private func small(_ gender: Gender) -> Int {
        let country = locale == .france ? 0 : locale == .belgium ? 1 : 2
        return 100 * (2 * country + (gender == .masculine ? 0 : 1))
    }

    func cardinal(_ value: UInt64, _ gender: Gender) -> String {
        if value < 100 { return Self.small[small(gender) + Int(value)] }
        if value < 1_000_000 { return belowMillion(value, gender, isLast: true) }
        var rest = value
        var parts: [String] = []
        for (scale, name) in Self.scales where rest >= scale {
            let count = rest / scale
            parts.append(belowMillion(count, .masculine, isLast: true) + " " + name + (count > 1 ? "s" : ""))
            rest %= scale
        }
        if rest > 0 || parts.isEmpty { parts.append(belowMillion(rest, gender, isLast: true)) }
        return parts.joined(separator: " ")
    }

    /// - Parameter isLast: "deux cents", "quatre-vingts": the s only where nothing but a noun follows.
    private func belowMillion(_ value: UInt64, _ gender: Gender, isLast: Bool) -> String {
        let (thousands, rest) = (value / 1000, value % 1000)
        guard thousands > 0 else { return belowThousand(rest, gender, isLast: isLast) }
        let count = thousands == 1 ? "" : belowThousand(thousands, .masculine, isLast: false) + " "
        return count + "mille" + (rest > 0 ? " " + belowThousand(rest, gender, isLast: isLast) : "")
    }

    private func belowThousand(_ value: UInt64, _ gender: Gender, isLast: Bool) -> String {
        let (hundreds, rest) = (value / 100, value % 100)
        let below =
            isLast || rest != 80 ? Self.small[small(gender) + Int(rest)] : belowHundred(80, gender, isLast: false)
        if hundreds == 0 { return below }
        if rest > 0 { return Self.hundreds[Int(hundreds)] + " " + below }
        return Self.hundreds[Int(hundreds)] + (isLast && hundreds > 1 ? "s" : "")
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

    func ordinal(_ value: UInt64, _ gender: Gender) -> String {
        guard value != 1 else { return gender == .feminine ? "première" : "premier" }
        let cardinal = value == 1_000_000 ? "million" : cardinal(value, .masculine)
        return Self.ordinal(of: cardinal)
    }

    private static func ordinal(of cardinal: String) -> String {
        switch cardinal.utf8.last.map({ Unicode.Scalar($0) }) {
        // "cinq"
        case "q": cardinal + "uième"
        // "neuf"
        case "f": cardinal.dropLast() + "vième"
        case "e": cardinal.dropLast() + "ième"
        // "cents", "quatre-vingts", "millions"
        case "s" where !cardinal.hasSuffix("trois"): cardinal.dropLast() + "ième"
        default: cardinal + "ième"
        }
    }
}
