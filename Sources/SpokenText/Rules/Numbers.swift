/// Numbers that nothing else explains.
enum Numbers {
    /// "in 1984", in languages that read years their own way.
    static let years = Rule(of: 4...4, in: .english) { context, index in
        let text = context.text
        guard text.length(index) == 4, let value = text.value(index), (1010..<2100).contains(value) else { return nil }
        // "(1874 - 1965)"
        if text.isSpace(index + 1), context.isDash(index + 2), text.isSpace(index + 3), text.length(index + 4) == 4,
            let last = text.value(index + 4), (value + 1..<2100).contains(last), context.unit(behind: index + 5) == nil,
            !context.isEquation(at: index + 2), text.isBorder(index + 5) || text.isMark(index + 5, ".,;:!?)")
        {
            context.sayYears(value, last)
            return Reading(end: index + 5)
        }
        // "1990-1995"
        if !context.isFrench, context.isDash(index + 1), let last = text.value(index + 2), text.length(index + 2) == 4,
            (value + 1..<2100).contains(last), !context.isDash(index - 1), !context.isDash(index + 3),
            context.unit(behind: index + 3) == nil
        {
            context.sayYears(value, last)
            return Reading(end: index + 3)
        }
        // "1600 Pennsylvania Ave."
        if text.isSpace(index + 1), text.isCapitalised(index + 2), value >= 1100,
            [4, 6].contains(where: { text.isWord(index + $0, in: streets) && text.isSpace(index + $0 - 1) })
        {
            context.say(year: value)
            return Reading(end: index + 1)
        }
        guard text.isSpace(index - 1) else { return nil }
        let first = context.firstYear(index)
        guard let word = text.word(first - 2) ?? text.word(first - 3),
            context.language.precedesYear(word) || isRankedDay(context, first)
        else {
            return nil
        }
        context.say(year: value)
        return Reading(end: index + 1, isQuantity: true)
    }

    private static let streets: WordSet = [
        "Ave", "Avenue", "St", "Street", "Rd", "Road", "Blvd", "Boulevard", "Ln", "Lane", "Dr", "Drive", "Ct", "Court",
    ]

    /// "July 4th, 1776"
    private static func isRankedDay(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        return text.isMark(index - 2, ",") && text.isWord(index - 3, "st nd rd th") && text.isDigits(index - 4)
            && text.word(index - 6).map(Dates.isEnglishMonth) == true
    }

    /// "1,6e-19", "6.02e23", "6,02·10²³": without a sign or decimals, it could be a code.
    static let scientific = Rule(before: [.word, .pause, .innerStop, .otherMark], leadingTo: "eE^⁻⁰¹²³⁴⁵⁶⁷⁸⁹·⋅,") {
        context, index in
        let text = context.text
        if let factor = factor(context, index) { return factor }
        let isWhole = text.isWord(index + 1)
        let letter = isWhole ? index + 1 : index + 3
        guard text.isWord(letter, "e E") else { return nil }
        let isSigned = text.isMark(letter + 1, "-−‑+")
        let power = isSigned ? letter + 2 : letter + 1
        // "1e6", but "2e4"
        let isPower =
            isWhole && text.length(index) == 1 && text.isWord(letter, "e")
            && (text.value(index) == 1 || text.isMark(text.isSpace(index - 1) ? index - 2 : index - 1, "="))
        guard isSigned || !isWhole || isPower, let exponent = text.value(power), text.length(power) <= 3,
            text.isBorder(power + 1) || text.isMark(power + 1, ".,;:!?)") && !text.isDigits(power + 2),
            let number = context.number(index), number.end == letter, !text.isWord(index - 1)
        else { return nil }
        // "1e-6" has no factor.
        if !number.isInteger || number.value != 1 {
            context.say(number)
            context.say(apart: context.words.times)
        }
        context.say(10)
        context.say(apart: context.words.toThePower)
        if text.isMark(letter + 1, "-−‑") { context.say(context.words.minus + " ") }
        context.say(exponent)
        return Reading(end: power + 1, isQuantity: true)
    }

    /// "3.10^8", "6,02·10²³": what stands in front of a power of ten.
    private static func factor(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        let hasDecimals =
            text.isMark(index + 1, ".,") && text.isDigits(index + 2) && text.isMark(index + 3, ".·⋅")
        let dot = hasDecimals ? index + 3 : index + 1
        guard text.isMark(dot, ".·⋅"), text.length(dot + 1) == 2, text.value(dot + 1) == 10,
            text.isMark(dot + 2, "^⁻⁰¹²³⁴⁵⁶⁷⁸⁹"), !text.isMark(index - 1, ".,"), let value = text.value(index)
        else { return nil }
        let decimals = hasDecimals ? text.figures(index + 2) ?? Figures() : Figures()
        context.say(WrittenNumber(value: value, decimals: decimals, end: dot))
        context.say(apart: context.words.times)
        return Reading(end: dot + 1)
    }

