/// Parts: "3/4", "½", "2½".
enum Fractions {
    /// "1/2", "15/20"; a date is another rule's.
    static let written = Rule(before: .slash) { context, index in
        let text = context.text
        // Figures behind the second ones, or letters right behind them, are rare.
        if text.isDigits(index + 4), let scale = context.scale(at: index) ?? context.proportion(at: index) {
            return scale
        }
        if let ranked = context.ranked(at: index) { return ranked }
        if context.isFrench, let file = context.file(at: index) { return file }
        guard text.isMark(index + 1, "/"), !text.isMark(index - 1, "/"), !text.isMark(index + 3, "/"),
            !text.startsWithZero(index),
            let numerator = text.value(index), let denominator = text.value(index + 2), denominator > 0,
            !text.startsWithZero(index + 2), !text.isWord(index + 3) || context.unit(behind: index + 3) != nil,
            !text.isWord(index - 1),
            !context.isEquation(at: index + 1) || context.isTerm(numerator, denominator, at: index)
        else { return nil }
        if !context.isFrench, let pair = context.pair(numerator, denominator, at: index) { return pair }
        if let rank = context.rank(numerator, denominator, at: index) { return rank }
        let part = Part(numerator: numerator, denominator: denominator, end: index + 3)
        let isMixed = text.isSpace(index - 1) && text.isDigits(index - 2) && numerator < denominator
        return context.reading(of: part, at: index, isMixed: isMixed)
    }

    /// "8 / 10", "4,5 / 5", "2 / 3 de la classe": with spaces around the slash.
    static let spaced = Rule(before: [.space, .pause, .stop], leadingTo: "/") { context, index in
        let text = context.text
        if context.isFrench, let date = Dates.spaced(context, index) { return date }
        guard let number = context.number(index), case let slash = number.end + 1, text.isMark(slash, "/"),
            text.isSpace(slash - 1), text.isSpace(slash + 1), !text.isMark(index - 1, "/.,-"),
            let other = context.number(slash + 2), other.isInteger, other.end == slash + 3, other.value > 0,
            !text.isMark(other.end, "/.-–:,") || text.isBorder(other.end + 1),
            !text.isMark(text.behindSpace(other.end), "/+=×%€$£"), !context.isEquation(at: slash)
        else { return nil }
        let part = Part(numerator: number.value, denominator: other.value, end: other.end)
        if number.isInteger, number.value < other.value, other.value <= 10, context.isOf(part) {
            return context.reading(of: part, at: index, isMixed: false)
        }
        guard context.isMark(number, outOf: other, at: index) else { return nil }
        context.say(number)
        context.say(apart: context.isFrench || number.value > other.value ? context.words.over : "out of")
        return Reading(end: slash + 2)
    }

    /// "½ tasse", "2½".
    static let vulgar = Rule(at: vulgars) { context, index in
        let text = context.text
        guard let part = context.vulgar(at: index) else { return nil }
        let isMixed = text.isDigits(index - 1) || text.isSpace(index - 1) && text.isDigits(index - 2)
        return context.reading(of: part, at: index, isMixed: isMixed)
    }

    /// "2½ L", "1 1/2 tasse": the unit stands between the whole and the half when it is said.
    static let mixed = Rule(before: [.space, .otherMark], leadingTo: "0123456789" + vulgars) { context, index in
        let text = context.text
        guard let whole = context.number(index), whole.isInteger, whole.end == index + 1 else { return nil }
        let start = text.behindSpace(index + 1)
        guard let part = context.vulgar(at: start) ?? context.part(at: start), part.numerator < part.denominator,
            let noun = context.noun(behind: part.end, isMany: whole.value > 1 || !context.isFrench)
        else { return nil }
        guard context.isFrench else {
            context.say(whole.value)
            context.say(" and ")
            context.sayRest(part, .masculine)
            context.say(behindSpace: noun.plural)
            return Reading(end: noun.end, isQuantity: true)
        }
        let gender = noun.isFeminine ? Gender.feminine : .masculine
        context.say(whole.value, gender)
        context.say(" " + (context.language.isPlural(whole) ? noun.plural : noun.singular) + " et ")
        context.sayRest(part, gender)
        return Reading(end: noun.end, isQuantity: true)
    }

