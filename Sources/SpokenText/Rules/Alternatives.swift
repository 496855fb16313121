/// Two words written as one: "et/ou", "invité(e)s", "w/o".
enum Alternatives {
    /// "client(e)s", "fichier(s)", "ami·e·s": said as the shorter of the two words, which no listener misses.
    static let endings = Rule(of: 2...Int.max, before: [.otherMark, .innerStop], leadingTo: "(·•.") { context, index in
        let text = context.text
        guard text.isWord(index + 2), !text.isAllCapitals(index), !text.isWord(index, inAnyCase: functions),
            !text.isMark(index - 1, ".@/_"), let word = text.word(index)
        else { return nil }
        var (end, isPlural) = (index + 1, false)
        if text.isMark(end, "(") {
            guard let ending = text.word(end + 1), text.isMark(end + 2, ")"), fits(ending, in: context) else {
                return nil
            }
            isPlural = ending.hasSuffix("s")
            end += 3
            if text.isWord(end, "s") { (isPlural, end) = (true, end + 1) }
        } else {
            // "ami·e·s" and "ami.e.s"; "ami.e" could be anything.
            guard context.isFrench, let mark = text.mark(end), mark == "·" || mark == "•" || mark == ".",
                let ending = text.word(end + 1), feminine.contains(ending)
            else { return nil }
            end += 2
            if text.mark(end) == mark, text.isWord(end + 1, "s") {
                (isPlural, end) = (true, end + 2)
            } else if mark == "." {
                return nil
            }
            isPlural = isPlural || ending.hasSuffix("s")
        }
        guard !text.isWord(end), !text.isDigits(end), !text.isMark(end, "(@") else { return nil }
        return Reading(end: end, words: word + (isPlural && !"sx".contains(word.suffix(1)) ? "s" : ""))
    }

    private static func fits(_ ending: String, in context: RuleContext) -> Bool {
        ending == "s" || context.isFrench && feminine.contains(ending)
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
        guard let word = text.word(index), text.length(index) <= 4, !text.isMark(index - 1, "/.@-_:\\") else {
            return nil
        }
        if !context.isFrench, word == "w", text.isSpace(index + 2) || text.isWord(index + 2, "o") {
            let isWithout = text.isWord(index + 2, "o")
            guard !isWithout || text.isBorder(index + 3) else { return nil }
            return Reading(end: isWithout ? index + 3 : index + 2, words: isWithout ? "without" : "with")
        }
        guard let other = text.word(index + 2), !text.isMark(index + 3, "/.@-_") || text.isBorder(index + 4),
            let joint = (context.isFrench ? french : english)[word.lowercased() + "/" + other.lowercased()]
        else { return nil }
        return Reading(end: index + 2, words: word + " " + (joint.isEmpty ? "" : joint + " "))
    }

    private static let french = [
        "et/ou": "", "il/elle": "ou", "ils/elles": "ou", "elle/il": "ou", "un/une": "ou", "le/la": "ou", "la/le": "ou",
        "du/de": "ou", "ce/cette": "ou", "son/sa": "ou", "mon/ma": "ou", "tous/toutes": "et", "ou/et": "",
        "oui/non": "ou",
    ]
    private static let english = [
        "and/or": "", "he/she": "or", "she/he": "or", "his/her": "or", "him/her": "or", "yes/no": "or",
    ]
}
