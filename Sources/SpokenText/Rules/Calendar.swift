/// Days of the week, short.
enum Calendar {
    private static let initials = "lmjvsdLMJVSD"

    /// "lun-ven", "lun.–sam.", and "L-V" in front of hours.
    static let week = Rule(
        at: initials, of: 1...3, before: [.dash, .innerStop], after: .all.subtracting([.dash, .slash, .innerStop]),
        in: .french
    ) { context, index in
        let text = context.text
        guard !text.isMark(index - 1, "'’@") else { return nil }
        if let first = context.letterDay(at: index), context.isDash(index + 1),
            let last = context.letterDay(at: index + 2),
            first != last, context.isBeforeHours(index + 3)
        {
            return range(context, from: first, to: last, end: index + 3)
        }
        if text.length(index) == 2, let first = text.entry(index, inAnyCase: shortest), context.isDash(index + 1),
            let last = text.entry(index + 2, inAnyCase: shortest), first != last, !context.isDash(index + 3),
            text.isCapitalised(index) && !text.isAllCapitals(index) && text.isCapitalised(index + 2)
                || text.isDigits(text.behindSpace(index + 3))
        {
            return range(context, from: first, to: last, end: index + 3)
        }
        guard let first = context.day(at: index) else { return nil }
        let dash = text.isMark(index + 1, ".") ? index + 2 : index + 1
        guard context.isDash(dash), let last = context.day(at: dash + 1) else { return nil }
        var end = dash + 2
        if context.isDash(end) && text.isWord(end + 1) { return nil }
        if text.isMark(end, "."), !context.endsSentence(end) { end += 1 }
        return range(context, from: first, to: last, end: end)
    }

    /// "lundi à vendredi".
    private static func range(_ context: RuleContext, from first: String, to last: String, end: Int) -> Reading {
        context.say(first)
        context.say(" à ")
        context.say(last)
        return Reading(end: end)
    }

    /// "du lun. au ven.", "mar. et jeu.": a day that another one or an article explains.
    static let day = Rule(
        at: initials, of: 3...3, before: .stop, after: [.none, .space, .otherMark], in: .french
    ) { context, index in
        let text = context.text
        guard text.isSpace(index - 1) || index == 0 || text.isMark(index - 1, "("), let day = context.day(at: index)
        else { return nil }
        let next = text.behindSpace(index + 2)
        let isLed =
            text.isWord(index - 2, inAnyCase: led)
            || text.isWord(index - 2, inAnyCase: "et") && context.isDay(before: index - 3)
            || text.isWord(index - 2, inAnyCase: "ce") && isBeforePartOfDay(context, next)
        let isFollowed =
            (text.isWord(next, "et ou au à") || text.isMark(next, ","))
            && context.day(at: text.behindSpace(next + 1)) != nil && text.isMark(text.behindSpace(next + 1) + 1, ".")
        // "mar. : 14 °C", "Mar. : soupe"
        let isListed = text.isMark(next, ":")
        guard isLed || isFollowed || isListed || isShort(context, index, before: next) else { return nil }
        // "Fin du jeu.", but "du lun. au jeu."
        if isLed, !isFollowed, !isListed,
            text.isWord(index, inAnyCase: "mer jeu"),
            next >= text.count || text.word(next).map({ context.language.joins.right[$0] != nil }) == true,
            !stride(from: index - 3, to: max(-1, index - 12), by: -1).contains(where: {
                context.day(at: $0) != nil && text.isMark($0 + 1, ".")
            })
        {
            return nil
        }
        // "Dim. : 120x60x75"
        if isListed, !isLed, day == "dimanche", let side = context.number(text.behindSpace(next + 1)),
            text.isWord(text.behindSpace(side.end), "x X cm mm")
                || text.isMark(text.behindSpace(side.end), "×")
        {
            return Reading(end: index + 2, words: "dimensions")
        }
        // "Dim. : L 120 x l 60 cm"
        if isListed, !isLed, day == "dimanche", context.isNear(ofSizes, index, before: 0, behind: 16) { return nil }
        return Reading(end: context.endsSentence(index + 1) ? index + 1 : index + 2, words: day)
    }

