/// Hours of the day, and lengths of time written like them.
enum Clock {
    /// "18h30", "8 h", "2h30min".
    static let hours = Rule(of: 1...3, before: [.space, .word], leadingTo: "hH", in: .french) { context, index in
        let text = context.text
        guard text.length(index) <= 3, let hour = text.value(index) else { return nil }
        let mark = text.behindSpace(index + 1)
        guard text.isWord(mark, inAnyCase: "h"),
            !text.isMark(mark + 1, "'’/") || context.isOther(hour: mark + 2)
        else { return nil }
        // "2 H2O", "2 H₂O", "24H2" of a system
        if text.isWord(mark, "H") {
            if text.isDigits(mark + 1), text.length(mark + 1) == 1 { return nil }
            if Formulas.subscripts(text, from: mark + 1) != nil { return nil }
        }
        if mark + 1 < text.count, let part = context.partOfHour(at: text.behindSpace(mark + 1)) {
            context.say(hour: hour)
            context.say(partOfHour: part)
            return Reading(end: part.end)
        }
        /// The hour without minutes.
        func alone(to end: Int) -> Reading {
            context.say(hour: hour)
            return Reading(end: end, isQuantity: true)
        }
        let minute = text.isDigits(mark + 1) ? mark + 1 : text.behindSpace(mark + 1)
        guard let minutes = text.small(minute, in: 0...59, digits: 2...2) else {
            if text.isWord(mark + 1) { return nil }
            return alone(to: context.isShortened(at: mark + 1) ? mark + 2 : mark + 1)
        }
        /// The hour with its minutes.
        func whole(to end: Int, second: UInt64? = nil, isQuantity: Bool = true) -> Reading {
            context.say(hour: hour, minute: minutes, second: second)
            return Reading(end: end, isQuantity: isQuantity)
        }
        if text.isMark(minute + 1, "'’′"),
            case let place = text.behindSpace(minute + 2), let seconds = text.small(place, in: 0...59, digits: 2...2),
            case let isTwice = text.isMark(place + 1, "'’′") && text.isMark(place + 2, "'’′"),
            isTwice || text.isMark(place + 1, "\"″”")
        {
            return whole(to: isTwice ? place + 3 : place + 2, second: seconds, isQuantity: false)
        }
        // "23h59m59s", "10h10m"
        if minute == mark + 1, text.isWord(minute + 1, "m"), !text.isMark(minute + 2, "²³/") {
            let second = text.small(minute + 2, in: 0...59)
            let isWhole =
                second == nil
                ? text.isBorder(minute + 2) || text.isMark(minute + 2, ".,;:!?)") : text.isWord(minute + 3, "s")
            if isWhole { return whole(to: second == nil ? minute + 2 : minute + 4, second: second) }
        }
        // "1h30'"
        if text.isMark(minute + 1, "'’′"), text.isBorder(minute + 2) || text.isMark(minute + 2, ".,;:!?)") {
            return whole(to: minute + 2)
        }
        let isFrenchMinute = text.isBorder(minute + 1) || text.isMark(minute + 1, ".,;:!?)»-–\"…/")
        let unit = text.behindSpace(minute + 1)
        if text.isWord(unit, "minutes") { return alone(to: mark + 1) }
        if text.isWord(unit, "min mn") {
            guard text.isDigits(mark + 1) else { return alone(to: mark + 1) }
            context.say(hour: hour)
            context.say(" ")
            context.say(minutes, .feminine)
            context.say(minutes < 2 ? " minute" : " minutes")
            return Reading(end: unit + 1, isQuantity: true)
        }
        guard isFrenchMinute || text.isDigits(mark + 1) else { return alone(to: mark + 1) }
        // "à 8 h 30 personnes": figures with a noun of their own are not minutes, but nobody can tell; a colon and a unit can.
        if minute != mark + 1, context.unit(behind: minute + 1) != nil {
            return alone(to: mark + 1)
        }
        return whole(to: minute + 1)
    }

