/// Sizes of clothes.
enum Sizes {
    /// "taille S/M".
    static let letters = Rule(at: "SMLX", of: 1...4, before: .slash) { context, index in
        let text = context.text
        guard text.isWord(index, in: garmentSizes), text.isWord(index + 2, in: garmentSizes),
            text.isBorder(index + 3) || text.isMark(index + 3, ".,;:!?)"), text.isSpace(index - 1)
        else { return nil }
        let place = text.isMark(index - 2, ":.") ? (text.isSpace(index - 3) ? index - 4 : index - 3) : index - 2
        guard text.isWord(place, inAnyCase: "taille tailles t size sizes") else {
            return nil
        }
        return Reading(end: index + 3, words: text.string(index) + " " + text.string(index + 2))
    }

    /// "un jean T. 38": elsewhere it is a volume.
    static let short = Rule(at: "T", of: 1...1, before: .stop, in: .french) { context, index in
        let text = context.text
        let size = text.behindSpace(index + 2)
        guard text.length(index) == 1, text.isMark(index + 1, "."),
            text.small(size, in: 30...64) != nil || text.isWord(size, in: garmentSizes),
            text.isBorder(index - 1) || text.isMark(index - 1, "("),
            context.isNear(clothes, index, before: 12, behind: 0)
        else { return nil }
        return Reading(end: index + 2, words: "taille" + (size == index + 2 ? " " : ""))
    }

    /// "1 cm x 1 cm", "1,40 m x 2 m": the cross behind a unit; "M6x40", "M8 x 50" of a screw.
    static let cross = Rule(at: "xX×", of: 1...1, before: [.space, .digits]) { context, index in
        let text = context.text
        let (left, right) = (text.isSpace(index - 1) ? index - 2 : index - 1, text.behindSpace(index + 1))
        if text.isWord(left - 1, "M"), text.isBorder(left - 2), text.small(left, in: 2...36) != nil,
            text.isDigits(right)
        {
            return Reading(
                end: index + 1,
                words: (left < index - 1 ? "" : " ") + context.words.by + (right > index + 1 ? "" : " "))
        }
        guard text.isMark(index, "×") || text.isWord(index, inAnyCase: "x"), text.isSpace(index - 1),
            text.isDigits(index + 2), let unit = text.entry(index - 2, in: Unit.symbols),
            text.isDigits(index - 3) || text.isSpace(index - 3) && text.isDigits(index - 4),
            unit.english.singular.hasSuffix("metre") || unit.english.singular == "foot",
            !context.isEquation(at: index)
        else { return nil }
        return Reading(end: index + 1, words: context.words.by)
    }

    /// "L 120", "l 60", "H 75": a side that is named.
    static func isSide(_ text: TokenizedText, _ index: Int) -> Bool {
        text.isWord(index, "L l H h P p D E") && text.isDigits(text.behindSpace(index + 1))
    }

    /// "140x190", "vis 4x40", "40 x 30 x 25", "a 4x6 photo": sides of a thing rather than factors.
    static func isSize(
        _ context: RuleContext, from index: Int, to end: Int, cross: Int,
        sides: (WrittenNumber, WrittenNumber, WrittenNumber)
    ) -> Bool {
        let text = context.text
        let isSpaced = cross > sides.0.end || !text.isDigits(cross + 1)
        let least = min(sides.0.value, sides.1.value, sides.2.value)
        guard !isSpaced || least >= 100 || isOneOfThree(text, from: index, to: end), !context.isEquation(at: cross),
            !context.isNear(RuleContext.sums, index, before: 6, behind: 0)
        else { return false }
        if least >= 10 { return true }
        return text.isSpace(end) && text.isWord(end + 1, inAnyCase: things)
            || text.isSpace(index - 1) && text.isWord(index - 2, inAnyCase: things)
    }

    /// Whether a further side stands in front of two, or behind them.
    private static func isOneOfThree(_ text: TokenizedText, from index: Int, to end: Int) -> Bool {
        func isCross(_ place: Int) -> Bool { text.isMark(place, "×") || text.isWord(place, "x") }
        let (before, next) = (text.isSpace(index - 1) ? index - 2 : index - 1, text.behindSpace(end))
        if isCross(next) { return (text.value(text.behindSpace(next + 1)) ?? 0) >= 10 }
        return isCross(before) && (text.value(text.isSpace(before - 1) ? before - 2 : before - 1) ?? 0) >= 10
    }

    private static let things: WordSet = [
        "vis", "photo", "photos", "tirage", "cadre", "jumelles", "cheville", "chevilles", "feuille", "lumber", "print",
        "prints", "frame", "board", "boards",
    ]

    private static let garmentSizes: WordSet = ["XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL"]
    private static let clothes: WordSet = [
        "jean", "jeans", "pantalon", "pantalons", "robe", "chemise", "chemises", "chemisier", "veste", "manteau",
        "pull",
        "jupe", "short", "costume", "blouson", "maillot", "polo", "gilet", "legging", "pyjama", "bermuda", "tailleur",
        "chaussures", "bottes", "baskets", "sandales", "shirt", "shirts", "vêtement", "vêtements", "combinaison",
    ]
}

extension Quantities {
    /// "un 4x4", "a 4x4".
    static func fourByFour(_ context: RuleContext, _ index: Int, cross: Int) -> Reading? {
        let text = context.text
        guard cross == index + 1, text.isSpace(index - 1), text.small(index, in: 4...4, digits: 1...1) != nil,
            text.small(cross + 1, in: 4...4, digits: 1...1) != nil,
            text.isBorder(cross + 2) && !text.isDigits(cross + 3)
                || text.isMark(cross + 2, ".,;:!?)") && !text.isDigits(cross + 3),
            text.isWord(index - 2, inAnyCase: carWords), context.unit(behind: cross + 2) == nil,
            !context.isEquation(at: cross)
        else { return nil }
        context.say(4)
        context.say(context.isFrench ? "-" : " by ")
        context.say(4)
        return Reading(end: cross + 2)
    }

    private static let carWords: WordSet = [
        "un", "le", "les", "des", "en", "mon", "ton", "son", "du", "au", "ce", "notre", "leur", "gros", "petit",
        "vieux",
        "a", "the", "my", "your", "his", "her", "our",
    ]
}
