/// Numbers of accounts at a bank.
enum Accounts {
    /// "FR76 3000 6000 0112 3456 7890 189": by groups of four, in French by pairs within them.
    static let iban = Rule(at: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", of: 2...2, before: .digits) { context, index in
        let text = context.text
        guard text.length(index) == 2, text.isAllCapitals(index), text.length(index + 1) >= 2,
            text.isBorder(index - 1) || text.isMark(index - 1, ":(«")
        else { return nil }
        let length = lengths[text.string(index)]
        guard length != nil || context.isNear(names, index, before: 8, behind: 0) else { return nil }
        var number = run(text, from: index)
        if number.figures.utf8.count == 4 {
            let most = length ?? longest
            while text.isSingleSpace(number.end), number.figures.utf8.count % 4 == 0,
                case let group = run(text, from: number.end + 1), (1...4).contains(group.figures.utf8.count),
                number.figures.utf8.count + group.figures.utf8.count <= most
            {
                number = (number.figures + group.figures, group.end)
            }
        }
        let count = number.figures.utf8.count
        guard length.map({ $0 == count }) ?? (15...longest).contains(count), !text.isWord(number.end) else {
            return nil
        }
        return Reading(end: number.end, words: groups(number.figures, in: context))
    }

    private static let names: WordSet = ["iban"]
    private static let longest = 34
    /// Of countries whose accounts a French house meets.
    private static let lengths = [
        "FR": 27, "MC": 27, "BE": 16, "CH": 21, "LU": 20, "DE": 22, "ES": 24, "IT": 27, "PT": 25, "NL": 18, "GB": 22,
        "IE": 22, "AT": 20,
    ]

    /// Figures and capitals without anything between them.
    private static func run(_ text: TokenizedText, from index: Int) -> (figures: String, end: Int) {
        var end = index
        while text.isDigits(end) || text.isAllCapitals(end), end < index + longest { end += 1 }
        return (end > index ? text.string(tokens: index..<end) : "", end)
    }

    private static func groups(_ figures: String, in context: RuleContext) -> String {
        var (rest, parts) = (figures.unicodeScalars[...], [String]())
        while !rest.isEmpty {
            parts.append(group(rest.prefix(4), in: context))
            rest = rest.dropFirst(4)
        }
        return parts.joined(separator: ", ")
    }

    private static func group(_ group: Substring.UnicodeScalarView, in context: RuleContext) -> String {
        var (rest, parts) = (group, [String]())
        while let first = rest.first {
            let digits = rest.prefix { $0.isDigit }
            if digits.isEmpty {
                parts.append(String(first))
                rest = rest.dropFirst()
            } else {
                parts.append(
                    !context.isFrench
                        ? context.language.digits(digits)
                        : digits.count == 4
                            ? Codes.pairs(String(digits), in: context) : context.language.code(String(digits)))
                rest = rest.dropFirst(digits.count)
            }
        }
        return context.language.joined(parts)
    }
}
