/// Days of a calendar's list, without anything that leads to them.
extension Dates {
    /// "RDV dentiste 8/12 9h", "Poubelles : 2/12, 9/12", "Fin 15/12": nobody at home counts in twelfths.
    static func isListed(_ context: RuleContext, _ index: Int, day: UInt64, month: UInt64) -> Bool {
        let (text, behind) = (context.text, context.text.behindSpace(index + 3))
        let before = text.isSpace(index - 1) ? index - 2 : index - 1
        let hour = text.isMark(behind, ",") ? text.behindSpace(behind + 1) : behind
        let isBeforeHour = hour > index + 3 && context.isHour(at: hour)
        let isLed = text.isSpace(index - 1) && text.isWord(before, inAnyCase: leading)
        guard isBeforeHour || isLed || month >= 11 || day > 12, !text.isWord(index + 3),
            text.isBorder(index - 1) || text.isMark(index - 1, "(:,"), !text.isMark(behind, "+=×÷*%€$£°<>/"),
            !context.isEquation(at: index + 1), context.unit(behind: index + 3) == nil
        else { return false }
        let named = text.isMark(before, ":.°") ? (text.isSpace(before - 1) ? before - 2 : before - 1) : before
        if text.isMark(before, "+=×÷*−<>°") || text.isWord(named, "TA PA") || text.isWord(named, inAnyCase: marked)
            || context.isLabel(named)
            || text.isSpace(index - 1) && text.isDigits(before) || context.isNear(measured, index, before: 7, behind: 7)
            || text.isWord(behind, inAnyCase: counted) || text.isWord(behind, in: LabelWords.streets)
        {
            return false
        }
        if text.isWord(behind, "de du des d"), !text.isDigits(text.behindSpace(behind + 1)) { return false }
        if isBeforeHour { return true }
        if month < 11,
            context.isNear(LabelWords.streets, index, before: 6, behind: 0)
                || (max(0, index - 10)..<min(text.count, index + 10)).contains(where: { text.isMark($0, "°") })
        {
            return false
        }
        if isLed { return day > month || month > 4 }
        return month >= 11 || day > 12 && !(month == 9 && (day == 16 || day == 21)) && !(day == 24 && month == 7)
    }

    /// "12/8 9am", "by 12/5", "Dates: 12/8, 12/15" in English.
    static func isListedInEnglish(_ context: RuleContext, _ index: Int, day: UInt64, month: UInt64) -> Bool {
        let (text, behind) = (context.text, context.text.behindSpace(index + 3))
        guard text.isBorder(index - 1) || text.isMark(index - 1, "(:,"), !context.isEquation(at: index + 1),
            !text.isMark(index + 3, "/"), !text.isMark(behind, "+=×÷*%€$£°<>/"), !text.isWord(index + 3),
            context.unit(behind: index + 3) == nil, !text.isWord(behind, "of")
        else { return false }
        let before = text.isSpace(index - 1) ? index - 2 : index - 1
        if text.isMark(before, "+=×÷*−<>") || text.isDigits(before) || text.isWord(before, inAnyCase: marked)
            || context.isNear(measured, index, before: 7, behind: 7) || text.isWord(behind, inAnyCase: counted)
        {
            return false
        }
        if text.isDigits(behind), behind > index + 3,
            text.isMark(behind + 1, ":") || text.isWord(text.behindSpace(behind + 1), inAnyCase: "am pm")
        {
            return true
        }
        return month >= 11 && ![10, 20].contains(day)
    }

    /// "Arrondi au 1/10", "dilué au 1/3": a part that something is brought to.
    static func isScaled(_ context: RuleContext, _ index: Int) -> Bool {
        context.text.isSpace(index - 1) && context.text.isWord(index - 2, "au")
            && context.isNear(scaled, index, before: 26, behind: 0)
    }

