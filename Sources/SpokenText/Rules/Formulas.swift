/// Signs of mathematics and chemistry beside letters and brackets, where figures alone don't show what is meant.
enum Formulas {
    /// "y = -x + 3", "(−b ± √Δ)", "−√2": the sign of what begins there. A hyphen needs more beside it than a minus.
    static let negative = Rule(at: "-−", before: [.word, .otherMark]) { context, index in
        let text = context.text
        let isMinus = text.isMark(index, "−")
        guard isMinus || text.isMark(index, "-"), !isWithin(index, in: text), isTerm(text, index + 1) else {
            return nil
        }
        let place = text.isSpace(index - 1) ? index - 2 : index - 1
        let isNegative =
            isMinus
            ? text.length(index + 1) == 1
            : mayBeNegative(context, behind: place, at: index)
                || place < 0 && text.hasEqualsSign && text.isMark(text.behindSpace(index + 2), "+-−×²³^/")
        guard isNegative else { return nil }
        context.say(context.words.minus)
        context.say(" ")
        return Reading(end: index + 1)
    }

    /// Whether a sign would join what stands before it to something: "3x−y".
    private static func isWithin(_ index: Int, in text: TokenizedText) -> Bool {
        text.isWord(index - 1) || text.isDigits(index - 1) || text.isMark(index - 1, ")]%²³°'’»\"-−")
    }

    /// Whether a variable, a root or a bracket stands there.
    private static func isTerm(_ text: TokenizedText, _ index: Int) -> Bool {
        if text.isWord(index) { return text.length(index) <= 2 && !text.isMark(index + 1, "'’-@") }
        return text.isMark(index, "√∛(")
    }

    /// Behind "x =", "f(" and "e^", but neither in "étudiant(-e)" nor in "(-F file)".
    private static func mayBeNegative(_ context: RuleContext, behind place: Int, at index: Int) -> Bool {
        let text = context.text
        if text.isMark(place, "^") { return true }
        guard text.hasEqualsSign else { return false }
        if text.isMark(place, "(") {
            return place == index - 1
                && (!text.isWord(place - 1) || text.length(place - 1) == 1 || isFunction(text, place - 1))
                && (!text.isWord(index + 1) || text.isMark(text.behindSpace(index + 2), ")+-−×²³^/±"))
        }
        return text.isMark(place, "=×÷*<>≤≥≠≈")
    }

    private static func isFunction(_ text: TokenizedText, _ index: Int) -> Bool {
        text.isWord(index, inAnyCase: "sin cos tan exp ln log")
    }

    /// "√9", "√(x + 1)", "∛27".
    static let root = Rule(at: "√∛", before: [.digits, .word, .space, .otherMark]) { context, index in
        let text = context.text
        let next = text.behindSpace(index + 1)
        guard text.isMark(index, "√∛"),
            text.isDigits(next) || next == index + 1 && (text.isWord(next) || text.isMark(next, "(√"))
        else { return nil }
        context.say(text.isMark(index, "√") ? context.words.squareRoot : context.words.cubeRoot)
        if next == index + 1 { context.say(" ") }
        return Reading(end: index + 1)
    }

    /// "1/x", "x²/2", "(b × h)/2", "v = d/t", and the division slash "∕" of a formula in LaTeX: one thing over another.
    static let quotient = Rule(at: "/∕") { context, index in
        let text = context.text
        let isSpaced = text.isSpace(index - 1) && text.isSpace(index + 1)
        guard text.isMark(index, "/∕"), isSpaced || !text.isBorder(index - 1) && !text.isBorder(index + 1) else {
            return nil
        }
        let (left, right) = isSpaced ? (index - 2, index + 2) : (index - 1, index + 1)
        guard text.isMark(index, "∕") || isQuotient(context, of: left, by: right) else { return nil }
        if isSpaced { context.say(context.words.over) } else { context.say(apart: context.words.over) }
        return Reading(end: index + 1)
    }