    /// Whether a full stop can be nothing but the one of a short day: "Fermé lun. matin", "(mer.)", "lun. mar. mer.", "Mar., 5 °C".
    private static func isShort(_ context: RuleContext, _ index: Int, before next: Int) -> Bool {
        let text = context.text
        // They are no other words.
        if text.isWord(index, inAnyCase: "lun ven") || text.isMark(index + 2, ",") { return true }
        if text.isMark(index - 1, "("), text.isMark(index + 2, ")") { return true }
        let comma = text.isSpace(index - 1) ? index - 2 : index - 1
        if context.isDay(before: text.isMark(comma, ",") ? comma : index) { return true }
        return isBeforePartOfDay(context, next)
            || next > index + 2 && context.day(at: next) != nil && text.isMark(next + 1, ".")
    }

    /// "ven. soir", "jeu. jusqu'à 21h", "sam. à 20 h".
    private static func isBeforePartOfDay(_ context: RuleContext, _ next: Int) -> Bool {
        let text = context.text
        return text.isWord(next, "matin midi soir jusqu") || text.isWord(next, "après") && context.isDash(next + 1)
            || text.isWord(next, "à de dès") && text.isSpace(next + 1) && context.isHour(at: next + 2)
    }

    /// "| Lun | 6 °C |", "- Mar : soupe", "Sam : 9h–12h": without its full stop, at the beginning of a line or cell.
    static let listed = Rule(
        at: "LMJVSD", of: 3...3, before: [.pause, .colon, .space], after: [.none, .space], in: .french
    ) { context, index in
        let text = context.text
        let next = text.behindSpace(index + 1)
        guard text.isMark(next, ":,"), !text.isDigits(next + 1),
            index == 0 || text.isBorder(index - 1) && (!text.isSpace(index - 1) || text.isMark(index - 2, ",;")),
            let day = context.day(at: index),
            text.isWord(index, "Lun Mar Ven") || context.isNear(sureDays, index, before: 30, behind: 30)
                || isOpen(context, text.behindSpace(next + 1))
                || isForecast(context, index, at: text.behindSpace(next + 1))
        else { return nil }
        return Reading(end: index + 1, words: day)
    }

    /// "9h–12h": one hour may be that of a person with the name of the day.
    private static func isOpen(_ context: RuleContext, _ hour: Int) -> Bool {
        context.isHour(at: hour) && (hour..<hour + 8).contains { context.isDash($0) }
    }

    /// "| Jeu | 8° |": no game and no person has degrees; the sea may, but not two.
    private static func isForecast(_ context: RuleContext, _ index: Int, at place: Int) -> Bool {
        let text = context.text
        func end(_ place: Int) -> Int? {
            let figures = text.isMark(place, "-−") ? place + 1 : place
            guard let number = context.number(figures), context.isTemperature(behind: number.end) else { return nil }
            return context.unit(behind: number.end)?.end
        }
        if let sign = text.mark(place), Marks.isWeather(sign) { return true }
        guard let first = end(place) else { return false }
        return !text.isWord(index, "Mer") || text.isMark(first, ",") && end(text.behindSpace(first + 1)) != nil
    }

    private static let ofSizes: WordSet = ["x", "cm", "mm"]
    private static let sureDays: WordSet = ["lun", "ven"]

    /// "nov.-déc. 2026", "sept.–oct."
    static let months = Rule(
        at: "jfasondJFASOND", of: 3...5, before: [.innerStop, .dash], after: [.none, .space, .otherMark], in: .french
    ) { context, index in
        let text = context.text
        let dash = text.isMark(index + 1, ".") ? index + 2 : index + 1
        guard context.isDash(dash), text.isBorder(index - 1) || text.isMark(index - 1, "("),
            let first = text.entry(index, inAnyCase: context.abbreviations.months),
            let last = text.entry(dash + 1, inAnyCase: context.abbreviations.months), first != last
        else { return nil }
        let end = dash + 2
        return range(
            context, from: first, to: last, end: text.isMark(end, ".") && !context.endsSentence(end) ? end + 1 : end)
    }

