/// What a dash with spaces around it is: the way from one number to another, a result, or what parts two things.
enum Dashes {
    /// "5 - 10 minutes" has something that it counts, and goes up.
    static func isRange(_ context: RuleContext, from left: Int, to right: Int) -> Bool {
        // "9:00 - 17:00", "9 h 30 - 17 h 30".
        if context.isHour(before: left + 1), context.isHour(at: right) { return true }
        if context.vocabulary.isSwiss, context.text.isMark(left - 1, "."), Clock.swissHour(context, right) != nil {
            return true
        }
        let text = context.text
        // "Bus 3 - 12h05", "T3 - 65 m²"
        if text.isWord(left - 1)
            || text.isSpace(left - 1) && context.isLabel(left - 2) && !text.isWord(left - 2, inAnyCase: ranged)
        {
            return false
        }
        // "5 % - 10 %"
        if let mark = text.mark(left), text.isMark(left, "%€"), let high = context.number(right),
            let low = text.value(text.isSpace(left - 1) ? left - 2 : left - 1), low < high.value,
            text.mark(text.behindSpace(high.end)) == mark, !context.isEquation(at: left + 2)
        {
            return true
        }
        // "4,3/5 – 15 €"
        if text.isMark(left - 1, "/"), text.isDigits(left - 2) { return false }
        guard let first = text.value(left), let number = context.number(right) else { return false }
        // "-5 - 0 °C"
        if text.isMark(left - 1, "-−"), context.isTemperature(behind: number.end) { return true }
        guard first < number.value else { return false }
        return context.unit(behind: number.end) != nil
            || context.text.isSpace(number.end) && context.text.isWord(number.end + 1)
            || context.text.isMark(context.text.behindSpace(number.end), "€$£")
    }

    /// "Loto : 5 - 12 - 23", "Page 2 - 3 exemples": numbers in a row, and what follows the number of a part, are not a sum.
    static func isListed(_ context: RuleContext, from left: Int, to right: Int) -> Bool {
        let text = context.text
        func isJoined(_ dash: Int, _ number: Int) -> Bool {
            text.isMark(dash, "-–−") && text.isSpace(dash - 1) && text.isSpace(dash + 1) && text.isDigits(number)
        }
        let isInRow = isJoined(left - 2, left - 4) || isJoined(right + 2, right + 4)
        guard
            isInRow
                || text.isSpace(right + 1) && text.isWord(right + 2) && text.isSpace(left - 1)
                    && text.isWord(left - 2, inAnyCase: numberedParts)
        else { return false }
        return !context.isEquation(at: left + 2) && !context.isNear(RuleContext.sums, left, before: 8, behind: 0)
    }

    /// What a dash is where nobody computes: "à" between years and numbers of pages, else a pause; nil where it may be a minus.
    static func joint(_ context: RuleContext, from left: Int, to right: Int, mark: Int) -> String? {
        let text = context.text
        // "lun. 9/11 - 11h10"
        if text.isMark(mark, "−") || text.isMark(left - 1, "/") { return nil }
        guard let number = context.number(right) else { return "," }
        if text.hasEqualsSign || context.isNear(sums, left, before: 8, behind: 14)
            || isSum(in: text, from: left, to: number.end)
        {
            return nil
        }
        let isWhole = left == 0 && number.end >= text.count - (text.isMark(text.count - 1, "?.!") ? 2 : 0)
        if isWhole, text.length(left) != 4 { return nil }
        guard let first = text.value(left), number.isInteger, number.end == right + 1, !text.isWord(left - 1),
            !text.isWord(number.end), !text.isMark(left - 1, ",./"), !context.isHour(at: right)
        else { return "," }
        if text.length(left) == 4, text.length(right) == 4, first < number.value, first > 999, number.value < 2200 {
            return context.words.to
        }
        if isResult(context, from: left, to: right) { return context.words.to }
        let isPaged = text.isSpace(left - 1) && text.isWord(left - 2, inAnyCase: ranged)
        return isPaged && first < number.value ? context.words.to : ","
    }

    /// "10 - 3 + 2", "(4 + 2) - 3".
    private static func isSum(in text: TokenizedText, from left: Int, to end: Int) -> Bool {
        text.isMark(left, "²³") && text.length(left - 1) == 1 && !text.isDigits(left - 2) && !text.isDigits(left - 3)
            || text.isMark(left, ")") && text.isDigits(left - 1) || text.isMark(text.behindSpace(end), "+×÷*=^")
            || text.isMark(text.isSpace(left - 1) ? left - 2 : left - 1, "+×÷*=^")
    }

    /// "Lens-Lille : 1 - 1", "Mi-temps : 1 – 0.", "Ils ont gagné 3 - 1.".
    private static func isResult(_ context: RuleContext, from left: Int, to right: Int) -> Bool {
        let text = context.text
        guard text.length(left) <= 3, text.length(right) <= 3 else { return false }
        if context.isNear(results, left, before: 6, behind: 0) { return true }
        let colon = text.isSpace(left - 1) ? left - 2 : left - 1
        guard text.isMark(colon, ":") else { return false }
        let name = text.isSpace(colon - 1) ? colon - 2 : colon - 1
        let dash = text.isSpace(name - 1) ? name - 2 : name - 1
        return text.isCapitalised(name) && context.isDash(dash)
            && text.isCapitalised(text.isSpace(dash - 1) ? dash - 2 : dash - 1)
    }