    /// "Midi-14h", "minuit-6h".
    static let noon = Rule(at: "mM", of: 4...6, before: .dash, in: .french) { context, index in
        let text = context.text
        guard text.isWord(index, inAnyCase: "midi minuit"), context.isDash(index + 1), context.isHour(at: index + 2)
        else {
            return nil
        }
        return Reading(end: index + 2, words: text.string(index) + " à ")
    }

    /// "à 9.30 h": elsewhere it is a length of time.
    private static func isLedToHour(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        return text.isSpace(index - 1) && text.length(index + 2) == 2
            && text.isWord(index - 2, inAnyCase: "à dès vers entre jusqu")
    }

    /// "14.30 h", as Switzerland writes it.
    static let swiss = Rule(of: 1...2, before: .innerStop, in: .french) { context, index in
        let text = context.text
        if let hour = swissHour(context, index) { return hour }
        guard context.vocabulary.isSwiss || isLedToHour(context, index), let hour = text.small(index, in: 0...24),
            let minute = text.small(index + 2, in: 0...59, digits: 2...2), !text.isMark(index - 1, ".,/-"),
            text.isWord(text.behindSpace(index + 3), "h")
        else { return nil }
        context.say(hour: hour, minute: minute)
        return Reading(end: text.behindSpace(index + 3) + 1, isQuantity: true)
    }

    /// "12:30", "08:05:01", "5:30 pm"; other figures with colons are ratios.
    static let colons = Rule(before: [.colon, .space, .word], leadingTo: ":aApP") { context, index in
        let text = context.text
        guard text.isMark(index + 1, ":"), text.isDigits(index + 2) else { return afternoon(context, index) }
        if let scale = scale(context, index) { return scale }
        if context.isFrench,
            let length = Durations.lap(context, index) ?? Durations.colon(context, index) ?? verse(context, index)
        {
            return length
        }
        if let length = minutes(context, index) ?? left(context, index) { return length }
        guard let hour = text.small(index, in: 0...24), let minute = text.small(index + 2, in: 0...59, digits: 2...2),
            !context.isNear(mixtures, index, before: 6, behind: 2)
        else {
            return ratio(context, index)
        }
        var (end, second): (Int, UInt64?) = (index + 3, nil)
        if text.isMark(end, ":"), let seconds = text.small(end + 1, in: 0...59, digits: 2...2) {
            (end, second) = (end + 2, seconds)
        }
        if text.isMark(end, ":"), text.isDigits(end + 1) { return nil }
        if hour == 0, let second, context.isFrench, isLeft(context, index) {
            // "Il reste 00:04:30."
            Durations.say(minutes: minute, seconds: second, in: context)
            return behindParts(context, end) ?? Reading(end: end, isQuantity: true)
        }
        if hour == 0, let second, !context.isFrench, context.isNear(timers, index, before: 6, behind: 0) {
            // "Timer: 00:05:00"
            sayInEnglish([(minute, "minute"), (second, "second")], in: context)
            if minute > 0 || second > 0 { return Reading(end: end, isQuantity: true) }
        }
        // "Winner: 3:45:12", but "at 3:45:12"
        if let second, !context.isFrench, context.isNear(races, index, before: 8, behind: 8),
            !text.isWord(index - 2, inAnyCase: "at")
        {
            context.say(hour)
            context.say(hour == 1 ? " hour " : " hours ")
            context.say(minute)
            context.say(minute == 1 ? " minute and " : " minutes and ")
            context.say(second)
            context.say(second == 1 ? " second" : " seconds")
            return Reading(end: end, isQuantity: true)
        }
        // "10:30h"
        if context.isFrench, text.isWord(end, "h H"), second == nil,
            text.isBorder(end + 1) || text.isMark(end + 1, ".,;:!?)")
        {
            end += 1
        }
        let half = half(of: context, at: end)
        context.say(hour: hour, minute: minute, second: second, half: half?.letter)
        if second != nil, context.isFrench, let parts = behindParts(context, end) { return parts }
        return Reading(end: half?.end ?? end, isQuantity: true)
    }