    /// "the 1990s", "the 80s", "'80s".
    static let decades = Rule(of: 2...4, before: [.word, .pause], leadingTo: "s'’") { context, index in
        let text = context.text
        // "90's"
        let letter = text.isMark(index + 1, "'’") ? index + 2 : index + 1
        guard text.isWord(letter, "s"), let value = text.value(index), value % 10 == 0 else {
            return nil
        }
        if context.isFrench {
            let isLed = text.isSpace(index - 1) && text.isWord(index - 2, "années")
            guard text.length(index) == 2, isLed || letter > index + 1 && value >= 50 else { return nil }
            if !isLed { context.say("années ") }
            context.say(WrittenNumber(value: value, end: index + 1), .masculine, at: index)
            // "années quatre-vingt"
            if context.phrase.ends(with: "vingts") { context.phrase.removeLast() }
            return Reading(end: letter + 1)
        }
        let isCentury = text.length(index) == 4 && (1100..<2100).contains(value)
        let isLed =
            text.isMark(index - 1, "'’") || letter > index + 1
            || text.isSpace(index - 1) && text.isWord(index - 2, inAnyCase: decadeWords)
            || context.isDash(index - 1) && text.isWord(index - 2, inAnyCase: "mid")
        guard isCentury || text.length(index) == 2 && value >= 20 && isLed else { return nil }
        if isCentury { context.say(year: value) } else { context.say(value) }
        let isRegular = !context.phrase.ends(with: "y")
        if !isRegular { context.phrase.removeLast() }
        context.say(isRegular ? "s" : "ies")
        return Reading(end: letter + 1)
    }

    private static let decadeWords: WordSet = [
        "the", "early", "late", "his", "her", "their", "my", "your", "our", "mid",
    ]

    /// "50-50", "50/50".
    static let halves = Rule(at: "5", of: 2...2, before: [.dash, .slash]) { context, index in
        let text = context.text
        guard text.value(index) == 50, text.value(index + 2) == 50, text.length(index) == 2,
            text.length(index + 2) == 2,
            !text.isMark(index - 1, "-/–.,"), !text.isMark(index + 3, "-/–")
        else { return nil }
        context.say(50)
        context.say(" ")
        context.say(50)
        return Reading(end: index + 3)
    }

    /// "3 fois/jour", "2 repas/jour".
    static let perPeriod = Rule(of: 3...Int.max, before: .slash, in: .french) { context, index in
        let text = context.text
        guard text.length(index) > 2, text.isSpace(index - 1), text.isDigits(index - 2), let word = text.word(index)
        else { return nil }
        // "18 cas/100 000 hab."
        if let many = context.number(index + 2), many.isInteger, many.value >= 1000, many.value % 1000 == 0,
            text.isSpace(many.end), text.isWord(many.end + 1, "hab habitants personnes naissances femmes hommes")
        {
            return Reading(end: index + 2, words: word + " pour ")
        }
        // "1 ampoule/3 mois"
        if text.isDigits(index + 2), let rate = Spans.rate(context, of: index, by: index + 2) {
            return Reading(end: rate.end, words: word + " " + rate.words + " ")
        }
        guard
            let period = text.word(index + 2),
            ["j", "jour", "jours", "sem", "semaine", "mois", "an", "heure", "minute", "personne", "nuit"].contains(
                period)
        else { return nil }
        let name = period == "j" ? "jour" : period == "sem" ? "semaine" : period
        return Reading(end: index + 3, words: word + " par " + name)
    }

    /// "1/j", "3/sem": how often.
    static let often = Rule(of: 1...3, before: .slash, in: .french) { context, index in
        let text = context.text
        // "8/24 h": how often in a day.
        if text.value(index + 2) == 24, let count = text.small(index, in: 1...10), text.isSpace(index + 3),
            text.isWord(index + 4, "h"), text.isBorder(index - 1) || text.isMark(index - 1, "(:"),
            !text.isDigits(index + 5)
        {
            context.say(count)
            context.say(" par ")
            context.say(24, .feminine)
            context.say(" heures")
            return Reading(end: index + 5)
        }
        let most: UInt64 = text.isWord(index + 2, "min") ? 400 : 24
        guard let count = text.small(index, in: 1...most, digits: 1...3), text.isMark(index + 1, "/"),
            let period = text.entry(index + 2, in: periods), text.isBorder(index - 1) || text.isMark(index - 1, "(:"),
            text.isBorder(index + 3) || text.isMark(index + 3, ".,;:!?)") && !text.isWord(index + 4)
        else { return nil }
        context.say(count)
        context.say(" par ")
        context.say(period)
        return Reading(end: index + 3)
    }

