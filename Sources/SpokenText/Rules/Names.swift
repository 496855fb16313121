/// What stands beside titles, initials and numbers.
extension ShortForms {
    /// "M. de Gaulle", "M. d'Ormesson", "M. van der Berg", "M. al-Assad": a small word in front of a name.
    static func isParticle(_ index: Int, in context: RuleContext) -> Bool {
        let text = context.text
        guard context.isFrench else { return false }
        if text.isWord(index, "d"), text.isMark(index + 1, "'’") { return text.isCapitalised(index + 2) }
        if text.isWord(index, "al el ben"), text.isDash(index + 1) { return text.isCapitalised(index + 2) }
        guard text.isWord(index, in: particles), text.isSpace(index + 1) else { return false }
        if text.isCapitalised(index + 2) { return true }
        // "de la Fontaine", "van der Berg", "de l'Isle"
        guard text.isWord(index + 2, "la l der den de het zu") else { return false }
        return text.isCapitalised(text.isMark(index + 3, "'’") ? index + 4 : text.behindSpace(index + 3))
    }

    private static let particles: WordSet = [
        "de", "du", "des", "van", "von", "ben", "di", "da", "dos", "el", "al", "bin", "zu", "ter", "ten",
    ]

    /// "Taille : M. Couleur : rouge.", "du M. Elle": a size, or a letter.
    static func isSize(_ index: Int, in context: RuleContext) -> Bool {
        let text = context.text
        guard text.length(index) == 1, text.isSpace(index - 1) || text.isMark(index - 1, ":") else { return false }
        var place = index - 1
        while text.isSpace(place) || text.isMark(place, ":") { place -= 1 }
        if text.isWord(place, inAnyCase: sized) { return true }
        // "Il fait du M. Elle fait du S.", but "Un M. Dupont a appelé."
        return text.isWord(place, inAnyCase: "du le en un format groupe")
            && text.isMark(index + 1, ".") && text.isWord(index + 3, in: sentenceBeginnings)
    }

    private static let sized: WordSet = ["taille", "la", "ligne", "métro", "lettre", "point", "size"]

    /// "320 p.", "p. 12" being another rule's.
    static func pages(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard context.isFrench, text.length(index) == 1, text.isWord(index, "p"), text.isSpace(index - 1),
            let count = text.value(index - 2),
            count > 9 || count > 1 && context.isNear(reading, index, before: 8, behind: 0),
            !text.isDigits(text.behindSpace(index + 2)),
            text.isBorder(index + 2) || text.isMark(index + 2, ",;:)")
        else { return nil }
        return Reading(
            end: context.endsSentence(index + 1) ? index + 1 : index + 2, words: "pages")
    }

    /// Where a few are pages rather than the rooms of a flat: "Il a lu 3 p."
    private static let reading: WordSet = ["lu", "lire", "lis", "lit", "livre", "livret", "relire", "brochure"]
}
