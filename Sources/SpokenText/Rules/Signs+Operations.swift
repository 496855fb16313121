/// Signs between two terms: operations and comparisons.
extension Signs {
    /// "5 - 3", "2 + 2 = 4", "x ≥ 3".
    static let operation = Rule(at: "-–−+=×*⋅÷≈≠<>≤≥±/") { context, index in
        let text = context.text
        let mark = text.tokens[index].head
        if mark == "=", let equals = equality(context, index) { return equals }
        if text.isMark(index - 1, "("), let limit = limitInBrackets(context, index) { return limit }
        let (isLeftSpaced, isRightSpaced) = (text.isSpace(index - 1), text.isSpace(index + 1))
        guard isLeftSpaced == isRightSpaced || text.isDigits(index + 1) else { return nil }
        let (left, right) = (isLeftSpaced ? index - 2 : index - 1, isRightSpaced ? index + 2 : index + 1)
        if text.isMark(index, ">"), isLeftSpaced, isPath(text, from: left, to: right) {
            return Reading(end: index + 1, words: ",")
        }
        if text.isMark(index, "-–"), isLeftSpaced == isRightSpaced,
            Formulas.isMinus(context, index, from: left, to: right)
        {
            return say(context.words.minus, apartFor: index, in: context)
        }
        // "L 120 × l 60 × H 75 cm"
        if text.isMark(index, "×"), isLeftSpaced, text.isDigits(left), Sizes.isSide(text, right),
            !context.isEquation(at: index)
        {
            return Reading(end: index + 1, words: context.words.by)
        }
        let isLeftFigure =
            text.isDigits(left) || text.isMark(left, ")%€²³")
            // "|x| + 3"
            || text.isMark(left, "|") && !text.isSpace(left - 1)
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
        guard let name = Signs.name(of: mark, in: context) else { return nil }
        return say(name, apartFor: index, in: context)
    }

    /// Words for a sign, with the spaces that it doesn't have around it.
    static func say(_ words: String, apartFor index: Int, in context: RuleContext) -> Reading {
        if !context.text.isSpace(index - 1) { context.say(" ") }
        context.say(words)
        if !context.text.isSpace(index + 1) { context.say(" ") }
        return Reading(end: index + 1)
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

    private static func name(of mark: Unicode.Scalar, in context: RuleContext) -> String? {
        switch mark {
        case "−": context.words.minus
        case "+": context.words.plus
        case "=": context.words.equals
        case "×", "*", "⋅": context.words.times
        case "÷": context.words.dividedBy
        case "≈": context.words.about
        case "≠": context.words.notEqual
        case "<": context.words.less
        case ">": context.words.more
        case "≤": context.words.atMost
        case "≥": context.words.atLeast
        case "±": context.words.plusOrMinus
        default: nil
        }
    }

    private static func comparison(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.isDigits(text.behindSpace(index + 1)), text.isBorder(index - 1) else { return nil }
        guard text.isMark(index, "<>≤≥=≠"), let mark = text.mark(index), let name = name(of: mark, in: context)
        else {
            return nil
        }
        return say(name, upTo: index + 1, in: context)
    }

    /// "Groupe 1 (< 9 kg)", "Seniors (> 65 ans)".
    private static func limitInBrackets(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.isMark(index, "<>≤≥"), let mark = text.mark(index), text.isBorder(index - 2),
            text.isDigits(text.behindSpace(index + 1)),
            let name = context.isFrench ? limits[mark] : name(of: mark, in: context)
        else { return nil }
        return say(name, upTo: index + 1, in: context)
    }

    private static let limits: [Unicode.Scalar: String] = [
        "<": "moins de", ">": "plus de", "≤": "au plus", "≥": "au moins",
    ]

    /// "Paramètres > Wi-Fi > Réseau", "A11 > A81 > N12": names, of which one has a hyphen or figures, on the way to a place. "U1 > U2"
    /// by itself compares two quantities.
    private static func isPath(_ text: TokenizedText, from left: Int, to right: Int) -> Bool {
        func begins(_ place: Int) -> Int {
            var first = place
            while first > 0, place - first < 8, !text.isBorder(first - 1) { first -= 1 }
            return first
        }
        func ends(_ place: Int) -> Int {
            var end = place
            while end - place < 8, text.isWord(end) || text.isDigits(end) || text.isDash(end) { end += 1 }
            return end
        }
        let (first, end) = (begins(left), ends(right))
        func isName(_ name: Range<Int>) -> Bool {
            text.isCapitalised(name.lowerBound)
                && (name.count > 1
                    ? name.allSatisfy { text.isWord($0) || text.isDigits($0) || text.isDash($0) }
                    : text.length(name.lowerBound) > 2)
        }
        guard isName(first..<left + 1), isName(right..<end) else { return false }
        let isNumbered = text.isDigits(first + 1) || text.isDigits(right + 1)
        return !isNumbered || text.isMark(first - 2, ">") || text.isMark(end + 1, ">")
    }
}