    /// "00:03:27,45": hundredths behind the seconds that are said.
    private static func behindParts(_ context: RuleContext, _ mark: Int) -> Reading? {
        guard let end = Durations.endOfParts(context, mark, behindPoint: false) else { return nil }
        context.say(" ")
        context.say(codeAt: mark + 1)
        return Reading(end: end)
    }

    private static let timers: WordSet = ["timer", "timers", "countdown", "remaining", "left", "stopwatch"]
    private static let races: WordSet = [
        "race", "raced", "marathon", "ran", "run", "runner", "finish", "finished", "finisher", "triathlon", "winner",
    ]

    private static let mixtures: WordSet = [
        "mélange", "ratio", "rapport", "échelle", "dilution", "proportion", "format", "mix", "scale", "concentration",
    ]

    /// "3:25 min", "4:15 min/km", "5:30/km": no hour has them behind it.
    private static func minutes(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard context.isFrench, let minutes = text.small(index, in: 0...59),
            let seconds = text.small(index + 2, in: 0...59, digits: 2...2)
        else { return nil }
        var (end, pace) = (index + 3, "")
        if text.isWord(text.behindSpace(end), "min mn minutes") { end = text.behindSpace(end) + 1 }
        if text.isMark(end, "/"), text.isWord(end + 1, "km") { (end, pace) = (end + 2, " au kilomètre") }
        guard end > index + 3 else { return nil }
        Durations.say(minutes: minutes, seconds: seconds, in: context)
        context.say(pace)
        return Reading(end: end, isQuantity: true)
    }

    /// "5:00 left on the timer": no hour of a day is left.
    private static func left(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard !context.isFrench, let minutes = text.small(index, in: 0...59),
            let seconds = text.small(index + 2, in: 0...59, digits: 2...2), minutes > 0 || seconds > 0,
            text.isSpace(index + 3), text.isWord(index + 4, "left remaining"),
            context.isNear(clocks, index, before: 8, behind: 14)
        else { return nil }
        sayInEnglish([(minutes, "minute"), (seconds, "second")], in: context)
        return Reading(end: index + 3, isQuantity: true)
    }

    /// "five minutes and one second": what is nothing isn't said.
    private static func sayInEnglish(_ parts: [(UInt64, String)], in context: RuleContext) {
        context.say(each: parts.filter { $0.0 > 0 }, between: " and ") { value, name in
            context.say(value)
            context.say(" " + name + (value == 1 ? "" : "s"))
        }
    }

    private static let clocks: WordSet = ["timer", "timers", "countdown", "stopwatch", "oven"]

    /// "1:25 000" of a map.
    private static func scale(_ context: RuleContext, _ index: Int) -> Reading? {
        guard context.text.length(index) == 1, context.text.value(index) == 1, let size = context.number(index + 2),
            size.isInteger, size.value >= 1000, size.value % 500 == 0, size.end > index + 3
        else { return nil }
        context.say(1)
        context.say(apart: context.isFrench ? context.words.over : context.words.to)
        context.say(size.value)
        return Reading(end: size.end)
    }

    /// "Jean 3:16": verses that no clock of a house would show.
    private static func verse(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.isSpace(index - 1), let chapter = text.value(index),
            text.length(index) <= 3,
            let verse = text.value(index + 2), text.length(index + 2) <= 3, !text.isMark(index + 3, ":"),
            text.isWord(index - 2, in: books) || text.isWord(index - 2, in: gospels) && verse % 5 != 0
        else { return nil }
        context.say(chapter)
        context.say(", ")
        context.say(verse)
        return Reading(end: index + 3, isQuantity: true)
    }

