/// "1er", "2e", "21ème", "3rd".
enum Ordinals {
    private static let french: WordTable<Gender> = [
        "er": .masculine, "ers": .masculine, "ᵉʳ": .masculine, "re": .feminine, "res": .feminine, "ère": .feminine,
        "ères": .feminine, "ʳᵉ": .feminine, "e": .masculine, "es": .masculine, "ᵉ": .masculine, "è": .masculine,
        "ème": .masculine, "èmes": .masculine, "eme": .masculine, "emes": .masculine, "ième": .masculine,
        "ièmes": .masculine, "ieme": .masculine, "iemes": .masculine, "ier": .masculine, "iers": .masculine,
        "ière": .feminine, "ières": .feminine,
        "nd": .masculine, "nds": .masculine, "nde": .feminine, "ndes": .feminine, "ᵈ": .masculine, "de": .feminine,
    ]
    private static let ofFirst: WordSet = [
        "er", "ers", "re", "res", "ère", "ères", "ᵉʳ", "ʳᵉ", "ier", "iers", "ière", "ières",
    ]

    static let figures = Rule(
        of: 1...9, before: [.word, .space, .innerStop, .pause], leadingTo: "eErRèÈnNdDiIᵉʳᵈsStT"
    ) {
        context, index in
        let text = context.text
        // "1 er"
        if context.isFrench, text.value(index) == 1, text.isSingleSpace(index + 1), text.isWord(index + 2, "er") {
            return Reading(end: index + 3, words: "premier")
        }
        if context.isFrench, let apart = apart(context, index) { return apart }
        guard text.length(index) <= 9, let number = context.number(index), number.isInteger, number.value > 0,
            text.length(number.end) <= 2 || text.entry(number.end, inAnyCase: french) != nil,
            let suffix = text.word(number.end), text.length(number.end) <= 5
        else { return nil }
        let (value, end) = (number.value, number.end + 1)
        guard context.isFrench else {
            let isOne = ["st", "nd", "rd", "th"].contains(suffix.lowercased())
            guard isOne else { return nil }
            context.say(ordinal: value)
            return Reading(end: end)
        }
        // "1er/12"
        if value == 1, suffix == "er", text.isMark(end, "/"), let month = text.small(end + 1, in: 1...12),
            text.isBorder(end + 2) || text.isMark(end + 2, ".,;:!?)") && !text.isDigits(end + 3)
        {
            context.say(day: 1, month: month)
            return Reading(end: end + 2)
        }
        // "1er/07/2007"
        if value == 1, suffix == "er", text.isMark(end, "/"), let month = text.small(end + 1, in: 1...12),
            text.isMark(end + 2, "/"), let year = text.small(end + 3, in: 1000...2999, digits: 4...4)
        {
            context.say(day: 1, month: month, year: year)
            return Reading(end: end + 4)
        }
        if text.isAllCapitals(number.end), !isAmongCapitals(text, from: index, to: number.end) { return nil }
        // "la 4eB": a class of a school.
        if suffix.hasPrefix("e"), text.length(number.end) == 2, let letter = suffix.last, ("A"..."H").contains(letter) {
            context.say(ordinal: value)
            context.say(" " + String(letter))
            return Reading(end: end)
        }
        // "le 2d rang"; elsewhere, it is a number of dimensions.
        if value == 2, suffix == "d", text.isSpace(index - 1), text.isSpace(end), text.isWord(end + 1),
            text.isWord(index - 2, inAnyCase: "le du au un son mon ce")
        {
            return Reading(end: end, words: "second")
        }
        if value == 1, suffix == "e", isFeminine(index, end, in: context) {
            context.say(ordinal: 1, .feminine)
            return Reading(end: end)
        }
        return say(value, suffix: suffix.lowercased(), in: context) ? Reading(end: end) : nil
    }

    /// "la 2 ème fois", "le 2 e étage", "le 2 nd tour".
    private static func apart(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.isSingleSpace(index + 1), text.length(index) <= 4, text.isWord(index + 2, in: apartSuffixes),
            let suffix = text.word(index + 2), let value = text.value(index), !text.startsWithZero(index)
        else { return nil }
        let isLong = suffix != "e"
        let isLed =
            suffix == "e" && text.isSpace(index - 1) && text.isSpace(index + 3) && text.isWord(index + 4)
            && text.isWord(
                index - 2, inAnyCase: "le la au du les un une ce cette mon son")
        guard isLong || isLed else { return nil }
        return say(value, suffix: suffix, in: context) ? Reading(end: index + 3) : nil
    }

    private static let apartSuffixes: WordSet = [
        "e", "ème", "eme", "ième", "ieme", "èmes", "emes", "ièmes", "ère", "nd", "nde",
    ]

    /// "la 1e fois".
    private static func isFeminine(_ index: Int, _ end: Int, in context: RuleContext) -> Bool {
        let text = context.text
        let before = text.isSpace(index - 1) ? text.word(index - 2)?.lowercased() ?? "" : ""
        if ["la", "une", "ma", "ta", "sa", "cette"].contains(before) { return true }
        guard text.isSpace(end), let noun = text.word(end + 1) else { return false }
        return !["le", "un", "du", "au", "ce"].contains(before) && context.language.gender(of: noun) == .feminine
    }

    /// "1°)", "2°)" of a list: premièrement, deuxièmement.
    static let adverb = Rule(of: 1...2, before: .otherMark, leadingTo: "°º", in: .french) { context, index in
        let text = context.text
        guard text.isMark(index + 1, "°º"), text.isMark(index + 2, ")"),
            let value = text.small(index, in: 1...20), !text.startsWithZero(index), beginsPoint(text, index),
            !isInBrackets(text, index)
        else { return nil }
        context.say(ordinal: value, .feminine)
        context.say(text.isBorder(index + 3) ? "ment," : "ment, ")
        return Reading(end: index + 3)
    }

    /// At the beginning of a line, behind a mark, and in "1°) le prix et 2°) le goût".
    private static func beginsPoint(_ text: TokenizedText, _ index: Int) -> Bool {
        if index == 0 || text.isBorder(index - 1) && !text.isSpace(index - 1) { return true }
        return text.isSpace(index - 1)
            && (index == 1 || text.isMark(index - 2, ":;,.!?–-")
                || text.isWord(index - 2, "et puis ou"))
    }

    /// "(à 20°)" closes what is open.
    private static func isInBrackets(_ text: TokenizedText, _ index: Int) -> Bool {
        let bracket = (max(0, index - 64)..<index).last { text.isMark($0, "()") }
        return bracket.map { text.isMark($0, "(") } ?? false
    }

    /// "LE 20E SIÈCLE", but "le Wi-Fi 6E".
    private static func isAmongCapitals(_ text: TokenizedText, from first: Int, to suffix: Int) -> Bool {
        [first - 2, suffix + 2].contains { text.isAllCapitals($0) && text.length($0) > 1 }
    }

    /// French only.
    ///
    /// - Returns: false, with nothing said, where the suffix is not an ordinal's, or doesn't fit the number.
    static func say(_ value: UInt64, suffix: String, in context: RuleContext) -> Bool {
        guard let gender = french[suffix], value > 0, value == 1 || !ofFirst.contains(suffix) else { return false }
        if suffix == "de" || suffix.hasPrefix("nd") || suffix == "ᵈ" {
            guard value == 2 else { return false }
            context.say(gender == .feminine ? "seconde" : "second")
        } else {
            context.say(ordinal: value, gender)
        }
        if suffix.hasSuffix("s") { context.say("s") }
        return true
    }
}
