/// "1er", "2e", "21ème", "3rd".
enum Ordinals {
    /// What stands behind the figures of a French ordinal.
    struct Suffix {
        fileprivate let gender: Gender
        fileprivate let isPlural: Bool
        /// The only number that it fits; nil for most.
        fileprivate let number: UInt64?
    }

    private static let suffixes: WordTable<Suffix> = {
        func suffixes(_ words: String, _ gender: Gender, of number: UInt64?) -> [(String, Suffix)] {
            words.split(separator: " ").map {
                (String($0), Suffix(gender: gender, isPlural: $0.hasSuffix("s"), number: number))
            }
        }
        let all =
            suffixes("er ers ᵉʳ ier iers", .masculine, of: 1)
            + suffixes("re res ère ères ʳᵉ ière ières", .feminine, of: 1)
            + suffixes("nd nds ᵈ", .masculine, of: 2) + suffixes("nde ndes de", .feminine, of: 2)
            + suffixes("e es ᵉ è ème èmes eme emes ième ièmes ieme iemes", .masculine, of: nil)
        return WordTable(Dictionary(all) { $1 })
    }()

    static let figures = Rule(
        of: 1...9, before: [.word, .space, .innerStop, .pause], leadingTo: "eErRèÈnNdDiIᵉʳᵈ", in: .french
    ) {
        context, index in
        let text = context.text
        if text.isSingleSpace(index + 1), text.length(index + 2) <= 6 {
            // "1 er"
            if text.value(index) == 1, text.isWord(index + 2, "er") {
                context.say("premier")
                return Reading(end: index + 3)
            }
            if let apart = apart(context, index) { return apart }
        }
        guard let number = context.number(index), number.isInteger, number.value > 0, text.isWord(number.end),
            text.length(number.end) <= 5, case let suffix = text.entry(number.end, inAnyCase: suffixes),
            text.length(number.end) <= 2 || suffix != nil
        else { return nil }
        let (value, end) = (number.value, number.end + 1)
        if value == 1, text.isWord(number.end, "er"), text.isMark(end, "/"),
            let month = text.small(end + 1, in: 1...12)
        {
            // "1er/12"
            if text.isBorder(end + 2) || text.isMark(end + 2, ".,;:!?)") && !text.isDigits(end + 3) {
                context.say(day: 1, month: month)
                return Reading(end: end + 2)
            }
            // "1er/07/2007"
            if text.isMark(end + 2, "/"), let year = text.small(end + 3, in: 1000...2999, digits: 4...4) {
                context.say(day: 1, month: month, year: year)
                return Reading(end: end + 4)
            }
        }
        if text.isAllCapitals(number.end), !isAmongCapitals(text, from: index, to: number.end) { return nil }
        // "la 4eB": a class of a school.
        let letters = text.tokens[number.end]
        if letters.head == "e", letters.count == 2, let letter = text.scalars(letters).last,
            ("A"..."H").contains(letter)
        {
            context.say(ordinal: value)
            context.say(" " + String(letter))
            return Reading(end: end)
        }
        // "le 2d rang"; elsewhere, it is a number of dimensions.
        if value == 2, text.isWord(number.end, "d"), text.isSpace(index - 1), text.isSpace(end), text.isWord(end + 1),
            text.isWord(index - 2, inAnyCase: "le du au un son mon ce")
        {
            context.say("second")
            return Reading(end: end)
        }
        if value == 1, text.isWord(number.end, "e"), isFeminine(index, end, in: context) {
            context.say(ordinal: 1, .feminine)
            return Reading(end: end)
        }
        return suffix.map { say(value, $0, in: context) } == true ? Reading(end: end) : nil
    }

    static let englishFigures = Rule(of: 1...9, before: [.word, .pause], leadingTo: "sSnNrRtT", in: .english) {
        context, index in
        guard let number = context.number(index), number.isInteger, number.value > 0,
            context.text.isWord(number.end, inAnyCase: "st nd rd th")
        else { return nil }
        context.say(ordinal: number.value)
        return Reading(end: number.end + 1)
    }

