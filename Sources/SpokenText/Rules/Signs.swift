/// Signs that stand for words.
enum Signs {
    /// Blocks of phonemes stay as they are.
    static let phonemes = Rule(at: "[") { context, index in
        let text = context.text
        guard text.isMark(index, "["), text.isMark(index + 1, "[") else { return nil }
        var end = index + 2
        while end < text.count, end < index + 400, !text.isMark(end, "[") {
            if text.isMark(end, "]"), text.isMark(end + 1, "]") {
                return Reading(end: end + 2, words: text.string(tokens: index..<end + 2))
            }
            end += 1
        }
        return nil
    }

    /// "-5 °C", "+3", "≈ 20", "~20".
    static let sign = Rule(at: "-−–‑+≈~∼±", before: [.space, .digits, .slash, .otherMark]) { context, index in
        let text = context.text
        if text.isSpace(index + 1) { return spacedSign(context, index) }
        let age = isAge(context, index) ? " de" : ""
        if context.isSign(index) { return say(context.words.minus + age, upTo: index + 1, in: context) }
        let isFirst = text.isBorder(index - 1) || text.isMark(index - 1, "(«")
        // "-$5", "+$5"
        if isFirst, text.isMark(index, "-−–+"), text.isMark(index + 1, "€$£¥"),
            text.isDigits(index + 2) || text.isMark(index + 2, ".") && text.isDigits(index + 3)
        {
            context.say(text.isMark(index, "+") ? context.words.plus : context.words.minus)
            context.say(" ")
            return Reading(end: index + 1)
        }
        if text.isMark(index, "+") {
            guard isFirst else { return nil }
            if text.isDigits(index + 1) { return say(context.words.plus + age, upTo: index + 1, in: context) }
            // "+/- 20"
            guard text.isMark(index + 1, "/"), text.isMark(index + 2, "-−–"), text.isDigits(text.behindSpace(index + 3))
            else { return nil }
            return say(context.words.plusOrMinus, upTo: index + 3, in: context)
        }
        guard text.isDigits(index + 1), !text.isDigits(index - 1) else { return nil }
        return approximation(context, index)
    }

    /// "- 5 °C", "+ 1 min 12 s", "≈ 20".
    private static func spacedSign(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.isDigits(index + 2) else { return nil }
        if text.isMark(index, "-−–") {
            return context.isBelowZero(at: index) ? say(context.words.minus, upTo: index + 2, in: context) : nil
        }
        if text.isMark(index, "+") {
            // A bullet would be gone by now.
            let isFirst = text.isBorder(index - 1) && !text.isSpace(index - 1) || text.isMark(index - 1, "(«")
            return isFirst ? Reading(end: index + 1, words: context.words.plus) : nil
        }
        return text.isDigits(index - 1) ? nil : approximation(context, index)
    }

    private static func approximation(_ context: RuleContext, _ index: Int) -> Reading? {
        if context.text.isMark(index, "≈~∼") { return say(context.words.about, upTo: index + 1, in: context) }
        if context.text.isMark(index, "±") { return say(context.words.plusOrMinus, upTo: index + 1, in: context) }
        // "< 5 min" at the beginning of what is compared with nothing.
        return nil
    }

    /// Words for a sign, with a space behind them where figures are joined to it.
    static func say(_ words: String, upTo end: Int, in context: RuleContext) -> Reading {
        context.say(words)
        if context.text.isDigits(end) { context.say(" ") }
        return Reading(end: end)
    }

    /// "Interdit aux -10 ans", "(-26 ans)", "+65 ans", but "+2 ans de garantie" and "Écart : -3 ans".
    private static func isAge(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        guard context.isFrench, text.isSpace(index + 2), text.isWord(index + 3, "ans"), text.value(index + 1) ?? 0 > 2,
            !text.isDigits(index - 2), text.isBorder(index - 1) || text.isMark(index - 1, "(")
        else { return false }
        // "moins de -10 ans", "entre -5 ans et +5 ans", "J'ai -3 ans"
        return !text.isMark(index - 2, ":") && !text.isWord(index - 2, "de entre à a ai as et")
            && !text.isWord(index + 5, "de d")
    }

    /// "les + de 65 ans", "les - de 12 ans", "Solde : + 20 €".
    static let moreThan = Rule(at: "+-", before: .space, after: .space) { context, index in
        let text = context.text
        guard text.isSpace(index - 1), text.isSpace(index + 1) else { return nil }
        if text.isMark(index, "+"), text.isMark(index - 2, ":"), text.isDigits(index + 2) {
            return Reading(end: index + 1, words: context.words.plus)
        }
        guard text.isWord(index + 2, "de"), context.isFrench, text.isDigits(text.behindSpace(index + 3)),
            text.isMark(index, "+") || text.isWord(index - 2, inAnyCase: "les des aux aux à pour")
        else { return nil }
        return Reading(end: index + 1, words: text.isMark(index, "+") ? context.words.plus : context.words.minus)
    }

