/// Telephone numbers: groups of figures with a short pause between them.
enum Telephones {
    /// "01 23 45 67 89", "06.12.34.56.78", "0123456789", "0800 123 456".
    static let national = Rule(at: "0") { context, index in
        let text = context.text
        guard context.isFrench, text.scalars[text.tokens[index].start] == "0", !text.isMark(index - 1, ".,/-:") else {
            return nil
        }
        if text.length(index) == 10 { return read(pairs(text.string(index)), in: context, end: index + 1) }
        return groups(from: index, in: context, digits: 9...10)
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
        guard let reading = groups(from: index + 1, in: context, digits: 9...14) else { return nil }
        return Reading(end: reading.end, words: context.words.plus + " " + reading.words)
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
        return read(found, in: context, end: end + 1)
    }

    private static func read(_ groups: [String], in context: RuleContext, end: Int) -> Reading {
        let parts = groups.flatMap { $0.utf8.count == 4 && !$0.hasSuffix("00") ? pairs($0) : [$0] }
        guard context.isFrench else {
            let words = parts.map { context.language.digits($0.unicodeScalars) }
            return Reading(end: end, words: words.joined(separator: ", "))
        }
        return Reading(end: end, words: parts.map(context.language.code).joined(separator: ", "))
    }

    /// Two by two; of an odd number the first stands alone.
    private static func pairs(_ digits: String) -> [String] {
        var rest = Substring(digits)
        var result: [String] = []
        if rest.utf8.count % 2 == 1 { result.append(String(rest.removeFirst())) }
        while !rest.isEmpty {
            result.append(String(rest.prefix(2)))
            rest = rest.dropFirst(2)
        }
        return result
    }
}
