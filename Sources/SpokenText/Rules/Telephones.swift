/// Telephone numbers: groups of figures with a short pause between them.
enum Telephones {
    /// "01 23 45 67 89", "06.12.34.56.78", "0123456789", "0800 123 456".
    static let national = Rule(at: "0", of: 1...15, after: .all.subtracting(.innerStop), in: .french) {
        context, index in
        let text = context.text
        guard text.tokens[index].head == "0", !text.isMark(index - 1, ".,/-:") || follows(text, index) else {
            return nil
        }
        if text.length(index) > 10 {
            // "0033680120000"
            guard let figures = text.figures(index), (12...15).contains(figures.count), figures.zerosInFront == 2 else {
                return nil
            }
            let (zeros, number) = figures.split(at: 2)
            let (country, rest) = number.split(at: countryLength(of: number))
            return read([zeros, country] + rest.pairs, in: context, end: index + 1)
        }
        if text.length(index) == 10 { return read(text.pairs(index), in: context, end: index + 1) }
        // "0032 475 12 34 56" is dialled from abroad.
        let isAbroad = (2...4).contains(text.length(index)) && text.figures(index).map { $0.zerosInFront > 1 } == true
        return groups(from: index, in: context, digits: isAbroad ? 11...15 : 9...10)
    }

    /// One figure for North America and Russia, and else two.
    private static func countryLength(of number: Figures) -> Int {
        let first = number.split(at: 1).0.value
        return first == 1 || first == 7 ? 1 : 2
    }

    /// "Tél:0612345678", "06.12.34.56.78/07.12.34.56.78".
    private static func follows(_ text: TokenizedText, _ index: Int) -> Bool {
        text.isMark(index - 1, ":") && text.isWord(index - 2)
            || text.isMark(index - 1, "/") && text.isDigits(index - 2) && text.length(index - 2) == text.length(index)
                && (text.length(index) == 10 || text.length(index) == 2 && text.isDigits(index + 8))
    }

    /// "0497/91.72.83", "02/274 95 70": as Belgium writes them.
    static let slashed = Rule(at: "0", of: 2...4, before: .slash, in: .french) { context, index in
        let text = context.text
        guard !text.isMark(index - 1, ".,/-+"), let area = text.figures(index) else { return nil }
        var (end, groups, count, areShort) = (index + 2, 1, area.count, true)
        while text.isDigits(end), groups < 6 {
            guard let group = text.figures(end) else { return nil }
            (groups, count) = (groups + 1, count + group.count)
            areShort = areShort && (2...3).contains(group.count)
            guard text.isDigits(end + 2),
                groups == 2
                    ? text.isSingleSpace(end + 1) || text.isMark(end + 1, ".")
                    : text.mark(end + 1) == text.mark(index + 3) && !text.isMark(end + 1, "/-")
            else { break }
            end += 2
        }
        guard (9...10).contains(count), !text.isMark(end + 1, "/") else { return nil }
        if groups == 2, let number = text.figures(index + 2), (6...8).contains(number.count) {
            return read([area] + number.pairs, in: context, end: end + 1)
        }
        guard groups > 2, areShort else { return nil }
        context.say(each: stride(from: index, to: index + 2 * groups, by: 2), between: ", ") { place in
            say(text.figures(place) ?? Figures(), in: context)
        }
        return Reading(end: end + 1)
    }

    /// "555-123-4567", "1-800-555-1234".
    static let american = Rule(of: 1...3, before: [.dash, .innerStop, .space], in: .english) { context, index in
        let text = context.text
        guard !text.isMark(index - 1, "-–.,/+:$£€"),
            !text.isDigits(index - 2) || !text.isSpace(index - 1)
        else { return nil }
        return american(from: index, in: context)
    }

    private static func american(from index: Int, in context: RuleContext) -> Reading? {
        let text = context.text
        let mark = text.mark(index + 1)
        guard mark == nil ? text.isSingleSpace(index + 1) : text.isMark(index + 1, ".-‑") else { return nil }
        if let short = local(from: index, in: context) { return short }
        // "1-800-FLOWERS"
        if text.length(index) == 1, text.value(index) == 1,
            text.value(index + 2).map({ (800..<900).contains($0) }) == true,
            text.isMark(index + 3, "-‑"), text.isAllCapitals(index + 4), text.length(index + 4) > 1
        {
            context.say("one, ")
            if let area = text.figures(index + 2) { sayAmerican(area, in: context) }
            context.say(", ")
            return Reading(end: index + 4)
        }
        let lengths = text.length(index) == 1 ? [1, 3, 3, 4] : [3, 3, 4]
        var (place, groups) = (index, [Figures]())
        for (step, length) in lengths.enumerated() {
            guard let group = text.figures(place), group.count == length else { return nil }
            groups.append(group)
            if step < lengths.count - 1 {
                guard mark == nil ? text.isSingleSpace(place + 1) : text.mark(place + 1) == mark else { return nil }
                place += 2
            }
        }
        guard !text.isMark(place + 1, "-.") || !text.isDigits(place + 2) else { return nil }
        context.say(each: groups, between: ", ") { sayAmerican($0, in: context) }
        return Reading(end: place + 1)
    }

    /// "eight hundred" of three figures, others one by one.
    private static func sayAmerican(_ group: Figures, in context: RuleContext) {
        if group.count == 3, group.value % 100 == 0 { context.say(code: group) } else { context.say(digits: group) }
    }

