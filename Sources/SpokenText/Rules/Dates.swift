/// Days of the calendar.
enum Dates {
    /// "2026-02-01", and with an hour behind a T.
    static let iso = Rule(of: 4...4, before: [.dash, .slash]) { context, index in
        let text = context.text
        guard text.length(index) == 4, let year = text.value(index),
            context.isDash(index + 1) || text.isMark(index + 1, "/") && (1900..<2100).contains(year),
            let month = text.small(index + 2, in: 1...12, digits: 2...2), text.mark(index + 3) == text.mark(index + 1),
            let day = text.small(index + 4, in: 1...31, digits: 2...2),
            !context.isDash(index + 5) && !text.isMark(index + 5, "/") || !text.isDigits(index + 6)
        else { return nil }
        context.say(day: day, month: month, year: year)
        // The hour is read by its own rule.
        guard text.isWord(index + 5, "T"), text.isDigits(index + 6), text.isMark(index + 7, ":") else {
            return Reading(end: index + 5)
        }
        context.say(context.isFrench ? " à " : " at ")
        return Reading(end: index + 6)
    }

    /// "01/02/2026", "1.2.26", and "le 14/07". English has the month first behind slashes.
    static let numeric = Rule(
        of: 1...2, before: [.slash, .innerStop, .dash], after: .all.subtracting([.slash, .innerStop])
    ) { context, index in
        let text = context.text
        guard let second = text.small(index + 2, in: 1...31), let first = text.small(index, in: 1...31),
            text.isMark(index + 1, "/.-"), !text.isMark(index - 1, "-")
        else { return nil }
        // "25/12/2025" cannot have the month first.
        let isMonthFirst = !context.isFrench && text.isMark(index + 1, "/") && first <= 12
        let (day, month) = isMonthFirst ? (second, first) : (first, second)
        guard (1...12).contains(month) else { return nil }
        if text.mark(index + 3) == text.mark(index + 1), text.isDigits(index + 4) {
            guard let year = text.value(index + 4), [2, 4].contains(text.length(index + 4)),
                !(text.mark(index + 5) == text.mark(index + 1) && text.isDigits(index + 6)),
                text.length(index + 4) == 4 || text.isMark(index + 1, "/") || isShortDate(context, index)
            else { return nil }
            let full = text.length(index + 4) == 4 ? year : year + (year < 70 ? 2000 : 1900)
            guard (1000..<3000).contains(full) else { return nil }
            context.say(day: day, month: month, year: full)
            // "05/12/25-07/12/25"
            guard context.isFrench, context.isDash(index + 5), text.isMark(index + 1, "/"),
                let last = writtenDay(context, index + 6, withYear: true)
            else { return Reading(end: index + 5) }
            context.say(" au ")
            context.say(day: last.day, month: last.month, year: last.year)
            return Reading(end: last.end)
        }
        // "le 15.3. à midi"
        if context.vocabulary.isSwiss, text.isMark(index + 1, "."), isSwissPeriod(context, index) {
            context.say(day: day, month: month)
            // "Sa 5.12., di 6.12. : concert"
            let hasStop = text.isMark(index + 3, ".") && !context.endsSentence(index + 3)
            return Reading(end: hasStop ? index + 4 : index + 3)
        }
        if context.vocabulary.isSwiss, text.isMark(index + 1, "."), text.isMark(index + 3, "."),
            text.isSpace(index - 1),
            announces(context, text.isMark(index - 2, ",") ? index - 3 : index - 2)
        {
            context.say(day: day, month: month)
            return Reading(end: context.endsSentence(index + 3) ? index + 3 : index + 4)
        }
        guard text.isMark(index + 1, "/"), !text.isMark(index + 3, "/"), context.isFrench else { return nil }
        let isDated =
            text.startsWithZero(index) || text.startsWithZero(index + 2)
            || text.isSpace(index - 1) && announces(context, index - 2)
            || text.isBorder(index - 1) && isBeforeAnHour(context, index + 3)
            || isEntry(context, index, day: first, month: second)
            || isPeriod(context, index, month: second) || isListed(context, index, day: first, month: second)
        guard isDated, !isPart(context, index), !isScaled(context, index), !isNearlyEqual(text, index) else {
            return nil
        }
        // "le 2/3 mars"
        if text.isSpace(index + 3), text.isWord(index + 4, inAnyCase: months) {
            context.say(day)
            context.say(month == day + 1 ? " ou " : ", ")
            context.say(month)
            return Reading(end: index + 3)
        }
        context.say(day: day, month: month)
        // "06/02–22/02"
        guard context.isDash(index + 3), let last = writtenDay(context, index + 4, withYear: false) else {
            return Reading(end: index + 3)
        }
        context.say(" au ")
        context.say(day: last.day, month: last.month)
        return Reading(end: last.end)
    }

