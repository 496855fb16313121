/// Minutes and seconds as they stand in sports and recipes: "1'32"4", "45'".
enum Durations {
    static let primes = Rule(of: 1...3, before: [.pause, .otherMark], leadingTo: "'’′") { context, index in
        let text = context.text
        if !context.isFrench { return feet(context, index) }
        guard text.length(index) <= 3, text.isMark(index + 1, "'’′"),
            text.isBorder(index - 1) || text.isMark(index - 1, "(:"),
            let minutes = text.value(index)
        else { return nil }
        // "9''58" of a sprint.
        if text.isMark(index + 2, "'’′"), text.length(index + 3) == 2, text.isDigits(index + 3),
            text.isBorder(index + 4) || text.isMark(index + 4, ".,;:!?)")
        {
            return Reading(
                end: index + 4,
                words: context.language.cardinal(minutes, .feminine) + (minutes < 2 ? " seconde " : " secondes ")
                    + context.language.code(text.string(index + 3)))
        }
        // "90'+3" of a match.
        if text.isMark(index + 2, "+"), let extra = text.small(index + 3, in: 1...30), (45...120).contains(minutes) {
            return Reading(
                end: index + 4,
                words: context.language.ordinal(minutes, .feminine) + " minute " + context.words.plus + " "
                    + context.language.cardinal(extra, .masculine))
        }
        let words = context.language.cardinal(minutes, .feminine) + (minutes < 2 ? " minute" : " minutes")
        // "15' 30\""
        if text.isSpace(index + 2), let seconds = text.small(index + 3, in: 0...59), text.isMark(index + 4, "\"″”") {
            return Reading(
                end: index + 5,
                words: words + " " + context.language.cardinal(seconds, .feminine)
                    + (seconds < 2 ? " seconde" : " secondes"))
        }
        // "5'/km"
        if text.isMark(index + 2, "/"), text.isWord(index + 3, "km"), let distance = context.divisor(at: index + 3) {
            return Reading(end: distance.end, words: words + " " + context.words.per + " " + distance.singular)
        }
        guard let seconds = text.small(index + 2, in: 0...59, digits: 2...2) else {
            guard minutes <= 180, text.isBorder(index + 2) || text.isMark(index + 2, ".,;:!?)"),
                !isQuoted(context, index)
            else { return nil }
            return whole(minutes, words, in: context, at: index)
        }
        let said = context.language.cardinal(seconds, .feminine)
        let end = index + 3
        guard text.isMark(end, "\"″”") else {
            // "5'30/km" of a runner.
            if text.isMark(end, "/"), let distance = context.divisor(at: end + 1), !text.isMark(distance.end, "/") {
                return Reading(
                    end: distance.end, words: words + " " + said + " " + context.words.per + " " + distance.singular)
            }
            guard text.isBorder(end) || text.isMark(end, ".,;:!?)") else { return nil }
            return Reading(end: end, words: words + " " + said)
        }
        guard text.isDigits(end + 1), let fraction = text.value(end + 1), text.length(end + 1) <= 2 else {
            // "4'50\"/km"
            if text.isMark(end + 1, "/"), let distance = context.divisor(at: end + 2) {
                return Reading(
                    end: distance.end, words: words + " " + said + " " + context.words.per + " " + distance.singular)
            }
            return Reading(end: end + 1, words: words + " " + said)
        }
        let name = (text.length(end + 1) == 1 ? " dixième" : " centième") + (fraction > 1 ? "s" : "")
        return Reading(
            end: end + 2,
            words: words + " " + said + (seconds < 2 ? " seconde et " : " secondes et ")
                + context.language.cardinal(fraction, .masculine) + name)
    }

    /// "1h 30m", "2m30s", "3d 4h 12m": with hours, days or seconds beside it, m is minutes.
    static let minutes = Rule(of: 1...3, before: .word, leadingTo: "md") { context, index in
        let text = context.text
        guard text.length(index + 1) == 1, let value = text.value(index), !text.startsWithZero(index) || value < 10
        else {
            return nil
        }
        let isDay = text.isWord(index + 1, "d")
        let next = text.behindSpace(index + 2)
        let isFollowed =
            text.isDigits(next) && text.length(next + 1) == 1 && !text.isWord(next + 2)
            && (isDay ? text.isWord(next + 1, "h") : text.isWord(next + 1, "s"))
        let unit = text.isSpace(index - 1) ? index - 2 : index - 1
        let isLed =
            !isDay && text.isDigits(unit - 1) && text.length(unit) == 1 && text.isWord(unit, "h", "H", "d", "j")
        guard isLed || isFollowed, isDay || value < 60,
            text.isBorder(index + 2) || isFollowed
                || text.isMark(index + 2, ".,;:!?)")
        else { return nil }
        let names = context.isFrench ? (isDay ? "jour" : "minute") : (isDay ? "day" : "minute")
        let isPlural = context.isFrench ? value > 1 : value != 1
        return Reading(
            end: index + 2,
            words: context.language.cardinal(value, isDay ? .masculine : .feminine) + " " + names
                + (isPlural ? "s" : ""), isQuantity: true)
    }

