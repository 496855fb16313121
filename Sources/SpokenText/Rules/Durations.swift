/// Minutes and seconds as they stand in sports and recipes: "1'32"4", "45'".
enum Durations {
    static let primes = Rule(of: 1...3, before: [.pause, .otherMark], leadingTo: "'’′") { context, index in
        let text = context.text
        if !context.isFrench { return feet(context, index) }
        guard text.length(index) <= 3, text.isMark(index + 1, "'’′"),
            text.isBorder(index - 1) || text.isMark(index - 1, "(:") || isDifference(context, index),
            let minutes = text.value(index)
        else { return nil }
        // "9''58" of a sprint.
        if text.isMark(index + 2, "'’′"), text.length(index + 3) <= 2, text.isDigits(index + 3),
            text.isBorder(index + 4) || text.isMark(index + 4, ".,;:!?)")
        {
            context.say(minutes, .feminine)
            context.say(minutes < 2 ? " seconde " : " secondes ")
            context.say(codeAt: index + 3)
            return Reading(end: index + 4)
        }
        // "45''"
        if isTwice(text, index + 1), minutes < 100, text.isBorder(index + 3) || text.isMark(index + 3, ".,;:!?)/") {
            context.say(minutes, .feminine)
            context.say(minutes < 2 ? " seconde" : " secondes")
            return Reading(end: index + 3)
        }
        // "90'+3" of a match.
        if text.isMark(index + 2, "+"), let extra = text.small(index + 3, in: 1...30), (45...120).contains(minutes) {
            context.say(ordinal: minutes, .feminine)
            context.say(" minute " + context.words.plus + " ")
            context.say(extra)
            return Reading(end: index + 4)
        }
        let start = context.phrase.end
        context.say(minutes, .feminine)
        context.say(minutes < 2 ? " minute" : " minutes")
        // "15' 30\""
        if text.isSpace(index + 2), let seconds = text.small(index + 3, in: 0...59), text.isMark(index + 4, "\"″”") {
            context.say(" ")
            context.say(seconds, .feminine)
            context.say(seconds < 2 ? " seconde" : " secondes")
            return Reading(end: index + 5)
        }
        // "5'/km"
        if text.isMark(index + 2, "/"), text.isWord(index + 3, "km"), let distance = context.divisor(at: index + 3) {
            context.say(per: distance)
            return Reading(end: distance.end)
        }
        guard let seconds = text.small(index + 2, in: 0...59, digits: 2...2) else {
            guard minutes <= 180, text.isBorder(index + 2) || text.isMark(index + 2, ".,;:!?)"),
                !isQuoted(context, index)
            else { return nil }
            // "à la 45'" is a minute of a match, and so is "Doué (62')".
            let isOfGoal =
                text.isMark(index - 1, "(") && text.isMark(index + 2, ")") && text.isCapitalised(index - 3)
                && context.isNear(goals, index, before: 20, behind: 8)
            guard isOfGoal || text.isSpace(index - 1) && text.isWord(index - 2, inAnyCase: "la"), minutes > 0 else {
                return Reading(end: index + 2, isQuantity: true)
            }
            context.phrase.cut(to: start)
            context.say(ordinal: minutes, .feminine)
            context.say(" minute")
            return Reading(end: index + 2)
        }
        context.say(" ")
        context.say(seconds, .feminine)
        let end = index + 3
        // "4'24''"
        if isTwice(text, end) {
            return text.isBorder(end + 2) || text.isMark(end + 2, ".,;:!?)") ? Reading(end: end + 2) : nil
        }
        guard text.isMark(end, "\"″”") else {
            // "5'30/km" of a runner.
            if text.isMark(end, "/"), let distance = context.divisor(at: end + 1), !text.isMark(distance.end, "/") {
                context.say(per: distance)
                return Reading(end: distance.end)
            }
            return text.isBorder(end) || text.isMark(end, ".,;:!?)") ? Reading(end: end) : nil
        }
        guard text.isDigits(end + 1), let fraction = text.value(end + 1), text.length(end + 1) <= 3 else {
            // "4'50\"/km"
            if text.isMark(end + 1, "/"), let distance = context.divisor(at: end + 2) {
                context.say(per: distance)
                return Reading(end: distance.end)
            }
            return Reading(end: end + 1)
        }
        context.say(seconds < 2 ? " seconde" : " secondes")
        guard text.length(end + 1) < 3 else {
            context.say(" ")
            context.say(codeAt: end + 1)
            return Reading(end: end + 2)
        }
        context.say(" et ")
        context.say(fraction)
        context.say((text.length(end + 1) == 1 ? " dixième" : " centième") + (fraction > 1 ? "s" : ""))
        return Reading(end: end + 2)
    }

