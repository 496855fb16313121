/// Amounts as they are typed on a telephone.
extension Money {
    /// "12e50", "je te dois 20e", "25e/pers", "30e de resto": elsewhere, it is an ordinal.
    static let texted = Rule(of: 1...4, before: .word, leadingTo: "e", in: .french) { context, index in
        let text = context.text
        guard text.isWord(index + 1, "e"), text.isSpace(index - 1) || index == 0, !text.startsWithZero(index),
            let value = text.value(index), let euro = context.vocabulary.currencies["€"]
        else { return nil }
        if text.length(index + 2) == 2, text.isDigits(index + 2), !text.isWord(index + 3) {
            let cents = Figures(value: text.value(index + 2) ?? 0, count: 2)
            context.say(WrittenNumber(value: value, decimals: cents, end: index + 3), of: euro)
            return Reading(end: index + 3)
        }
        let isSpent =
            text.isWord(index - 2, inAnyCase: spending)
            && (text.isBorder(index + 2) && !text.isWord(index + 3) || text.isMark(index + 2, ".,;!?)")
                || text.isWord(index + 3, "de pour à par le la et en"))
        let isShared =
            text.isMark(index + 2, "/") && text.isWord(index + 3, "pers personne mois jour nuit an")
        let isMeal =
            text.isWord(index + 3, "de") && text.isWord(index + 5, inAnyCase: "resto course courses essence")
        guard isSpent || isShared || isMeal else { return nil }
        context.say(WrittenNumber(value: value, end: index + 1), of: euro)
        guard isShared, let period = context.divisor(at: index + 3) else { return Reading(end: index + 2) }
        context.say(per: period)
        return Reading(end: period.end)
    }

    private static let spending: WordSet = [
        "dois", "doit", "coûte", "coûtent", "coute", "payé", "prêté", "vaut", "paye", "paie", "dépensé", "gagné",
        "rends",
        "rendu", "filé", "file", "prête", "coûté", "coûtait", "donné", "donne",
    ]
}
