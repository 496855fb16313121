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
    static let sign = Rule(at: "-−–‑+≈~∼±") { context, index in
        let text = context.text
        if context.isSign(index) { return Reading(end: index + 1, words: context.words.minus + " ") }
        if text.isMark(index, "-−–"), text.isSpace(index + 1), context.isBelowZero(at: index) {
            return Reading(end: index + 2, words: context.words.minus + " ")
        }
        let isFirst = text.isBorder(index - 1) || text.isMark(index - 1, "(«")
        // "-$5", "+$5"
        if isFirst, text.isMark(index, "-−–+"), text.isMark(index + 1, "€$£¥"),
            text.isDigits(index + 2) || text.isMark(index + 2, ".") && text.isDigits(index + 3)
        {
            return Reading(
                end: index + 1, words: (text.isMark(index, "+") ? context.words.plus : context.words.minus) + " ")
        }
        if text.isMark(index, "+"), isFirst, text.isDigits(index + 1) {
            return Reading(end: index + 1, words: context.words.plus + " ")
        }
        // "+/- 20"
        if isFirst, text.isMark(index, "+"), text.isMark(index + 1, "/"), text.isMark(index + 2, "-−–"),
            text.isDigits(text.behindSpace(index + 3))
        {
            return Reading(
                end: index + 3, words: context.words.plusOrMinus + (text.isDigits(index + 3) ? " " : ""))
        }
        // "+ 1 min 12 s": a bullet would be gone by now.
        if text.isMark(index, "+"), text.isSpace(index + 1), index == 0 || isFirst && !text.isSpace(index - 1),
            text.isDigits(index + 2)
        {
            return Reading(end: index + 1, words: context.words.plus)
        }
        let isNumber = text.isDigits(text.behindSpace(index + 1))
        guard isNumber, !text.isDigits(index - 1) else { return nil }
        let gap = text.isDigits(index + 1) ? " " : ""
        if text.isMark(index, "≈~∼") { return Reading(end: index + 1, words: context.words.about + gap) }
        if text.isMark(index, "±") { return Reading(end: index + 1, words: context.words.plusOrMinus + gap) }
        // "< 5 min" at the beginning of what is compared with nothing.
        return nil
    }

    /// "les + de 65 ans", "les - de 12 ans", "Solde : + 20 €".
    static let moreThan = Rule(at: "+-", before: .space) { context, index in
        let text = context.text
        guard text.isSpace(index - 1), text.isSpace(index + 1) else { return nil }
        if text.isMark(index, "+"), text.isMark(index - 2, ":"), text.isDigits(index + 2) {
            return Reading(end: index + 1, words: context.words.plus)
        }
        guard context.isFrench, text.isWord(index + 2, "de"), text.isDigits(text.behindSpace(index + 3)),
            text.isMark(index, "+")
                || text.isWord(index - 2, inAnyCase: "les des aux aux à pour")
        else { return nil }
        return Reading(end: index + 1, words: text.isMark(index, "+") ? context.words.plus : context.words.minus)
    }

    /// "25 °C / 14 °C", "thé / café", "bus 12 / 15": two things beside each other.
    static let beside = Rule(at: "/", before: .space) { context, index in
        let text = context.text
        guard text.isSpace(index - 1), text.isSpace(index + 1),
            text.isWord(index - 2) || text.isDigits(index - 2) || text.isMark(index - 2, "°%)€"),
            text.isWord(index + 2) || text.isDigits(index + 2), !context.isEquation(at: index)
        else { return nil }
        return Reading(end: index + 1, words: ",")
    }

    /// "Visibilité < 200 m": the adjective goes with its noun.
    static let limit = Rule(at: "<>", before: .space, in: .french) { context, index in
        let text = context.text
        guard text.isSpace(index - 1), text.isSpace(index + 1), text.length(index - 2) > 3,
            let noun = text.word(index - 2), context.language.gender(of: noun) == .feminine, text.isDigits(index + 2)
        else { return nil }
        let isPlural = noun.hasSuffix("s") || noun.hasSuffix("x")
        let adjective = (text.isMark(index, "<") ? "inférieure" : "supérieure") + (isPlural ? "s" : "")
        return Reading(end: index + 1, words: adjective + " à")
    }

    /// "§ 3", "§§ 3 et 4".
    static let paragraph = Rule(at: "§") { context, index in
        let text = context.text
        let end = text.isMark(index + 1, "§") ? index + 2 : index + 1
        guard text.isDigits(text.behindSpace(end)) else { return nil }
        let name = context.isFrench ? "paragraphe" : "section"
        return Reading(end: end, words: name + (end > index + 1 ? "s" : "") + (text.isDigits(end) ? " " : ""))
    }

    /// "#5", "#jardin".
    static let hashtag = Rule(at: "#") { context, index in
        let text = context.text
        guard text.isMark(index, "#"), text.isBorder(index - 1) || text.isMark(index - 1, "(") else { return nil }
        if text.isDigits(index + 1) { return Reading(end: index + 1, words: context.words.number + " ") }
        guard let word = text.word(index + 1), word.count > 1 else { return nil }
        var (said, isSmall) = ("", false)
        for scalar in word.unicodeScalars {
            if scalar.isUpper, isSmall { said += " " }
            said.unicodeScalars.append(scalar)
            isSmall = !scalar.isUpper
        }
        return Reading(end: index + 2, words: context.words.hashtag + " " + said)
    }

    /// "@jean".
    static let mention = Rule(at: "@") { context, index in
        let text = context.text
        guard text.isMark(index, "@"), text.isBorder(index - 1), text.isWord(index + 1) else { return nil }
        return Reading(end: index + 1, words: context.words.at + " ")
    }

    /// "5²", "x³", "10^6".
    static let power = Rule(at: "²³^⁰¹⁴⁵⁶⁷⁸⁹⁻") { context, index in
        let text = context.text
        if let raised = raised(context, index) { return raised }
        guard
            text.isDigits(index - 1) || text.isWord(index - 1) && text.length(index - 1) <= 2
                || text.isMark(index - 1, ")")
        else { return nil }
        if text.isMark(index, "²") { return Reading(end: index + 1, words: " " + context.words.squared) }
        if text.isMark(index, "³") { return Reading(end: index + 1, words: " " + context.words.cubed) }
        guard text.isMark(index, "^"),
            text.isDigits(index + 1) || context.isDash(index + 1) || text.isMark(index + 1, "(")
                || text.isWord(index + 1) && text.length(index + 1) == 1 && text.length(index - 1) <= 2
        else { return nil }
        // "x^2", "10^-3"
        if text.length(index + 1) == 1, text.isWord(index - 1) || text.isMark(index - 1, ")"),
            ["2", "3"].contains(text.string(index + 1)),
            !text.isWord(index + 2), !text.isMark(index + 2, ".,/^") || !text.isDigits(index + 3)
        {
            let isSquare = text.string(index + 1) == "2"
            return Reading(end: index + 2, words: " " + (isSquare ? context.words.squared : context.words.cubed))
        }
        if context.isDash(index + 1), text.isDigits(index + 2) {
            return Reading(end: index + 2, words: " " + context.words.toThePower + " " + context.words.minus + " ")
        }
        return Reading(end: index + 1, words: " " + context.words.toThePower + " ")
    }

    /// "10⁶", "10⁻³", "2¹⁰".
    private static func raised(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.isDigits(index - 1) else { return nil }
        let isMinus = text.isMark(index, "⁻")
        var (end, value) = (isMinus ? index + 1 : index, UInt64(0))
        let first = end
        while end < first + 3, let mark = text.mark(end), let figure = superscripts.firstIndex(of: mark) {
            value = 10 * value + UInt64(figure)
            end += 1
        }
        guard end > first, isMinus || end > first + 1 || !text.isMark(first, "²³"),
            text.mark(end).map(superscripts.contains) != true,
            context.number(index - 1)?.end == index
        else { return nil }
        context.say(" " + context.words.toThePower + (isMinus ? " " + context.words.minus + " " : " "))
        context.say(value)
        // "3 × 10⁸ m/s"
        guard text.isSpace(end), let unit = context.unit(behind: end) else { return Reading(end: end) }
        context.say(" ")
        context.say(unit, isPlural: true)
        return Reading(end: unit.end)
    }

    private static let superscripts = Array("⁰¹²³⁴⁵⁶⁷⁸⁹".unicodeScalars)

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
    static let joint = Rule(at: "-–/.:,", before: .digits) { context, index in
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
        let name =
            text.isMark(index, "/")
            ? " " + (context.isEquation(at: index) ? context.words.dividedBy : context.words.over) + " "
            : text.isMark(index, ".") ? " " + context.words.point + " " : " "
        return Reading(end: index + 1, words: name)
    }

    /// "5 - 3", "2 + 2 = 4", "x ≥ 3".
    static let operation = Rule(at: "-–−+=×*⋅÷≈≠<>≤≥±/") { context, index in
        let text = context.text
        if let equals = equality(context, index) { return equals }
        guard let mark = text.mark(index) else { return nil }
        let (isLeftSpaced, isRightSpaced) = (text.isSpace(index - 1), text.isSpace(index + 1))
        guard isLeftSpaced == isRightSpaced || text.isDigits(index + 1) else { return nil }
        let (left, right) = (isLeftSpaced ? index - 2 : index - 1, isRightSpaced ? index + 2 : index + 1)
        let isLeftFigure = text.isDigits(left) || text.isMark(left, ")%€²³")
        let isRightFigure = text.isDigits(right) || text.isMark(right, "(√-−") && !text.isSpace(right + 1)
        let isLetters = text.isWord(left) && text.isWord(right)
        guard
            isLeftFigure && (isRightFigure || text.length(right) == 1) || text.isWord(left) && isRightFigure
                || isLetters && text.length(left) <= 2
        else { return comparison(context, index) }
        if text.isMark(index, "-–−"), isLeftSpaced, isLeftFigure, text.isDigits(right) {
            if Dashes.isListed(context, from: left, to: right) { return Reading(end: index + 1, words: ",") }
            let isTo = Dashes.isRange(context, from: left, to: right) || Dashes.isScore(context, from: left, to: right)
            if !isTo, let name = Dashes.joint(context, from: left, to: right, mark: index) {
                return Reading(end: index + 1, words: name)
            }
            // "lun. 9/11 - 11h10" and "12/20 - 3 pts" are two things beside each other.
            if !isTo, text.isMark(left - 1, "/") || context.isHour(at: right), !context.isEquation(at: index) {
                return nil
            }
            return Reading(end: index + 1, words: isTo ? context.words.to : context.words.minus)
        }
        if text.isMark(index, "-–"), isLeftSpaced, text.length(left) == 1, text.isDigits(left - 1), text.isDigits(right)
        {
            return Reading(end: index + 1, words: context.words.minus)
        }
        if text.isMark(index, "/"), isLeftFigure, text.isDigits(right), context.isEquation(at: index) {
            return Reading(end: index + 1, words: context.words.dividedBy)
        }
        guard let name = Signs.name(of: mark, in: context.words) else { return nil }
        return Reading(end: index + 1, words: (isLeftSpaced ? "" : " ") + name + (isRightSpaced ? "" : " "))
    }

    /// "a <= 5", "x != y".
    static let twofold = Rule(at: "<>!=", before: .otherMark) { context, index in
        let text = context.text
        guard text.isMark(index + 1, "="), text.isSpace(index - 1), text.isSpace(index + 2),
            let mark = text.mark(index),
            text.isWord(index - 2) || text.isDigits(index - 2) || text.isMark(index - 2, ")]"),
            text.isWord(index + 3) || text.isDigits(index + 3) || text.isMark(index + 3, "(-−[\"'")
        else { return nil }
        let words = context.words
        switch mark {
        case "<": return Reading(end: index + 2, words: words.atMost)
        case ">": return Reading(end: index + 2, words: words.atLeast)
        case "!": return Reading(end: index + 2, words: words.notEqual)
        default: return Reading(end: index + 2, words: words.equals)
        }
    }

    private static func name(of mark: Unicode.Scalar, in words: borrowing Words) -> String? {
        switch mark {
        case "−": words.minus
        case "+": words.plus
        case "=": words.equals
        case "×", "*", "⋅": words.times
        case "÷": words.dividedBy
        case "≈": words.about
        case "≠": words.notEqual
        case "<": words.less
        case ">": words.more
        case "≤": words.atMost
        case "≥": words.atLeast
        case "±": words.plusOrMinus
        default: nil
        }
    }

    private static func comparison(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.isDigits(text.behindSpace(index + 1)), text.isBorder(index - 1) else { return nil }
        guard text.isMark(index, "<>≤≥=≠"), let mark = text.mark(index), let name = name(of: mark, in: context.words)
        else {
            return nil
        }
        return Reading(end: index + 1, words: name + (text.isDigits(index + 1) ? " " : ""))
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
    static let symbol = Rule(at: "&∞→⇒➜⟶-=>:") { context, index in
        let text = context.text
        // "Paramètres > Réseau"
        if text.isMark(index, ">"), text.isSpace(index - 1), text.isSpace(index + 1), text.isCapitalised(index - 2),
            text.length(index - 2) > 2, text.isCapitalised(index + 2), text.length(index + 2) > 1
        {
            return Reading(end: index + 1, words: ",")
        }
        // "12 : 4 = 3"
        if text.isMark(index, ":"), text.isSpace(index - 1), text.isSpace(index + 1), text.isDigits(index - 2),
            text.isDigits(index + 2), let number = context.number(index + 2),
            text.isMark(text.behindSpace(number.end), "=")
        {
            return Reading(end: index + 1, words: context.words.dividedBy)
        }
        if text.isMark(index, "&"), text.isBorder(index - 1) == text.isBorder(index + 1),
            text.isWord(index + 1) || text.isSpace(index + 1)
        {
            return Reading(
                end: index + 1,
                words: (text.isSpace(index - 1) ? "" : " ") + context.words.and + (text.isSpace(index + 1) ? "" : " "))
        }
        if text.isMark(index, "∞") { return Reading(end: index + 1, words: context.words.infinity) }
        if text.isMark(index, "→"), isLimit(context, index) {
            let name = context.isFrench ? "tend vers" : "tends to"
            let (before, behind) = (text.isSpace(index - 1) ? "" : " ", text.isSpace(index + 1) ? "" : " ")
            return Reading(end: index + 1, words: before + name + behind)
        }
        if text.isMark(index, "→⇒➜⟶"), text.isSpace(index - 1) == text.isSpace(index + 1) {
            return Reading(end: index + 1, words: text.isSpace(index + 1) ? "," : ", ")
        }
        // "->" and "=>".
        if text.isMark(index, "-="), text.isMark(index + 1, ">"), text.isSpace(index - 1), text.isSpace(index + 2) {
            return Reading(end: index + 2, words: ",")
        }
        return nil
    }

    /// "lim x → 0", "quand x → ∞".
    private static func isLimit(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        let name = text.isSpace(index - 1) ? index - 2 : index - 1
        return text.isWord(name) && text.length(name) == 1 && text.isSpace(name - 1)
            && text.isWord(name - 2, inAnyCase: "lim limite quand lorsque when as")
    }
}
