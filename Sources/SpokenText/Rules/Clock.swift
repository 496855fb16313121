/// Hours of the day, and lengths of time written like them.
enum Clock {
    /// "18h30", "8 h", "2h30min".
    static let hours = Rule(of: 1...3, before: [.space, .word], leadingTo: "hH", in: .french) { context, index in
        let text = context.text
        guard text.length(index) <= 3, let hour = text.value(index) else { return nil }
        let mark = text.behindSpace(index + 1)
        guard let h = text.word(mark), h == "h" || h == "H",
            !text.isMark(mark + 1, "'’/") || context.isOther(hour: mark + 2)
        else { return nil }
        // "2 H2O"
        if h == "H", mark > index + 1, text.isDigits(mark + 1), text.length(mark + 1) == 1 { return nil }
        var reading = Reading(
            end: mark + 1, words: context.language.time(hour, minute: 0, second: nil, half: nil), isQuantity: true)
        if mark + 1 < text.count, let rest = context.partOfHour(at: text.behindSpace(mark + 1)) {
            return Reading(end: rest.end, words: reading.words + " " + rest.words)
        }
        let minute = text.isDigits(mark + 1) ? mark + 1 : text.behindSpace(mark + 1)
        guard let minutes = text.small(minute, in: 0...59, digits: 2...2) else {
            if context.isShortened(at: mark + 1) { reading.end += 1 }
            return text.isWord(mark + 1) ? nil : reading
        }
        if text.isMark(minute + 1, "'’′"),
            case let place = text.behindSpace(minute + 2), let seconds = text.small(place, in: 0...59, digits: 2...2),
            case let isTwice = text.isMark(place + 1, "'’′") && text.isMark(place + 2, "'’′"),
            isTwice || text.isMark(place + 1, "\"″”")
        {
            return Reading(
                end: isTwice ? place + 3 : place + 2,
                words: context.language.time(hour, minute: minutes, second: seconds, half: nil))
        }
        // "23h59m59s", "10h10m"
        if minute == mark + 1, text.isWord(minute + 1, "m"), !text.isMark(minute + 2, "²³/") {
            let second = text.small(minute + 2, in: 0...59)
            let isWhole =
                second == nil
                ? text.isBorder(minute + 2) || text.isMark(minute + 2, ".,;:!?)") : text.isWord(minute + 3, "s")
            if isWhole {
                return Reading(
                    end: second == nil ? minute + 2 : minute + 4,
                    words: context.language.time(hour, minute: minutes, second: second, half: nil), isQuantity: true)
            }
        }
        // "1h30'"
        if text.isMark(minute + 1, "'’′"), text.isBorder(minute + 2) || text.isMark(minute + 2, ".,;:!?)") {
            return Reading(
                end: minute + 2, words: context.language.time(hour, minute: minutes, second: nil, half: nil),
                isQuantity: true)
        }
        let isFrenchMinute = text.isBorder(minute + 1) || text.isMark(minute + 1, ".,;:!?)»-–\"…/")
        let unit = text.word(text.behindSpace(minute + 1))
        if unit == "min" || unit == "mn" || unit == "minutes" {
            guard text.isDigits(mark + 1), unit != "minutes" else { return reading }
            reading.words +=
                " " + context.language.cardinal(minutes, .feminine) + (minutes < 2 ? " minute" : " minutes")
            reading.end = text.behindSpace(minute + 1) + 1
            return reading
        }
        guard isFrenchMinute || text.isDigits(mark + 1) else { return reading }
        // "à 8 h 30 personnes": figures with a noun of their own are not minutes, but nobody can tell; a colon and a unit can.
        if minute != mark + 1, context.unit(behind: minute + 1) != nil { return reading }
        reading.words = context.language.time(hour, minute: minutes, second: nil, half: nil)
        reading.end = minute + 1
        return reading
    }

    /// "à 9.30 h": elsewhere it is a length of time.
    private static func isLedToHour(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        return text.isSpace(index - 1) && text.length(index + 2) == 2
            && text.isWord(index - 2, inAnyCase: "à", "dès", "vers", "entre", "jusqu")
    }

