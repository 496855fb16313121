/// Numbers of accounts at a bank.
enum Accounts {
    /// "FR76 3000 6000 0112 3456 7890 189": by groups of four, in French by pairs within them.
    static let iban = Rule(
        at: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", of: 2...2, before: .digits, after: [.none, .space, .colon, .otherMark]
    ) { context, index in
        let text = context.text
        guard text.length(index + 1) >= 2, text.isAllCapitals(index),
            text.isBorder(index - 1) || text.isMark(index - 1, ":(«")
        else { return nil }
        let length = text.entry(index, in: lengths)
        guard length != nil || context.isNear(names, index, before: 8, behind: 0) else { return nil }
        var (count, end) = run(text, from: index)
        if count == 4 {
            let most = length ?? longest
            while text.isSingleSpace(end), count % 4 == 0, case let group = run(text, from: end + 1),
                (1...4).contains(group.count), count + group.count <= most
            {
                (count, end) = (count + group.count, group.end)
            }
        }
        guard length.map({ $0 == count }) ?? (15...longest).contains(count), !text.isWord(end) else { return nil }
        say(index..<end, in: context)
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
    private static let lengths: WordTable<Int> = [
        "FR": 27, "MC": 27, "BE": 16, "CH": 21, "LU": 20, "DE": 22, "ES": 24, "IT": 27, "PT": 25, "NL": 18, "GB": 22,
        "IE": 22, "AT": 20,
    ]

    /// How many figures and capitals stand there without anything between them, and where they end.
    private static func run(_ text: TokenizedText, from index: Int) -> (count: Int, end: Int) {
        var (count, end) = (0, index)
        while text.isDigits(end) || text.isAllCapitals(end), end < index + longest {
            count += text.length(end)
            end += 1
        }
        return (count, end)
    }

    /// By groups of four, however they are written: capitals one by one, and figures by pairs, or in English one by one.
    private static func say(_ range: Range<Int>, in context: RuleContext) {
        let text = context.text
        var (place, figures, last) = (0, Figures(), Range<Int>?.none)
        func sayFigures() {
            let isPair = context.isFrench && figures.count == 4
            let (first, second) = figures.split(at: isPair ? 2 : figures.count)
            for part in [first, second] where part.count > 0 {
                context.say(behind: &last) {
                    if context.isFrench { context.say(code: part) } else { context.say(digits: part) }
                }
            }
            figures = Figures()
        }
        for index in range where !text.isSpace(index) {
            for scalar in text.scalars(text.tokens[index]) {
                if place > 0, place % 4 == 0 {
                    sayFigures()
                    context.say(", ")
                    last = nil
                }
                place += 1
                if scalar.isDigit {
                    figures = Figures(value: 10 * figures.value + UInt64(scalar.value - 0x30), count: figures.count + 1)
                } else {
                    sayFigures()
                    context.say(behind: &last) { context.phrase.append(scalar) }
                }
            }
        }
        sayFigures()
    }
}