    /// "+1'04\"", "(+45\")", "-45\" d'avance": behind the sign of a gap; a hyphen may be one of a command.
    private static func isDifference(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        guard text.isBorder(index - 2) || text.isMark(index - 2, "(") else { return false }
        return text.isMark(index - 1, "+−")
            || text.isMark(index - 1, "-")
                && (text.isDigits(index + 2) || context.isNear(timed, index, before: 6, behind: 6))
    }

    /// Two marks of minutes, which are written for the one of seconds.
    private static func isTwice(_ text: TokenizedText, _ index: Int) -> Bool {
        text.isMark(index, "'’′") && text.isMark(index + 1, "'’′")
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
            !isDay && text.isDigits(unit - 1) && text.length(unit) == 1 && text.isWord(unit, "h H d j")
        guard isLed || isFollowed, isDay || value < 60,
            text.isBorder(index + 2) || isFollowed
                || text.isMark(index + 2, ".,;:!?)")
        else { return nil }
        context.say(value, isDay ? .masculine : .feminine)
        context.say(!isDay ? " minute" : context.isFrench ? " jour" : " day")
        if context.isFrench ? value > 1 : value != 1 { context.say("s") }
        return Reading(end: index + 2, isQuantity: true)
    }

    /// "1:12.345" of a lap, "3:27.45": no hour of a day has parts of a second.
    static func lap(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard let minutes = text.small(index, in: 0...59),
            let seconds = text.small(index + 2, in: 0...59, digits: 2...2),
            !text.isMark(index - 1, ":."),
            text.length(index + 4) == 3 || !text.isWord(index - 2, inAnyCase: "à dès vers"),
            let end = endOfParts(context, index + 3, behindPoint: true)
        else { return nil }
        say(minutes: minutes, seconds: seconds, in: context)
        context.say(" ")
        context.say(codeAt: index + 4)
        return Reading(end: end)
    }

    /// ".45" and ",345" behind seconds: the end of tenths, hundredths or thousandths.
    ///
    /// - Parameter behindPoint: whether nothing but a full stop may lead to them.
    static func endOfParts(_ context: RuleContext, _ mark: Int, behindPoint: Bool) -> Int? {
        let text = context.text
        guard text.isMark(mark, ".") || !behindPoint && text.isMark(mark, ","), text.isDigits(mark + 1),
            text.length(mark + 1) <= 3,
            text.isBorder(mark + 2) || text.isMark(mark + 2, ".,;:!?)") && !text.isDigits(mark + 3)
        else { return nil }
        return mark + 2
    }

    /// "en 45:12", "une vidéo de 12:45", "dans 0:45": minutes and seconds, where neither an hour of the day nor a ratio can stand.
    static func colon(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.length(index) <= 3, let minutes = text.value(index), minutes <= 180,
            let seconds = text.small(index + 2, in: 0...59, digits: 2...2), minutes > 0 || seconds > 0,
            !text.isMark(index + 3, ":") || !text.isDigits(index + 4), minutes > 0 || text.length(index) == 1
        else { return nil }
        if text.isMark(index - 1, "("), text.isMark(index + 3, ")"),
            isTrack(context, index, minutes: minutes, seconds: seconds)
        {
            say(minutes: minutes, seconds: seconds, in: context)
            return Reading(end: index + 3, isQuantity: true)
        }
        guard text.isSpace(index - 1) || isLeft(context, index, minutes: minutes) else { return nil }
        let isNamed = text.isMark(index - 2, ":")
        let place = isNamed ? (text.isSpace(index - 3) ? index - 4 : index - 3) : index - 2
        guard
            isLeft(context, index, minutes: minutes)
                // "Piste 3/12 – 4:05"
                || text.isMark(index - 2, "–-—") && (minutes < 6 || minutes > 24)
                    && context.isNear(recordings, index, before: 10, behind: 0)
                || isNamed && context.isNear(timers, index, before: 10, behind: 0)
                || isLength(minutes, at: place, in: context)
        else { return nil }
        // "50:50" are parts of a hundred.
        guard minutes < 25 || minutes + seconds != 100 else { return nil }
        say(minutes: minutes, seconds: seconds, in: context)
        return Reading(end: index + 3, isQuantity: true)
    }

