/// Short forms of single letters with full stops.
extension ShortForms {
    /// "c.-à-d.", "p. ex.", "s.v.p.", "e.g.".
    static let lettered = Rule(at: heads, of: 1...1, before: .stop) { context, index in
        let text = context.text
        let head = text.tokens[index].head
        // "H. 75 cm"
        if head == "H" || head == "L", context.isFrench, text.isSpace(index + 2),
            text.isBorder(index - 1) || text.isMark(index - 1, "("), let number = context.number(index + 3),
            context.isLength(behind: number.end)
        {
            return Reading(end: index + 2, words: head == "H" ? "hauteur" : "longueur")
        }
        // "v. 1450"
        if head == "v", context.isFrench, text.isSpace(index + 2), text.length(index + 3) == 4,
            let year = text.value(index + 3), (500..<2100).contains(year),
            text.isBorder(index - 1) || text.isMark(index - 1, "("), context.unit(behind: index + 4) == nil
        {
            return Reading(end: index + 2, words: "vers")
        }
        // A letter or a space, and what makes a row of it.
        guard text.isWord(index + 2) || text.isWord(index + 3) else { return nil }
        for form in context.isFrench ? frenchForms : englishForms where form.head == head {
            let end = index + form.count
            guard end <= text.count, text.string(tokens: index..<end) == form.text else { continue }
            return Reading(end: end, words: form.words)
        }
        return nil
    }

    /// Of all forms, of the sides of a thing, and of "vers".
    private static let heads = String(
        String.UnicodeScalarView((frenchForms + englishForms).compactMap(\.head) + ["H", "L", "v"]))

    /// Letters with full stops, as "s.v.p.".
    private struct LetteredForm {
        let text: String
        let words: String
        /// The first letter.
        let head: Unicode.Scalar?
        /// How many tokens it has.
        let count: Int
    }

    private static let frenchForms = forms([
        ("c.-à-d.", "c'est-à-dire"), ("p. ex.", "par exemple"), ("p.ex.", "par exemple"),
        ("R.S.V.P.", "répondez s'il vous plaît"), ("T.S.V.P.", "tournez s'il vous plaît"),
        ("r.s.v.p.", "répondez s'il vous plaît"), ("s.v.p.", "s'il vous plaît"), ("S.V.P.", "s'il vous plaît"),
        ("R.-V.", "rendez-vous"),
        ("j. fériés", "jours fériés"), ("j. ouvrés", "jours ouvrés"), ("j. ouvrables", "jours ouvrables"),
        ("t.a.b.", "tirs au but"), ("n.b.", "nota bene"), ("N.B.", "nota bene"),
    ])
    private static let englishForms = forms([("e.g.", "for example"), ("i.e.", "that is"), ("N.B.", "nota bene")])

    private static func forms(_ forms: [(String, String)]) -> [LetteredForm] {
        forms.map { form, words in
            let scalars = Array(form.unicodeScalars)
            return LetteredForm(
                text: form, words: words, head: scalars.first, count: TokenizedText(scalars).count)
        }
    }
}
