/// Telephone numbers: groups of figures with a short pause between them.
enum Telephones {
    /// "01 23 45 67 89", "06.12.34.56.78", "0123456789", "0800 123 456".
    static let national = Rule(at: "0", of: 1...15, in: .french) { context, index in
        let text = context.text
        guard text.tokens[index].head == "0", !text.isMark(index - 1, ".,/-:") || follows(text, index) else {
            return nil
        }
        if text.length(index) > 10 {
            // "0033680120000"
            let figures = text.string(index)
            guard (12...15).contains(figures.utf8.count), figures.hasPrefix("00"), !figures.hasPrefix("000") else {
                return nil
            }
            let country = String(
                figures.dropFirst(2).prefix(["1", "7"].contains(figures.dropFirst(2).prefix(1)) ? 1 : 2))
            let rest = String(figures.dropFirst(2 + country.utf8.count))
            return read(["00", country] + pairs(rest), in: context, end: index + 1)
        }
        if text.length(index) == 10 { return read(pairs(text.string(index)), in: context, end: index + 1) }
        // "0032 475 12 34 56" is dialled from abroad.
        let isAbroad = text.string(index).hasPrefix("00") && text.length(index) <= 4
        return groups(from: index, in: context, digits: isAbroad ? 11...15 : 9...10)
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
        guard !text.isMark(index - 1, ".,/-+"), text.isDigits(index + 2) else { return nil }
        var (end, found) = (index + 2, [text.string(index)])
        while text.isDigits(end), found.count < 6 {
            found.append(text.string(end))
            guard text.isDigits(end + 2),
                found.count == 2
                    ? text.isSingleSpace(end + 1) || text.isMark(end + 1, ".")
                    : text.mark(end + 1) == text.mark(index + 3) && !text.isMark(end + 1, "/-")
            else { break }
            end += 2
        }
        let isWhole = found.count == 2 && (6...8).contains(found[1].utf8.count)
        guard isWhole || found.count > 2 && found.dropFirst().allSatisfy({ (2...3).contains($0.utf8.count) }),
            (9...10).contains(found.reduce(0) { $0 + $1.utf8.count }), !text.isMark(end + 1, "/")
        else { return nil }
        return read(isWhole ? [found[0]] + pairs(found[1]) : found, in: context, end: end + 1)
    }

    /// "555-123-4567", "1-800-555-1234".
    static let american = Rule(of: 1...3, before: [.dash, .stop, .space], in: .english) { context, index in
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
        let lengths = text.length(index) == 1 ? [1, 3, 3, 4] : [3, 3, 4]
        var (place, parts) = (index, [String]())
        for (step, length) in lengths.enumerated() {
            guard text.isDigits(place), text.length(place) == length else { return nil }
            let figures = text.string(place)
            parts.append(
                length == 3 && figures.hasSuffix("00")
                    ? context.language.code(figures) : context.language.digits(figures.unicodeScalars))
            if step < lengths.count - 1 {
                guard mark == nil ? text.isSingleSpace(place + 1) : text.mark(place + 1) == mark else { return nil }
                place += 2
            }
        }
        guard !text.isMark(place + 1, "-.") || !text.isDigits(place + 2) else { return nil }
        return Reading(end: place + 1, words: parts.joined(separator: ", "))
    }

    /// "555-0199", which its zero or a word before it tells from a range.
    private static func local(from index: Int, in context: RuleContext) -> Reading? {
        let text = context.text
        guard text.length(index) == 3, context.isDash(index + 1), text.isDigits(index + 2), text.length(index + 2) == 4,
            !context.isDash(index + 3),
            text.startsWithZero(index + 2)
                || text.isSpace(index - 1)
                    && text.isWord(index - 2, inAnyCase: "call", "dial", "text", "phone")
        else { return nil }
        let words = [index, index + 2].map { context.language.digits(text.string($0).unicodeScalars) }
        return Reading(end: index + 3, words: words.joined(separator: ", "))
    }

    /// "(+33) 1 23 45 67 89", "(555) 123-4567".
    static let inBrackets = Rule(at: "(", before: [.digits, .otherMark]) { context, index in
        let text = context.text
        if text.isMark(index + 1, "+"), text.isDigits(index + 2), text.length(index + 2) <= 3,
            text.isMark(index + 3, ")"),
            text.isSpace(index + 4), let rest = groups(from: index + 5, in: context, digits: 8...11)
        {
            let country = context.words.plus + " " + context.language.code(text.string(index + 2))
            return Reading(end: rest.end, words: country + ", " + rest.words)
        }
        guard !context.isFrench, text.length(index + 1) == 3, text.isDigits(index + 1), text.isMark(index + 2, ")")
        else { return nil }
        let place = text.behindSpace(index + 3)
        guard text.length(place) == 3, text.isDigits(place), text.isMark(place + 1, "-."), text.isDigits(place + 2),
            text.length(place + 2) == 4, !context.isDash(place + 3)
        else { return nil }
        let words = [index + 1, place, place + 2].map {
            let figures = text.string($0)
            return figures.hasSuffix("00") && figures.utf8.count == 3
                ? context.language.code(figures) : context.language.digits(figures.unicodeScalars)
        }
        return Reading(end: place + 3, words: words.joined(separator: ", "))
    }

