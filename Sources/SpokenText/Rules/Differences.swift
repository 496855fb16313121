/// Sums with units.
extension Signs {
    /// "1 h 20 min - 45 min = 35 min": with an equals sign behind it, a dash between two quantities is a minus.
    static let difference = Rule(at: "-–−", before: .space) { context, index in
        let text = context.text
        guard text.hasEqualsSign, text.isSpace(index - 1), text.isDigits(index + 2),
            text.isDigits(index - 2) || text.isMark(index - 2, "€%°)²³")
                || text.isDigits(text.isSpace(index - 3) ? index - 4 : index - 3)
                || text.isMark(index - 3, "°")
        else { return nil }
        let end = min(text.count, index + 18)
        guard let equals = (index..<end).first(where: { text.isMark($0, "=") }), text.isSpace(equals + 1),
            !(index..<equals).contains(where: { text.isMark($0, ",;:") && !text.isDigits($0 + 1) })
        else { return nil }
        return Reading(end: index + 1, words: context.words.minus)
    }

    /// "Présence = oui", "x = ±2": an equals sign between anything, with spaces around it.
    static func equality(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.isMark(index, "="), text.isSpace(index - 1), text.isSpace(index + 1), index > 1,
            text.isWord(index - 2) || text.isDigits(index - 2) || text.isMark(index - 2, ")%€²³°»\"'!"),
            text.isWord(index + 2) || text.isDigits(index + 2) || text.isMark(index + 2, "±-−+(«\"√½¼¾")
        else { return nil }
        return Reading(end: index + 1, words: context.words.equals)
    }

    /// "Bitcoin ▲ 2,3 %", "↓ 5 %".
    static let trend = Rule(at: "▲▼↑↓↗↘", before: [.space, .digits]) { context, index in
        let text = context.text
        guard text.isMark(index, "▲▼↑↓↗↘"), text.isBorder(index - 1) || text.isMark(index - 1, "("),
            text.isDigits(text.behindSpace(index + 1))
        else { return nil }
        let isUp = text.isMark(index, "▲↑↗")
        let words = context.isFrench ? (isUp ? "en hausse de" : "en baisse de") : (isUp ? "up" : "down")
        return Reading(end: index + 1, words: words + (text.isDigits(index + 1) ? " " : ""))
    }
}