    /// "555-0199", which its zero or a word before it tells from a range.
    private static func local(from index: Int, in context: RuleContext) -> Reading? {
        let text = context.text
        guard text.length(index) == 3, context.isDash(index + 1), text.isDigits(index + 2), text.length(index + 2) == 4,
            !context.isDash(index + 3),
            text.startsWithZero(index + 2)
                || text.isSpace(index - 1)
                    && text.isWord(index - 2, inAnyCase: "call dial text phone")
        else { return nil }
        context.say(each: [index, index + 2], between: ", ") { context.say(digitsAt: $0) }
        return Reading(end: index + 3)
    }

    /// "(+33) 1 23 45 67 89", "(555) 123-4567".
    static let inBrackets = Rule(at: "(", before: [.digits, .otherMark]) { context, index in
        let text = context.text
        if text.isMark(index + 1, "+"), text.isDigits(index + 2), text.length(index + 2) <= 3,
            text.isMark(index + 3, ")"),
            text.isSpace(index + 4)
        {
            let start = context.phrase.end
            sayCountry(at: index + 2, in: context)
            context.say(", ")
            if let rest = groups(from: index + 5, in: context, digits: 8...11) { return rest }
            context.phrase.cut(to: start)
        }
        guard !context.isFrench, text.length(index + 1) == 3, text.isDigits(index + 1), text.isMark(index + 2, ")")
        else { return nil }
        let place = text.behindSpace(index + 3)
        guard text.length(place) == 3, text.isDigits(place), text.isMark(place + 1, "-."), text.isDigits(place + 2),
            text.length(place + 2) == 4, !context.isDash(place + 3)
        else { return nil }
        let groups = [index + 1, place, place + 2].compactMap { text.figures($0) }
        context.say(each: groups, between: ", ") { sayAmerican($0, in: context) }
        return Reading(end: place + 3)
    }

    /// "+33 1 23 45 67 89".
    static let international = Rule(at: "+", before: .digits, after: [.none, .space, .colon, .otherMark]) {
        context, index in
        let text = context.text
        guard text.isMark(index, "+"), text.isBorder(index - 1) || text.isMark(index - 1, "(:") else { return nil }
        let start = context.phrase.end
        context.say(context.words.plus + " ")
        if let whole = text.figures(index + 1), (10...14).contains(whole.count) {
            let (country, rest) = whole.split(at: countryLength(of: whole))
            return read([country] + rest.pairs, in: context, end: index + 2)
        }
        context.phrase.cut(to: start)
        if let reading = withoutZero(context, index) { return reading }
        // "+1 (555) 123-4567"
        if !context.isFrench, text.length(index + 1) <= 2, text.isSpace(index + 2), text.isMark(index + 3, "("),
            text.length(index + 4) == 3, text.isDigits(index + 4), text.isMark(index + 5, ")")
        {
            sayCountry(at: index + 1, in: context)
            context.say(",")
            return Reading(end: index + 2)
        }
        context.say(context.words.plus + " ")
        return groups(from: index + 1, in: context, digits: 9...14)
    }

    /// "plus trente-trois".
    private static func sayCountry(at index: Int, in context: RuleContext) {
        context.say(context.words.plus + " ")
        context.say(codeAt: index)
    }

    /// "+33 (0)6 12 34 56 78": a caller from abroad leaves out the zero.
    private static func withoutZero(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        let zero = text.behindSpace(index + 2)
        guard text.isMark(zero, "("), text.length(zero + 1) == 1, text.value(zero + 1) == 0, text.isMark(zero + 2, ")")
        else { return nil }
        let (start, first) = (context.phrase.end, text.behindSpace(zero + 3))
        sayCountry(at: index + 1, in: context)
        context.say(", ")
        let rest =
            text.length(first) == 9 && text.isDigits(first)
            ? read(text.pairs(first), in: context, end: first + 1) : groups(from: first, in: context, digits: 8...11)
        if rest == nil { context.phrase.cut(to: start) }
        return rest
    }

    private static func groups(from index: Int, in context: RuleContext, digits: ClosedRange<Int>) -> Reading? {
        let text = context.text
        guard text.length(index) <= 4 else { return nil }
        let mark = text.mark(index + 1)
        guard mark == nil ? text.isSingleSpace(index + 1) : text.isMark(index + 1, ".-/‑") else { return nil }
        var (end, groups, count) = (index, 0, 0)
        while text.value(end) != nil, text.length(end) <= 4, groups < 8 {
            (groups, count) = (groups + 1, count + text.length(end))
            guard text.isDigits(end + 2), mark == nil ? text.isSingleSpace(end + 1) : text.mark(end + 1) == mark else {
                break
            }
            end += 2
        }
        guard groups > 2, digits.contains(count) else { return nil }
        // "0 800 123 456" is said like "0800 123 456".
        let isSplit = text.length(index) == 1 && text.value(index) == 0 && text.length(index + 2) == 3
        let first = isSplit ? index + 2 : index
        context.say(each: stride(from: first, to: index + 2 * groups, by: 2), between: ", ") { place in
            let count = isSplit && place == first ? 4 : text.length(place)
            say(Figures(value: text.value(place) ?? 0, count: count), in: context)
        }
        return Reading(end: end + 1)
    }

    private static func read(_ groups: some Sequence<Figures>, in context: RuleContext, end: Int) -> Reading {
        context.say(each: groups, between: ", ") { say($0, in: context) }
        return Reading(end: end)
    }

    /// "0825" as "zéro huit cent vingt-cinq", other groups of four two by two.
    private static func say(_ group: Figures, in context: RuleContext) {
        let isWhole = group.value % 100 == 0 || context.isFrench && group.value / 100 == 8
        let (first, second) = group.split(at: group.count == 4 && !isWhole ? 2 : group.count)
        if context.isFrench { context.say(code: first) } else { context.say(digits: first) }
        guard second.count > 0 else { return }
        context.say(", ")
        if context.isFrench { context.say(code: second) } else { context.say(digits: second) }
    }
}
