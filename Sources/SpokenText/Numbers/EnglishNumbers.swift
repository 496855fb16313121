/// English numerals: "one hundred twenty-one", "twenty-first".
final class EnglishNumbers: Sendable {
    /// The numbers below a hundred, twice, as there are no genders: most numbers that are said are among them.
    let small = PhraseTable((0..<200).map { EnglishNumbers.belowHundred($0 % 100) })

    private static let ones = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = [
        "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ]
    private static let scales: [(UInt64, String)] = [
        (1_000_000_000_000_000, "quadrillion"), (1_000_000_000_000, "trillion"), (1_000_000_000, "billion"),
        (1_000_000, "million"), (1000, "thousand"),
    ]
    private static let irregular = [
        "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
        "twelve": "twelfth",
    ]

    func cardinal(_ value: UInt64, to phrase: inout Phrase) {
        var rest = value
        for (scale, name) in Self.scales where rest >= scale {
            if rest < value { phrase.append(" ") }
            belowThousand(rest / scale, to: &phrase)
            phrase.append(" ")
            phrase += name
            rest %= scale
        }
        guard rest > 0 || value == 0 else { return }
        if rest < value { phrase.append(" ") }
        belowThousand(rest, to: &phrase)
    }

    private func belowThousand(_ value: UInt64, to phrase: inout Phrase) {
        let (hundreds, rest) = (value / 100, value % 100)
        if hundreds > 0 {
            phrase += Self.ones[Int(hundreds)]
            phrase += rest > 0 ? " hundred " : " hundred"
        }
        if rest > 0 || hundreds == 0 { belowHundred(rest, to: &phrase) }
    }

    private func belowHundred(_ value: UInt64, to phrase: inout Phrase) { phrase.append(Int(value), of: small) }

    private static func belowHundred(_ value: Int) -> String {
        if value < 20 { return ones[value] }
        return value % 10 == 0 ? tens[value / 10] : tens[value / 10] + "-" + ones[value % 10]
    }

    func ordinal(_ value: UInt64, to phrase: inout Phrase) {
        let start = phrase.end
        cardinal(value, to: &phrase)
        let last = phrase.lastWord(from: start)
        if let word = Self.irregular[phrase.text(from: last)] {
            phrase.cut(to: last)
            phrase += word
        } else if phrase.ends(with: "y") {
            phrase.removeLast()
            phrase += "ieth"
        } else {
            phrase += "th"
        }
    }

    /// "nineteen eighty-four", "two thousand six", "twenty twenty-six".
    func year(_ value: UInt64, to phrase: inout Phrase) {
        let (century, rest) = (value / 100, value % 100)
        guard (1010..<2100).contains(value), !(2000..<2010).contains(value) else {
            return cardinal(value, to: &phrase)
        }
        belowHundred(century, to: &phrase)
        phrase += rest == 0 ? " hundred" : rest < 10 ? " oh " : " "
        if rest > 0 { belowHundred(rest, to: &phrase) }
    }
}
