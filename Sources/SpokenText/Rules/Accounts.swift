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
        var (figures, end) = run(text, from: index)
        if figures.count == 4 {
            let most = length ?? longest
            while text.isSingleSpace(end), figures.count % 4 == 0,
                case let group = run(text, from: end + 1), (1...4).contains(group.figures.count),
                figures.count + group.figures.count <= most
            {
                figures += group.figures
                end = group.end
            }
        }
        guard length.map({ $0 == figures.count }) ?? (15...longest).contains(figures.count), !text.isWord(end) else {
            return nil
        }
        let groups = stride(from: 0, to: figures.count, by: 4).map { figures[$0..<min(figures.count, $0 + 4)] }
        context.say(each: groups, between: ", ") { say($0, in: context) }
        return Reading(end: end)
    }

    /// "+++090/9337/55493+++": what a Belgian bill asks for with its payment; its stars are lost to markup.
    static let communication = Rule(at: "+", before: .otherMark, in: .french) { context, index in
        guard hasPluses(context.text, index) else { return nil }
        return communication(context, index + 3)
    }

    static let plainCommunication = Rule(of: 3...3, before: .slash, in: .french) { context, index in
        communication(context, index)
    }

    private static func communication(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        let groups = stride(from: index, to: index + 5, by: 2)
        guard zip(groups, [3, 4, 5]).allSatisfy({ text.isDigits($0) && text.length($0) == $1 }),
            text.isMark(index + 1, "/"), text.isMark(index + 3, "/"), !text.isMark(index + 5, "/"),
            !text.isWord(index + 5)
        else { return nil }
        context.say(each: groups, between: ", ") { group in
            if text.length(group) == 3 { context.say(codeAt: group) } else { context.say(pairsOf: group) }
        }
        return Reading(end: hasPluses(text, index + 5) ? index + 8 : index + 5)
    }

    private static func hasPluses(_ text: TokenizedText, _ index: Int) -> Bool {
        (index..<index + 3).allSatisfy { text.isMark($0, "+") }
    }

    private static let names: WordSet = ["iban"]
    private static let longest = 34
    /// Of countries whose accounts a French house meets.
    private static let lengths = [
        "FR": 27, "MC": 27, "BE": 16, "CH": 21, "LU": 20, "DE": 22, "ES": 24, "IT": 27, "PT": 25, "NL": 18, "GB": 22,
        "IE": 22, "AT": 20,
    ]

    /// Figures and capitals without anything between them.
    private static func run(_ text: TokenizedText, from index: Int) -> (figures: [Unicode.Scalar], end: Int) {
        var (figures, end) = ([Unicode.Scalar](), index)
        while text.isDigits(end) || text.isAllCapitals(end), end < index + longest {
            figures += text.scalars(text.tokens[end])
            end += 1
        }
        return (figures, end)
    }

    /// Capitals one by one, and figures by pairs, or in English one by one.
    private static func say(_ group: ArraySlice<Unicode.Scalar>, in context: RuleContext) {
        var (parts, rest) = ([ArraySlice<Unicode.Scalar>](), group)
        parts.reserveCapacity(4)
        while let first = rest.first {
            let length = first.isDigit ? rest.prefix(while: \.isDigit).count : 1
            let isPair = context.isFrench && length == 4
            parts.append(rest.prefix(isPair ? 2 : length))
            rest = rest.dropFirst(isPair ? 2 : length)
            if isPair {
                parts.append(rest)
                rest = []
            }
        }
        let language = context.language
        language.joined(parts, to: &context.phrase) { part, phrase in
            guard part.first?.isDigit == true else {
                for letter in part { phrase += String(letter) }
                return
            }
            let figures = Figures(
                value: part.reduce(0) { 10 * $0 + UInt64($1.value &- 0x30) }, count: part.count)
            if context.isFrench {
                language.code(figures, to: &phrase)
            } else {
                language.digits(figures, to: &phrase)
            }
        }
    }
}
