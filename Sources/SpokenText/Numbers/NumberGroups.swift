/// Numbers said one behind the other: groups of a code, the draw of a lottery.
extension SpokenLanguage {
    /// Groups of figures, with a pause where two of them would be heard as one number: "soixante, douze".
    func joined(_ groups: [String]) -> String {
        var (result, last) = ("", "")
        for group in groups where !group.isEmpty {
            if !result.isEmpty { result += areOneNumber(last, group) ? ", " : " " }
            result += group
            last = group
        }
        return result
    }

    /// Whether two numbers in words, one behind the other, may be heard as another one: "quatre" and "vingt", "mille" and "deux".
    func areOneNumber(_ left: String, _ right: String) -> Bool {
        let isWordEnd = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "-" }
        let (one, other) = (left.unicodeScalars, right.unicodeScalars)
        let last = one.lastIndex(where: isWordEnd).map { one[one.index(after: $0)...] } ?? one[...]
        let first = other[..<(other.firstIndex { !$0.isLetter } ?? other.endIndex)]
        let (lastWord, firstWord) = (String(last), String(first))
        return joins.contains { $0.left.contains(lastWord) && $0.right.contains(firstWord) }
    }
}

/// Words of numbers that make one number with those behind them.
struct NumberJoin: Sendable {
    var left: WordSet
    var right: WordSet

    static let french: [NumberJoin] = {
        let ones: WordSet = ["un", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"]
        let teens: WordSet = ["dix", "onze", "douze", "treize", "quatorze", "quinze", "seize"]
        let tens: WordSet = [
            "vingt", "vingts", "trente", "quarante", "cinquante", "soixante", "septante", "huitante", "octante",
            "nonante",
        ]
        let scales: WordSet = ["mille", "million", "millions", "milliard", "milliards"]
        let hundreds: WordSet = ["cent", "cents"]
        let all = ones.union(teens).union(tens)
        return [
            NumberJoin(left: ["quatre"], right: ["vingt", "vingts"]),
            NumberJoin(left: tens, right: ones),
            NumberJoin(left: ["soixante", "vingts"], right: teens),
            NumberJoin(left: ["dix"], right: ["sept", "huit", "neuf"]),
            NumberJoin(left: all.union(hundreds).union(scales), right: hundreds.union(scales)),
            NumberJoin(left: hundreds.union(scales), right: all),
        ]
    }()

    static let english: [NumberJoin] = {
        let ones: WordSet = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
        let tens: WordSet = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
        let all = ones.union(tens).union([
            "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
            "nineteen",
        ])
        let scales: WordSet = ["hundred", "thousand", "million", "billion"]
        return [
            NumberJoin(left: tens, right: ones), NumberJoin(left: all.union(scales), right: scales),
            NumberJoin(left: scales, right: all),
        ]
    }()
}