    fileprivate static let parts: [Unicode.Scalar: (UInt64, UInt64)] = [
        "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
        "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
    ]
    private static let vulgars = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
}

/// A fraction as it is written.
struct Part {
    var numerator: UInt64
    var denominator: UInt64
    var end: Int

    /// Whether marks of a school, hours of a day or parts of a hundred are given out of so many.
    static func isOfMarks(_ denominator: UInt64) -> Bool {
        switch denominator {
        case 10, 20, 24, 100: true
        default: false
        }
    }
}

/// What is halved or quartered.
private struct Whole {
    var singular: String
    var plural: String
    var isFeminine: Bool
    var end: Int
}

extension RuleContext {
    /// "niveau 2/3", "th. 6/7", "l'année 2026/27": figures beside a slash that are no part of anything.
    fileprivate func rank(_ one: UInt64, _ other: UInt64, at index: Int) -> Reading? {
        guard isFrench else { return nil }
        func read(_ joint: String) -> Reading {
            say(one)
            say(joint)
            say(other)
            return Reading(end: index + 3)
        }
        func read(apart joint: String) -> Reading {
            say(one)
            say(apart: joint)
            say(other)
            return Reading(end: index + 3)
        }
        // "bac+3/5"
        if one < other, text.isMark(index - 1, "+"),
            text.isWord(text.isSpace(index - 2) ? index - 3 : index - 2, inAnyCase: "bac")
        {
            return read(apart: words.to)
        }
        guard text.isSpace(index - 1) else { return nil }
        // "Mesure à 3/4, 6/8"
        if isBeat(index) { return read("-") }
        // "le 19/20" of the news, "39/45", "12/14 rue de Siam"
        let isWar = (one, other) == (39, 45) || (one, other) == (14, 18) && text.isWord(index - 2, "en de guerre")
        if isWar || [12, 19].contains(one) && other == one + 1 && text.isWord(index - 2, inAnyCase: "le du au") {
            return read(" ")
        }
        if text.isSpace(index + 3), text.isWord(index + 4, in: LabelWords.streets) { return read(", ") }
        let noun = text.isMark(index - 2, ".:") ? text.isSpace(index - 3) ? index - 4 : index - 3 : index - 2
        if other == one + 1, text.isWord(noun, inAnyCase: "th thermostat") { return read(apart: words.to) }
        // "taille 38/40", "T. 38/40".
        if other == one + 2, one >= 30, text.isWord(noun, inAnyCase: "taille tailles t") { return read(" ") }
        // "drap 90/190"
        if one >= 60, other > one, text.isWord(noun, inAnyCase: Self.beds) { return read(apart: words.by) }
        let isSeason = text.length(index) == 4 && (1900..<2100).contains(one)
        if isSeason,
            text.length(index + 2) == 4 ? other == one + 1 : text.length(index + 2) == 2 && other == (one + 1) % 100
        {
            return read(" ")
        }
        // "dossier 2026/4587"
        // "règlement 2016/679", "n° 12/345"
        if one >= 1000 && other >= 1000 || text.isWord(noun, inAnyCase: Self.filed) || text.isMark(index - 2, "°") {
            return read(apart: words.slash)
        }
        // "Windows 10/11", "les 6/7 ans": two in a row, not marks of a school or inches.
        if other == one + 1, one >= 6, ![8, 10, 16, 20].contains(other),
            !text.isWord(index + 4, "de d du des")
        {
            return read(" ")
        }
        // "le feu à 2/9"
        if one <= other, (9...14).contains(other), isNear(Self.cookers, index, before: 6, behind: 0) {
            return read(" " + words.over + " ")
        }
        guard one <= other, text.isWord(noun, inAnyCase: Self.rankedNouns) || text.isWord(index + 4, "étoiles") else {
            return nil
        }
        return read(apart: words.over)
    }

