/// Thousands and milliards that are written with letters.
enum Scales {
    /// "10K abonnés", "2,5k vues", "8,1 Mds".
    static func short(_ context: RuleContext, _ number: WrittenNumber, letter: Int) -> Reading? {
        let text = context.text
        guard text.length(letter) <= 3 else { return nil }
        if text.length(letter) > 1, text.isWord(letter, "Md Mds Mrd mds") {
            let next = text.behindSpace(letter + 1)
            guard text.isBorder(letter + 1) || text.isMark(letter + 1, ".,;:!?)"), !text.isMark(next, "€$£"),
                !text.isWord(next, "de d EUR USD")
            else { return nil }
            context.say(number)
            context.say(context.language.isPlural(number) ? " milliards" : " milliard")
            return Reading(end: letter + 1)
        }
        guard letter == number.end, text.isWord(letter, inAnyCase: "k"), text.isSpace(letter + 1),
            let noun = text.word(letter + 2), noun.utf8.count > 3, noun.hasSuffix("s"), !text.isCapitalised(letter + 2),
            number.value < 1000, let rest = number.decimals.parts(ofPower: 3), !notCounted.contains(noun)
        else { return nil }
        let value = number.value * 1000 + rest
        guard value >= 1000 else { return nil }
        context.say(value, context.gender(behind: letter + 1))
        return Reading(end: letter + 1, isQuantity: true)
    }

    private static let notCounted: WordSet = [
        "dans", "sans", "puis", "mais", "alors", "depuis", "sous", "plus", "moins",
    ]
}