    private static func isQuotient(_ context: RuleContext, of left: Int, by right: Int) -> Bool {
        let text = context.text
        // "π/2", "3π/4", "n/2", "3a/4"
        if text.isDigits(right), isPartOf(text, left: left, right: right) { return true }
        let isVariable = text.length(right) == 1 && text.isWord(right)
        let isEnd = text.isBorder(right + 1) || text.isMark(right + 1, ".,;:!?)+-−=²³^×\"»")
        let opens = text.isMark(right, "(")
        guard text.isDigits(right) || isVariable && isEnd || opens || text.isMark(right, "√") else { return false }
        // "(b × h)/2", "(a + b) / (c − d)"
        if text.isMark(left, ")") {
            return isSum(closedBy: left, in: text) || opens && isSum(openedBy: right, in: text)
        }
        // "x²/2"
        if text.isMark(left, "²³") { return isVariableName(text, left - 1) }
        // "1/x", but neither "5/m" of a unit nor "1/2".
        if text.isDigits(left) { return text.isWord(right, "x y z n") || opens && text.hasEqualsSign }
        guard text.hasEqualsSign, text.length(left) == 1, text.isWord(left), isBesideSign(text, from: left, to: right)
        else {
            return false
        }
        // "d/t", but neither "m/s" nor "H/F"
        return
            !(text.isWord(left, "m g c") && text.isWord(right, "s L l")
            || text.isWord(left, "H N") && text.isWord(right, "F A"))
    }

    /// Whether a letter over figures can be nothing but a variable: "bus a/2" is none, unless it is all that is written.
    private static func isPartOf(_ text: TokenizedText, left: Int, right: Int) -> Bool {
        guard text.isWord(left), text.length(left) == 1, text.length(right) <= 2, !text.isWord(right + 1),
            !text.isMark(right + 1, "/"), text.isBorder(right + 1) || !text.isDigits(right + 2)
        else { return false }
        if text.isWord(left, "π θ x y z n k") { return true }
        let first = text.isDigits(left - 1) ? left - 1 : left
        return text.isWord(left, "a b c d r") && first == 0
            && (right + 1 >= text.count || text.isBorder(right + 1) && !text.isSpace(right + 1))
            || !text.isCapitalised(left) && isWritten(text, around: left + 1)
    }

    /// "x - y = 5", "(x - 3)(x + 2)", "n - 1": whether a hyphen between two terms is a minus. "Ligne A - B" has none.
    static func isMinus(_ context: RuleContext, _ index: Int, from left: Int, to right: Int) -> Bool {
        let text = context.text
        let isVariable = text.isWord(left) && text.length(left) == 1 && !text.isMark(left - 1, "'’-")
        let isProduct = text.isWord(left) && text.length(left) == 2 && text.isDigits(left - 1)
        guard
            isVariable || isProduct || text.isMark(left, ")]|") || isPower(text, left)
                || text.isDigits(left) && text.isWord(right),
            text.isDigits(right) || text.isMark(right, "(√|")
                || text.isWord(right) && text.length(right) == 1 && !text.isMark(right + 1, "'’-")
        else { return false }
        if isVariable, text.isWord(left, "x y z n k"), text.isDigits(right), text.length(right) <= 3,
            left == 0 || text.isMark(left - 1, "(|") || text.isDigits(left - 1)
                || text.isSpace(left - 1) && text.isWord(left - 2, inAnyCase: ranks),
            // "Bloc x - 12 places" is a label.
            text.isBorder(right + 1) && !text.isWord(right + 2)
                || text.isMark(right + 1, ".,;:!?)|") && !text.isDigits(right + 2)
        {
            return true
        }
        guard !text.isCapitalised(left) || text.hasEqualsSign else { return false }
        return !context.isLabel(text.isSpace(left - 1) ? left - 2 : left - 1) && isWritten(text, around: index)
    }

    /// What stands before a term that is alone.
    private static let ranks: WordSet = [
        "terme", "termes", "rang", "rangs", "indice", "ordre", "degré", "calcule", "calculer", "calculez", "de", "à",
        "term", "rank", "degree", "compute", "of",
    ]