    /// "la 2 ème fois", "le 2 e étage", "le 2 nd tour".
    private static func apart(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.length(index) <= 4, text.isWord(index + 2, in: apartSuffixes), let value = text.value(index),
            !text.startsWithZero(index)
        else { return nil }
        let isLed =
            text.isSpace(index - 1) && text.isSpace(index + 3) && text.isWord(index + 4)
            && text.isWord(
                index - 2, inAnyCase: "le la au du les un une ce cette mon son")
        guard isLed || !text.isWord(index + 2, "e"), let suffix = text.entry(index + 2, in: suffixes) else {
            return nil
        }
        return say(value, suffix, in: context) ? Reading(end: index + 3) : nil
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

    /// "1°)", "2°)" of a list: premièrement, deuxièmement; "3° étage" and "3° du code" are no degrees either.
    static let adverb = Rule(of: 1...2, before: .otherMark, leadingTo: "°º", in: .french) { context, index in
        let text = context.text
        guard text.isMark(index + 1, "°º"), let value = text.small(index, in: 1...20), !text.startsWithZero(index)
        else {
            return nil
        }
        let noun = text.behindSpace(index + 2)
        if text.isWord(noun, inAnyCase: ranked) {
            context.say(ordinal: value, context.language.gender(of: text.spelling(noun)))
            if noun == index + 2 { context.say(" ") }
            return Reading(end: index + 2)
        }
        if isPointOfLaw(text, index) {
            context.say(ordinal: value, .feminine)
            context.say("ment")
            return Reading(end: index + 2)
        }
        if isItem(text, index) {
            context.say(ordinal: value, .feminine)
            context.say("ment,")
            return Reading(end: index + 2)
        }
        guard text.isMark(index + 2, ")"), beginsPoint(text, index), !isInBrackets(text, index) else { return nil }
        context.say(ordinal: value, .feminine)
        context.say(text.isBorder(index + 3) ? "ment," : "ment, ")
        return Reading(end: index + 3)
    }

    private static let ranked: WordSet = [
        "étage", "partie", "république", "arrondissement", "édition", "trimestre", "semestre", "alinéa", "classe",
    ]

    /// "l'article 5, 2°", "art. L. 1242-2, 3° du Code", "au 3° de l'article 5".
    private static func isPointOfLaw(_ text: TokenizedText, _ index: Int) -> Bool {
        let place = index + 2
        func isNumbered(_ article: Int) -> Bool {
            text.isWord(article, inAnyCase: LabelWords.articles)
                && (text.isDigits(article + 2) || text.isMark(article + 1, ".") || text.length(article + 2) == 1)
        }
        let isFree = text.isBorder(place) || text.isMark(place, ".,;)") && !text.isDigits(place + 1)
        guard isFree, !text.isWord(text.behindSpace(place), "C c F"), text.isSpace(index - 1) else { return false }
        if text.isMark(index - 2, ",:") || text.isWord(index - 2, "et") {
            return (max(0, index - 16)..<index).contains { isNumbered($0) }
        }
        return text.isWord(index - 2, "au du le") && text.isWord(place + 1, "de du")
            && (place..<min(text.count, place + 8)).contains { isNumbered($0) }
    }

    /// "3° Le permis ; 2° l'attestation": no weather begins with an article, unless it is one of a time of the day.
    private static func isItem(_ text: TokenizedText, _ index: Int) -> Bool {
        let article = index + 3
        let noun = text.isMark(article + 1, "'’") ? article + 2 : text.behindSpace(article + 1)
        let isFirst = index == 0 || text.isBorder(index - 1) && !text.isSpace(index - 1)
        guard isFirst || text.isSpace(index - 1) && text.isMark(index - 2, ";"), text.isSpace(index + 2),
            text.isWord(article, inAnyCase: "le la les l un une des")
        else { return false }
        return (!isFirst || text.isCapitalised(article)) && !text.isWord(noun, inAnyCase: times)
    }

    private static let times: WordSet = [
        "matin", "matins", "soir", "soirs", "midi", "après", "nuit", "nuits", "week", "lendemain", "lundi", "mardi",
        "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "jour", "journée",
    ]

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
        suffixes[suffix].map { say(value, $0, in: context) } ?? false
    }

    private static func say(_ value: UInt64, _ suffix: Suffix, in context: RuleContext) -> Bool {
        guard value > 0, suffix.number ?? value == value else { return false }
        if value == 2, suffix.number == 2 {
            context.say(suffix.gender == .feminine ? "seconde" : "second")
        } else {
            context.say(ordinal: value, suffix.gender)
        }
        if suffix.isPlural { context.say("s") }
        return true
    }
}
