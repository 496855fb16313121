/// How a language says what the rules have found. The rules know what is written, a language knows words.
protocol SpokenLanguage: Sendable {
    var words: Words { get }
    var decimalMark: String { get }
    /// Its name.
    var decimalName: String { get }

    /// The numbers below a hundred in words: masculine, and then feminine ones.
    var smallNumbers: PhraseTable { get }
    /// Up to a quadrillion.
    func cardinal(_ value: UInt64, _ gender: Gender, to phrase: inout Phrase)
    func ordinal(_ value: UInt64, _ gender: Gender, to phrase: inout Phrase)
    /// How often the singular is used: French has it below two.
    func isPlural(_ number: WrittenNumber) -> Bool
    func fraction(_ numerator: UInt64, over denominator: UInt64, to phrase: inout Phrase)
    func time(_ hour: UInt64, minute: UInt64, second: UInt64?, half: String?, to phrase: inout Phrase)
    func date(day: UInt64?, month: UInt64, year: UInt64?, to phrase: inout Phrase)
    func year(_ value: UInt64, to phrase: inout Phrase)
    func money(_ number: WrittenNumber, _ currency: Currency, scale: Scale?, to phrase: inout Phrase)
    /// What stands between a number and its noun: a space, or more.
    func link(_ number: WrittenNumber, to noun: String) -> String
    /// The gender of a noun behind a number.
    func gender(of noun: Spelling) -> Gender
    var currencies: Currencies { get }
    var units: UnitTable { get }
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
    var to: String, over: String, point: String, dot: String, percent: String, perMille: String,
        per: String
    var and: String, number: String, hashtag: String, at: String, slash: String, backslash: String, dash: String,
        underscore: String, tilde: String
    var worldWideWeb: String, squared: String, cubed: String, toThePower: String, half: String, degree: String,
        degrees: String,
        version: String
    var colon: String, question: String, ampersand: String, squareRoot: String, cubeRoot: String, infinity: String
}

/// A factor on an amount: thousand, million, billion.
final class Scale: Sendable {
    let value: UInt64
    let singular: String, plural: String

    init(_ value: UInt64, _ singular: String, plural: String? = nil) {
        (self.value, self.singular, self.plural) = (value, singular, plural ?? singular + "s")
    }
}

/// A currency's names, kept in one place, as they would be copied all the time.
final class Currency: Sendable {
    let singular: String, plural: String
    /// A hundredth of it; empty where that has no name.
    let cent: String, cents: String
    let gender: Gender

    init(singular: String, plural: String, cent: String, cents: String, gender: Gender = .masculine) {
        (self.singular, self.plural, self.cent, self.cents) = (singular, plural, cent, cents)
        self.gender = gender
    }
}

/// Currencies by their signs.
final class Currencies: Sendable, ExpressibleByDictionaryLiteral {
    /// Which nobody writes, so that it stands for the letters.
    static let franc: Unicode.Scalar = "₣"

    private let signs: [Unicode.Scalar]
    private let currencies: [Currency]

    init(dictionaryLiteral elements: (Unicode.Scalar, Currency)...) {
        (signs, currencies) = (elements.map(\.0), elements.map(\.1))
    }

    subscript(sign: Unicode.Scalar) -> Currency? { signs.firstIndex(of: sign).map { currencies[$0] } }
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
    func digits(_ figures: Figures, to phrase: inout Phrase) {
        var rest = figures
        while rest.count > 0 {
            let (first, others) = rest.split(at: 1)
            if rest.count < figures.count { phrase.append(" ") }
            cardinal(first.value, .masculine, to: &phrase)
            rest = others
        }
    }

    /// A number with its decimals.
    func spoken(_ number: WrittenNumber, _ gender: Gender, to phrase: inout Phrase) {
        cardinal(number.value, number.isInteger ? gender : .masculine, to: &phrase)
        guard !number.isInteger else { return }
        phrase.append(" ")
        phrase += number.isNative ? decimalName : words.point
        phrase.append(" ")
        // French reads up to three decimals as a number, behind the zeros in front of it; English reads them one by one.
        if decimalMark == ",", (1...999).contains(number.decimals.value) {
            code(number.decimals, to: &phrase)
        } else {
            digits(number.decimals, to: &phrase)
        }
    }

    /// A number in an address or name: zeros in front are said.
    func code(_ figures: Figures, to phrase: inout Phrase) {
        let zeros = figures.zerosInFront
        if zeros > 0 { digits(Figures(value: 0, count: zeros), to: &phrase) }
        guard figures.value > 0 else { return }
        if zeros > 0 { phrase.append(" ") }
        // "01100": its "mille" has a figure of its own.
        if zeros > 0, decimalMark == ",", (1000..<2000).contains(figures.value) { phrase += "un " }
        cardinal(figures.value, .masculine, to: &phrase)
    }

    // MARK: For rules that are rarely asked

    func cardinal(_ value: UInt64, _ gender: Gender) -> String { String(saying: { cardinal(value, gender, to: &$0) }) }
    func ordinal(_ value: UInt64, _ gender: Gender) -> String { String(saying: { ordinal(value, gender, to: &$0) }) }
}