    /// "Le 5-7/08", "15-20/08/2025", "du 5-6 décembre": days of one month.
    static let daysOfMonth = Rule(
        of: 1...2, before: .dash, after: .all.subtracting([.slash, .innerStop]), in: .french
    ) { context, index in
        let text = context.text
        guard text.isMark(index + 3, "/") || text.isSpace(index + 3), let first = text.small(index, in: 1...31),
            let second = text.small(index + 2, in: 1...31), first < second, !text.isMark(index - 1, "-")
        else { return nil }
        let isLed = text.isSpace(index - 1) && (announces(context, index - 2) || text.isWord(index - 2, "les Les"))
        if isLed, !text.isWord(index - 2, "au"), isDay(context, from: index + 2) {
            if first == 1 { context.say("premier") } else { context.say(first) }
            context.say(first + 1 == second && !text.isWord(index - 2, "du") ? " et " : " au ")
            context.say(second)
            return Reading(end: index + 3)
        }
        guard text.isMark(index + 3, "/"),
            let last = writtenDay(context, index + 2, withYear: text.isMark(index + 5, "/"))
        else { return nil }
        guard isLed || text.startsWithZero(index + 4) || text.isMark(index + 5, "/") else { return nil }
        if first == 1 { context.say("premier") } else { context.say(first) }
        context.say(first + 1 == second ? " et " : " au ")
        context.say(day: last.day, month: last.month, year: last.year)
        return Reading(end: last.end)
    }

    /// "01/2026", "exp. 12/27".
    static let monthAndYear = Rule(at: "01", of: 2...2, before: .slash) { context, index in
        let text = context.text
        let length = text.length(index + 2)
        guard length == 4 || length == 2, let year = text.value(index + 2), text.isMark(index + 1, "/"),
            let month = text.small(index, in: 1...12, digits: 2...2), !text.isMark(index - 1, "/.-"),
            !text.isMark(index + 3, "/"), !text.isWord(index + 3), !context.isEquation(at: index + 1)
        else { return nil }
        var place = text.isMark(index - 2, ".:") ? (text.isSpace(index - 3) ? index - 4 : index - 3) : index - 2
        // "avant le 05/27", "jusqu'au 05/27", but "Avant : 12/25, après : 15/25" and "avant le 10/20 de moyenne"
        let isLed = context.isFrench && text.isWord(place, "le au en")
        if isLed { place -= 2 }
        let isExpiry =
            text.isWord(place, inAnyCase: "exp expire expiration valid")
            || (23..<50).contains(year) && text.isWord(place, inAnyCase: terminal)
                && (isLed || !text.isMark(index - 2, ":") || !text.isWord(place, inAnyCase: "avant"))
        let isShort = length == 2 && text.isSpace(index - 1) && isExpiry
        guard isShort || length == 4 && (1900..<2100).contains(year),
            !context.isNear(filed, index, before: 4, behind: 0)
        else { return nil }
        context.say(day: nil, month: month, year: isShort ? 2000 + year : year)
        return Reading(end: index + 3)
    }

    /// What ends with a month; their figures are those of a day unless no month has so many.
    private static let terminal: WordSet = [
        "avant", "échéance", "expirant", "expirent", "expiré", "expirée", "validité", "valable", "valide", "péremption",
        "jusqu", "dlc", "ddm", "dluo",
    ]

