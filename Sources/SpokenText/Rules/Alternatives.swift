/// Two words written as one: "et/ou", "invité(e)s", "w/o".
enum Alternatives {
    /// "client(e)s", "fichier(s)", "ami·e·s": said as the shorter of the two words, which no listener misses.
    static let endings = Rule(of: 2...Int.max, before: [.otherMark, .innerStop], leadingTo: "(·•.") { context, index in
        let text = context.text
        guard text.isWord(index + 2), !text.isAllCapitals(index), !text.isMark(index - 1, ".@/_"),
            !text.isWord(index, inAnyCase: functions)
        else { return nil }
        let ending = index + 2
        var (end, isPlural) = (index + 1, text.utf8[text.tokens[ending].bytes.upperBound - 1] == UInt8(ascii: "s"))
        if text.isMark(end, "(") {
            guard text.isMark(end + 2, ")"), text.isWord(ending, "s") || isFeminine(ending, in: context) else {
                return nil
            }
            end += 3
            if text.isWord(end, "s") { (isPlural, end) = (true, end + 1) }
        } else {
            // "ami·e·s" and "ami.e.s"; "ami.e" could be anything.
            guard let mark = text.mark(end), mark == "·" || mark == "•" || mark == ".", isFeminine(ending, in: context)
            else { return nil }
            end += 2
            if text.mark(end) == mark, text.isWord(end + 1, "s") {
                (isPlural, end) = (true, end + 2)
            } else if mark == "." {
                return nil
            }
        }
        guard !text.isWord(end), !text.isDigits(end), !text.isMark(end, "(@") else { return nil }
        let word = text.string(index)
        context.say(word)
        if isPlural, !word.hasSuffix("s"), !word.hasSuffix("x") { context.say("s") }
        return Reading(end: end)
    }

    private static func isFeminine(_ ending: Int, in context: RuleContext) -> Bool {
        context.isFrench && context.text.isWord(ending, in: feminine)
    }

    private static let feminine: WordSet = [
        "e", "es", "ne", "nes", "le", "les", "se", "ses", "ère", "rice", "rices",
    ]
    /// In front of brackets, these are mathematics.
    private static let functions: WordTable<Void> = [
        "exp", "log", "ln", "sin", "cos", "tan", "sqrt", "abs", "max", "min",
    ]

    /// "et/ou", "il/elle", "w/ milk".
    static let slashed = Rule(of: 1...4, before: .slash) { context, index in
        let text = context.text
        guard !text.isMark(index - 1, "/.@-_:\\") else { return nil }
        if !context.isFrench, text.isWord(index, "w"), text.isSpace(index + 2) || text.isWord(index + 2, "o") {
            let isWithout = text.isWord(index + 2, "o")
            guard !isWithout || text.isBorder(index + 3) else { return nil }
            return Reading(end: isWithout ? index + 3 : index + 2, words: isWithout ? "without" : "with")
        }
        if context.isFrench, text.isWord(index, "A"), let trip = roundTrip(context, index) { return trip }
        guard !text.isMark(index + 3, "/.@-_") || text.isBorder(index + 4),
            let others = text.entry(index, inAnyCase: context.isFrench ? french : english),
            let joint = text.entry(index + 2, inAnyCase: others)
        else { return nil }
        context.say(asWritten: index)
        context.say(joint)
        return Reading(end: index + 2)
    }

    /// "1 A/R Brest–Paris", "Billet A/R", but not the "A/R" of a letter.
    private static func roundTrip(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.isWord(index + 2, "R"), text.isBorder(index + 3) || text.isMark(index + 3, ".,;:!?)"),
            text.isSpace(index - 1) || text.isDigits(index - 1)
        else { return nil }
        let place = text.isSpace(index - 1) ? index - 2 : index - 1
        guard text.isDigits(place) || text.isWord(place, inAnyCase: trips) else { return nil }
        let isPlural = (text.value(place) ?? 0) > 1
        return Reading(end: index + 3, words: isPlural ? "allers-retours" : "aller-retour")
    }

    private static let trips: WordSet = ["billet", "trajet", "train", "vol", "bus", "ferry", "tgv", "tarif", "prix"]

    /// What is said between two words, by the first and the second.
    private static let french: WordTable<WordTable<String>> = [
        "et": ["ou": " "], "ou": ["et": " "], "il": ["elle": " ou "], "ils": ["elles": " ou "], "elle": ["il": " ou "],
        "un": ["une": " ou "], "le": ["la": " ou "], "la": ["le": " ou "], "du": ["de": " ou "],
        "ce": ["cette": " ou "], "son": ["sa": " ou "], "mon": ["ma": " ou "], "tous": ["toutes": " et "],
        "oui": ["non": " ou "],
    ]
    private static let english: WordTable<WordTable<String>> = [
        "and": ["or": " "], "he": ["she": " or "], "she": ["he": " or "], "his": ["her": " or "],
        "him": ["her": " or "], "yes": ["no": " or "],
    ]
}
