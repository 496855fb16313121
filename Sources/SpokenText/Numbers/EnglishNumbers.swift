/// English numerals: "one hundred twenty-one", "twenty-first".
struct EnglishNumbers: Sendable {
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

    func cardinal(_ value: UInt64) -> String {
        if value < 1000 { return belowThousand(value) }
        var rest = value
        var parts: [String] = []
        for (scale, name) in Self.scales where rest >= scale {
            parts.append(belowThousand(rest / scale) + " " + name)
            rest %= scale
        }
        if rest > 0 || parts.isEmpty { parts.append(belowThousand(rest)) }
        return parts.joined(separator: " ")
    }

    private func belowThousand(_ value: UInt64) -> String {
        let (hundreds, rest) = (value / 100, value % 100)
        guard hundreds > 0 else { return belowHundred(rest) }
        return Self.ones[Int(hundreds)] + " hundred" + (rest > 0 ? " " + belowHundred(rest) : "")
    }

    private func belowHundred(_ value: UInt64) -> String {
        if value < 20 { return Self.ones[Int(value)] }
        return Self.tens[Int(value / 10)] + (value % 10 > 0 ? "-" + Self.ones[Int(value % 10)] : "")
    }

    func ordinal(_ value: UInt64) -> String {
        let cardinal = cardinal(value)
        let start = cardinal.lastIndex { $0 == " " || $0 == "-" }.map(cardinal.index(after:)) ?? cardinal.startIndex
        let last = String(cardinal[start...])
        let end = Self.irregular[last] ?? (last.hasSuffix("y") ? last.dropLast() + "ieth" : last + "th")
        return cardinal[..<start] + end
    }

    /// "nineteen eighty-four", "two thousand six", "twenty twenty-six".
    func year(_ value: UInt64) -> String {
        let (century, rest) = (value / 100, value % 100)
        guard (1010..<2100).contains(value), !(2000..<2010).contains(value) else { return cardinal(value) }
        if rest == 0 { return belowHundred(century) + " hundred" }
        return belowHundred(century) + (rest < 10 ? " oh " : " ") + belowHundred(rest)
    }
}