    /// "22/7 ≈ 3,14", "π ≈ 22/7"
    private static func isNearlyEqual(_ text: TokenizedText, _ index: Int) -> Bool {
        let (left, right) = (text.isSpace(index - 1) ? index - 2 : index - 1, text.behindSpace(index + 3))
        return text.isMark(left, "≈") && text.length(text.isSpace(left - 1) ? left - 2 : left - 1) == 1
            || text.isMark(right, "≈") && text.isDigits(text.behindSpace(right + 1))
    }

    /// "le 20 / 11", "20 / 11 / 2026".
    static func spaced(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        func isSlash(_ place: Int) -> Bool {
            text.isMark(place, "/") && text.isSpace(place - 1) && text.isSpace(place + 1)
        }
        guard let day = text.small(index, in: 1...31), isSlash(index + 2), !text.isMark(index - 1, "/.,-"),
            let month = text.small(index + 4, in: 1...12)
        else { return nil }
        if isSlash(index + 6) {
            guard text.length(index + 8) == 4, let year = text.value(index + 8), (1000..<2200).contains(year) else {
                return nil
            }
            context.say(day: day, month: month, year: year)
            return Reading(end: index + 9)
        }
        guard text.isSpace(index - 1), announces(context, index - 2), !text.isWord(index + 5),
            !text.isMark(index + 5, "/%€°:-") && !text.isMark(text.behindSpace(index + 5), "/%€°"),
            context.unit(behind: index + 5) == nil, !text.isWord(index + 6, "de des d")
        else { return nil }
        context.say(day: day, month: month)
        return Reading(end: index + 5)
    }

    private static let filed: WordSet = [
        "règlement", "directive", "dossier", "arrêté", "réf", "référence", "n", "affaire", "décision", "article",
    ]

    /// "07/12", "07/12/25" behind what it goes on from.
    private static func writtenDay(
        _ context: RuleContext, _ index: Int, withYear: Bool
    ) -> (day: UInt64, month: UInt64, year: UInt64?, end: Int)? {
        let text = context.text
        guard let day = text.small(index, in: 1...31), text.isMark(index + 1, "/"),
            let month = text.small(index + 2, in: 1...12), text.isMark(index + 3, "/") == withYear
        else { return nil }
        guard withYear else { return (day, month, nil, index + 3) }
        guard let year = text.value(index + 4), [2, 4].contains(text.length(index + 4)), !text.isMark(index + 5, "/")
        else { return nil }
        return (day, month, text.length(index + 4) == 4 ? year : year + (year < 70 ? 2000 : 1900), index + 5)
    }

    /// "5/7-8/8": two parts that a dash joins are days, but for those of a cup.
    private static func isPeriod(_ context: RuleContext, _ index: Int, month: UInt64) -> Bool {
        let text = context.text
        guard context.isDash(index + 3), writtenDay(context, index + 4, withYear: false) != nil,
            text.isBorder(index - 1) || text.isMark(index - 1, "(:")
        else { return false }
        return month > 4 && (text.value(index + 6) ?? 0) > 4
            && (text.isBorder(index + 7) || text.isMark(index + 7, ".,;:!?)"))
    }

    /// "March 5", "March 5, 2024".
    static let afterMonth = Rule(of: 1...2, in: .english) { context, index in
        let text = context.text
        guard let day = text.small(index, in: 1...31), text.isSpace(index - 1),
            text.isCapitalised(index - 2),
            let month = text.word(index - 2), englishMonths.contains(month), !text.isWord(index + 1),
            !text.isMark(index + 1, ":/-–.") || text.isBorder(index + 2),
            context.unit(behind: index + 1) == nil
        else { return nil }
        context.say(ordinal: day)
        guard text.isMark(index + 1, ","), text.isSpace(index + 2), text.length(index + 3) == 4,
            let year = text.value(index + 3),
            (1000..<2100).contains(year), !text.isWord(index + 4)
        else { return Reading(end: index + 1) }
        context.say(", ")
        context.say(year: year)
        return Reading(end: index + 4)
    }