    /// "x²", "(a + b)³", but not "m²".
    private static func isPower(_ text: TokenizedText, _ index: Int) -> Bool {
        text.isMark(index, "²³")
            && (text.isMark(index - 1, ")")
                || text.isWord(index - 1) && text.length(index - 1) == 1
                    && !text.isWord(index - 1, "m"))
    }

    /// Whether a row of letters, figures and signs around a place has a sign that only a formula has.
    static func isWritten(_ text: TokenizedText, around index: Int) -> Bool {
        func shows(_ step: Int) -> Bool {
            var place = index + step
            while place >= 0, place < text.count, abs(place - index) <= longestSum {
                if text.isMark(place, "=≤≥≠≈^√×") || text.isWord(place, "π") || isPower(text, place)
                    || text.isMark(place, "(") && text.isWord(place - 1, "f g h u v P")
                {
                    return true
                }
                let isName =
                    text.isWord(place)
                    && (text.length(place) == 1 && !text.isWord(place, "à")
                        || text.length(place) == 2 && text.isDigits(place - 1) || isFunction(text, place))
                let isNumber = text.isDigits(place) && text.length(place) <= 4
                guard isName || isNumber || text.isSpace(place) || text.isMark(place, "+-−×*·/÷²³()[]|<>!.±₀₁₂₃∕")
                else {
                    return false
                }
                place += step
            }
            return false
        }
        return shows(1) || shows(-1)
    }

    /// "v = d/t", "(l/g)", but not "H/F".
    private static func isBesideSign(_ text: TokenizedText, from left: Int, to right: Int) -> Bool {
        let before = text.isSpace(left - 1) ? left - 2 : left - 1
        return text.isMark(before, "=+-−×(√") || text.isMark(text.behindSpace(right + 1), "=+−×")
    }

    /// A letter, or figures and a letter: "x", "2x", but not the "m" of an area.
    private static func isVariableName(_ text: TokenizedText, _ index: Int) -> Bool {
        text.isWord(index) && text.length(index) == 1 && !text.isWord(index, "m")
            || text.isMark(index, ")") || text.isDigits(index) && text.length(index) <= 2
    }

    /// The most tokens within brackets that are looked through.
    private static let longestSum = 24

    /// Whether short names, figures and signs stand within the brackets that close at a place.
    private static func isSum(closedBy close: Int, in text: TokenizedText) -> Bool {
        var (place, hasSign) = (close - 1, false)
        while place >= max(0, close - longestSum) {
            if text.isMark(place, "(") { return hasSign }
            guard isOfSum(text, place, seen: &hasSign) else { return false }
            place -= 1
        }
        return false
    }

    private static func isSum(openedBy open: Int, in text: TokenizedText) -> Bool {
        var (place, hasSign) = (open + 1, false)
        while place < min(text.count, open + longestSum) {
            if text.isMark(place, ")") { return hasSign || place == open + 3 }
            guard isOfSum(text, place, seen: &hasSign) else { return false }
            place += 1
        }
        return false
    }

    private static func isOfSum(_ text: TokenizedText, _ place: Int, seen hasSign: inout Bool) -> Bool {
        if text.isMark(place, "+-−×*÷²³√^±") || text.isMark(place, ")") { hasSign = true }
        return text.isSpace(place) || text.isDigits(place) || text.isWord(place) && text.length(place) <= 2
            || text.isMark(place, "+-−×*÷/²³√^±.,)")
    }

    /// "¹⁴C", "²³⁸U": an isotope is said behind its element.
    static let isotope = Rule(
        at: "¹²³⁴⁵⁶⁷⁸⁹", before: [.word, .otherMark], after: [.none, .space, .pause, .otherMark]
    ) { context, index in
        let text = context.text
        guard text.isBorder(index - 1) || text.isMark(index - 1, "(«\"'’"),
            let (mass, end) = superscripts(text, from: index), let names = text.entry(end, in: elements),
            !text.isDigits(end + 1)
        else { return nil }
        context.say(context.isFrench ? names.french : names.english)
        context.say(" ")
        context.say(mass)
        return Reading(end: end + 1)
    }

