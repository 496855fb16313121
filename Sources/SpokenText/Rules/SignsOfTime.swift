/// Signs between hours and between days.
extension Signs {
    /// "9h-12h/14h-18h", "12h45/13h".
    static let otherHour = Rule(at: "/", before: .digits) { context, index in
        let text = context.text
        // "12°/7°", "4°C/11°C"
        if text.isMark(index - 1, "°") || text.isWord(index - 1, "C") && text.isMark(index - 2, "°"),
            let number = context.number(index + 1), context.isTemperature(behind: number.end)
        {
            return Reading(end: index + 1, words: ", ")
        }
        // "23,4 Go/100 Go"
        if context.isFrench, text.isSpace(index - 2), text.isDigits(index - 3),
            text.entry(index - 1, in: Unit.symbols) != nil,
            let number = context.number(index + 1),
            text.string(text.behindSpace(number.end)) == text.string(index - 1)
        {
            return Reading(end: index + 1, words: " " + context.words.over + " ")
        }
        if context.isFrench, context.isOther(hour: index + 1), context.isHour(before: index),
            isOfTwoSpans(context, index)
        {
            return Reading(end: index + 1, words: " " + context.words.to + " ")
        }
        // "5V/2A", "5 €/10 €": two quantities.
        if text.isMark(index - 1, "€") || text.isWord(index - 1) && text.isDigits(index - 2),
            text.isMark(index - 1, "€") || text.entry(index - 1, in: Unit.symbols) != nil,
            let number = context.number(index + 1),
            text.isMark(text.behindSpace(number.end), "€") || context.unit(behind: number.end) != nil
        {
            return Reading(end: index + 1, words: ", ")
        }
        guard context.isOther(hour: index + 1), context.isHour(before: index) else { return nil }
        return Reading(end: index + 1, words: ", ")
    }

    /// "8h/12h - 14h/18h": whether the hours beside a slash are one of two spans.
    private static func isOfTwoSpans(_ context: RuleContext, _ slash: Int) -> Bool {
        let text = context.text
        func isDash(_ place: Int) -> Bool { text.isMark(place, "-–,") && text.isSpace(place + 1) }
        // Whole hours have two tokens, others three.
        return [3, 4].contains { length in
            let dash = text.isSpace(slash + length) ? slash + length + 1 : slash + length
            return isDash(dash) && context.isHour(at: dash + 2)
                && (text.isMark(dash + 4, "/") || text.isMark(dash + 5, "/"))
        }
            || [3, 4].contains { length in
                let space = slash - length
                let dash = space - 1
                let end = text.isSpace(dash - 1) ? dash - 1 : dash
                return text.isSpace(space) && isDash(dash) && context.isHour(before: end)
                    && (text.isMark(end - 3, "/") || text.isMark(end - 4, "/"))
            }
    }

    /// "9 h - 17 h", whose left side ends with a letter, and "10h-midi".
    static let hours = Rule(at: "-–−", before: [.space, .word], in: .french) { context, index in
        let text = context.text
        if text.isWord(index + 1, "midi minuit"), context.isHour(before: index) {
            return Reading(end: index + 1, words: " " + context.words.to + " ")
        }
        guard text.isMark(index, "-–−"), text.isSpace(index - 1), text.isSpace(index + 1),
            text.isWord(index - 2, inAnyCase: "h"), context.isHour(before: index - 1), context.isHour(at: index + 2)
        else { return nil }
        // "8h/12h - 14h/18h"
        let isBetween = text.isMark(index - 4, "/") && text.isMark(index + 4, "/")
        return Reading(end: index + 1, words: isBetween ? "," : context.words.to)
    }

    /// "14 mai 1643 - 1er septembre 1715", "14 février – 31 mars", "IXe - Xe siècle".
    static let days = Rule(at: "-–−", before: .space, in: .french) { context, index in
        if context.text.isSpace(index - 1), Numerals.isOrdinal(context.text, index - 2),
            Numerals.isOrdinal(context.text, index + 2)
        {
            return Reading(end: index + 1, words: "au")
        }
        guard context.text.isSpace(index - 1), Dates.isDay(context, from: index + 2),
            Dates.isDay(context, before: index - 1)
        else { return nil }
        return Reading(end: index + 1, words: "au")
    }
}