    /// "mesure à 3/4", "Mesures : 3/4, 6/8": how a bar of music is divided.
    private func isBeat(_ index: Int) -> Bool {
        guard text.small(index, in: 2...12) != nil, let unit = text.value(index + 2), unit == 4 || unit == 8,
            text.isBorder(index + 3) || text.isMark(index + 3, ".,;:!?)"), !text.isWord(index + 4, "de d")
        else { return false }
        if text.isMark(index - 2, ","), text.isMark(index - 4, "/"), text.isDigits(index - 5), text.isSpace(index - 6) {
            return isBeat(index - 5)
        }
        return text.isWord(
            text.isWord(index - 2, "à en") || text.isMark(index - 2, ":") ? index - 4 : index - 2, inAnyCase: Self.bars)
            || text.isMark(index - 2, ":") && text.isWord(index - 3, inAnyCase: Self.bars)
    }

    private static let bars: WordSet = ["mesure", "mesures", "rythme"]

    /// "Règlement (UE) 2016/679", "Directive 95/46/CE", "n° 2026/00123-B": the number of a file.
    fileprivate func file(at index: Int) -> Reading? {
        guard text.length(index) == 4 || text.length(index) == 2, text.isMark(index + 1, "/"),
            text.isDigits(index + 2), text.isSpace(index - 1)
        else { return nil }
        let isBehindUnion = text.isMark(index - 2, ")") && text.isAllCapitals(index - 3) && text.isMark(index - 4, "(")
        let noun = isBehindUnion ? index - 6 : text.isMark(index - 2, "°") ? index - 3 : index - 2
        let isOfUnion = text.isMark(index + 3, "/") && text.isWord(index + 4, "CE UE CEE JAI")
        guard
            text.isWord(noun, inAnyCase: Self.filed) && (isBehindUnion || isOfUnion)
                || text.isMark(index - 2, "°") && text.startsWithZero(index + 2) && text.length(index) == 4
        else { return nil }
        say(codeAt: index)
        say(apart: words.slash)
        say(codeAt: index + 2)
        guard isOfUnion else { return Reading(end: index + 3) }
        say(" ")
        say(letters: index + 4)
        return Reading(end: index + 5)
    }

    /// "2 / 3 de la classe", "1 / 2 tasse".
    fileprivate func isOf(_ part: Part) -> Bool {
        guard text.isSpace(part.end) else { return false }
        if text.isWord(part.end + 1, "de des du d of") { return true }
        return part.denominator <= 4 && noun(behind: part.end, isPlural: false).map { !$0.hasSuffix("s") } == true
    }

    /// "8 / 10", "4,5 / 5", "Score : 3 / 1", "120 / 80 mmHg".
    fileprivate func isMark(_ number: WrittenNumber, outOf other: WrittenNumber, at index: Int) -> Bool {
        if let unit = unit(behind: other.end) { return text.isWord(unit.end - 1, "mmHg") }
        if text.isMark(index - 2, ":"), text.isSpace(index - 1),
            text.isWord(text.isSpace(index - 3) ? index - 4 : index - 3, inAnyCase: Self.rankedNouns)
        {
            return true
        }
        // "24 / 24 h", "7 / 7"
        if number.value == other.value, [7, 24].contains(number.value) { return number.isInteger }
        return number.value <= other.value && (!number.isInteger || [5, 10, 20, 100].contains(other.value))
    }

    /// "245/100 000": so many of many thousands.
    fileprivate func proportion(at index: Int) -> Reading? {
        guard isFrench, text.isMark(index + 1, "/"), !text.isMark(index - 1, "/.,-"), let one = text.value(index),
            !text.startsWithZero(index), let other = number(index + 2), other.isInteger, other.end > index + 3,
            other.value % 1000 == 0, one < other.value, unit(behind: other.end) == nil
        else { return nil }
        say(one)
        say(apart: words.over)
        say(other)
        return Reading(end: other.end)
    }