    /// "4 July 1776".
    static let beforeMonth = Rule(of: 1...2, before: .space, leadingTo: "JFMASOND", in: .english) { context, index in
        let text = context.text
        guard let day = text.small(index, in: 1...31), !text.startsWithZero(index), text.isSpace(index + 1),
            let month = text.word(index + 2), englishMonths.contains(month), month != "May" && month != "March",
            text.isBorder(index - 1), !text.isDigits(index - 2)
        else { return nil }
        let isLed = text.isSpace(index - 1) && text.isWord(index - 2, inAnyCase: "the")
        if !isLed { context.say("the ") }
        context.say(ordinal: day)
        context.say(" of")
        return Reading(end: index + 1)
    }

    private static let englishMonths: WordSet = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    static func isEnglishMonth(_ word: String) -> Bool { englishMonths.contains(word) }

    /// "on 7/4".
    static let american = Rule(of: 1...2, before: .slash, in: .english) { context, index in
        let text = context.text
        guard let month = text.small(index, in: 1...12), let day = text.small(index + 2, in: 1...31),
            !text.isMark(index + 3, "/"),
            text.isSpace(index - 1)
                && text.isWord(index - 2, inAnyCase: "on until due before after since")
                || day > 8 && text.isSpace(index - 1) && text.isWord(index - 2, inAnyCase: "by")
                || isListedInEnglish(context, index, day: day, month: month) || isSpan(context, index)
        else { return nil }
        context.say(day: day, month: month)
        return Reading(end: index + 3)
    }

    /// "from 5/1 to 5/15": of two days in a row one at least is no part of a thing.
    private static func isSpan(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        func isDay(_ place: Int) -> Bool {
            text.small(place, in: 1...12) != nil && text.isMark(place + 1, "/")
                && text.small(place + 2, in: 1...31) != nil
                && !text.isMark(place + 3, "/") && !text.isWord(place + 3)
        }
        func isSure(_ place: Int) -> Bool {
            guard let month = text.value(place), let day = text.value(place + 2) else { return false }
            return month >= day || day > 8 && ![10, 12, 16, 20].contains(day)
        }
        let first = text.isWord(index - 2, inAnyCase: "from between") ? index : index - 6
        let (joint, last) = (first + 4, first + 6)
        guard text.isWord(first - 2, inAnyCase: "from between"), isDay(first), text.isWord(joint, "to through and"),
            isDay(last), isSure(first) || isSure(last), context.unit(behind: last + 3) == nil,
            !text.isWord(text.behindSpace(last + 3), "of cup cups inch inches")
        else { return false }
        return true
    }

    /// "le 1/4 de finale", "les 3/4 du temps".
    private static func isPart(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        guard text.length(index) == 1, text.length(index + 2) == 1, text.isSpace(index + 3),
            text.isWord(index + 4)
        else { return false }
        // "les 3/4 du temps"
        if text.isWord(index + 4, "du"), let part = text.value(index), let whole = text.value(index + 2) {
            return part < whole && whole <= 5
        }
        return text.isWord(index + 4, "de d des finale restant")
    }

    /// "le 28/11", "Samedi 28/11", "sam. 28/11".
    static func announces(_ context: RuleContext, _ index: Int) -> Bool {
        // "Échéance : 31/12"
        if context.text.isMark(index, ":") {
            let word = context.text.isSpace(index - 1) ? index - 2 : index - 1
            return context.text.isWord(word, inAnyCase: terms)
        }
        if context.text.isMark(index, ".") { return context.text.entry(index - 1, inAnyCase: announcers) == true }
        guard let isShort = context.text.entry(index, inAnyCase: announcers) else { return false }
        return !isShort || !isNoun(context, index)
    }

    /// "28/11 à 18h".
    private static func isBeforeAnHour(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        guard text.isSpace(index), text.isSpace(index + 2), text.isWord(index + 1, "à") else { return false }
        return text.isWord(text.behindSpace(index + 4), inAnyCase: "h") || text.isMark(index + 4, ":")
    }

