/// How a language says what the rules have found. The rules know what is written, a language knows words.
protocol SpokenLanguage: Sendable {
    var words: Words { get }
    var decimalMark: String { get }

    /// Up to a quadrillion.
    func cardinal(_ value: UInt64, _ gender: Gender) -> String
    func ordinal(_ value: UInt64, _ gender: Gender) -> String
    /// How often the singular is used: French has it below two.
    func isPlural(_ number: WrittenNumber) -> Bool
    func fraction(_ numerator: UInt64, over denominator: UInt64) -> String
    func time(_ hour: UInt64, minute: UInt64, second: UInt64?, half: String?) -> String
    func date(day: UInt64?, month: UInt64, year: UInt64?) -> String
    func year(_ value: UInt64) -> String
    func money(_ number: WrittenNumber, _ currency: Currency, scale: Scale?) -> String
    func quantity(of unit: Unit) -> UnitName
    /// What stands between a number and its noun: a space, or more.
    func link(_ number: WrittenNumber, to noun: String) -> String
    /// The gender of a noun behind a number.
    func gender(of noun: Spelling) -> Gender
    var currencies: [String: Currency] { get }
    var abbreviations: Abbreviations { get }
    /// Which words of numbers make one number with which behind them.
    var joins: NumberJoins { get }
    /// Whether figures behind a word are a year: "in 1984".
    func precedesYear(_ word: String) -> Bool
}

enum Gender: Sendable { case masculine, feminine }

/// Words between numbers and signs.
struct Words: Sendable {
    var minus: String, plus: String, equals: String, times: String, by: String, dividedBy: String
    var plusOrMinus: String, about: String, notEqual: String, less: String, more: String, atMost: String,
        atLeast: String
    var to: String, over: String, point: String, dot: String, comma: String, percent: String, perMille: String,
        per: String
    var and: String, number: String, hashtag: String, at: String, slash: String, backslash: String, dash: String,
        underscore: String, tilde: String
    var worldWideWeb: String, squared: String, cubed: String, toThePower: String, half: String, degree: String,
        degrees: String,
        version: String
    var colon: String, question: String, ampersand: String, squareRoot: String, infinity: String
}

/// A factor on an amount: thousand, million, billion.
struct Scale: Sendable {
    var value: UInt64
    var singular: String
    var plural: String
}

/// A currency's names.
struct Currency: Sendable {
    var singular: String, plural: String
    /// A hundredth of it.
    var cent: String, cents: String
    var gender = Gender.masculine
}

/// A unit's name in one language.
struct UnitName: Sendable {
    var singular: String
    var plural: String
    var gender = Gender.masculine
}

extension SpokenLanguage {
    func link(_ number: WrittenNumber, to noun: String) -> String { " " }

    func gender(of noun: String) -> Gender { gender(of: Spelling(noun)) }

    /// Figures one by one.
    func digits(_ text: some Sequence<Unicode.Scalar>) -> String {
        var result = ""
        for scalar in text {
            if !result.isEmpty { result += " " }
            result += cardinal(UInt64(scalar.value &- 0x30), .masculine)
        }
        return result
    }

    /// A number with its decimals.
    func spoken(_ number: WrittenNumber, _ gender: Gender = .masculine) -> String {
        let whole = cardinal(number.value, number.isInteger ? gender : .masculine)
        guard !number.isInteger else { return whole }
        return whole + " " + (number.isNative ? nativeMark : words.point) + " " + spoken(number.decimals)
    }

    private var nativeMark: String { decimalMark == "," ? words.comma : words.point }

    /// French reads up to three decimals as a number, behind the zeros in front of it; English reads them one by one.
    private func spoken(_ decimals: Decimals) -> String {
        let zeros = String(repeating: "0", count: decimals.zerosInFront)
        guard decimalMark == ",", (1...999).contains(decimals.value) else {
            return digits((zeros + (decimals.value > 0 ? String(decimals.value) : "")).unicodeScalars)
        }
        return (zeros.isEmpty ? "" : digits(zeros.unicodeScalars) + " ") + cardinal(decimals.value, .masculine)
    }

    /// A number in an address or name: zeros in front are said.
    func code(_ figures: String) -> String {
        guard figures.utf8.count <= TokenizedText.longestNumber else { return digits(figures.unicodeScalars) }
        let value = UInt64(figures) ?? 0
        guard figures.utf8.first == UInt8(ascii: "0") else { return cardinal(value, .masculine) }
        let zeros = figures.unicodeScalars.prefix { $0 == "0" }
        return digits(zeros) + (value > 0 ? " " + cardinal(value, .masculine) : "")
    }
}