    private static let elements: WordTable<(french: String, english: String)> = [
        "H": ("hydrogène", "hydrogen"), "He": ("hélium", "helium"), "Li": ("lithium", "lithium"),
        "C": ("carbone", "carbon"), "N": ("azote", "nitrogen"), "O": ("oxygène", "oxygen"), "F": ("fluor", "fluorine"),
        "K": ("potassium", "potassium"), "Fe": ("fer", "iron"), "Co": ("cobalt", "cobalt"),
        "Sr": ("strontium", "strontium"), "Tc": ("technétium", "technetium"), "I": ("iode", "iodine"),
        "Cs": ("césium", "caesium"), "Pb": ("plomb", "lead"), "Po": ("polonium", "polonium"), "Rn": ("radon", "radon"),
        "Ra": ("radium", "radium"), "Th": ("thorium", "thorium"), "U": ("uranium", "uranium"),
        "Pu": ("plutonium", "plutonium"), "Am": ("américium", "americium"),
    ]

    /// The number in small raised figures that begins at a place, and its end.
    private static func superscripts(_ text: TokenizedText, from index: Int) -> (value: UInt64, end: Int)? {
        var (end, value) = (index, UInt64(0))
        while end < index + 3, let figure = Signs.superscript(text, end) {
            (value, end) = (10 * value + figure, end + 1)
        }
        return end > index ? (value, end) : nil
    }

    /// "|x| < 3": bars in a formula, which voices pass over. The one that closes is a space.
    static let absolute = Rule(at: "|", before: [.space, .word, .digits, .dash, .otherMark]) { context, index in
        let text = context.text
        guard text.isMark(index, "|"), let bar = otherBar(of: index, in: text) else { return nil }
        if bar < index { return Reading(end: index + 2, words: " ") }
        return Reading(end: index + 1, words: context.isFrench ? "valeur absolue de " : "the absolute value of ")
    }

    /// The other one of two bars with a term between them, in front of a comparison or a sum: "|x - 2| ≤ 3".
    private static func otherBar(of index: Int, in text: TokenizedText) -> Int? {
        func isTermed(_ open: Int, _ close: Int) -> Bool {
            close > open + 1 && !text.isBorder(open + 1) && !text.isBorder(close - 1)
                && (text.isBorder(open - 1) || text.isMark(open - 1, "(")) && text.isSpace(close + 1)
                && text.isMark(close + 2, "=<>≤≥≠+−")
        }
        for step in [1, -1] {
            var place = index + step
            while place >= 0, place < text.count, abs(place - index) <= longestSum, !text.isMark(place, "|") {
                guard
                    text.isSpace(place) || text.isDigits(place) || text.isWord(place) && text.length(place) <= 2
                        || text.isMark(place, "+-−×*/÷²³()^√.,")
                else { break }
                place += step
            }
            guard text.isMark(place, "|") else { continue }
            if step > 0 ? isTermed(index, place) : isTermed(place, index) { return place }
        }
        return nil
    }

    /// "Ca²⁺", "SO₄²⁻", "Na⁺": the charge of an ion.
    static let charge = Rule(at: "²³⁴⁺⁻", before: [.none, .space, .stop, .pause, .otherMark]) { context, index in
        let text = context.text
        let sign = text.isMark(index, "²³⁴") ? index + 1 : index
        guard text.isMark(sign, "⁺⁻"), text.isWord(index - 1) || subscriptValue(text, index - 1) != nil,
            text.isBorder(sign + 1) || text.isMark(sign + 1, ".,;:!?)+\"»")
        else { return nil }
        context.say(" ")
        if sign > index {
            context.say(text.isMark(index, "²") ? 2 : text.isMark(index, "³") ? 3 : 4)
            context.say(" ")
        }
        context.say(text.isMark(sign, "⁺") ? context.words.plus : context.words.minus)
        return Reading(end: sign + 1)
    }