    /// "12.05.24" is a version behind a name.
    private static func isShortDate(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        if context.isFrench, text.isSpace(index - 1), text.length(index) == 2, text.length(index + 2) == 2,
            text.length(index + 4) == 2, announces(context, index - 2)
        {
            return true
        }
        guard context.isFrench, text.isMark(index + 1, "."), text.length(index) == 2, text.length(index + 2) == 2,
            text.isBorder(index - 1), text.small(index + 4, in: 0...40) != nil
        else { return false }
        if text.isSpace(index - 1), announces(context, index - 2) { return true }
        return text.startsWithZero(index + 2)
            && (text.isBorder(index - 2) || text.isMark(index - 2, ":(")
                || text.isWord(index - 2) && !text.isCapitalised(index - 2) && !text.isWord(index - 2, "version")
                    && text.length(index - 2) > 1)
    }

    /// "9/11 : RDV" at the beginning of a line: ninths, elevenths and what is more than a whole are no marks and no parts.
    private static func isEntry(_ context: RuleContext, _ index: Int, day: UInt64, month: UInt64) -> Bool {
        let (text, behind) = (context.text, context.text.behindSpace(index + 3))
        guard index == 0 || text.isBorder(index - 1) && !text.isSpace(index - 1), text.isMark(behind, ":-–"),
            text.isSpace(behind + 1)
        else { return false }
        return [7, 9, 11, 12].contains(month) || day > month
    }

    /// "la mer", "le jeu": no days without their full stop.
    static func isNoun(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        guard text.isSpace(index - 1) else { return false }
        if text.isWord(index, inAnyCase: "mer") {
            return text.isWord(index - 2, inAnyCase: "la une ma cette en de sa")
        }
        return text.isWord(index, inAnyCase: "jeu")
            && text.isWord(index - 2, inAnyCase: "le un mon ce du au de en son")
    }

    private static let terms: WordSet = [
        "échéance", "date", "dlc", "limite", "départ", "retour", "livraison", "anniversaire", "rdv", "rendez", "vous",
        "naissance", "né", "née", "expiration", "expire", "péremption", "dispo",
    ]
    /// What leads to a day, and whether it is the short form of another one.
    private static let announcers: WordTable<Bool> = [
        "le": false, "du": false, "au": false, "avant": false, "depuis": false, "lundi": false, "mardi": false,
        "mercredi": false, "jeudi": false, "vendredi": false, "samedi": false, "dimanche": false,
        "lun": true, "mar": true, "mer": true, "jeu": true, "ven": true, "sam": true, "dim": true,
    ]
    static let months: WordSet = [
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ]

    /// Whether a day of the calendar begins at a place: "31 mars", "1er septembre".
    static func isDay(_ context: RuleContext, from index: Int) -> Bool {
        let text = context.text
        guard text.small(index, in: 1...31) != nil else { return false }
        let space = text.isWord(index + 1, "er") ? index + 2 : index + 1
        return text.isSpace(space) && text.isWord(space + 1, inAnyCase: months)
    }

    /// Whether one ends before a place: "14 février", "14 mai 1643".
    static func isDay(_ context: RuleContext, before end: Int) -> Bool {
        let text = context.text
        let month = text.length(end - 1) == 4 && text.isDigits(end - 1) && text.isSpace(end - 2) ? end - 3 : end - 1
        return text.isWord(month, inAnyCase: months) && text.isSpace(month - 1)
            && (text.isDigits(month - 2) || text.isWord(month - 2, "er"))
    }

    /// "1 janvier" is written for "1er janvier".
    static let firstOfMonth = Rule(at: "01", of: 1...2, before: .space, leadingTo: "jfmasondJFMASOND", in: .french) {
        context, index in
        let text = context.text
        guard text.isSpace(index + 1), let day = text.small(index, in: 1...9), day == 1 || text.startsWithZero(index),
            text.isWord(index + 2, inAnyCase: months) || Dates.shortMonth(context, index + 2) != nil
                || text.isMark(index + 3, ".") && text.entry(index + 2, inAnyCase: context.abbreviations.months) != nil
        else { return nil }
        if day == 1 { context.say("premier") } else { context.say(day) }
        return Reading(end: index + 1)
    }
}