    private static let books: WordSet = [
        "Genèse", "Exode", "Lévitique", "Deutéronome", "Psaume", "Psaumes", "Proverbes", "Ésaïe", "Isaïe", "Matthieu",
        "Romains", "Corinthiens", "Galates", "Éphésiens", "Philippiens", "Hébreux", "Apocalypse", "Verset", "Versets",
        "verset", "versets", "Mt", "Mc", "Lc", "Jn", "Gn", "Ps", "Rm", "Ap", "Is",
    ]
    /// They are names of people too.
    private static let gospels: WordSet = ["Marc", "Luc", "Jean"]

    /// "7.30pm".
    static let dotted = Rule(of: 1...2, before: .innerStop, in: .english) { context, index in
        let text = context.text
        guard text.isMark(index + 1, "."), let hour = text.small(index, in: 1...12), !text.isMark(index - 1, ".,:"),
            let minute = text.small(index + 2, in: 0...59, digits: 2...2), let half = half(of: context, at: index + 3)
        else { return nil }
        context.say(hour: hour, minute: minute, half: half.letter)
        return Reading(end: half.end, isQuantity: true)
    }

    /// Whether a word before a place says that a length of time stands there.
    private static func isLeft(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        guard text.isSpace(index - 1) else { return false }
        var place = text.isMark(index - 2, ":") ? (text.isSpace(index - 3) ? index - 4 : index - 3) : index - 2
        // "le minuteur de 00:05:00"
        if text.isWord(place, "de à est sur"), text.isSpace(place - 1) { place -= 2 }
        if text.isWord(place, "a"), text.isWord(place - 2, "y") { return true }
        return text.isWord(place, inAnyCase: lengths)
    }

    private static let lengths: WordSet = [
        "reste", "restent", "restant", "durée", "chrono", "chronomètre", "minuteur", "encore", "minuterie",
    ]

    /// "5 pm".
    private static func afternoon(_ context: RuleContext, _ index: Int) -> Reading? {
        guard !context.isFrench, let hour = context.text.small(index, in: 1...12),
            let half = half(of: context, at: index + 1)
        else { return nil }
        context.say(hour: hour, half: half.letter)
        return Reading(end: half.end, isQuantity: true)
    }

    private static func half(of context: RuleContext, at index: Int) -> (letter: String, end: Int)? {
        let text = context.text
        let start = text.behindSpace(index)
        guard !context.isFrench, let word = text.word(start)?.lowercased() else { return nil }
        if word == "am" || word == "pm" { return (String(word.prefix(1)), start + 1) }
        guard word == "a" || word == "p", text.isMark(start + 1, "."), text.isWord(start + 2, inAnyCase: "m") else {
            return nil
        }
        // "It's 5 p.m. Mr. Lee left."
        return (word, text.isMark(start + 3, ".") && !context.endsSentence(start + 3) ? start + 4 : start + 3)
    }

    private static let results: WordSet = ["score", "match", "résultat", "gagne", "gagné", "battu"]

    private static func ratio(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard let one = text.value(index), let other = text.value(index + 2), !text.isMark(index + 3, ":"),
            !text.isMark(index - 1, ":.")
        else { return nil }
        func read(_ joint: String) -> Reading {
            context.say(one)
            context.say(apart: joint)
            context.say(other)
            return Reading(end: index + 3)
        }
        // "10:2=5"
        if context.isEquation(at: index + 1) { return read(context.words.dividedBy) }
        // "Score : 2:1"
        if context.isFrench, text.length(index) <= 2, text.length(index + 2) <= 2,
            context.isNear(results, index, before: 6, behind: 0)
        {
            return read(context.words.to)
        }
        if context.vocabulary.isSwiss, isScore(context, index) { return read(context.words.to) }
        guard one > other, (3...9).contains(other), context.isFrench else {
            let isScreen = [[16, 9], [4, 3], [21, 9], [16, 10], [3, 2]].contains([one, other])
            return read(context.isFrench ? context.words.over : isScreen ? context.words.by : context.words.to)
        }
        context.say(one)
        context.say(" ")
        switch other {
        case 3: context.say("tiers")
        case 4: context.say("quarts")
        default:
            context.say(ordinal: other)
            context.say("s")
        }
        return Reading(end: index + 3)
    }

