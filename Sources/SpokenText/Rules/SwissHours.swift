/// Hours with a full stop and without their letter.
extension Clock {
    /// "8.00 - 12.00", "départ 7.32, arrivée 8.05", "dès 7.45".
    static func swissHour(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        func isHour(_ place: Int) -> Bool {
            text.small(place, in: 0...24) != nil && text.isMark(place + 1, ".")
                && text.small(place + 2, in: 0...59, digits: 2...2) != nil
                && (!text.isMark(place + 3, ".,-–/") || !text.isDigits(place + 4) || context.isDash(place + 3)
                    || text.isMark(place + 3, "/") && context.isDash(place - 1))
        }
        guard context.vocabulary.isSwiss, isHour(index), let hour = text.value(index),
            let minute = text.value(index + 2),
            !text.isMark(index - 1, ".,/") || text.isMark(index - 1, "/") && context.isDash(index - 5),
            !context.isNear(amounts, index, before: 8, behind: 10),
            context.unit(behind: index + 3) == nil
        else { return nil }
        let (dash, before) = (text.behindSpace(index + 3), text.isSpace(index - 1) ? index - 2 : index - 1)
        let isRange =
            context.isDash(dash) && isHour(text.behindSpace(dash + 1))
            || context.isDash(before) && isHour(text.isSpace(before - 1) ? before - 4 : before - 3)
        // "départ à 8.05"
        let isAt = text.isWord(before, "à")
        let leader = isAt ? before - 2 : before
        guard
            isRange
                || text.isSpace(index - 1)
                    && (text.isWord(leader, inAnyCase: leaders) || isAt && text.isWord(leader, inAnyCase: beginnings))
        else { return nil }
        context.say(hour: hour, minute: minute)
        return Reading(end: index + 3, isQuantity: true)
    }

    /// "8.30-12.00/13.30-18.30"
    static let otherSwissHours = Rule(at: "/", before: .digits, in: .french) { context, index in
        guard context.isDash(index - 4), swissHour(context, index - 3) != nil, swissHour(context, index + 1) != nil
        else {
            return nil
        }
        return Reading(end: index + 1, words: ", ")
    }

    private static let leaders: WordSet = ["départ", "départs", "arrivée", "arrivées", "dès", "ouvert", "ouverture"]
    /// What is done at an hour: "part à 7.14".
    private static let beginnings: WordSet = [
        "part", "partira", "partent", "arrive", "arrivera", "arrivent", "commence", "commencera", "débute", "débutera",
        "ferme", "ouvre", "passe", "rendez", "vous", "réveil",
    ]
    private static let amounts: WordSet = ["chf", "fr", "frs", "francs", "eur", "prix", "tarif", "euros"]
}