    /// "3! = 6", "n!/2".
    static let factorial = Rule(at: "!", before: [.space, .slash, .otherMark]) { context, index in
        let text = context.text
        guard
            text.isDigits(index - 1) || text.isWord(index - 1) && text.length(index - 1) == 1
                || text.isMark(index - 1, ")"),
            text.isMark(text.behindSpace(index + 1), "=+×÷/") && !text.isMark(index + 1, "=")
        else { return nil }
        return Reading(end: index + 1, words: context.isFrench ? " factorielle" : " factorial")
    }

    /// "x₁", "H₂O", "uₙ₊₁", "1011₂" in the base of two.
    static let index = Rule(at: "₀₁₂₃₄₅₆₇₈₉₊") { context, index in
        let text = context.text
        let isNext = text.isMark(index, "₊")
        guard let (value, end) = subscripts(text, from: isNext ? index + 1 : index) else { return nil }
        // Behind a word, a rule of names has said the space.
        if !text.isSpace(index - 1), isNext || !text.isWord(index - 1) { context.say(" ") }
        if isNext { context.say(context.words.plus + " ") }
        if text.isDigits(index - 1) { context.say(context.isFrench ? "en base " : "base ") }
        context.say(value)
        if text.isWord(end) || text.isDigits(end) { context.say(" ") }
        return Reading(end: end)
    }

    /// The number in small figures that begins at a place, and its end.
    static func subscripts(_ text: TokenizedText, from index: Int) -> (value: UInt64, end: Int)? {
        var (end, value) = (index, UInt64(0))
        while end < index + 4, let figure = subscriptValue(text, end) { (value, end) = (10 * value + figure, end + 1) }
        return end > index ? (value, end) : nil
    }

    static func subscriptValue(_ text: TokenizedText, _ index: Int) -> UInt64? {
        guard let mark = text.mark(index), (0x2080...0x2089).contains(mark.value) else { return nil }
        return UInt64(mark.value - 0x2080)
    }

    /// "∫ x dx", "∑ 1/n", "A ∪ B", "⇀F" of a vector in LaTeX, the "‥" that leads from one limit to the other, and the "⇁" of a choice.
    static let named = Rule(at: "∫∑∏⇀⇁‥∀∃∪∩∅⊂") { context, index in
        let text = context.text
        guard let mark = text.mark(index), mark.value > 0x2000, let (french, english) = names[mark] else { return nil }
        let isJoined = mark == "⇀" || mark == "⇁" || mark == "‥"
        guard isJoined || text.isBorder(index - 1) || text.isMark(index - 1, "(=") || text.isDigits(index - 1),
            !isJoined || text.isWord(index + 1) || text.isDigits(index + 1) || text.isMark(index + 1, "+-−∞("),
            // "∅ 12 mm" is a diameter.
            mark != "∅" || !text.isDigits(text.behindSpace(index + 1))
        else { return nil }
        var name = context.isFrench ? french : english
        // "∑ de k = 1 à n"
        if text.isSpace(index + 1), text.isWord(index + 2, "de of") { name = String(name.prefix { $0 != " " }) }
        let (before, behind) = (text.isBorder(index - 1) ? "" : " ", text.isBorder(index + 1) ? "" : " ")
        return Reading(end: index + 1, words: before + name + behind)
    }

    private static let names: [Unicode.Scalar: (french: String, english: String)] = [
        "∫": ("intégrale de", "integral of"), "∑": ("somme de", "sum of"), "∏": ("produit de", "product of"),
        "⇀": ("vecteur", "vector"), "⇁": ("parmi", "out of"), "‥": ("à", "to"), "∀": ("pour tout", "for all"),
        "∃": ("il existe", "there exists"), "∪": ("union", "union"), "∩": ("inter", "intersection"),
        "∅": ("ensemble vide", "empty set"), "⊂": ("inclus dans", "subset of"),
    ]
}
