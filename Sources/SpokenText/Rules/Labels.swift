/// Numbers that are names: "le bus 21", "siège 12A", "bâtiment 3 W".
enum Labels {
    /// "siège 22A", "quai 2 A", "les bus 1A, 2A et 4L": the letter is not a unit.
    static let lettered = Rule(of: 1...4, before: [.word, .space], leadingTo: "AVWHJLNSKh") { context, index in
        let text = context.text
        let letter = text.behindSpace(index + 1)
        guard text.length(letter) == 1, text.isWord(letter), !text.isDigits(letter + 1), !text.startsWithZero(index),
            !text.isMark(letter + 1, "'’²³/_@·") || text.isMark(letter + 1, "/") && text.isDigits(letter + 2),
            let value = text.value(index), context.isNumberWithLetter(index, letter)
        else { return nil }
        context.say(value)
        context.say(" ")
        context.phrase.append(text.tokens[letter].head)
        return Reading(end: letter + 1)
    }
}

extension RuleContext {
    /// Whether the number at a place is the name of a thing, so that nothing behind it is counted: "Le bus 21 part", "le 21 à 8 h".
    func isName(_ index: Int) -> Bool {
        guard isFrench, text.isSpace(index - 1) || text.isMark(index - 1, "°:") else { return false }
        var place = index - 1
        while text.isSpace(place) || text.isMark(place, "°:") { place -= 1 }
        if text.isWord(place, inAnyCase: LabelWords.numero) { return true }
        if text.isMark(place, "."), text.isWord(place - 1, inAnyCase: LabelWords.numero) { return true }
        guard text.isWord(place) else { return false }
        let isApart = place == index - 2
        if isApart, text.isWord(place, inAnyCase: "le au du ce") { return !isCounting(index) }
        if text.isWord(place, inAnyCase: LabelWords.ambiguous) {
            // "Il porte 1 chemise"
            if isApart, place == 0 { return !isCounting(index) }
            return isApart && text.isSpace(place - 1)
                && text.isWord(place - 2, inAnyCase: "la une cette de sa ma ta le du au")
                && !isCounting(index)
        }
        return isLabel(place) && !isCounting(index)
    }

    /// Whether a noun stands there that has a number as its name, in the singular or the plural.
    func isLabel(_ index: Int) -> Bool {
        text.isWord(index, inAnyCase: LabelWords.places) || text.isWord(index, inAnyCase: LabelWords.things)
    }

    /// "Dans le bus 21 personnes": a noun in the plural behind a number of two and more.
    private func isCounting(_ index: Int) -> Bool {
        guard let number = number(index), text.isSpace(number.end), !text.isDigits(number.end + 3),
            let noun = text.word(number.end + 1)
        else { return false }
        // "Radiateur 1 heure"
        if text.isWord(number.end + 1, in: LabelWords.periods) { return true }
        // "Appartement 1 pièce"
        if text.isWord(number.end + 1, in: LabelWords.ofLodgings),
            text.isWord(index - 2, inAnyCase: LabelWords.lodgings)
        {
            return true
        }
        guard number.value > 1 else { return false }
        return noun.utf8.count > 4 && noun.hasSuffix("s") && language.gender(of: noun) == .feminine
    }

    /// "21 rue de Siam", "1 rue de Siam": the number of a house.
    func isHouse(_ index: Int, street: Int) -> Bool {
        guard isFrench, text.isWord(street, inAnyCase: LabelWords.streets) else { return false }
        if text.value(index) != 1 { return true }
        let name = text.behindSpace(street + 1)
        if name > street + 1, text.isCapitalised(name) { return true }
        guard text.isWord(name, "de du des d") else { return false }
        let next = text.isMark(name + 1, "'’") ? name + 2 : text.behindSpace(name + 1)
        return text.isWord(name, "du des") && !text.isWord(street, inAnyCase: "place")
            || text.isCapitalised(next) || text.isWord(next, "la l")
    }

