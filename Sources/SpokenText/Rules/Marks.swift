/// Signs behind a letter or a note, which voices pass over.
enum Marks {
    /// "Groupe sanguin O-, AB−".
    static let blood = Rule(at: "-−", before: [.none, .space, .stop, .pause]) { context, index in
        let text = context.text
        guard text.isWord(index - 1, "A B AB O"), text.isMark(index, "-−"),
            context.isNear(ofBlood, index, before: 20, behind: 8)
        else { return nil }
        return Reading(end: index + 1, words: " " + context.words.minus)
    }

    private static let ofBlood: WordSet = [
        "sanguin", "sanguins", "sang", "rhésus", "donneur", "donneurs", "donneuse", "transfusion", "blood", "donor",
        "donors",
    ]

    /// "J - 3 avant Noël", "C'est H - 2": days and hours that are left.
    static let countdown = Rule(at: "-–−", before: .space, in: .french) { context, index in
        let text = context.text
        guard text.isSpace(index - 1), text.isWord(index - 2, "J H"), let value = text.value(index + 2),
            value <= (text.isWord(index - 2, "J") ? 400 : 72),
            index == 2 || text.isMark(index - 3, "(«'’") || !text.isSpace(index - 3)
                || text.isMark(index - 4, ",:;") || text.isWord(index - 4, inAnyCase: "à est sommes jour depuis dès"),
            case let end = index + 3,
            text.isBorder(end) && !text.isSpace(end) || text.isMark(end, ".,;:!?)»")
                || text.isSpace(end) && (text.isWord(end + 1, "avant et jusqu") || text.isMark(end + 1, "!?:;»"))
        else { return nil }
        return Reading(end: index + 1, words: context.words.minus)
    }

    /// "do♯", "Mi♭ majeur", "fa#".
    static let accidental = Rule(at: "♯♭#") { context, index in
        let text = context.text
        let isSharp = text.isMark(index, "♯#")
        guard
            text.isWord(index - 1, inAnyCase: "do ut ré re mi fa sol la si")
                || text.length(index - 1) == 1 && text.isWord(index - 1, "A B C D E F G") && !text.isMark(index, "#"),
            isSharp || text.isMark(index, "♭"), !text.isWord(index + 1), !text.isDigits(index + 1)
        else { return nil }
        let name = context.isFrench ? (isSharp ? "dièse" : "bémol") : isSharp ? "sharp" : "flat"
        return Reading(end: index + 1, words: " " + name)
    }

    /// "★★☆☆☆", "Hôtel ★★★", "12, 38 ★ 3, 11" of a lottery: else a single star is an ornament.
    static let stars = Rule(at: "★☆", before: [.none, .space, .stop, .pause, .colon, .otherMark]) { context, index in
        let text = context.text
        guard !text.isMark(index - 1, "★☆") else { return nil }
        // "Hôtel 4★"
        if text.isMark(index, "★"), text.isDigits(index - 1), !text.isMark(index + 1, "★☆") {
            let name = context.isFrench ? " étoile" : " star"
            return Reading(end: index + 1, words: text.value(index - 1) == 1 ? name : name + "s")
        }
        if text.isMark(index, "★"), text.isSpace(index - 1), text.isDigits(index - 2), text.isSpace(index + 1),
            text.isDigits(index + 2)
        {
            return Reading(end: index + 1, words: context.isFrench ? "étoiles" : "stars")
        }
        var end = index
        while end < index + 11, text.isMark(end, "★") { end += 1 }
        let full = end - index
        while end < index + 11, text.isMark(end, "☆") { end += 1 }
        guard (2...10).contains(end - index), !text.isMark(end, "★☆"), !text.isWord(index - 1) else { return nil }
        context.say(UInt64(full), .feminine)
        let isPlural = context.isFrench ? full > 1 : full != 1
        context.say((context.isFrench ? " étoile" : " star") + (isPlural ? "s" : ""))
        if end > index + full {
            context.say(context.isFrench ? " sur " : " out of ")
            context.say(UInt64(end - index))
        }
        if text.isDigits(end) || text.isWord(end) { context.say(" ") }
        return Reading(end: end)
    }

    /// "✓" and "✗" alone between two pauses, as "✅" and "❌" are written in a cell of a table, and "☀️" of the weather.
    static let check = Rule(
        at: "✓✗" + String(String.UnicodeScalarView(weather.map(\.sign))), before: [.none, .space, .pause]
    ) { context, index in
        let text = context.text
        let before = text.isSpace(index - 1) ? index - 2 : index - 1
        guard let mark = text.mark(index), mark == "✓" || mark == "✗" || isWeather(mark),
            before < 0 || text.isMark(before, ",:"),
            text.isBorder(index + 1) && !text.isSpace(index + 1) || text.isMark(text.behindSpace(index + 1), ",")
                || text.behindSpace(index + 1) >= text.count
        else { return nil }
        if let weather = weather.first(where: { $0.sign == mark }) {
            return Reading(end: index + 1, words: context.isFrench ? weather.french : weather.english)
        }
        let isYes = mark == "✓"
        return Reading(end: index + 1, words: context.isFrench ? (isYes ? "oui" : "non") : isYes ? "yes" : "no")
    }

    /// Whether an emoji shows the weather.
    static func isWeather(_ scalar: Unicode.Scalar) -> Bool { weather.contains { $0.sign == scalar } }

    private static let weather: [(sign: Unicode.Scalar, french: String, english: String)] = [
        ("☀", "soleil", "sun"), ("🌤", "éclaircies", "partly sunny"), ("⛅", "éclaircies", "partly cloudy"),
        ("🌥", "éclaircies", "mostly cloudy"), ("☁", "nuages", "clouds"), ("🌦", "averses", "showers"),
        ("🌧", "pluie", "rain"), ("⛈", "orages", "thunderstorms"), ("🌩", "orages", "thunderstorms"),
        ("🌨", "neige", "snow"), ("❄", "neige", "snow"), ("🌫", "brouillard", "fog"), ("💨", "vent", "wind"),
    ]
}