    private static func isLength(_ minutes: UInt64, at place: Int, in context: RuleContext) -> Bool {
        let text = context.text
        guard text.isWord(place) else { return false }
        func isOne(of words: WordSet) -> Bool { text.isWord(place, inAnyCase: words) }
        let isAt = text.isWord(place, inAnyCase: "à")
        let isOfTimer =
            isOne(of: timers)
            || (isOne(of: beforeTimes) || isAt && text.isWord(place - 2, "est"))
                && context.isNear(timers, place, before: 8, behind: 0)
            // "Il reste 7:43 sur le minuteur."
            || isOne(of: left) && context.isNear(timers, place, before: 0, behind: 12)
        let isRecorded =
            text.isWord(place, inAnyCase: "dure durent durait")
            && context.isNear(recordings, place, before: 8, behind: 0)
            || text.isWord(place, inAnyCase: "de") && text.isWord(place - 2, inAnyCase: recordings)
                && (minutes > 24 || text.isWord(place - 4, inAnyCase: "un une"))
            // "Durée du titre : 3:07"
            || text.isMark(text.behindSpace(place + 1), ":")
                && (isOne(of: lengths) || isOne(of: recordings))
                && context.isNear(recordings, place, before: 8, behind: 0)
            || isAt && minutes > 24 && text.isWord(place - 2, inAnyCase: "lecture reprise")
            // "Podcast 4:05", but "Podcast 18:30"
            || minutes < 6 && isOne(of: recordings)
        if isOfTimer || isRecorded { return true }
        return minutes == 0 ? isOne(of: left) : minutes > 24 && isOne(of: lengths)
    }

    private static let goals: WordSet = [
        "but", "buts", "buteur", "buteurs", "remplacement", "remplacements", "carton", "cartons", "penalty", "csc",
        "égalise", "marque", "expulsé", "expulsion",
    ]
    /// "7:43 restantes", "5:00 de cuisson": no hour of a day is left, and few dishes are cooked for hours.
    private static func isLeft(_ context: RuleContext, _ index: Int, minutes: UInt64) -> Bool {
        let text = context.text
        guard text.isSpace(index + 3) else { return false }
        return text.isWord(index + 4, "restantes restants")
            || minutes > 3 && text.isWord(index + 4, "de") && text.isWord(index + 6, inAnyCase: "cuisson gainage")
    }

    /// "« Imagine » (3:04)", "Podcast (54:12)": behind another title in quotation marks, figures of a clock may be those of a day.
    private static func isTrack(
        _ context: RuleContext, _ index: Int, minutes: UInt64, seconds: UInt64
    ) -> Bool {
        let text = context.text
        guard text.isSpace(index - 2), minutes + seconds != 100 else { return false }
        if text.isWord(index - 3), minutes > 24 || text.isWord(index - 3, inAnyCase: recordings) { return true }
        // A film has hours.
        return text.isMark(index - 3, "»\"”") && text.length(index) == 1 && minutes > 1 && seconds % 5 != 0
            && !context.isNear(films, index, before: 24, behind: 12)
    }

    private static let timers: WordSet = [
        "minuteur", "minuteurs", "minuterie", "chrono", "chronomètre", "chronos", "sonnerie",
    ]
    /// Behind the name of a timer, what it shows follows them.
    private static let beforeTimes: WordSet = ["dans", "de", "sur", "indique", "affiche"]
    private static let films: WordSet = ["film", "films", "cinéma", "séance", "séances"]
    private static let recordings: WordSet = [
        "chanson", "morceau", "vidéo", "clip", "titre", "piste", "podcast", "enregistrement", "extrait",
    ]
    private static let left: WordSet = ["dans", "reste", "restant", "restent", "encore"]
    private static let lengths: WordSet = left.union([
        "durée", "dure", "durent", "durait", "duré", "temps", "en", "record",
    ])