    /// "25 °C / 14 °C", "thé / café", "bus 12 / 15": two things beside each other.
    static let beside = Rule(at: "/", before: .space, after: .space) { context, index in
        let text = context.text
        guard text.isSpace(index - 1), text.isSpace(index + 1),
            text.isWord(index - 2) || text.isDigits(index - 2) || text.isMark(index - 2, "°%)€"),
            text.isWord(index + 2) || text.isDigits(index + 2), !context.isEquation(at: index)
        else { return nil }
        if let rate = Spans.rate(context, of: index - 2, by: index + 2) {
            return Reading(end: rate.end > index + 2 ? rate.end : index + 1, words: rate.words)
        }
        return Reading(end: index + 1, words: ",")
    }

    /// "Visibilité < 200 m": the adjective goes with its noun.
    static let limit = Rule(at: "<>", before: .space, after: .space, in: .french) { context, index in
        let text = context.text
        guard text.isSpace(index - 1), text.isSpace(index + 1), text.length(index - 2) > 3, text.isDigits(index + 2),
            let noun = text.word(index - 2), context.language.gender(of: text.spelling(index - 2)) == .feminine
        else { return nil }
        context.say(text.isMark(index, "<") ? "inférieure" : "supérieure")
        context.say(noun.hasSuffix("s") || noun.hasSuffix("x") ? "s à" : " à")
        return Reading(end: index + 1)
    }

    /// "§ 3", "§§ 3 et 4".
    static let paragraph = Rule(at: "§") { context, index in
        let text = context.text
        let end = text.isMark(index + 1, "§") ? index + 2 : index + 1
        guard text.isDigits(text.behindSpace(end)) else { return nil }
        context.say(context.isFrench ? "paragraphe" : "section")
        return say(end > index + 1 ? "s" : "", upTo: end, in: context)
    }

    /// "#5", "#jardin".
    static let hashtag = Rule(at: "#") { context, index in
        let text = context.text
        guard text.isMark(index, "#"), text.isBorder(index - 1) || text.isMark(index - 1, "(") else { return nil }
        if text.isDigits(index + 1) {
            return Identifiers.color(context, index) ?? Reading(end: index + 1, words: context.words.number + " ")
        }
        guard let word = text.word(index + 1), word.count > 1 else { return nil }
        if let color = Identifiers.color(context, index) { return color }
        context.say(context.words.hashtag)
        context.say(" ")
        var isSmall = false
        for scalar in word.unicodeScalars {
            if scalar.isUpper, isSmall { context.say(" ") }
            context.phrase.append(scalar)
            isSmall = !scalar.isUpper
        }
        return Reading(end: index + 2)
    }

    /// "@jean".
    static let mention = Rule(at: "@") { context, index in
        let text = context.text
        guard text.isMark(index, "@"), text.isBorder(index - 1), text.isWord(index + 1) else { return nil }
        return Reading(end: index + 1, words: context.words.at + " ")
    }

    /// ".5 mile" in English.
    static let bareFraction = Rule(at: ".", before: .digits, in: .english) { context, index in
        let text = context.text
        guard text.isMark(index, "."), text.isSpace(index - 1) || index == 0, text.isDigits(index + 1),
            text.length(index + 1) <= 6,
            text.isBorder(index + 2) || text.isMark(index + 2, ",;:!?)%")
                || text.isMark(index + 2, ".") && text.isBorder(index + 3)
        else { return nil }
        context.say(context.words.point + " ")
        context.say(digitsAt: index + 1)
        return Reading(end: index + 2, isQuantity: true)
    }

    /// A dash in a row of figures that is not a quantity is a pause.
    static let joint = Rule(at: "-–/.:,", before: .digits, after: .digits) { context, index in
        let text = context.text
        guard text.isDigits(index - 1), text.isMark(index, "-–/.:,") else { return nil }
        if text.isMark(index, ",") { return Reading(end: index + 1, words: ", ") }
        if text.isMark(index, "/"), text.startsWithZero(index + 1), text.length(index - 1) == text.length(index + 1),
            Telephones.national.read(context, index + 1) != nil
        {
            return Reading(end: index + 1, words: ", ")
        }
        // "8/6/4 €"
        if text.isMark(index, "/"), context.isFrench,
            text.isMark(index - 2, "/") || text.isMark(index + 2, "/") && text.isDigits(index + 3),
            !context.isEquation(at: index)
        {
            return Reading(end: index + 1, words: ", ")
        }
        // "0,27/0,20 €" are two prices.
        if text.isMark(index, "/"), context.isFrench, text.isMark(index - 2, ","), text.isMark(index + 2, ","),
            text.isDigits(index + 3),
            !context.isEquation(at: index)
        {
            return Reading(end: index + 1, words: ", ")
        }
        if text.isMark(index, "/") {
            // "4.5/5 stars", "3.2/8 GB"
            let isMark =
                !context.isFrench && text.isMark(index - 2, ".") && text.isDigits(index - 3)
                && !text.isMark(index + 2, ".,")
            let over = isMark ? "out of" : context.words.over
            context.say(apart: context.isEquation(at: index) ? context.words.dividedBy : over)
        } else if text.isMark(index, ".") {
            context.say(apart: context.words.point)
        } else {
            context.say(" ")
        }
        return Reading(end: index + 1)
    }