    /// "+33 1 23 45 67 89".
    static let international = Rule(at: "+") { context, index in
        let text = context.text
        guard text.isMark(index, "+"), text.isBorder(index - 1) || text.isMark(index - 1, "(:"),
            text.isDigits(index + 1)
        else {
            return nil
        }
        let whole = text.string(index + 1)
        if (10...14).contains(whole.utf8.count) {
            let country = ["1", "7"].contains(whole.prefix(1)) ? 1 : 2
            let rest = String(whole.dropFirst(country))
            let reading = read([String(whole.prefix(country))] + pairs(rest), in: context, end: index + 2)
            return Reading(end: reading.end, words: context.words.plus + " " + reading.words)
        }
        if let reading = withoutZero(context, index) { return reading }
        // "+1 (555) 123-4567"
        if !context.isFrench, text.length(index + 1) <= 2, text.isSpace(index + 2), text.isMark(index + 3, "("),
            text.length(index + 4) == 3, text.isDigits(index + 4), text.isMark(index + 5, ")")
        {
            return Reading(end: index + 2, words: context.words.plus + " " + context.language.code(whole) + ",")
        }
        guard let reading = groups(from: index + 1, in: context, digits: 9...14) else { return nil }
        return Reading(end: reading.end, words: context.words.plus + " " + reading.words)
    }

    /// "+33 (0)6 12 34 56 78": who calls from abroad leaves out the zero.
    private static func withoutZero(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        let zero = text.behindSpace(index + 2)
        guard text.isMark(zero, "("), text.length(zero + 1) == 1, text.value(zero + 1) == 0, text.isMark(zero + 2, ")"),
            case let first = text.behindSpace(zero + 3),
            let rest = text.length(first) == 9 && text.isDigits(first)
                ? read(pairs(text.string(first)), in: context, end: first + 1)
                : groups(from: first, in: context, digits: 8...11)
        else { return nil }
        let country = context.words.plus + " " + context.language.code(text.string(index + 1))
        return Reading(end: rest.end, words: country + ", " + rest.words)
    }

    private static func groups(from index: Int, in context: RuleContext, digits: ClosedRange<Int>) -> Reading? {
        let text = context.text
        guard text.length(index) <= 4 else { return nil }
        let mark = text.mark(index + 1)
        guard mark == nil ? text.isSingleSpace(index + 1) : text.isMark(index + 1, ".-/‑") else { return nil }
        var (end, found) = (index, [String]())
        while text.isDigits(end), text.length(end) <= 4, found.count < 8 {
            found.append(text.string(end))
            guard text.isDigits(end + 2), mark == nil ? text.isSingleSpace(end + 1) : text.mark(end + 1) == mark else {
                break
            }
            end += 2
        }
        guard digits.contains(found.reduce(0) { $0 + $1.utf8.count }), found.count > 2 else { return nil }
        // "0 800 123 456" is said like "0800 123 456".
        if found[0] == "0", found[1].utf8.count == 3 { found.replaceSubrange(0...1, with: ["0" + found[1]]) }
        return read(found, in: context, end: end + 1)
    }

    private static func read(_ groups: [String], in context: RuleContext, end: Int) -> Reading {
        // "0825" is said as "zéro huit cent vingt-cinq", other groups of four two by two.
        let parts = groups.flatMap {
            $0.utf8.count == 4 && !$0.hasSuffix("00") && !(context.isFrench && $0.hasPrefix("08")) ? pairs($0) : [$0]
        }
        guard context.isFrench else {
            let words = parts.map { context.language.digits($0.unicodeScalars) }
            return Reading(end: end, words: words.joined(separator: ", "))
        }
        return Reading(end: end, words: parts.map(context.language.code).joined(separator: ", "))
    }

    /// Two by two; of an odd number the first stands alone.
    static func pairs(_ digits: String) -> [String] {
        let figures = Array(digits.utf8)
        let first = figures.count % 2
        let pairs = stride(from: first, to: figures.count, by: 2).map {
            String(decoding: figures[$0..<$0 + 2], as: UTF8.self)
        }
        return first == 0 ? pairs : [String(decoding: figures[..<first], as: UTF8.self)] + pairs
    }
}
