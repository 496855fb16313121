/// Letters beside figures, and letters that are said one by one.
enum Compounds {
    /// "CO2", "MP3", "v2.3", "COVID-19", "A4".
    static let versionOrName = Rule(before: [.digits, .dash, .otherMark]) { context, index in
        let text = context.text
        guard text.isDigits(index + 1) || Formulas.subscriptValue(text, index + 1) != nil else {
            return hyphenated(context, index)
        }
        if text.isWord(index, "v V"), text.isMark(index + 2, "."), text.isDigits(index + 3) {
            return Reading(end: index + 1, words: context.words.version + " ")
        }
        if text.length(index) <= 3, text.isAllCapitals(index), !text.isWord(index, "COP") {
            return formula(context, index)
        }
        // "HTML5"
        if text.isWord(index, in: context.abbreviations.spelt) {
            context.say(letters: index)
        } else {
            context.say(asWritten: index)
        }
        context.say(" ")
        return Reading(end: index + 1)
    }

    /// A row of short letters and figures: "H2O", "CH4", "PS5". Figures are read by their rules where nothing follows.
    private static func formula(_ context: RuleContext, _ index: Int) -> Reading {
        let text = context.text
        var end = index
        func belongs() -> Bool {
            if text.isDigits(end) {
                return text.length(end) <= 2 && (!text.isMark(end + 1, ".,") || !text.isDigits(end + 2))
            }
            if text.isWord(end) { return text.length(end) <= 3 && text.isAllCapitals(end) }
            return Formulas.subscriptValue(text, end) != nil
        }
        while end < index + 8, belongs() { end += 1 }
        let parts = (index..<end).lazy.filter { text.mark($0) == nil || text.mark($0 - 1) == nil }
        context.say(each: parts, between: " ") { place in
            if let (value, _) = Formulas.subscripts(text, from: place) {
                context.say(value)
            } else if text.isDigits(place) {
                context.say(codeAt: place)
            } else {
                context.say(letters: place)
            }
        }
        // "128 g de CO2/km"
        if context.isFrench, text.isMark(end, "/"), text.isWord(index, "CO"), let divisor = context.divisor(at: end + 1)
        {
            context.say(per: divisor)
            return Reading(end: divisor.end)
        }
        if text.isDigits(end) { context.say(" ") }
        return Reading(end: end)
    }

    /// The hyphen of "COVID-19" is not a minus.
    private static func hyphenated(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.isDigits(index + 2), text.isDash(index + 1), text.length(index) < 24, !text.isMark(index - 1, "@/.")
        else { return nil }
        context.say(asWritten: index)
        context.say(" ")
        if countsDown(to: index + 2, from: index, in: context) {
            context.say(context.words.minus)
            context.say(" ")
        }
        return Reading(end: index + 2)
    }

    /// "UTC-5", "J-3 avant Noël", "H-2".
    private static func countsDown(to number: Int, from index: Int, in context: RuleContext) -> Bool {
        let text = context.text
        // "(x-3)(x+2)"
        if text.length(index) == 1, text.length(index - 1) <= 1 || text.isDigits(index - 1),
            Formulas.isMinus(context, index + 1, from: index, to: number)
        {
            return true
        }
        guard text.isBorder(index - 1) || text.isMark(index - 1, "(«'’"),
            text.isBorder(number + 1) || text.isMark(number + 1, ".,;:!?)»"), let value = text.value(number)
        else { return false }
        if text.isWord(index, "UTC") || text.isWord(index, "GMT") {
            return value <= 12 && (text.length(number) <= 2 || text.isMark(number + 1, ":"))
        }
        guard text.length(index) == 1 else { return false }
        switch text.tokens[index].head {
        case "J": return context.isFrench && value <= 400
        case "H": return context.isFrench && value <= 72
        // "le parking au R-2"
        case "R": return context.isFrench && value <= 4
        // "le résultat de l'année N-1"
        case "N": return context.isFrench && value <= 5
        case "T": return !context.isFrench && value <= 100
        default: return false
        }
    }

    /// Letters that would be read as a word: "IA".
    static let acronym = Rule(at: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", of: 2...5, isOfShortForms: true) { context, index in
        let text = context.text
        guard text.isAllCapitals(index) else { return nil }
        if text.length(index) > 3, let said = text.entry(index, in: context.abbreviations.said) {
            return Reading(end: index + 1, words: said)
        }
        guard text.length(index) <= 4, text.isWord(index, in: context.abbreviations.spelt),
            !context.isShouted(index)
        else { return nil }
        context.say(letters: index)
        return Reading(end: index + 1)
    }
}

extension RuleContext {
    /// Whether the words beside are in capitals too, which then mean nothing.
    func isShouted(_ index: Int) -> Bool {
        func isLoud(_ at: Int) -> Bool { text.isAllCapitals(at) && text.length(at) > 3 }
        return isLoud(index - 2) || isLoud(index + 2)
    }
}