    private static let periods: WordTable<String> = [
        "j": "jour", "jour": "jour", "sem": "semaine", "semaine": "semaine", "mois": "mois", "an": "an", "nuit": "nuit",
        "pers": "personne", "personne": "personne", "min": "minute",
    ]

    /// A number and perhaps a noun, whose gender it takes: "21 minutes".
    static let counted = Rule { context, index in
        guard let number = context.number(index) else { return nil }
        if number.isInteger {
            if number.value >= 1_000_000, let millions = context.millions(number) { return millions }
            // Only "un" and "une" show it, which "onze" has not; and a name has none.
            let isOne = number.value % 10 == 1 && number.value % 100 != 11
            let isFeminine = isOne && context.gender(behind: number.end) == .feminine && !context.isName(index)
            context.say(number, isFeminine ? .feminine : .masculine, at: index)
        } else if context.isFrench, isBook(context, before: index) {
            // "Jn 3,16": a chapter and a verse.
            context.say(number.value)
            return Reading(end: index + 1)
        } else {
            context.say(number)
        }
        return Reading(end: number.end, isQuantity: true)
    }

    private static func isBook(_ context: RuleContext, before index: Int) -> Bool {
        context.text.isSpace(index - 1) && context.text.isWord(index - 2, in: books)
    }

    private static let books: WordSet = [
        "Mt", "Mc", "Lc", "Jn", "Ac", "Rm", "Gn", "Ex", "Ps", "Is", "Jr", "Ez", "Dt", "Ap",
    ]

    /// "de 1 minute" is said as "d'une minute", but "de 1 à 10" as it is written.
    static let elided = Rule(at: "dDaAlàÀ", of: 1...2, before: .space, in: .french) { context, index in
        let text = context.text
        // "à 15h-16h30"
        if text.length(index) == 1 {
            guard context.isSpan(behindTo: index) else { return nil }
            return Reading(end: index + 1, words: text.isCapitalised(index) ? "De" : "de")
        }
        if let joint = beforeMonth(context, index) { return joint }
        guard text.isWord(index, "de") || text.isWord(index, "De"), text.isSpace(index + 1),
            let number = context.number(index + 2)
        else { return nil }
        let next = text.behindSpace(number.end)
        if number.isInteger {
            guard [1, 1_000_000, 1_000_000_000].contains(leading(number.value)) else { return nil }
            let isCounted =
                number.value > 1 || text.isSpace(number.end) && text.isWord(next) && !text.isWord(next, "à ou sur et")
            guard isCounted || context.unit(behind: number.end) != nil || text.isMark(next, "€") else { return nil }
        } else {
            // "de 1,2 milliard"
            guard number.value == 1, text.isWord(next, "million milliard") else { return nil }
        }
        return Reading(end: index + 2, words: text.isWord(index, "de") ? "d'" : "D'")
    }

    /// What the name of a number begins with, where that is one of something: "un million deux cents".
    private static func leading(_ value: UInt64) -> UInt64 {
        switch value {
        case 1_000_000..<2_000_000: 1_000_000
        case 1_000_000_000..<2_000_000_000: 1_000_000_000
        default: value
        }
    }

    /// "jusqu'au 03/2028", "la facture de 10/2026": in front of a month.
    private static func beforeMonth(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.length(index + 2) == 2, [2, 4].contains(text.length(index + 4)), text.isMark(index + 3, "/"),
            text.isWord(index, inAnyCase: "de au du le"), Dates.monthAndYear.read(context, index + 2) != nil
        else { return nil }
        let isCapital = text.isCapitalised(index)
        if text.isWord(index, "le") {
            // "avant le 05/27", "expirant le 05/27"
            return text.isWord(index - 2, inAnyCase: "avant")
                ? Reading(end: index + 2, words: "") : Reading(end: index + 1, words: "en")
        }
        if text.isWord(index, inAnyCase: "au") { return Reading(end: index + 1, words: isCapital ? "À" : "à") }
        // "d'avril", "d'août", "d'octobre"
        if [4, 8, 10].contains(text.value(index + 2)) {
            return Reading(end: index + 2, words: isCapital ? "D'" : "d'")
        }
        return text.isWord(index, inAnyCase: "du") ? Reading(end: index + 1, words: isCapital ? "De" : "de") : nil
    }