    /// "lun. 15.3 à 14h30", "Du 1.8 au 15.8.": days without a second full stop, as Switzerland writes them.
    static func isSwissPeriod(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        guard text.isSpace(index - 1),
            text.isBorder(index + 3) || text.isMark(index + 3, ".,;") && !text.isDigits(index + 4),
            context.unit(behind: index + 3) == nil, !text.isMark(text.behindSpace(index + 3), "€$£"),
            text.length(index + 2) <= 2
        else { return false }
        func isDay(_ place: Int) -> Bool {
            text.small(place, in: 1...31) != nil && text.isMark(place + 1, ".")
                && text.small(place + 2, in: 1...12) != nil
        }
        let isShort = text.isMark(index - 2, ".")
        if text.isWord(isShort ? index - 3 : index - 2, inAnyCase: weekdays) || Calendar.isShortest(context, index - 2)
        {
            return true
        }
        if text.isWord(index - 2, inAnyCase: "du"), text.isSpace(index + 3), text.isWord(index + 4, "au") {
            return isDay(index + 6)
        }
        return text.isWord(index - 2, "au") && isDay(index - 6) && text.isWord(index - 8, inAnyCase: "du")
    }

    private static let weekdays: WordSet = [
        "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi",
        "dimanche",
    ]

    /// Whether a month without its full stop stands behind a day; what is not a month may stand anywhere.
    static func isBehindDay(_ context: RuleContext, _ index: Int) -> Bool {
        context.text.entry(index, inAnyCase: context.abbreviations.months) == nil || shortMonth(context, index) != nil
    }

    /// "12 déc", "3 fev 2026": a month without its full stop, behind a day.
    static func shortMonth(_ context: RuleContext, _ index: Int) -> String? {
        let text = context.text
        guard text.isSpace(index - 1), text.small(index - 2, in: 1...31) != nil,
            text.isBorder(index - 3) || text.isMark(index - 3, "-–(/"),
            let month = text.entry(index, inAnyCase: context.abbreviations.months)
        else { return nil }
        if text.isWord(index, inAnyCase: "sept mar"), text.length(index + 2) != 4, !text.isMark(index + 1, ",;)"),
            index + 1 < text.count
        {
            return nil
        }
        return text.isBorder(index + 1) || text.isMark(index + 1, ",;:)!?-–") ? month : nil
    }

    private static let leading: WordSet = ["dès", "fin", "début"]
    private static let scaled: WordSet = [
        "arrondi", "arrondie", "arrondis", "arrondies", "arrondir", "arrondissez", "réduit", "réduite", "réduits",
        "réduire", "réduction", "dilué", "diluée", "dilués", "diluer", "diluez", "dilution", "rempli", "remplie",
        "remplir",
        "remplissez", "échelle", "agrandi", "agrandie", "agrandir", "maquette", "miniature", "plan", "modèle", "coupé",
        "coupée", "plein", "pleine", "chargé", "précision", "près", "reproduction", "solution",
    ]
    /// What has figures beside a slash that are not a day.
    private static let marked: WordSet = [
        "niveau", "indice", "atmo", "étape", "page", "partie", "épisode", "volume", "note", "notes", "score", "phase",
        "vidéo", "photo", "image", "message", "vigilance", "tentative", "essai", "th", "thermostat", "taille", "format",
        "écran", "ratio", "rapport", "mesure", "article", "exercice", "question", "dossier", "affaire", "n", "réf",
        "mesures", "gagné", "gagne", "got", "scored", "score", "grade", "level", "step", "episode", "part", "size",
        "windows", "reste", "restent", "mini", "maxi", "min", "max", "pollen", "pollens", "risque", "air", "qualité",
        "difficulté", "douzième", "fraction", "environ", "est", "font", "vaut", "between", "entre", "lot",
    ]
    private static let measured: WordSet = [
        "tension", "pression", "vision", "acuité", "vue", "œil", "oeil", "yeux", "set", "sets", "fraction", "fractions",
        "températures", "température", "météo", "maxi", "mini", "simplifie", "simplifier", "divise", "calcule",
        "calculer",
        "note", "notes", "score", "dictée", "blood", "pressure", "eye", "vision", "quiz", "test", "contrôle",
    ]
    private static let counted: WordSet = [
        "ans", "personnes", "pers", "mois", "parts", "points", "joueurs", "minutes", "jours", "heures", "pouces",
        "élèves", "enfants", "people", "players", "years", "inch", "inches", "cup", "cups",
    ]
}