    /// "lun 9/11", "sam 5 décembre": with a day of the month behind them, they are no sea and no game.
    static let dated = Rule(
        at: initials, of: 2...3, before: .space, after: [.none, .space, .pause, .otherMark], in: .french
    ) { context, index in
        let text = context.text
        if text.length(index) == 2 {
            guard isShortest(context, index), let day = text.entry(index, inAnyCase: shortest) else { return nil }
            return Reading(end: index + 1, words: day)
        }
        guard text.small(index + 2, in: 1...31) != nil, text.isBorder(index - 1) || text.isMark(index - 1, "(,"),
            let day = context.day(at: index)
        else { return nil }
        let isNumeric =
            text.isMark(index + 3, "/") && text.small(index + 4, in: 1...12) != nil && !text.isMark(index + 5, "/")
        // "le mar 3/12 et le jeu 5/12": beside another day, it is no game.
        guard !Dates.isNoun(context, index) || isNumeric && isBeside(openDays, index, in: context) else { return nil }
        if isBeforeOpening(context, index, at: index + 2) { return Reading(end: index + 1, words: day) }
        // "Lun-Ven 8h-18h, Sam 9h-12h"
        let isOpen =
            text.isCapitalised(index) && context.isHour(at: index + 2)
            && context.isNear(openDays, index - 1, before: 24, behind: 0)
        guard isNumeric || isOpen || Dates.isDay(context, from: index + 2) else { return nil }
        return Reading(end: index + 1, words: day)
    }

    /// "Sa 5.12.", "Sa 9-16h" in Switzerland.
    static func isShortest(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        guard context.vocabulary.isSwiss, text.entry(index, inAnyCase: shortest) != nil, text.isSpace(index + 1),
            text.small(index + 2, in: 1...31) != nil, text.isBorder(index - 1) || text.isMark(index - 1, "(")
        else { return false }
        if text.isMark(index + 3, "."), text.small(index + 4, in: 1...12) != nil { return text.isMark(index + 5, ".") }
        guard text.isCapitalised(index), !text.isAllCapitals(index), context.isDash(index + 3) else { return false }
        return context.isHour(at: index + 4)
    }

    /// Whether one of some days stands near.
    private static func isBeside(_ days: WordSet, _ index: Int, in context: RuleContext) -> Bool {
        context.isNear(days, index - 1, before: 12, behind: 0) || context.isNear(days, index + 1, before: 0, behind: 12)
    }

    /// "sam 9h-12h30", "ven 18h, dim 10h", "dim fermé": a day in front of its hours, at the beginning of an entry of a list.
    private static func isBeforeOpening(_ context: RuleContext, _ index: Int, at next: Int) -> Bool {
        let text = context.text
        guard isEntry(text, index) else { return false }
        let isSure = text.isWord(index, inAnyCase: "lun ven") || isBeside(namedDays, index, in: context)
        if context.isHour(at: next) {
            // "9h-12h", "9:00 - 12:00"
            return isSure
                || [2, 3, 4].contains {
                    context.isDash(next + $0) && context.isHour(at: text.behindSpace(next + $0 + 1))
                }
        }
        // "Sam ouvert d'esprit" is a person.
        let isLast = text.isBorder(next + 1) && !text.isSpace(next + 1) || text.isMark(next + 1, ".,;)")
        return text.isWord(next, inAnyCase: "fermé ouvert repos")
            && (isSure || isLast && !text.isWord(index, inAnyCase: "mer jeu"))
    }

    /// At the beginning of a line or cell, or behind a mark.
    private static func isEntry(_ text: TokenizedText, _ index: Int) -> Bool {
        index == 0 || text.isMark(index - 1, "(") || text.isBorder(index - 1) && !text.isSpace(index - 1)
            || text.isSpace(index - 1) && text.isMark(index - 2, ",;:.|–-")
    }