    /// "1/8e de finale", "1/100e s", "1/10th".
    fileprivate func ranked(at index: Int) -> Reading? {
        guard text.isWord(index + 3, "e ème eme è th es èmes"), !text.isMark(index - 1, "/"),
            text.isWord(index + 3, "th") != isFrench,
            let numerator = text.value(index), (1...99).contains(numerator), let denominator = text.value(index + 2),
            (4...10_000).contains(denominator), text.isBorder(index + 4) || text.isMark(index + 4, ".,;:!?)-–")
        else { return nil }
        let isReached = isFrench && numerator == 1 && text.isSpace(index - 1) && text.isWord(index - 2, "au")
        if !isReached {
            say(numerator)
            say(" ")
        }
        if denominator == 4, isFrench { say("quart") } else { say(ordinal: denominator) }
        if numerator > 1 { say("s") }
        guard isFrench, text.isSpace(index + 4), let unit = unit(behind: index + 4) else {
            return Reading(end: index + 4)
        }
        say(of: unit)
        return Reading(end: unit.end)
    }

    /// "1/3 + 1/6 = 1/2": a part that stands by itself in a sum.
    fileprivate func isTerm(_ numerator: UInt64, _ denominator: UInt64, at index: Int) -> Bool {
        numerator < denominator && denominator <= 12 && text.isBorder(index - 1)
            && (text.isBorder(index + 3) || text.isMark(index + 3, ".,;)") && !text.isDigits(index + 4))
            && (text.isMark(index - 2, "+-−=") || text.isMark(index + 4, "+-−="))
    }

    /// "1/25 000" of a map.
    fileprivate func scale(at index: Int) -> Reading? {
        guard text.length(index) == 1, text.value(index) == 1, !text.isMark(index - 1, "/.,"),
            text.length(index + 2) > 1,
            let size = number(index + 2), size.isInteger, size.end > index + 3, size.value % 500 == 0,
            size.value < 100_000_000
        else { return nil }
        if !text.isWord(index - 2, "au") {
            say(1)
            say(" ")
        }
        say(ordinal: size.value)
        return Reading(end: size.end)
    }

    private static let cookers: WordSet = ["feu", "plaque", "plaques", "induction", "puissance"]
    private static let beds: WordSet = [
        "drap", "draps", "lit", "lits", "matelas", "sommier", "housse", "couette", "couverture", "alèse",
    ]
    private static let filed: WordSet = ["règlement", "directive", "décision", "arrêt", "affaire"]

    private static let rankedNouns: WordSet = [
        "niveau", "indice", "atmo", "étape", "page", "partie", "épisode", "volume", "note", "score", "phase", "vidéo",
        "photo", "image", "message", "vigilance", "tentative", "essai", "pollen", "pollens", "risque", "air",
        "difficulté",
        "tâches", "noté", "notée", "avis", "lot", "filtre", "exercices", "question", "questions", "sondage", "mini",
        "maxi",
    ]

    /// "9/11" and "BP 120/80".
    fileprivate func pair(_ one: UInt64, _ other: UInt64, at index: Int) -> Reading? {
        let isDay = one == 9 && other == 11 && text.isBorder(index - 1) && !text.isDigits(index - 2)
        let isPressure = (80..<260).contains(one) && (40..<160).contains(other) && one > other
        guard isDay || isPressure else { return nil }
        say(one)
        say(isDay ? " " : " " + words.over + " ")
        say(other)
        return Reading(end: index + 3)
    }

    /// "½" as one sign.
    fileprivate func vulgar(at index: Int) -> Part? {
        guard let mark = text.mark(index), mark.value >= 0x80, let (numerator, denominator) = Fractions.parts[mark]
        else { return nil }
        return Part(numerator: numerator, denominator: denominator, end: index + 1)
    }