    /// "x ∈ ℝ", "x ∉ A".
    static let membership = Rule(at: "∈∉") { context, index in
        let text = context.text
        guard text.isMark(index, "∈∉") else { return nil }
        let isIn = text.isMark(index, "∈")
        let name =
            context.isFrench ? (isIn ? "appartient à" : "n'appartient pas à") : (isIn ? "belongs to" : "is not in")
        let (gap, set) = (text.isSpace(index - 1) ? "" : " ", text.behindSpace(index + 1))
        if let letter = numberSets[text.string(set)] {
            return Reading(end: set + 1, words: gap + name + " " + letter)
        }
        return Reading(end: index + 1, words: gap + name + (set > index + 1 ? "" : " "))
    }

    /// Letters that voices have no name for.
    private static let numberSets = ["ℝ": "R", "ℕ": "N", "ℤ": "Z", "ℚ": "Q", "ℂ": "C"]

    /// Marks that say one word by themselves.
    static let symbol = Rule(at: "&∞→⇒➜⟶↔⇔-=>:<+−") { context, index in
        let text = context.text
        let (isLeftSpaced, isRightSpaced) = (text.isSpace(index - 1), text.isSpace(index + 1))
        switch text.tokens[index].head {
        // "Paramètres > Réseau"
        case ">":
            guard isLeftSpaced, isRightSpaced, text.isCapitalised(index - 2), text.length(index - 2) > 2,
                text.isCapitalised(index + 2), text.length(index + 2) > 1
            else { return nil }
            return Reading(end: index + 1, words: ",")
        // "12 : 4 = 3"
        case ":":
            guard isLeftSpaced, isRightSpaced, text.isDigits(index - 2), text.isDigits(index + 2),
                let number = context.number(index + 2), text.isMark(text.behindSpace(number.end), "=")
            else { return nil }
            return Reading(end: index + 1, words: context.words.dividedBy)
        case "&":
            guard text.isBorder(index - 1) == text.isBorder(index + 1), text.isWord(index + 1) || isRightSpaced else {
                return nil
            }
            return say(context.words.and, apartFor: index, in: context)
        case "∞": return Reading(end: index + 1, words: context.words.infinity)
        // "+∞"
        case "+" where text.isMark(index + 1, "∞"):
            return Reading(end: index + 2, words: context.words.plus + " " + context.words.infinity)
        case "-" where text.isMark(index + 1, "∞"), "−" where text.isMark(index + 1, "∞"):
            return Reading(end: index + 2, words: context.words.minus + " " + context.words.infinity)
        case "→" where isLimit(context, index):
            return say(context.isFrench ? "tend vers" : "tends to", apartFor: index, in: context)
        case "→", "⇒", "➜", "⟶", "↔", "⇔":
            guard isLeftSpaced == isRightSpaced else { return nil }
            return Reading(end: index + 1, words: isRightSpaced ? "," : ", ")
        // "<->" and "<=>".
        case "<":
            guard isLeftSpaced, text.isMark(index + 1, "-="), text.isMark(index + 2, ">"), text.isSpace(index + 3)
            else { return nil }
            return Reading(end: index + 3, words: ",")
        // "->" and "=>".
        case "-", "=":
            guard isLeftSpaced, text.isMark(index + 1, ">"), text.isSpace(index + 2) else { return nil }
            return Reading(end: index + 2, words: ",")
        default: return nil
        }
    }

    /// "lim x → 0", "quand x → ∞", "n → +∞".
    private static func isLimit(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        let name = text.isSpace(index - 1) ? index - 2 : index - 1
        let target = text.behindSpace(index + 1)
        if text.isWord(name), text.length(name) == 1, text.isMark(text.isMark(target, "+-−") ? target + 1 : target, "∞")
        {
            return true
        }
        return text.isWord(name) && text.length(name) == 1 && text.isSpace(name - 1)
            && text.isWord(name - 2, inAnyCase: "lim limite quand lorsque when as")
    }
}
