/// Short forms that the words beside them explain.
extension ShortForms {
    enum Explained {
        case spoon, groundFloor, beforeChrist, number, arrival, limit, average, exercise, floor, stairs, rank
        case thermostat, diameter, all, chat, flat, suburb, greeting, preference, president
    }

    static let explained: WordTable<Explained> = [
        "cs": .spoon, "cc": .spoon, "càs": .spoon, "càc": .spoon, "RDC": .groundFloor, "av": .beforeChrist,
        "ap": .beforeChrist, "apr": .beforeChrist, "sing": .number, "plur": .number, "arr": .arrival, "Arr": .arrival,
        "Min": .limit, "Max": .limit, "min": .limit, "max": .limit, "moy": .average, "Moy": .average, "ex": .exercise,
        "Ex": .exercise, "ét": .floor, "esc": .stairs, "Gal": .rank, "Mal": .rank, "th": .thermostat,
        "Th": .thermostat, "Ø": .diameter, "ø": .diameter, "ts": .all, "pr": .chat, "sf": .chat, "pk": .chat,
        "Pk": .chat, "apt": .flat, "fg": .suburb, "cdt": .greeting, "préf": .preference, "Pdt": .president,
    ]

    /// "au RDC", "le 11e arr.", "Min. : 5 °C", "rue du Gal Leclerc", "th 6".
    static func read(_ form: Explained, at index: Int, in context: RuleContext) -> Reading? {
        let text = context.text
        switch form {
        case .spoon: return Kitchen.spoons.read(context, index)
        case .groundFloor:
            // The Congo is a country: "en RDC", "la RDC".
            guard text.isSpace(index - 1), text.isWord(index - 2, inAnyCase: groundFloors) else { return nil }
            return Reading(end: index + 1, words: "rez-de-chaussée")
        case .beforeChrist: return beforeChrist.read(context, index)
        // "3e pers. du sing."
        case .number:
            guard text.isMark(index + 1, "."), text.isSpace(index - 1), text.isWord(index - 2, "du au") else {
                return nil
            }
            return Reading(
                end: context.endOfShortForm(index + 1), words: text.isWord(index, "sing") ? "singulier" : "pluriel")
        case .arrival: return arrivalOrDistrict(context, index)
        case .limit: return limit(context, index)
        case .average: return average(context, index)
        case .exercise: return exercise(context, index)
        case .floor:
            // "Camping 4 ét." has stars.
            guard text.isMark(index + 1, "."), isBehindRank(text, index) else { return nil }
            return Reading(end: context.endOfShortForm(index + 1), words: "étage")
        case .stairs:
            let name = text.behindSpace(index + 2)
            guard text.isMark(index + 1, "."), text.isDigits(name) || text.length(name) == 1 && text.isCapitalised(name)
            else { return nil }
            return Reading(end: index + 2, words: name > index + 2 ? "escalier" : "escalier ")
        case .rank:
            guard isOnStreet(context, index) else { return nil }
            return Reading(end: index + 1, words: text.isWord(index, "Gal") ? "général" : "maréchal")
        case .thermostat:
            let number = text.behindSpace(index + 1)
            guard text.small(number, in: 1...10) != nil, !text.isDigits(index - 2), !text.isWord(number + 1),
                !text.isMark(number + 1, ":h°%")
            else {
                return nil
            }
            return Reading(end: index + 1, words: number > index + 1 ? "thermostat" : "thermostat ")
        // "ts les jeudis"
        case .all:
            guard text.isSpace(index + 1), text.isWord(index + 2, "les mes tes ses nos vos leurs ces") else {
                return nil
            }
            return Reading(end: index + 1, words: "tous")
        // "C'est pr 18h30", "tlj sf lun.", "pk pas ?", but "une pr" of a programmer, "un film sf" and "au pk 12"
        case .chat:
            let isAsked = text.isWord(index, inAnyCase: "pk")
            guard isAsked || text.isSpace(index + 1) && (text.isWord(index + 2) || text.isDigits(index + 2)),
                !text.isWord(index - 2, inAnyCase: named)
            else { return nil }
            let words = text.isWord(index, "pr") ? "pour" : text.isWord(index, "sf") ? "sauf" : "pourquoi"
            return Reading(end: index + 1, words: words)
        case .flat:
            guard text.isSpace(index + 1), text.isDigits(index + 2),
                text.isBorder(index + 3) || text.isMark(index + 3, ",;)")
            else { return nil }
            return Reading(end: index + 1, words: "appartement")
        case .suburb:
            guard text.isSpace(index + 1), text.isCapitalised(index + 2) else { return nil }
            return Reading(end: index + 1, words: "faubourg")
        // "Merci, cdt", but "le cdt Martin"
        case .greeting:
            guard !text.isSpace(index + 1) || !text.isWord(index + 2),
                !text.isMark(index + 1, ".") || context.endsSentence(index + 1)
            else { return nil }
            return Reading(end: index + 1, words: "cordialement")
        // "de préf. le matin": elsewhere it is the authority of a district.
        case .preference:
            guard text.isMark(index + 1, "."), text.isSpace(index - 1), text.isWord(index - 2, inAnyCase: "de") else {
                return nil
            }
            return Reading(end: context.endOfShortForm(index + 1), words: "préférence")
        case .president:
            guard text.isSpace(index - 1), text.isWord(index - 2, inAnyCase: "le du au") else { return nil }
            return Reading(end: index + 1, words: "président")
        case .diameter:
            guard text.isDigits(text.behindSpace(index + 1)) else { return nil }
            return Reading(end: index + 1, words: text.isDigits(index + 1) ? "diamètre " : "diamètre")
        }
    }

    private static let groundFloors: WordSet = ["au", "du", "le", "appartement", "étage", "logement"]

