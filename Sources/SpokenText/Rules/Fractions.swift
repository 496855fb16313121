/// Parts: "3/4", "½", "2½".
enum Fractions {
    /// "1/2", "15/20"; a date is another rule's.
    static let written = Rule(before: .slash) { context, index in
        let text = context.text
        guard text.isMark(index + 1, "/"), !text.isMark(index - 1, "/"), !text.isMark(index + 3, "/"),
            !text.startsWithZero(index),
            let numerator = text.value(index), let denominator = text.value(index + 2), denominator > 0,
            !text.startsWithZero(index + 2), !text.isWord(index + 3), !text.isWord(index - 1)
        else { return nil }
        let isMixed = text.isSpace(index - 1) && text.isDigits(index - 2) && numerator < denominator
        let words = context.part(numerator, of: denominator, end: index + 3, isMixed: isMixed)
        return Reading(end: index + 3, words: isMixed ? context.words.and + " " + words : words)
    }

    private static let vulgars: [Unicode.Scalar: (UInt64, UInt64)] = [
        "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
        "⅘": (4, 5),
        "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
    ]

    /// "½ tasse", "2½".
    static let vulgar = Rule(at: "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞") { context, index in
        let text = context.text
        guard let mark = text.mark(index), let (numerator, denominator) = vulgars[mark] else { return nil }
        let isMixed = text.isDigits(index - 1) || text.isSpace(index - 1) && text.isDigits(index - 2)
        let words = context.part(numerator, of: denominator, end: index + 1, isMixed: isMixed)
        return Reading(
            end: index + 1,
            words: isMixed ? (text.isDigits(index - 1) ? " " : "") + context.words.and + " " + words : words)
    }
}

extension RuleContext {
    /// "une demi tasse": the noun behind a half says which.
    fileprivate func part(_ numerator: UInt64, of denominator: UInt64, end: Int, isMixed: Bool) -> String {
        guard isFrench, numerator == 1, denominator == 2 else { return language.fraction(numerator, over: denominator) }
        let isFeminine = gender(behind: end) == .feminine
        if isMixed { return isFeminine ? "demie" : "demi" }
        return isFeminine ? "une demi" : "un demi"
    }
}