    /// "14.30 h", as Switzerland writes it.
    static let swiss = Rule(of: 1...2, before: .stop, in: .french) { context, index in
        let text = context.text
        if let hour = swissHour(context, index) { return hour }
        guard context.vocabulary.isSwiss || isLedToHour(context, index), let hour = text.small(index, in: 0...24),
            let minute = text.small(index + 2, in: 0...59, digits: 2...2), !text.isMark(index - 1, ".,/-"),
            text.isWord(text.behindSpace(index + 3), "h")
        else { return nil }
        return Reading(
            end: text.behindSpace(index + 3) + 1,
            words: context.language.time(hour, minute: minute, second: nil, half: nil), isQuantity: true)
    }

    /// "12:30", "08:05:01", "5:30 pm"; other figures with colons are ratios.
    static let colons = Rule(before: [.colon, .space, .word], leadingTo: ":aApP") { context, index in
        let text = context.text
        guard text.isMark(index + 1, ":"), text.isDigits(index + 2) else { return afternoon(context, index) }
        if let scale = scale(context, index) { return scale }
        if context.isFrench, let length = Durations.colon(context, index) ?? verse(context, index) { return length }
        if let length = minutes(context, index) { return length }
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
            return Reading(
                end: end, words: Durations.words(minutes: minute, seconds: second, in: context), isQuantity: true)
        }
        if hour == 0, let second, !context.isFrench, context.isNear(timers, index, before: 6, behind: 0) {
            // "Timer: 00:05:00"
            func count(_ value: UInt64, _ name: String) -> String {
                context.language.cardinal(value, .masculine) + " " + name + (value == 1 ? "" : "s")
            }
            let words = [minute > 0 ? count(minute, "minute") : "", second > 0 ? count(second, "second") : ""]
            let length = words.filter { !$0.isEmpty }.joined(separator: " and ")
            if !length.isEmpty { return Reading(end: end, words: length, isQuantity: true) }
        }
        let half = half(of: context, at: end)
        return Reading(
            end: half?.end ?? end,
            words: context.language.time(hour, minute: minute, second: second, half: half?.letter), isQuantity: true)
    }

    private static let timers: WordSet = ["timer", "timers", "countdown", "remaining", "left", "stopwatch"]

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
        if text.isWord(text.behindSpace(end), "min", "mn", "minutes") { end = text.behindSpace(end) + 1 }
        if text.isMark(end, "/"), text.isWord(end + 1, "km") { (end, pace) = (end + 2, " au kilomètre") }
        guard end > index + 3 else { return nil }
        return Reading(
            end: end, words: Durations.words(minutes: minutes, seconds: seconds, in: context) + pace, isQuantity: true)
    }

    /// "1:25 000" of a map.
    private static func scale(_ context: RuleContext, _ index: Int) -> Reading? {
        guard context.text.length(index) == 1, context.text.value(index) == 1, let size = context.number(index + 2),
            size.isInteger, size.value >= 1000, size.value % 500 == 0, size.end > index + 3
        else { return nil }
        let words = [1, size.value].map { context.language.cardinal($0, .masculine) }
        let joint = context.isFrench ? context.words.over : context.words.to
        return Reading(end: size.end, words: words.joined(separator: " " + joint + " "))
    }

    /// "Jean 3:16": verses that no clock of a house would show.
    private static func verse(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.isSpace(index - 1), let chapter = text.value(index),
            text.length(index) <= 3,
            let verse = text.value(index + 2), text.length(index + 2) <= 3, !text.isMark(index + 3, ":"),
            let book = text.word(index - 2), books.contains(book) || gospels.contains(book) && verse % 5 != 0
        else { return nil }
        let words = [chapter, verse].map { context.language.cardinal($0, .masculine) }
        return Reading(end: index + 3, words: words.joined(separator: ", "), isQuantity: true)
    }

    private static let books: WordSet = [
        "Genèse", "Exode", "Lévitique", "Deutéronome", "Psaume", "Psaumes", "Proverbes", "Ésaïe", "Isaïe", "Matthieu",
        "Romains", "Corinthiens", "Galates", "Éphésiens", "Philippiens", "Hébreux", "Apocalypse", "Verset", "Versets",
        "verset", "versets", "Mt", "Mc", "Lc", "Jn", "Gn", "Ps", "Rm", "Ap", "Is",
    ]
    /// They are names of people too.
    private static let gospels: WordSet = ["Marc", "Luc", "Jean"]

    /// "7.30pm".
    static let dotted = Rule(of: 1...2, before: .stop, in: .english) { context, index in
        let text = context.text
        guard text.isMark(index + 1, "."), let hour = text.small(index, in: 1...12), !text.isMark(index - 1, ".,:"),
            let minute = text.small(index + 2, in: 0...59, digits: 2...2), let half = half(of: context, at: index + 3)
        else { return nil }
        return Reading(
            end: half.end, words: context.language.time(hour, minute: minute, second: nil, half: half.letter),
            isQuantity: true)
    }

    /// Whether a word before a place says that a length of time stands there.
    private static func isLeft(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        guard text.isSpace(index - 1) else { return false }
        var place = text.isMark(index - 2, ":") ? (text.isSpace(index - 3) ? index - 4 : index - 3) : index - 2
        // "le minuteur de 00:05:00"
        if text.isWord(place, "de", "à", "est", "sur"), text.isSpace(place - 1) { place -= 2 }
        if text.isWord(place, "a"), text.isWord(place - 2, "y") { return true }
        return ["reste", "restent", "restant", "durée", "chrono", "chronomètre", "minuteur", "encore", "minuterie"]
            .contains(text.word(place)?.lowercased() ?? "")
    }

    /// "5 pm".
    private static func afternoon(_ context: RuleContext, _ index: Int) -> Reading? {
        guard !context.isFrench, let hour = context.text.small(index, in: 1...12),
            let half = half(of: context, at: index + 1)
        else { return nil }
        return Reading(
            end: half.end, words: context.language.time(hour, minute: 0, second: nil, half: half.letter),
            isQuantity: true)
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
        // "10:2=5"
        if context.isEquation(at: index + 1) {
            let words = [one, other].map { context.language.cardinal($0, .masculine) }
            return Reading(end: index + 3, words: words.joined(separator: " " + context.words.dividedBy + " "))
        }
        // "Score : 2:1"
        if context.isFrench, text.length(index) <= 2, text.length(index + 2) <= 2,
            context.isNear(results, index, before: 6, behind: 0)
        {
            let words = context.language.cardinal(one, .masculine) + " " + context.words.to + " "
            return Reading(end: index + 3, words: words + context.language.cardinal(other, .masculine))
        }
        let isScreen = [[16, 9], [4, 3], [21, 9], [16, 10], [3, 2]].contains([one, other])
        let words =
            one > other && (3...9).contains(other) && context.isFrench
            ? context.language.cardinal(one, .masculine) + " "
                + (other == 3 ? "tiers" : other == 4 ? "quarts" : context.language.ordinal(other, .masculine) + "s")
            : context.language.cardinal(one, .masculine) + " "
                + (context.isFrench ? context.words.over : isScreen ? context.words.by : context.words.to) + " "
                + context.language.cardinal(other, .masculine)
        return Reading(end: index + 3, words: words)
    }

    /// "24h/24", "24/7", "7j/7".
    static let allDay = Rule(before: [.slash, .word], leadingTo: "/hHjJ") { context, index in
        let text = context.text
        guard let first = text.value(index) else { return nil }
        guard context.isFrench else {
            guard first == 24, text.isMark(index + 1, "/"), text.value(index + 2) == 7, text.length(index + 2) == 1
            else { return nil }
            return Reading(end: index + 3, words: "twenty-four seven")
        }
        let letter = text.word(index + 1)
        let slash = letter == nil ? index + 1 : index + 2
        guard text.isMark(slash, "/"), let last = text.value(slash + 1) else { return nil }
        switch (first, letter, last) {
        case (24, "h", 24), (24, "H", 24): return Reading(end: slash + 2, words: "vingt-quatre heures sur vingt-quatre")
        case (24, nil, 24): return Reading(end: slash + 2, words: "vingt-quatre heures sur vingt-quatre")
        case (7, "j", 7), (7, "J", 7), (7, nil, 7):
            let isRepeated = text.isWord(slash + 2, inAnyCase: "j")
            return Reading(end: isRepeated ? slash + 3 : slash + 2, words: "sept jours sur sept")
        case (24, nil, 7):
            return Reading(end: slash + 2, words: "vingt-quatre heures sur vingt-quatre et sept jours sur sept")
        default: return nil
        }
    }
}