    /// Whether the words around a number tell that the letter behind it is a part of its name.
    fileprivate func isNumberWithLetter(_ index: Int, _ letter: Int) -> Bool {
        let isCapital = text.isCapitalised(letter)
        if !isCapital {
            return text.isSpace(index + 1) && text.isWord(letter, "h") && isBehind(LabelWords.articles, index)
        }
        // "Train 7 H 30"
        if text.isWord(letter, "H"), text.length(text.behindSpace(letter + 1)) == 2,
            text.isDigits(text.behindSpace(letter + 1))
        {
            return false
        }
        if !text.isBorder(letter + 1), text.isMark(letter + 1, "-"), text.isWord(letter + 2) { return false }
        // "TRAIN 8H" in a notice
        if text.isWord(letter, "H"), text.small(index, in: 0...24) != nil, text.isAllCapitals(index - 2),
            text.length(index - 2) > 1
        {
            return false
        }
        if isBehind(LabelWords.places, index) || isBehindRoad(index) { return true }
        if isInRow(index) || hasTwin(index, letter) { return true }
        guard isFrench else { return false }
        switch text.tokens[letter].head {
        case "L" where letter == index + 1 && text.value(index) == 4:
            // The car.
            return text.isWord(index - 2, inAnyCase: "la une sa ma ta cette en renault")
        case "V" where letter == index + 1 && isNear(LabelWords.motors, index, before: 8, behind: 2): return true
        case "A" where letter == index + 1 && text.value(index) == 2:
            // Southern Corsica.
            return text.isMark(index - 1, "(") && text.isCapitalised(index - 3)
                || isNear(LabelWords.corsica, index, before: 10, behind: 6)
        default: break
        }
        // "Au 12 A, rue de Brest", "J'habite au 12 L"
        guard text.isWord(index - 2, inAnyCase: "au le du"), text.isSpace(index - 1) else { return false }
        return isNear(LabelWords.streets, letter, before: 0, behind: 7)
            || isNear(LabelWords.dwelling, index, before: 5, behind: 0)
    }

    /// "Votre siège : 12L", "Art. 200 A", "n° 12 A".
    private func isBehind(_ words: WordSet, _ index: Int) -> Bool {
        var place = index - 1
        while text.isSpace(place) || text.isMark(place, ":.°") { place -= 1 }
        guard place < index - 1 else { return false }
        if text.isWord(place, inAnyCase: words) { return true }
        // "Classe de 4H", "siège numéro 12 A", "bât. n° 3 A"
        let isOfClass = text.isWord(place, "de")
        guard isOfClass || text.isWord(place, inAnyCase: LabelWords.numbers) else { return false }
        place -= 1
        while text.isSpace(place) || text.isMark(place, ".") { place -= 1 }
        return isOfClass ? text.isWord(place, inAnyCase: "classe classes") : text.isWord(place, inAnyCase: words)
    }

    /// "la D 12 A"
    private func isBehindRoad(_ index: Int) -> Bool {
        isFrench && text.isSpace(index - 1) && text.isCapitalised(index - 2) && text.isWord(index - 2, "D N RD RN VC")
            && text.isWord(index - 4, inAnyCase: "la sur par cette")
    }

    /// "les bus 1A, 2A et 4L": one of a row that a label leads.
    private func isInRow(_ index: Int) -> Bool {
        var place = index
        for _ in 0..<6 {
            var before = place - 1
            while text.isSpace(before) || text.isMark(before, ",/") || text.isWord(before, in: LabelWords.joints) {
                before -= 1
            }
            guard before < place - 1, text.isCapitalised(before), text.length(before) == 1 else { return false }
            let number = text.isSpace(before - 1) ? before - 2 : before - 1
            guard text.isDigits(number) else { return false }
            if isBehind(LabelWords.places, number) { return true }
            place = number
        }
        return false
    }