    /// "SC Berne 4:2 HC Davos (1:0, 2:1)": between two names, or in brackets behind such a pair, as Switzerland writes it.
    private static func isScore(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        guard !context.isNear(mixtures, index, before: 6, behind: 2) else { return false }
        func isPair(_ place: Int) -> Bool {
            text.length(place) <= 2 && text.isMark(place + 1, ":") && text.length(place + 2) <= 2
                && text.isDigits(place + 2)
        }
        func isBetweenNames(_ place: Int) -> Bool {
            text.isDigits(place) && isPair(place) && text.isSpace(place - 1) && text.isCapitalised(place - 2)
                && text.isSpace(place + 3) && (text.isCapitalised(place + 4) || text.isMark(place + 4, "("))
        }
        if isBetweenNames(index) { return text.isCapitalised(index + 4) || isPair(index + 5) }
        guard isPair(index), text.isMark(index - 1, "(") || text.isMark(index - 2, ",") else { return false }
        return (max(0, index - 24)..<index).contains(where: isBetweenNames)
    }

    /// "24h/24", "24/7", "7j/7", "5 j/7".
    static let allDay = Rule(before: [.slash, .word, .space], leadingTo: "/hHjJ") { context, index in
        let text = context.text
        guard let first = text.value(index) else { return nil }
        guard context.isFrench else {
            guard first == 24, text.isMark(index + 1, "/"), text.value(index + 2) == 7, text.length(index + 2) == 1
            else { return nil }
            return Reading(end: index + 3, words: "twenty-four seven")
        }
        let place = text.behindSpace(index + 1)
        let slash = text.isWord(place) ? place + 1 : index + 1
        guard text.isMark(slash, "/"), let last = text.value(slash + 1) else { return nil }
        let letter = text.word(place)
        switch (first, letter, last) {
        case (24, "h", 24), (24, "H", 24): return Reading(end: slash + 2, words: "vingt-quatre heures sur vingt-quatre")
        case (24, nil, 24): return Reading(end: slash + 2, words: "vingt-quatre heures sur vingt-quatre")
        case (7, "j", 7), (7, "J", 7), (7, nil, 7):
            let isRepeated = text.isWord(slash + 2, inAnyCase: "j")
            return Reading(end: isRepeated ? slash + 3 : slash + 2, words: "sept jours sur sept")
        case (1...6, "j", 7), (1...6, "J", 7):
            context.say(first)
            context.say(first > 1 ? " jours sur sept" : " jour sur sept")
            return Reading(end: slash + 2)
        case (24, nil, 7), (24, "h", 7), (24, "H", 7):
            let isRepeated = text.isWord(slash + 2, inAnyCase: "j")
            return Reading(
                end: isRepeated ? slash + 3 : slash + 2,
                words: "vingt-quatre heures sur vingt-quatre et sept jours sur sept")
        default: return nil
        }
    }
}

extension RuleContext {
    /// "à 15h-16h30": whether the hours behind "à" are so far from each other that one leads to the other. "à 8h-8h30" is about one.
    func isSpan(behindTo index: Int) -> Bool {
        func minutes(at index: Int) -> (value: UInt64, end: Int)? {
            guard let hour = text.small(index, in: 0...24), text.isWord(index + 1, inAnyCase: "h") else { return nil }
            guard let minute = text.small(index + 2, in: 0...59, digits: 2...2) else { return (60 * hour, index + 2) }
            return (60 * hour + minute, index + 3)
        }
        guard text.isWord(index, inAnyCase: "à"), text.isBorder(index - 1), !isHour(before: index - 1),
            let first = minutes(at: index + 2), isDash(first.end), let last = minutes(at: first.end + 1)
        else { return false }
        // "à 3h-4h de route" says how far.
        let isDistance =
            text.isSpace(last.end) && text.isWord(last.end + 1, "d de par") && !text.isWord(last.end + 3, "la l")
        return last.value >= first.value + 60 && !isDistance
    }
}
