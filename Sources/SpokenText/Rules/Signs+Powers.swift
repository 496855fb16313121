/// Powers, by a sign or by small raised figures.
extension Signs {
    /// "5²", "x³", "10^6".
    static let power = Rule(at: "²³^⁰¹⁴⁵⁶⁷⁸⁹⁻") { context, index in
        let text = context.text
        if let raised = raised(context, index) { return raised }
        guard
            text.isDigits(index - 1) || text.isWord(index - 1) && text.length(index - 1) <= 2
                || text.isMark(index - 1, ")")
        else { return nil }
        if text.isMark(index, "²") { return sayPower(context.words.squared, upTo: index + 1, in: context) }
        if text.isMark(index, "³") { return sayPower(context.words.cubed, upTo: index + 1, in: context) }
        guard text.isMark(index, "^"),
            text.isDigits(index + 1) || context.isDash(index + 1) || text.isMark(index + 1, "(")
                || text.isWord(index + 1) && text.length(index + 1) == 1 && text.length(index - 1) <= 2
        else { return nil }
        // "x^2", "10^-3"
        if text.length(index + 1) == 1, text.isWord(index - 1) || text.isMark(index - 1, ")"),
            let power = text.small(index + 1, in: 2...3),
            !text.isWord(index + 2), !text.isMark(index + 2, ".,/^") || !text.isDigits(index + 3)
        {
            return sayPower(power == 2 ? context.words.squared : context.words.cubed, upTo: index + 2, in: context)
        }
        context.say(apart: context.words.toThePower)
        guard context.isDash(index + 1), text.isDigits(index + 2) else { return Reading(end: index + 1) }
        context.say(context.words.minus)
        context.say(" ")
        return Reading(end: index + 2)
    }

    private static func sayPower(_ words: String, upTo end: Int, in context: RuleContext) -> Reading {
        context.say(behindSpace: words)
        return Reading(end: end)
    }

    /// "10⁶", "10⁻³", "2¹⁰".
    private static func raised(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.isDigits(index - 1) else { return nil }
        let isMinus = text.isMark(index, "⁻")
        var (end, value) = (isMinus ? index + 1 : index, UInt64(0))
        let first = end
        while end < first + 3, let figure = superscript(text, end) {
            value = 10 * value + figure
            end += 1
        }
        guard end > first, isMinus || end > first + 1 || !text.isMark(first, "²³"), superscript(text, end) == nil,
            context.number(index - 1)?.end == index
        else { return nil }
        context.say(apart: context.words.toThePower)
        if isMinus {
            context.say(context.words.minus)
            context.say(" ")
        }
        context.say(value)
        // "3 × 10⁸ m/s"
        guard text.isSpace(end), let unit = context.unit(behind: end) else { return Reading(end: end) }
        context.say(" ")
        context.say(unit, isPlural: true)
        return Reading(end: unit.end)
    }

    /// The value of a small raised figure.
    static func superscript(_ text: TokenizedText, _ index: Int) -> UInt64? {
        guard let mark = text.mark(index)?.value else { return nil }
        switch mark {
        case 0xB9: return 1
        case 0xB2, 0xB3: return UInt64(mark - 0xB0)
        case 0x2070, 0x2074...0x2079: return UInt64(mark - 0x2070)
        default: return nil
        }
    }
}