    /// "9\"58": seconds and hundredths of a sprint; "90\"": seconds of a rest.
    static let sprint = Rule(of: 1...2, before: [.pause, .otherMark], leadingTo: "\"″”", in: .french) {
        context, index in
        let text = context.text
        guard text.isMark(index + 1, "\"″”"), text.isBorder(index - 1) || isDifference(context, index) else {
            return nil
        }
        if let seconds = text.value(index), isSeconds(context, index) {
            context.say(seconds, .feminine)
            context.say(seconds < 2 ? " seconde" : " secondes")
            return Reading(end: index + 2)
        }
        guard text.length(index + 2) <= 2, text.isDigits(index + 2),
            let seconds = text.small(index, in: 0...59),
            text.isBorder(index + 3) || text.isMark(index + 3, ".,;:!?)") && !text.isDigits(index + 4)
        else { return nil }
        context.say(seconds, .feminine)
        context.say(seconds < 2 ? " seconde " : " secondes ")
        context.say(codeAt: index + 2)
        return Reading(end: index + 3)
    }

    /// "repos 90\"", "15\" de pénalité", "+45\"": neither inches nor the end of a quotation.
    private static func isSeconds(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        guard text.isBorder(index + 2) || text.isMark(index + 2, ".,;:!?)") && !text.isDigits(index + 3),
            !(max(0, index - 60)..<index).contains(where: { text.isMark($0, "\"“”") && !text.isDigits($0 - 1) })
        else { return false }
        return isDifference(context, index) || context.isNear(timed, index, before: 6, behind: 6)
    }

    private static let timed: WordSet = [
        "repos", "pause", "pauses", "récup", "récupération", "gainage", "planche", "pénalité", "pénalités", "retard",
        "avance", "écart", "sprint", "sprints", "effort", "squats", "pompes", "burpees", "corde", "chrono", "minuteur",
        "infusion", "infuser", "secondes", "accélération", "chaise", "fractionné", "bonification", "apnée",
    ]

    /// "48°51'24\"N" on a map.
    static let arc = Rule(of: 1...3, before: .otherMark, leadingTo: "°", in: .french) { context, index in
        let text = context.text
        guard text.isMark(index + 1, "°"), let degrees = text.value(index), degrees <= 180, text.length(index) <= 3,
            case let minute = text.behindSpace(index + 2),
            let minutes = text.small(minute, in: 0...59), text.isMark(minute + 1, "'’′")
        else { return nil }
        var end = minute + 2
        context.say(degrees)
        context.say(degrees < 2 ? " degré " : " degrés ")
        context.say(minutes, .feminine)
        context.say(minutes < 2 ? " minute" : " minutes")
        let second = text.behindSpace(end)
        // "25.4\"": parts of a second.
        let isPart = text.isMark(second + 1, ".,") && text.isDigits(second + 2)
        let mark = isPart ? second + 3 : second + 1
        if let seconds = text.small(second, in: 0...59), text.isMark(mark, "\"″”") {
            let parts = isPart ? text.figures(second + 2) ?? Figures() : Figures()
            context.say(" ")
            context.say(WrittenNumber(value: seconds, decimals: parts, end: mark), .feminine)
            context.say(seconds < 2 ? " seconde" : " secondes")
            end = mark + 1
        }
        let side = text.behindSpace(end)
        if text.length(side) == 1, let name = sides[text.string(side)],
            !text.isMark(side + 1, "'’.") || text.isBorder(side + 2)
        {
            context.say(behindSpace: name)
            end = side + 1
        }
        return Reading(end: end)
    }

    private static let sides = ["N": "nord", "S": "sud", "E": "est", "O": "ouest", "W": "ouest"]

    /// "quatre minutes et trente secondes".
    static func say(minutes: UInt64, seconds: UInt64, in context: RuleContext) {
        if minutes > 0 || seconds == 0 {
            context.say(minutes, .feminine)
            context.say(minutes < 2 ? " minute" : " minutes")
        }
        guard seconds > 0 else { return }
        if minutes > 0 { context.say(" et ") }
        context.say(seconds, .feminine)
        context.say(seconds < 2 ? " seconde" : " secondes")
    }

    /// "5'10\"" in English.
    private static func feet(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard let feet = text.small(index, in: 1...99), text.isMark(index + 1, "'’′"),
            let inches = text.small(index + 2, in: 0...11),
            text.isMark(index + 3, "\"″”"), text.isBorder(index - 1)
        else { return nil }
        context.say(feet)
        context.say(" foot ")
        context.say(inches)
        return Reading(end: index + 4)
    }

    /// Whether the mark may close a quotation.
    private static func isQuoted(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        return (max(0, index - 80)..<index).contains { text.isMark($0, "'‘’") && text.isBorder($0 - 1) }
    }
}