    /// "sam matin", "dim fermé", "lun, mar, mer : 8h", "; sam : 10h–20h": days without a full stop among other words.
    static func bare(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.length(index) == 3, let day = context.day(at: index),
            text.isBorder(index - 1) || text.isMark(index - 1, "("),
            !Dates.isNoun(context, index)
        else { return nil }
        let next = text.behindSpace(index + 1)
        if text.isSpace(index + 1),
            isBeforeOpening(context, index, at: next) || isPart(ofDay: next, behind: index, in: text)
        {
            return Reading(end: index + 1, words: day)
        }
        guard isEntry(text, index), text.isMark(next, ",;:"), !text.isDigits(next + 1) else { return nil }
        if text.isMark(next, ":"), isBeforeOpening(context, index, at: text.behindSpace(next + 1)) {
            return Reading(end: index + 1, words: day)
        }
        // "lun, mar, mer : 8h"
        let other = text.behindSpace(next + 1)
        let isRow =
            context.day(at: other) != nil || text.isMark(index - 2, ",") && context.day(at: index - 3) != nil
        guard isRow, context.isNear(sureDays, index, before: 12, behind: 12) else { return nil }
        return Reading(end: index + 1, words: day)
    }

    /// "sam matin", "ven soir", but "mer matin" only at the beginning of an entry.
    private static func isPart(ofDay next: Int, behind index: Int, in text: TokenizedText) -> Bool {
        text.isWord(next, "matin midi soir") && (!text.isWord(index, "mer jeu") || isEntry(text, index))
    }

    private static let openDays: WordSet = namedDays.union(["mer", "jeu"])
    /// They are no sea and no game.
    private static let namedDays: WordSet = [
        "lun", "mar", "ven", "sam", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi",
    ]

    /// "Lu-Ve 8:00-20:00".
    private static let shortest: WordTable<String> = [
        "lu": "lundi", "ma": "mardi", "me": "mercredi", "je": "jeudi", "ve": "vendredi", "sa": "samedi",
        "di": "dimanche",
    ]

    /// "semaine S48", "semaines S48 et S49", "S48 (semaine du 23)": elsewhere, it is the name of something.
    static let weekNumber = Rule(at: "S", of: 1...1, before: .digits, in: .french) { context, index in
        let text = context.text
        guard let week = context.week(at: index) else { return nil }
        if context.isBehindWeek(index) {
            let isRange = context.isDash(index + 2) && context.week(at: index + 3) != nil
            context.say(week)
            if isRange { context.say(apart: context.words.to) }
            return Reading(end: isRange ? index + 3 : index + 2)
        }
        let next = text.behindSpace(index + 2)
        guard text.isMark(next, "(,:"), text.isWord(text.behindSpace(next + 1), inAnyCase: "semaine"),
            text.isWord(text.behindSpace(next + 1) + 2, "du")
        else { return nil }
        context.say("semaine ")
        context.say(week)
        return Reading(end: index + 2)
    }

    private static let led: WordSet = [
        "du", "au", "chaque", "sauf", "dernier", "premier", "prochain", "deuxième", "troisième",
    ]

    /// "Mon-Fri", "Tue, Dec 1", "Dec. 25", "Dec 24th".
    static let english = Rule(at: "MTWFSJADON", of: 3...4, before: [.dash, .stop, .space, .pause], in: .english) {
        context, index in
        let text = context.text
        guard text.isCapitalised(index), !text.isAllCapitals(index),
            (3...4).contains(text.length(index)),
            text.isBorder(index - 1) || text.isMark(index - 1, "(,-–")
        else { return nil }
        let short = text.string(index).lowercased()
        if let month = context.abbreviations.months[short] {
            let place = text.behindSpace(text.isMark(index + 1, ".") ? index + 2 : index + 1)
            guard place > index + 1, let day = text.small(place, in: 1...31), context.unit(behind: place + 1) == nil,
                !text.isMark(place + 1, ":/.") || text.isBorder(place + 2)
            else { return nil }
            let isRanked = text.isWord(place + 1, "st nd rd th")
            let end = isRanked ? place + 2 : place + 1
            context.say(month + " ")
            context.say(ordinal: day)
            guard text.isMark(end, ","), text.isSpace(end + 1), text.length(end + 2) == 4, !text.isWord(end + 3),
                let year = text.value(end + 2), (1000..<2100).contains(year)
            else { return Reading(end: end) }
            context.say(", ")
            context.say(year: year)
            return Reading(end: end + 3)
        }
        let days = context.abbreviations.days
        guard let day = days[short] else { return nil }
        if context.isDash(index + 1), text.isCapitalised(index + 2),
            let last = days[text.string(index + 2).lowercased()]
        {
            return Reading(end: index + 3, words: day + " to " + last)
        }
        if isBeforeFigures(context, index) { return Reading(end: index + 1, words: day) }
        // "Sun" and "Sat" are words: a month must stand behind them.
        let place = text.isMark(index + 1, ".") ? index + 2 : index + 1
        let month = text.behindSpace(text.isMark(place, ",") ? place + 1 : place)
        guard text.isMark(index + 1, ".,"), text.isCapitalised(month),
            text.isDigits(
                text.behindSpace(
                    text.isMark(month + 1, ".") ? month + 2 : month + 1)),
            context.abbreviations.months[text.string(month).lowercased()] != nil
                || Dates.isEnglishMonth(text.string(month))
        else { return nil }
        return Reading(end: place, words: day)
    }
}

