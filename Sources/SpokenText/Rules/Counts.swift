/// So many out of so many: "3/5 lampes", "étape 2/8", "Note : 4/5".
enum Counts {
    /// Asked before those of days: "5/12 fenêtres", "Épisode 2/8 à 21h10".
    static let outOf = Rule(of: 1...3, before: .slash, in: .french) { context, index in
        let text = context.text
        guard let count = text.value(index), let whole = text.value(index + 2), count <= whole, whole > 0,
            text.length(index + 2) <= 3, !text.startsWithZero(index), !text.startsWithZero(index + 2),
            text.isBorder(index - 1) || text.isMark(index - 1, "(:"),
            text.isBorder(index + 3) || text.isMark(index + 3, ".,;:!?)") && !text.isDigits(index + 4),
            !text.isMark(text.behindSpace(index + 3), "+=×÷*%€$£°/")
        else { return nil }
        let noun = countedNoun(context, index, count: count, of: whole)
        guard noun != nil || count == 0 || isRanked(context, index) || isRated(context, index, outOf: whole),
            context.unit(behind: index + 3) == nil, !context.isEquation(at: index + 1)
        else { return nil }
        let gender = noun.map { context.language.gender(of: text.spelling($0)) } ?? .masculine
        context.say(count, gender)
        context.say(apart: context.words.over)
        context.say(whole, gender)
        return Reading(end: index + 3)
    }

    /// The place of a noun in the plural that is counted: of some things of a house any part is, of others what can hardly be one of them,
    /// nor one number or the next: "2/3 tasses", "3/4 carottes".
    private static func countedNoun(_ context: RuleContext, _ index: Int, count: UInt64, of whole: UInt64) -> Int? {
        let text = context.text
        let noun = index + 4
        guard text.isSpace(index + 3), text.isWord(noun), !text.isCapitalised(noun), text.length(noun) > 3,
            !Dates.announces(context, index - 2)
        else { return nil }
        if text.isWord(noun, in: things) { return noun }
        guard text.scalars(text.tokens[noun]).last == "s", !text.isWord(noun, in: uncounted) else { return nil }
        if text.isSpace(noun + 1), text.isWord(noun + 2, in: states) { return noun }
        let isPart = count == 1 && whole <= 4 || whole == count + 1 || whole >= 11
        return isPart || Quantities.isSpanned(text, noun) || text.isWord(noun + 2, "de d") ? nil : noun
    }

    /// "Épisode 2/8", "Tâches terminées : 2/5", "| Note | 4/5 |": what has the number of its whole beside its own.
    private static func isRanked(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        var place = text.isSpace(index - 1) ? index - 2 : index - 1
        guard text.isMark(place, ":,") else { return text.isWord(place, inAnyCase: ranked) }
        let isCell = text.isMark(place, ",")
        place -= text.isSpace(place - 1) ? 2 : 1
        if isCell {
            return text.isWord(place, inAnyCase: ranked) && text.isBorder(place - 1) && !text.isSpace(place - 1)
        }
        // "Indice de confiance : 4/5"
        let start = max(-1, place - 8)
        while place > start, text.isWord(place) || text.isSpace(place) || text.isMark(place, "'’") {
            if text.isWord(place, inAnyCase: ranked) { return true }
            place -= 1
        }
        return false
    }

    /// "Chez Kim (4,3/5) et Da Marco (4/5)", "4/5 (120 avis)", "4/5 sur Google".
    private static func isRated(_ context: RuleContext, _ index: Int, outOf whole: UInt64) -> Bool {
        let text = context.text
        guard whole == 5 || whole == 10 || whole == 20 else { return false }
        if whole == 5, text.isMark(index - 1, "("), text.isMark(index + 3, ")") {
            return isAmongMarks(text, index)
        }
        let behind = text.behindSpace(index + 3)
        if text.isMark(behind, "("), let votes = context.number(behind + 1) {
            return text.isWord(text.behindSpace(votes.end), in: judgements)
        }
        return text.isWord(behind, "sur") && text.isSpace(behind + 1) && text.isCapitalised(behind + 2)
    }

    /// "Le Vioben (4,6/5) et Da Marco (4/5)": by itself, it may be a day.
    private static func isAmongMarks(_ text: TokenizedText, _ index: Int) -> Bool {
        (max(0, index - 40)..<min(text.count, index + 40)).contains {
            $0 != index + 1 && text.isMark($0, "/") && text.length($0 + 1) == 1 && text.value($0 + 1) == 5
        }
    }

    private static let things: WordSet = WordSet(
        """
        lampes lumières ampoules volets stores fenêtres portes radiateurs prises capteurs détecteurs caméras appareils \
        interrupteurs ventilateurs enceintes piles batteries tâches étoiles étapes épisodes articles exercices questions \
        réponses places points objectifs rappels alarmes bonnes
        """)
    /// What is halved and quartered, or has no parts.
    private static let uncounted: WordSet = WordSet(
        """
        tasses verres cuillères bols pots sachets litres kilos grammes mètres kilomètres centimètres heures minutes secondes \
        jours journées semaines mois années siècles pouces finales temps dans sans sous puis mais plus moins alors vers depuis \
        après avant chez vous nous ils elles mes tes ses nos vos leurs tons notes doses
        """)
    /// What is said of things that are counted.
    private static let states: WordSet = WordSet(
        """
        ouverts ouvertes fermés fermées allumés allumées éteints éteintes faits faites terminés terminées présents présentes \
        absents absentes libres actifs actives connectés connectées disponibles occupés occupées réussis réussies lus lues \
        corrects correctes restants restantes
        """)
    private static let ranked: WordSet = WordSet(
        """
        épisode étape indice uv partie niveau page phase question tâches exercice leçon chapitre piste détecteur capteur \
        vitesse graminées bouleau bouleaux ambroisie pollen pollens fiabilité satisfaction confiance sévérité note avis \
        évaluation qualité douleur humeur progression équipe joueur disque bobine carton luminosité difficulté obtenu obtient
        """)
    private static let judgements: WordSet = ["avis", "votes", "notes", "évaluations", "commentaires"]
}