    /// "1/2".
    fileprivate func part(at index: Int) -> Part? {
        guard text.isMark(index + 1, "/"), let numerator = text.value(index), let denominator = text.value(index + 2),
            numerator > 0, [2, 3, 4].contains(denominator), !text.isMark(index + 3, "/")
        else { return nil }
        return Part(numerator: numerator, denominator: denominator, end: index + 3)
    }

    /// What is halved or quartered: a unit, or a noun in the plural, which a half alone has in the singular.
    fileprivate func noun(behind end: Int, isMany: Bool) -> Whole? {
        if let unit = unit(behind: end) {
            return Whole(
                singular: singular(of: unit), plural: name(of: unit, isPlural: true),
                isFeminine: unit.name.isFeminine, end: unit.end)
        }
        if isFrench, text.isSpace(end), let spoon = spoon(at: end + 1) {
            return Whole(
                singular: "cuillère à " + spoon.kind, plural: "cuillères à " + spoon.kind, isFeminine: true,
                end: spoon.end)
        }
        guard var noun = noun(behind: end, isPlural: isMany) else { return nil }
        if !isMany, noun.hasSuffix("s") { noun.removeLast() }
        return Whole(singular: noun, plural: noun, isFeminine: language.gender(of: noun) == .feminine, end: end + 2)
    }

    private func noun(behind end: Int, isPlural: Bool) -> String? {
        guard isNoun(behind: end), let noun = text.word(end + 1),
            !isPlural || noun.hasSuffix("s") || noun.hasSuffix("x")
        else { return nil }
        return noun
    }

    private func isNoun(behind end: Int) -> Bool {
        text.isSpace(end) && text.isWord(end + 1) && text.length(end + 1) > 2 && !text.isCapitalised(end + 1)
            && !text.isWord(end + 1, in: Self.small)
    }

    private static let halfOf: WordSet = ["écrémé", "sel", "écrémée"]

    private static let small: WordSet = [
        "des", "les", "une", "est", "sont", "par", "pour", "sur", "dans", "avec", "sans", "avant", "après", "que",
        "qui", "mais",
        "plus", "moins", "fois", "puis", "chez", "vers",
    ]

    /// "une demi-tasse", "un quart de litre", "trois quarts d'heure", "deux tiers".
    fileprivate func reading(of part: Part, at index: Int, isMixed: Bool) -> Reading {
        let start = phrase.end
        let reading = plainReading(of: part, at: index, isMixed: isMixed)
        // "une 1/2 baguette", "toutes les 1/2 heures", "réduit au 1/3"
        guard isFrench, part.numerator == 1, text.isSpace(index - 1),
            text.isWord(index - 2, inAnyCase: Self.determiners)
        else { return reading }
        if text.isWord(index - 2, inAnyCase: "à"),
            unit(behind: part.end) != nil || part.denominator > 2 && !isNoun(behind: part.end)
        {
            return reading
        }
        if !phrase.remove("une ", at: start) { phrase.remove("un ", at: start) }
        // "tous les 1/4 d'h"
        if part.denominator == 4, text.isWord(index - 2, "les"), reading.end == part.end, text.isSpace(part.end),
            text.isWord(part.end + 1, "d"), text.isMark(part.end + 2, "'’"), text.isWord(part.end + 3, "h heure")
        {
            say("s d'heure")
            return Reading(end: part.end + 4)
        }
        return reading
    }

    private static let determiners: WordSet = [
        "un", "une", "le", "la", "les", "ma", "ta", "sa", "mon", "ton", "son", "cette", "ce", "chaque", "par", "à",
        "au",
        "du", "bon", "bonne", "petit", "petite", "gros", "grosse", "autre", "premier", "première", "dernier",
        "dernière",
        "seconde", "second", "deux", "trois", "quatre", "cinq", "six", "des", "ces", "aux", "grand", "grande",
    ]