    private static let sums: WordSet = RuleContext.sums.union([
        "combien", "soustrais", "soustraire", "enlève", "retire", "résous", "opération", "soustraction", "font",
        "solve", "subtract",
    ])
    private static let results: WordSet = [
        "score", "match", "résultat", "gagne", "gagné", "gagnent", "bat", "battu", "mène", "mené", "mènent", "victoire",
        "défaite", "perd", "perdu", "perdent", "temps", "impose", "imposent", "nul", "finale", "but", "buts", "won",
        "win",
        "beat", "lost", "lead", "leads", "half", "final",
    ]
    private static let ranged: WordSet = [
        "page", "pages", "chapitre", "chapitres", "niveau", "niveaux", "leçons", "leçon", "exercices", "questions",
        "lignes", "étapes", "tomes", "numéros", "pp", "articles", "semaines", "épisodes", "saisons", "chapters",
        "lessons",
        "lines", "levels", "steps", "exercises", "weeks", "years", "années", "places", "verses", "versets",
    ]

    private static let numberedParts: WordSet = [
        "page", "leçon", "ligne", "chapitre", "exercice", "étape", "niveau", "partie", "question", "unité", "module",
        "jour", "semaine", "séance", "épisode", "saison", "tome", "menu", "option", "lesson", "line", "chapter", "step",
        "exercise", "level", "part", "unit", "day", "week", "episode", "season",
    ]

    /// "France 2 – 1 Italie", "Anderlecht - Bruges 1 - 2", "Score : 2 - 1".
    static func isScore(_ context: RuleContext, from left: Int, to right: Int) -> Bool {
        let text = context.text
        guard text.length(left) <= 3, text.length(right) <= 3, text.isSpace(left - 1), !context.isEquation(at: left)
        else {
            return false
        }
        let isPair =
            text.isSpace(left - 3) && text.isMark(left - 4, "-–") && text.isSpace(left - 5)
            && text.isCapitalised(left - 6)
        let isMatch =
            text.isCapitalised(left - 2) && (isPair || text.isSpace(right + 1) && text.isCapitalised(right + 2))
        let word = text.isMark(left - 2, ":") ? (text.isSpace(left - 3) ? left - 4 : left - 3) : left - 2
        return isMatch || text.isWord(word, inAnyCase: scores)
    }

    private static let scores: WordSet = ["score", "match", "résultat", "final"]
}

extension RuleContext {
    /// "- 5 °C" at the beginning of a line or behind what leads to a number: elsewhere the dash may part two things.
    func isBelowZero(at index: Int) -> Bool {
        // Behind figures the dash is no sign.
        guard !(text.isSpace(index - 1) && text.isDigits(index - 2)), let number = number(index + 2) else {
            return false
        }
        guard isTemperature(behind: number.end) || isTemperature(behindOther: number.end) else {
            return isBelowNothing(at: index, behind: number.end)
        }
        if index == 0 || text.isBorder(index - 1) && !text.isSpace(index - 1) { return true }
        guard text.isSpace(index - 1) else { return false }
        return index == 1 || text.isMark(index - 2, ":(")
            || text.isWord(index - 2, inAnyCase: Self.beforeTemperatures)
    }

    /// "- 3 à + 2 °C", "- 5 et - 2 °C": whether degrees stand behind a second number.
    private func isTemperature(behindOther end: Int) -> Bool {
        guard text.isSpace(end), text.isWord(end + 1, "à et ou to and or") else { return false }
        var place = text.behindSpace(end + 2)
        if text.isMark(place, "-−–+") { place = text.behindSpace(place + 1) }
        return number(place).map { isTemperature(behind: $0.end) } == true
    }

    /// "Il vous reste - 3 €", "+ 35 €, - 20 €", "une remise de - 20 %": an amount behind what can be less than nothing.
    private func isBelowNothing(at index: Int, behind end: Int) -> Bool {
        guard text.isSpace(index - 1) else { return false }
        let place = text.isMark(index - 2, ":") ? (text.isSpace(index - 3) ? index - 4 : index - 3) : index - 2
        guard
            text.isMark(index - 2, ",;") && isBehindPlus(index) || text.isWord(place, inAnyCase: Self.beforeAmounts)
                || place == index - 2 && text.isWord(place, inAnyCase: Self.prepositions)
        else { return false }
        return text.isMark(text.behindSpace(end), "€$£") || unit(behind: end) != nil
    }

    private static let prepositions: WordSet = ["de", "à", "of"]

    /// Whether the amount before has its plus.
    private func isBehindPlus(_ index: Int) -> Bool {
        for place in stride(from: index - 3, to: max(-1, index - 12), by: -1) {
            if text.isMark(place, "+") { return true }
            if text.isMark(place, ",;:") && !text.isDigits(place - 1) { return false }
        }
        return false
    }

    private static let beforeAmounts: WordSet = [
        "solde", "reste", "restait", "remise", "réduction", "écart", "variation", "évolution", "rabais", "balance",
        "discount", "bilan", "différence", "perte", "baisse", "affiche", "est", "était",
    ]

    private static let beforeTemperatures: WordSet = [
        "fait", "fera", "faisait", "à", "de", "entre", "et", "ou", "est", "sous", "vers", "jusqu'à", "environ", "at",
        "is", "of", "to",
        "between", "and",
    ]
}
