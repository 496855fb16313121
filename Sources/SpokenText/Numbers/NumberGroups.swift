/// Numbers said one behind the other: groups of a code, the draw of a lottery.
extension SpokenLanguage {
    /// Whether two numbers in words, one behind the other, may be heard as another one: "quatre" and "vingt", "mille" and "deux".
    func areOneNumber(_ left: Range<Int>, _ right: Range<Int>, in phrase: borrowing Phrase) -> Bool {
        let (left, right, joins) = (phrase.bytes(left), phrase.bytes(right), joins)
        let gap = left.lastIndex { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "-") }
        let last = gap.map { left[($0 + 1)...] } ?? left[...]
        guard let ends = joins.left[Spelling(utf8: last)] else { return false }
        let first = right.prefix { $0 >= 0x80 || Unicode.Scalar($0).isLetter }
        return joins.right[Spelling(utf8: first)].map { ends & $0 != 0 } ?? false
    }
}

extension RuleContext {
    /// One more number of a row, with a pause where two of them would be heard as one: "soixante, douze".
    ///
    /// - Parameter last: where the one before stands in the phrase; nil in front of the first.
    func say(behind last: inout Range<Int>?, _ say: () -> Void) {
        let gap = phrase.end
        if last != nil { phrase += " " }
        var start = phrase.end
        say()
        if let last, language.areOneNumber(last, start..<phrase.end, in: phrase) {
            phrase.insert(",", at: gap)
            start += 1
        }
        last = start..<phrase.end
    }
}

/// Words of numbers that make one number with those behind them.
final class NumberJoins: Sendable {
    /// A bit for each pair of sets of words that join.
    let left: WordTable<UInt8>
    let right: WordTable<UInt8>

    private init(_ pairs: (left: Set<String>, right: Set<String>)...) {
        func bits(_ sets: [Set<String>]) -> WordTable<UInt8> {
            var bits: [String: UInt8] = [:]
            for (number, set) in sets.enumerated() {
                for word in set { bits[word, default: 0] |= 1 << UInt8(number) }
            }
            return WordTable(bits)
        }
        (left, right) = (bits(pairs.map(\.left)), bits(pairs.map(\.right)))
    }

    static let french: NumberJoins = {
        let ones: Set<String> = ["un", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"]
        let teens: Set<String> = ["dix", "onze", "douze", "treize", "quatorze", "quinze", "seize"]
        let tens: Set<String> = [
            "vingt", "vingts", "trente", "quarante", "cinquante", "soixante", "septante", "huitante", "octante",
            "nonante",
        ]
        let scales: Set<String> = ["mille", "million", "millions", "milliard", "milliards"]
        let hundreds: Set<String> = ["cent", "cents"]
        let all = ones.union(teens).union(tens)
        return NumberJoins(
            (left: ["quatre"], right: ["vingt", "vingts"]),
            (left: tens, right: ones),
            (left: ["soixante", "vingts"], right: teens),
            (left: ["dix"], right: ["sept", "huit", "neuf"]),
            (left: all.union(hundreds).union(scales), right: hundreds.union(scales)),
            (left: hundreds.union(scales), right: all))
    }()

    static let english: NumberJoins = {
        let ones: Set<String> = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
        let tens: Set<String> = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
        let all = ones.union(tens).union([
            "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
            "nineteen",
        ])
        let scales: Set<String> = ["hundred", "thousand", "million", "billion"]
        return NumberJoins(
            (left: tens, right: ones), (left: all.union(scales), right: scales),
            (left: scales, right: all))
    }()
}
