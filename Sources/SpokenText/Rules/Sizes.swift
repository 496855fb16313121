/// Sizes of clothes.
enum Sizes {
    /// "taille S/M".
    static let letters = Rule(at: "SMLX", of: 1...4, before: .slash) { context, index in
        let text = context.text
        guard names.contains(text.string(index)), names.contains(text.string(index + 2)),
            text.isBorder(index + 3) || text.isMark(index + 3, ".,;:!?)"), text.isSpace(index - 1)
        else { return nil }
        let place = text.isMark(index - 2, ":.") ? (text.isSpace(index - 3) ? index - 4 : index - 3) : index - 2
        guard text.isWord(place, inAnyCase: "taille", "tailles", "t", "size", "sizes") else {
            return nil
        }
        return Reading(end: index + 3, words: text.string(index) + " " + text.string(index + 2))
    }

    /// "un jean T. 38": elsewhere it is a volume.
    static let short = Rule(at: "T", of: 1...1, before: .stop, in: .french) { context, index in
        let text = context.text
        let size = text.behindSpace(index + 2)
        guard text.length(index) == 1, text.isMark(index + 1, "."),
            text.small(size, in: 30...64) != nil || names.contains(text.string(size)),
            text.isBorder(index - 1) || text.isMark(index - 1, "("),
            context.isNear(clothes, index, before: 12, behind: 0)
        else { return nil }
        return Reading(end: index + 2, words: "taille" + (size == index + 2 ? " " : ""))
    }

    private static let names: WordSet = ["XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL"]
    private static let clothes: WordSet = [
        "jean", "jeans", "pantalon", "pantalons", "robe", "chemise", "chemises", "chemisier", "veste", "manteau",
        "pull",
        "jupe", "short", "costume", "blouson", "maillot", "polo", "gilet", "legging", "pyjama", "bermuda", "tailleur",
        "chaussures", "bottes", "baskets", "sandales", "shirt", "shirts", "vêtement", "vêtements", "combinaison",
    ]
}