    /// "2A … 2B", "40A … 40B": the same number stands near with a letter that is not a unit.
    private func hasTwin(_ index: Int, _ letter: Int) -> Bool {
        guard letter == index + 1, let value = text.tokens[index].content else { return false }
        for place in max(0, index - 14)..<min(text.count, index + 14)
        where text.tokens[place].content == value && text.isDigits(place) && text.length(place + 1) == 1 {
            let isOther =
                switch text.tokens[place + 1].head {
                case "B", "D", "E", "G", "R", "Q": true
                default: false
                }
            if isOther, text.length(place) == text.length(index), !text.isWord(place + 2), !text.isDigits(place + 2) {
                return true
            }
        }
        return false
    }
}

enum LabelWords {
    /// What is named by a number, perhaps with a letter.
    static let places = WordSet(
        """
        bus car cars tram trams tramway métro ligne lignes train trains siège sièges rang rangée escalier escaliers esc \
        porte portes bâtiment bâtiments bât bat immeuble hall entrée quai quais voie voies salle salles chambre chambres \
        classe classes lot lots article articles art poste page pages question questions réponse exercice exercices \
        annexe annexes figure figures fig tableau sortie sorties allée appartement appartements apt appt étage cabine \
        terminal stand wagon route parking emplacement emplacements parcelle section chapitre groupe place \
        places noctilien navette arrêt \
        seat seats room rooms gate gates platform apartment unit exhibit exhibits coach carriage line lines floor building block \
        question section exercise row suite locker flight
        """)
    /// What is named by a number, but measured by a letter: "prise 16 A", "batterie 12 V".
    static let things = WordSet(
        """
        tome tomes vol vols niveau niveaux zone zones saison saisons chaîne chaînes capteur capteurs prise prises partie parties \
        épisode épisodes étape volume scénario mode option options canal piste pistes phase type équipe équipes joueur \
        caisse borne bornes lampe volet volets détecteur bouton touche boîtier station case numéro opus acte scène \
        version exemplaire chapitre chapitres box code dossier facture programme thermostat radiateur caméra \
        circuit circuits interrupteur télérupteur compteur semaine jour unité leçon module séance
        """)
    static let periods: WordSet = ["minute", "heure", "seconde", "semaine", "fois", "journée", "nuit", "année"]
    static let lodgings: WordSet = [
        "appartement", "apt", "appt", "chambre", "box", "cabine", "parking", "emplacement", "salle", "stand", "niveau",
        "allée", "bus", "voiture",
    ]
    static let ofLodgings: WordSet = ["pièce", "personne", "chambre", "place", "voiture", "pers"]
    static let numero: WordSet = ["n", "no", "numéro", "numéros", "nos"]
    static let numbers: WordSet = ["numéro", "n", "no", "number"]
    static let joints: WordSet = ["et", "ou", "and", "or"]
    /// Verbs too.
    static let ambiguous: WordSet = [
        "porte", "place", "classe", "note", "commande", "livre", "mesure", "pile", "borne", "touche", "facture",
        "programme",
        "groupe", "code",
    ]
    static let articles: WordSet = ["article", "articles", "art"]
    static let corsica: WordSet = ["corse", "sud", "département", "départements", "ajaccio"]
    static let motors: WordSet = ["moteur", "soupapes", "turbo", "essence", "cylindres", "clio", "twingo"]
    static let dwelling: WordSet = [
        "habite", "habitent", "habites", "habitons", "habitait", "vit", "vivent", "loge", "logent", "demeure",
        "domicilié", "domiciliée", "sonne", "sonnez", "livrer", "livrez",
    ]
    static let streets: WordSet = [
        "rue", "avenue", "allée", "route", "impasse", "ruelle", "chaussée", "résidence", "cité", "cour", "esplanade",
        "villa", "montée", "venelle", "place", "promenade", "traverse", "rocade", "boulevard", "chemin", "quai",
        "square", "bd", "av",
    ]
}