    /// "en 45:12", "une vidéo de 12:45", "dans 0:45": minutes and seconds, where neither an hour of the day nor a ratio can stand.
    static func colon(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.length(index) <= 3, let minutes = text.value(index), minutes <= 180,
            let seconds = text.small(index + 2, in: 0...59, digits: 2...2), minutes > 0 || seconds > 0,
            !text.isMark(index + 3, ":") || !text.isDigits(index + 4), text.isSpace(index - 1),
            minutes > 0 || text.length(index) == 1
        else { return nil }
        let isNamed = text.isMark(index - 2, ":")
        let place = isNamed ? (text.isSpace(index - 3) ? index - 4 : index - 3) : index - 2
        guard let before = text.word(place)?.lowercased(), isLength(minutes, behind: before, at: place, in: context)
        else { return nil }
        // "50:50" are parts of a hundred.
        guard minutes < 25 || minutes + seconds != 100 else { return nil }
        return Reading(end: index + 3, words: words(minutes: minutes, seconds: seconds, in: context), isQuantity: true)
    }

    private static func isLength(_ minutes: UInt64, behind word: String, at place: Int, in context: RuleContext) -> Bool
    {
        let isOfTimer =
            timers.contains(word)
            || ["dans", "de", "sur"].contains(word) && context.isNear(timers, place, before: 8, behind: 0)
        let isRecorded =
            ["dure", "durent", "durait"].contains(word) && context.isNear(recordings, place, before: 8, behind: 0)
            || word == "de" && context.text.isWord(place - 2, inAnyCase: recordings)
                && (minutes > 24 || context.text.isWord(place - 4, inAnyCase: "un", "une"))
        if isOfTimer || isRecorded { return true }
        return minutes == 0 ? left.contains(word) : minutes > 24 && lengths.contains(word)
    }

    private static let timers: WordSet = ["minuteur", "minuterie", "chrono", "chronomètre", "chronos"]
    private static let recordings: WordSet = [
        "chanson", "morceau", "vidéo", "clip", "titre", "piste", "podcast", "enregistrement", "extrait",
    ]
    private static let left: WordSet = ["dans", "reste", "restant", "restent", "encore"]
    private static let lengths: WordSet = left.union([
        "durée", "dure", "durent", "durait", "duré", "temps", "en", "record",
    ])

    /// "9\"58": seconds and hundredths of a sprint.
    static let sprint = Rule(of: 1...2, before: [.pause, .otherMark], leadingTo: "\"″”", in: .french) {
        context, index in
        let text = context.text
        guard text.isMark(index + 1, "\"″”"), text.length(index + 2) == 2, text.isDigits(index + 2),
            text.isBorder(index - 1),
            let seconds = text.small(index, in: 0...59),
            text.isBorder(index + 3) || text.isMark(index + 3, ".,;:!?)") && !text.isDigits(index + 4)
        else { return nil }
        let words = context.language.cardinal(seconds, .feminine) + (seconds < 2 ? " seconde " : " secondes ")
        return Reading(end: index + 3, words: words + context.language.code(text.string(index + 2)))
    }

    /// "48°51'24\"N" on a map.
    static let arc = Rule(of: 1...3, before: .otherMark, leadingTo: "°", in: .french) { context, index in
        let text = context.text
        guard text.isMark(index + 1, "°"), let degrees = text.value(index), degrees <= 180, text.length(index) <= 3,
            case let minute = text.behindSpace(index + 2),
            let minutes = text.small(minute, in: 0...59), text.isMark(minute + 1, "'’′")
        else { return nil }
        var end = minute + 2
        var words = [
            context.language.cardinal(degrees, .masculine), degrees < 2 ? "degré" : "degrés",
            context.language.cardinal(minutes, .feminine), minutes < 2 ? "minute" : "minutes",
        ]
        if case let second = text.behindSpace(end), let seconds = text.small(second, in: 0...59),
            text.isMark(second + 1, "\"″”")
        {
            end = second
            words += [context.language.cardinal(seconds, .feminine), seconds < 2 ? "seconde" : "secondes"]
            end += 2
        }
        let side = text.behindSpace(end)
        if text.length(side) == 1, let name = sides[text.string(side)],
            !text.isMark(side + 1, "'’.") || text.isBorder(side + 2)
        {
            words.append(name)
            end = side + 1
        }
        return Reading(end: end, words: words.joined(separator: " "))
    }

    private static let sides = ["N": "nord", "S": "sud", "E": "est", "O": "ouest", "W": "ouest"]

    /// "quatre minutes et trente secondes".
    static func words(minutes: UInt64, seconds: UInt64, in context: RuleContext) -> String {
        let (first, second) = (
            context.language.cardinal(minutes, .feminine) + (minutes < 2 ? " minute" : " minutes"),
            context.language.cardinal(seconds, .feminine) + (seconds < 2 ? " seconde" : " secondes")
        )
        return seconds == 0 ? first : minutes == 0 ? second : first + " et " + second
    }

    /// "5'10\"" in English.
    private static func feet(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard let feet = text.small(index, in: 1...99), text.isMark(index + 1, "'’′"),
            let inches = text.small(index + 2, in: 0...11),
            text.isMark(index + 3, "\"″”"), text.isBorder(index - 1)
        else { return nil }
        let words =
            context.language.cardinal(feet, .masculine) + " foot " + context.language.cardinal(inches, .masculine)
        return Reading(end: index + 4, words: words)
    }

    /// Whether the mark may close a quotation.
    private static func isQuoted(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        return (max(0, index - 80)..<index).contains { text.isMark($0, "'‘’") && text.isBorder($0 - 1) }
    }

    /// "à la 45'" is a minute of a match.
    private static func whole(_ minutes: UInt64, _ words: String, in context: RuleContext, at index: Int) -> Reading {
        guard context.text.isSpace(index - 1), context.text.isWord(index - 2, inAnyCase: "la"), minutes > 0 else {
            return Reading(end: index + 2, words: words, isQuantity: true)
        }
        return Reading(end: index + 2, words: context.language.ordinal(minutes, .feminine) + " minute")
    }
}