    /// "le 11e arr.", "le VIe arr.", and "arr. 9 h 47" of a train.
    private static func arrivalOrDistrict(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.isMark(index + 1, ".") else { return nil }
        if context.isHour(at: text.behindSpace(index + 2)) {
            return Reading(end: index + 2, words: text.isDigits(index + 2) ? "arrivée " : "arrivée")
        }
        guard text.isWord(index, "arr"), isBehindRank(text, index) else { return nil }
        return Reading(end: context.endOfShortForm(index + 1), words: "arrondissement")
    }

    /// "11e", "VIe" in front of a noun.
    private static func isBehindRank(_ text: TokenizedText, _ index: Int) -> Bool {
        text.isSpace(index - 1) && text.isWord(index - 2)
            && (text.isDigits(index - 3) || Numerals.isOrdinal(text, index - 2))
    }

    /// "min 12°", "Min. : 5 °C", "quelques min", but "5 min 30".
    private static func limit(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        let isLeast = text.isWord(index, inAnyCase: "min")
        let words = isLeast ? "minimum" : "maximum"
        // "78e min."
        if text.isWord(index, "min"), text.isMark(index + 1, "."), text.isSpace(index - 1),
            text.isWord(index - 2, "e ème"), text.isDigits(index - 3)
        {
            return Reading(end: context.endOfShortForm(index + 1), words: "minute")
        }
        if isLeast, text.isSpace(index - 1), text.isWord(index - 2, inAnyCase: "quelques") {
            return Reading(
                end: text.isMark(index + 1, ".") ? context.endOfShortForm(index + 1) : index + 1, words: "minutes")
        }
        // "Sonate en ré min."
        if text.isMark(index + 1, "."), text.isSpace(index - 1), text.isWord(index - 2, in: notes) {
            return Reading(end: context.endOfShortForm(index + 1), words: isLeast ? "mineur" : "majeur")
        }
        if text.isSpace(index + 1),
            text.isDigits(index + 2) || text.isMark(index + 2, "-−+") && text.isDigits(index + 3),
            index == 0 || text.isMark(index - 3, "°") && text.isWord(index - 2, "C")
                || text.isWord(index - 2, inAnyCase: measured)
                || text.isMark(index - 1, "(") || text.isSpace(index - 1) && text.isMark(index - 2, ":,;")
        {
            return Reading(end: index + 1, words: words)
        }
        let next = text.behindSpace(index + 2)
        guard text.isMark(index + 1, "."), !text.isDigits(index - 2), !text.isDigits(index - 1),
            text.isMark(next, ":") || text.isMark(next, "-−+") && text.isDigits(next + 1)
        else { return nil }
        return Reading(end: index + 2, words: words)
    }

    private static let named: WordSet = [
        "la", "une", "les", "des", "cette", "ma", "ta", "sa", "ce", "le", "un", "de", "au", "du", "film", "films",
        "roman",
        "romans",
        "série", "séries", "livre", "livres",
    ]
    private static let notes: WordSet = ["do", "ut", "ré", "fa", "sol"]
    /// What has a least and a most: "T°C max 31".
    private static let measured: WordSet = ["température", "températures", "vitesse", "vent", "rafales", "pression"]

    /// "vitesse moy.", "prix moy. : 12 €", "moy. 4": a noun by itself, an adjective behind another one.
    private static func average(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.isMark(index + 1, ".") else { return nil }
        let end = context.endOfShortForm(index + 1)
        if text.isSpace(index - 1), text.isWord(index - 2) {
            // "FC moy.": nobody can tell what the letters stand for.
            guard !text.isAllCapitals(index - 2) else { return nil }
            let isFeminine = context.language.gender(of: text.spelling(index - 2)) == .feminine
            return Reading(end: end, words: isFeminine ? "moyenne" : "moyen")
        }
        let next = text.behindSpace(index + 2)
        guard index == 0 || text.isBorder(index - 1) || text.isMark(index - 1, "("),
            text.isDigits(next) || text.isMark(next, ":")
        else { return nil }
        return Reading(end: end, words: "moyenne")
    }

    /// "p. 112, ex. 3 et 4": behind "par" and in brackets, and in front of a noun, it is an example.
    private static func exercise(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        let number = text.behindSpace(index + 2)
        guard text.isMark(index + 1, "."), text.isDigits(number), text.isBorder(index - 1),
            !text.isWord(index - 2, inAnyCase: "par p"), !text.isMark(index - 2, ".") || !text.isWord(index - 3, "p"),
            number + 1 >= text.count || text.isMark(number + 1, ".;)") && !text.isDigits(number + 2)
                || text.isWord(text.behindSpace(number + 1), "p page et à")
        else { return nil }
        return Reading(end: index + 2, words: text.isDigits(index + 2) ? "exercice " : "exercice")
    }

    /// "rue du Gal Leclerc", "Pl. du Mal Foch": elsewhere they are not ranks.
    private static func isOnStreet(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        guard text.isSpace(index - 1), text.isWord(index - 2, inAnyCase: "du"), text.isSpace(index - 3),
            text.isCapitalised(text.isMark(index + 1, ".-") ? text.behindSpace(index + 2) : text.behindSpace(index + 1))
                || text.isWord(text.behindSpace(index + 2), "de")
        else { return false }
        if text.isMark(index - 4, ".") { return text.entry(index - 5, in: context.abbreviations.ofPlaces) != nil }
        return text.isWord(index - 4, inAnyCase: LabelWords.streets)
    }
}

extension RuleContext {
    /// The end of a short form with its full stop, which stays where it ends the sentence too.
    func endOfShortForm(_ stop: Int) -> Int { endsSentence(stop) ? stop : stop + 1 }
}