    private func plainReading(of part: Part, at index: Int, isMixed: Bool) -> Reading {
        if isMixed {
            if text.isDigits(index - 1) { say(" ") }
            say(words.and + " ")
            sayRest(part, isFrench ? gender(behind: part.end) : .masculine)
            return Reading(end: part.end)
        }
        guard isFrench else {
            say(part)
            return Reading(end: part.end)
        }
        if part.numerator < part.denominator, part.denominator <= 4, let counted = counted(before: index),
            !isNoun(behind: part.end), unit(behind: part.end) == nil
        {
            say("et ")
            sayRest(part, language.gender(of: counted))
            return Reading(end: part.end)
        }
        let isHalf = part.numerator == 1 && part.denominator == 2
        // "½ m v²"
        let isFactor =
            text.hasEqualsSign && text.isSpace(part.end) && text.length(part.end + 1) == 1
            && text.isSpace(part.end + 2) && text.isWord(part.end + 3) && text.length(part.end + 3) == 1
        if !isFactor, let unit = unit(behind: part.end), part.numerator < part.denominator {
            if isHalf {
                say(unit.name.isFeminine ? "une demi-" : "un demi-")
                say(unit, isPlural: false)
            } else {
                say(part)
                say(of: unit)
            }
            return Reading(end: unit.end)
        }
        // "120/80mmHg"
        if let unit = unit(behind: part.end), part.numerator >= part.denominator {
            say(part)
            say(" ")
            say(unit, isPlural: true)
            return Reading(end: unit.end)
        }
        guard isHalf else {
            say(part)
            // "⅛ c. à c."
            if part.numerator < part.denominator, text.isSpace(part.end), isSpoon(part.end + 1) { say(" de") }
            return Reading(end: part.end)
        }
        // "du lait 1/2 écrémé"
        if text.isSpace(part.end), text.isWord(part.end + 1, in: Self.halfOf) {
            say("demi-")
            return Reading(end: part.end + 1)
        }
        // "3 ans et 1/2", "minuit et 1/2"
        if text.isSpace(index - 1), text.isWord(index - 2, "et"), text.isSpace(index - 3),
            text.isWord(index - 4) || text.isDigits(index - 4), !isNoun(behind: part.end)
        {
            say(language.gender(of: text.spelling(index - 4)) == .feminine ? "demie" : "demi")
            return Reading(end: part.end)
        }
        let isJoined = isNoun(behind: part.end) || isSpoon(part.end + 1)
        say(gender(behind: part.end) == .feminine ? "une demi" : "un demi")
        if isJoined { say("-") }
        return Reading(end: isJoined ? part.end + 1 : part.end)
    }

    /// The noun between a number and a half: "2 tasses 1/2".
    private func counted(before index: Int) -> String? {
        guard text.isSpace(index - 1), text.isSpace(index - 3), text.isDigits(index - 4),
            let noun = text.word(index - 2),
            !text.isCapitalised(index - 2), text.length(index - 2) > 2 || noun == "an", !Self.small.contains(noun)
        else { return nil }
        return noun
    }

    /// What is said behind "et".
    fileprivate func sayRest(_ part: Part, _ gender: Gender) {
        switch (part.numerator, part.denominator) {
        case (1, 2) where !isFrench: say(words.half)
        case (1, 2): say(gender == .feminine ? "demie" : "demi")
        case (1, 4): say(isFrench ? "quart" : "a quarter")
        default: say(part)
        }
    }

    /// "d'heure", "de litre".
    private func say(of unit: WrittenUnit) {
        switch singular(of: unit).first {
        case "a", "e", "i", "o", "u", "é", "h": say(" d'")
        default: say(" de ")
        }
        say(unit, isPlural: false)
    }

    /// The half or quarter behind whole hours: "1 h 1/2".
    func partOfHour(at index: Int) -> Part? {
        guard let part = vulgar(at: index) ?? part(at: index), part.numerator < part.denominator, part.denominator != 3
        else { return nil }
        return part
    }

    func say(partOfHour part: Part) {
        if part.numerator == 3 { return say(" trois quarts") }
        say(" et ")
        sayRest(part, .feminine)
    }
}