extension Calendar {
    /// "Tue 12/8", "Sat 10–2", "| Mon | 75° |".
    private static func isBeforeFigures(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        if index == 0, text.isMark(1, ",") {
            if let sign = text.mark(text.behindSpace(2)), Marks.isWeather(sign) { return true }
            return context.number(text.behindSpace(2)).map { context.isTemperature(behind: $0.end) } == true
        }
        guard text.isSpace(index + 1), let figures = text.small(index + 2, in: 1...12) else { return false }
        if text.isMark(index + 3, "/") {
            return text.small(index + 4, in: 1...31) != nil && figures > 0 && !text.isWord(index + 5)
        }
        return context.isDash(index + 3) && text.small(index + 4, in: 1...12) != nil
            && (text.isBorder(index + 5) || text.isMark(index + 5, ".,;)") || text.isWord(index + 5, "am pm"))
            || text.isMark(index + 3, ":") && text.small(index + 4, in: 0...59, digits: 2...2) != nil
            || text.isWord(text.behindSpace(index + 3), inAnyCase: "am pm")
    }
}

extension RuleContext {
    fileprivate func day(at index: Int) -> String? {
        guard text.isWord(index), text.length(index) == 3 else { return nil }
        return text.entry(index, inAnyCase: vocabulary.abbreviations.days)
    }

    /// "S48".
    fileprivate func week(at index: Int) -> UInt64? {
        guard text.isWord(index, "S"), !text.isWord(index + 2) else { return nil }
        return text.small(index + 1, in: 1...53)
    }

    /// Whether "semaine" stands before a week, or before the row of weeks that it is in.
    fileprivate func isBehindWeek(_ index: Int) -> Bool {
        var place = index
        for _ in 0..<4 {
            var before = place - 1
            while text.isSpace(before) || text.isMark(before, "(:") { before -= 1 }
            if text.isMark(before, ".") { return text.isWord(before - 1, inAnyCase: "sem") }
            if text.isWord(before, inAnyCase: "semaine semaines sem") { return true }
            guard text.isWord(before, "et à ou au") || text.isMark(before, "-–/,") else {
                return false
            }
            before -= text.isSpace(before - 1) ? 2 : 1
            guard week(at: before - 1) != nil else { return false }
            place = before - 1
        }
        return false
    }

    /// Whether a short day and its full stop end before a place.
    fileprivate func isDay(before end: Int) -> Bool {
        let stop = text.isSpace(end - 1) ? end - 2 : end - 1
        return text.isMark(stop, ".") && day(at: stop - 1) != nil
    }

    /// "L" and "V"; Tuesday and Wednesday have the same letter.
    fileprivate func letterDay(at index: Int) -> String? {
        guard text.length(index) == 1, text.isWord(index) else { return nil }
        switch text.tokens[index].head {
        case "L": return "lundi"
        case "J": return "jeudi"
        case "V": return "vendredi"
        case "S": return "samedi"
        case "D": return "dimanche"
        default: return nil
        }
    }

    /// "9h", "9:00" behind a space or a colon.
    fileprivate func isBeforeHours(_ index: Int) -> Bool {
        var place = text.behindSpace(index)
        if text.isMark(place, ":") { place = text.behindSpace(place + 1) }
        return place > index && isHour(at: place)
    }
}