    /// Any other figures.
    static let code = Rule { context, index in
        context.say(codeAt: index)
        return Reading(end: index + 1, isQuantity: !context.text.startsWithZero(index))
    }
}

extension RuleContext {
    /// The place of the first of a row of years: "in 1905, 2000 and 2012".
    fileprivate func firstYear(_ index: Int) -> Int {
        var first = index
        guard !isFrench else { return first }
        for _ in 0..<8 {
            var before = first - 2
            if text.isWord(before, "and or") { before -= 2 }
            if text.isMark(before, ",") { before -= 1 }
            guard before < first - 2, let year = text.value(before), text.length(before) == 4,
                (1010..<2100).contains(year),
                text.isSpace(before - 1)
            else { break }
            first = before
        }
        return first
    }

    private static let ranked: WordSet = [
        "années", "page", "pages", "chapitre", "article", "chambre", "numéro", "ligne", "paragraphe",
    ]

    /// An integer: "80 mille" is said as "quatre-vingt mille", and "page 80" as "page quatre-vingt".
    fileprivate func say(_ number: WrittenNumber, _ gender: Gender, at index: Int) {
        let ending = number.value % 100
        // No other number shows it.
        guard isFrench, gender == .feminine || number.value >= 80 && (ending == 0 || ending == 80) else {
            return say(number.value, gender)
        }
        let isScaled = text.isWord(text.behindSpace(number.end), "mille")
        say(number.value, isScaled ? .masculine : gender)
        guard isScaled || text.isSpace(index - 1) && text.isWord(index - 2, in: Self.ranked) else { return }
        if phrase.ends(with: "cents") || phrase.ends(with: "vingts") { phrase.removeLast() }
    }

    /// "1990 to 1995".
    fileprivate func sayYears(_ first: UInt64, _ last: UInt64) {
        say(year: first)
        say(apart: words.to)
        say(year: last)
    }

    /// "1 Parisienne": hardly any name of a place or person ends so.
    private func isInhabitant(_ index: Int) -> Bool {
        text.length(index) > 8 && ["ienne", "aise"].contains(where: text.string(index).hasSuffix)
    }

    private enum Particular { case person, page, book, half }

    /// Nouns whose gender is not the one of their letters.
    private static let particular: WordTable<Particular> = [
        "pers": .person, "p": .page, "pl": .page, "bouff": .page, "livre": .book, "livres": .book, "demi": .half,
        "sage": .half, "mini": .half,
    ]

    /// The gender of what is counted: of the unit or the noun behind a number, or behind the other end of a range, "1-2 minutes".
    func gender(behind end: Int) -> Gender {
        guard isFrench else { return .masculine }
        var index = end
        if isDash(index), text.isDigits(index + 1) { index += 2 }
        if text.isDigits(index + 3), text.isSpace(index), text.isSpace(index + 2), text.isWord(index + 1, "à ou et") {
            index += 4
        }
        if let unit = unit(behind: index) { return unit.name.isFeminine ? .feminine : .masculine }
        guard text.isSpace(index), text.isWord(index + 1), text.length(index + 1) < 24 else { return .masculine }
        if isSpoon(index + 1) { return .feminine }
        if text.isCapitalised(index + 1), !text.isAllCapitals(index + 1) || text.length(index + 1) < 3 {
            let isFeminine = text.isWord(index + 1, in: FrenchNouns.initialisms) || isInhabitant(index + 1)
            return isFeminine ? .feminine : .masculine
        }
        let isFeminine = gender(ofNoun: index + 1) == .feminine
        return isFeminine && !(index == end && isHouse(end - 1, street: index + 1)) ? .feminine : .masculine
    }

    private func gender(ofNoun index: Int) -> Gender {
        switch text.entry(index, in: Self.particular) {
        case .person: return .feminine
        case .page where text.isMark(index + 1, "."): return .feminine
        // "1 livre de beurre" is a weight, any other is a book.
        case .book: return text.isWord(index + 2, "de") ? .feminine : .masculine
        // "1 demi-heure", "1 sage-femme", "1 mini-pizza"
        case .half where isDash(index + 1) && text.isWord(index + 2):
            return language.gender(of: text.spelling(index + 2))
        default: break
        }
        let isHidden =
            text.isSpace(index + 1) && text.isWord(index + 2)
            && text.isWord(index, inAnyCase: FrenchNouns.hidingGender)
        let noun = isHidden ? index + 2 : index
        return text.tokens[noun].smallLetters.map(FrenchNouns.gender) ?? language.gender(of: text.string(noun))
    }
}
