/// Where the wind comes from.
enum Weather {
    /// "N-O", "S-E", "N-NO".
    static let wind = Rule(at: "NSOE", of: 1...1, before: .dash) { context, index in
        let text = context.text
        if context.isFrench, let corner = frenchCorners[text.string(index) + "-" + text.string(index + 2)],
            !context.isDash(index - 1), !context.isDash(index + 3), !text.isDigits(index + 3)
        {
            return Reading(end: index + 3, words: corner)
        }
        guard text.isMark(index + 1, "-–‑"), text.isWord(index, "N") || text.isWord(index, "S") else { return nil }
        guard context.isFrench, text.length(index) == 1, text.length(index + 2) == 1, !context.isDash(index - 1),
            !text.isMark(index - 1, ".'’@/"), !context.isDash(index + 3), !text.isDigits(index + 3)
        else { return nil }
        let side: String
        switch text.word(index + 2) {
        case "O", "W": side = "ouest"
        case "E": side = "est"
        default: return nil
        }
        return Reading(
            end: index + 3, words: (text.isWord(index, "N") ? "nord-" : "sud-") + side)
    }

    /// "NW wind", "winds SE": the letters alone are many other things.
    static let corner = Rule(at: "NSOE", of: 1...3, before: [.space, .pause, .stop, .none, .otherMark]) {
        context, index in
        let text = context.text
        if context.isFrench { return frenchCorner(context, index) }
        guard let name = text.entry(index, in: corners) else { return nil }
        let isWind = { (place: Int) in text.isWord(place, inAnyCase: winds) }
        // "winds from the NW"
        let isLed = text.isWord(index - 2, "the") && text.isWord(index - 4, "from")
        guard isLed || isWind(text.behindSpace(index + 1)) || text.isSpace(index - 1) && isWind(index - 2) else {
            return nil
        }
        return Reading(end: index + 1, words: name)
    }

    /// "vent de NO", "15 nœuds NE", "secteur SO".
    private static func frenchCorner(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard
            let name = text.entry(index, in: shortFrenchCorners),
            text.isBorder(index - 1) || text.isMark(index - 1, "(")
                || text.isMark(index - 1, "'’") && text.isWord(index - 2, "d"),
            text.isBorder(index + 1) || text.isMark(index + 1, ".,;:!?)"), !context.isShouted(index),
            text.length(index) > 1
                ? context.isNear(frenchWinds, index, before: 8, behind: 0) || isBehindSpeed(text, index)
                : isWind(context, index)
        else { return nil }
        return Reading(end: index + 1, words: name)
    }

    /// "15 km/h NO".
    private static func isBehindSpeed(_ text: TokenizedText, _ index: Int) -> Bool {
        text.isSpace(index - 1) && text.isWord(index - 2, inAnyCase: "h") && text.isMark(index - 3, "/")
    }

    /// "Vent : O 20 km/h", "vent du N", "vent d'E": one letter right behind the wind, with its speed or what leads to it.
    private static func isWind(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        var place = text.isSpace(index - 1) ? index - 2 : index - 1
        let isLed =
            text.isWord(place, "du de") || text.isMark(place, "'’") && text.isWord(place - 1, "d")
        if isLed {
            place -= text.isMark(place, "'’") ? 3 : 2
        } else {
            guard let speed = context.number(text.behindSpace(index + 1)), context.unit(behind: speed.end) != nil else {
                return false
            }
            if text.isMark(place, ":") { place -= text.isSpace(place - 1) ? 2 : 1 }
        }
        return text.isWord(place, inAnyCase: "vent vents rafales houle")
    }

    private static let shortFrenchCorners: WordTable<String> = [
        "N": "nord", "S": "sud", "O": "ouest", "E": "est",
        "NO": "nord-ouest", "NE": "nord-est", "SO": "sud-ouest", "SE": "sud-est",
        "NNO": "nord-nord-ouest", "NNE": "nord-nord-est", "SSO": "sud-sud-ouest", "SSE": "sud-sud-est",
        "ONO": "ouest-nord-ouest", "OSO": "ouest-sud-ouest", "ENE": "est-nord-est", "ESE": "est-sud-est",
    ]
    private static let frenchWinds: WordSet = [
        "vent", "vents", "rafale", "rafales", "nœud", "nœuds", "secteur", "houle", "brise", "kt", "kts", "mistral",
    ]

    private static let frenchCorners = [
        "N-NO": "nord-nord-ouest", "N-NE": "nord-nord-est", "S-SO": "sud-sud-ouest", "S-SE": "sud-sud-est",
        "O-NO": "ouest-nord-ouest", "O-SO": "ouest-sud-ouest", "E-NE": "est-nord-est", "E-SE": "est-sud-est",
    ]
    private static let corners: WordTable<String> = [
        "NW": "northwest", "NE": "northeast", "SW": "southwest", "SE": "southeast",
    ]
    private static let winds: WordSet = ["wind", "winds", "breeze", "breezes", "gust", "gusts"]
}
