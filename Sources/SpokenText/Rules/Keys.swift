/// Keys of a telephone, and stars.
extension Signs {
    /// "*21#", "#31#", and "puis #" of what is to be dialled.
    static let keys = Rule(at: "*#") { context, index in
        let text = context.text
        // "1#2#"
        if text.isMark(index, "#"), text.isDigits(index - 1),
            context.isNear(keyVerbs, index, before: 12, behind: 0) || context.isNear(codes, index, before: 8, behind: 0)
        {
            let gap = text.isDigits(index + 1) ? " " : ""
            return Reading(end: index + 1, words: " " + (context.isFrench ? "dièse" : "pound") + gap)
        }
        guard text.isMark(index, "*#"), text.isBorder(index - 1) || text.isMark(index - 1, "«\"'’(") else { return nil }
        let (star, hash) = context.isFrench ? ("étoile", "dièse") : ("star", "pound")
        var (end, hasDigits) = (index, false)
        while end < index + 16, text.isMark(end, "*#") || text.isDigits(end) {
            hasDigits = hasDigits || text.isDigits(end)
            end += 1
        }
        guard text.isBorder(end) || text.isMark(end, ".,;:!?)»\"'’") else { return nil }
        let isDialled =
            hasDigits
            ? text.isMark(end - 1, "#")
                || text.isMark(index, "*") && context.isNear(keyVerbs, index, before: 12, behind: 0)
            : end == index + 1 && context.isNear(keyVerbs, index, before: 18, behind: 0)
        guard isDialled else { return nil }
        context.say(each: index..<end, between: " ") { place in
            if text.isDigits(place) {
                Codes.sayDialled(place, in: context)
            } else {
                context.say(text.isMark(place, "*") ? star : hash)
            }
        }
        return Reading(end: end)
    }

    /// "un hôtel 4*".
    static let stars = Rule(at: "*", before: [.none, .space, .stop, .pause, .otherMark]) { context, index in
        let text = context.text
        guard text.isMark(index, "*"), let count = text.small(index - 1, in: 1...5, digits: 1...1),
            text.isSpace(index - 2), text.isBorder(index + 1) || text.isMark(index + 1, ".,;:!?)"),
            !text.isDigits(text.behindSpace(index + 1))
        else { return nil }
        let name = context.isFrench ? "étoile" : "star"
        let isAdjective = !context.isFrench && text.isSpace(index + 1) && text.isWord(index + 2)
        return Reading(end: index + 1, words: " " + (count > 1 && !isAdjective ? name + "s" : name))
    }

    private static let codes: WordSet = ["code", "codes", "digicode", "interphone", "portail", "passcode"]

    private static let keyVerbs: WordSet = [
        "tapez", "tape", "taper", "composez", "compose", "composer", "touche", "appuyez", "appuie", "faites", "dial",
        "press",
        "key",
    ]
}
