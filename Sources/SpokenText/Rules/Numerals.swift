/// Roman numerals, where the words around them say that they are some.
enum Numerals {
    static let roman: Rule = { context, index in
        let text = context.text
        guard context.isFrench, let first = text.scalars[text.tokens[index].start..<text.tokens[index].end].first,
            "IVXLCDM".unicodeScalars.contains(first),
            text.length(index) <= 12
        else { return nil }
        if let reading = ordinal(context, index) { return reading }
        guard let value = value(of: text.string(index).unicodeScalars), text.isSpace(index - 1),
            !text.isMark(index + 1, "'’.") || text.isBorder(index + 2),
            let before = text.word(index - 2)
        else { return nil }
        if text.word(text.behindSpace(index + 1)) == "siècle" || text.word(text.behindSpace(index + 1)) == "siècles" {
            return Reading(end: index + 1, words: context.language.ordinal(value, .masculine))
        }
        if rulers.contains(before) {
            let feminine = ["Élisabeth", "Elisabeth", "Catherine", "Isabelle", "Marie"].contains(before)
            return Reading(
                end: index + 1,
                words: value == 1
                    ? context.language.ordinal(1, feminine ? .feminine : .masculine)
                    : context.language.cardinal(value, .masculine))
        }
        guard parts.contains(before.lowercased()) else { return nil }
        return Reading(end: index + 1, words: context.language.cardinal(value, .masculine))
    }

    /// "XXIe", "Ier", "IIIᵉ".
    private static func ordinal(_ context: RuleContext, _ index: Int) -> Reading? {
        let word = context.text.string(index)
        let numeral = word.unicodeScalars.prefix { letters[$0] != nil }
        let suffix = String(word.unicodeScalars.dropFirst(numeral.count))
        // "Ce", "De", "Le" and "Me" are words.
        guard !suffix.isEmpty, numeral.count > 1 || "IVX".unicodeScalars.contains(numeral[numeral.startIndex]),
            let value = value(of: numeral), let words = Ordinals.ordinal(value, suffix: suffix, in: context)
        else { return nil }
        return Reading(end: index + 1, words: words)
    }

    private static let letters: [Unicode.Scalar: UInt64] = [
        "I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000,
    ]

    /// nil for what is not written as a Roman would: "IIII", "IC".
    static func value(of numeral: some Sequence<Unicode.Scalar>) -> UInt64? {
        var rest = Substring(String(String.UnicodeScalarView(numeral)))
        guard !rest.isEmpty, rest.utf8.count <= 12 else { return nil }
        var value: UInt64 = 0
        let steps: [(String, UInt64, Int)] = [
            ("M", 1000, 3), ("CM", 900, 1), ("D", 500, 1), ("CD", 400, 1), ("C", 100, 3), ("XC", 90, 1), ("L", 50, 1),
            ("XL", 40, 1), ("X", 10, 3), ("IX", 9, 1), ("V", 5, 1), ("IV", 4, 1), ("I", 1, 3),
        ]
        for (letters, worth, most) in steps {
            var count = 0
            while count < most, rest.hasPrefix(letters) {
                rest = rest.dropFirst(letters.count)
                value += worth
                count += 1
            }
        }
        return rest.isEmpty ? value : nil
    }

    private static let rulers: Set<String> = [
        "Louis", "Henri", "Charles", "François", "Napoléon", "Philippe", "Paul", "Benoît", "Pie", "Léon", "Grégoire",
        "Clément",
        "Innocent", "Urbain", "Boniface", "Alexandre", "Nicolas", "Guillaume", "Édouard", "Edouard", "George",
        "Georges", "Jacques",
        "Richard", "Frédéric", "Ramsès", "Léopold", "Albert", "Baudouin", "Alphonse", "Ferdinand", "Catherine",
        "Pierre", "Ivan",
        "Élisabeth", "Elisabeth", "Isabelle", "Marie", "Jean", "Constantin", "Ptolémée", "Victor", "Emmanuel",
        "Christian", "Gustave",
        "Rainier", "Mohammed", "Hassan", "Sixte", "Jules", "Clovis", "Robert", "Lothaire", "Pépin", "Childéric",
        "Darius", "Xerxès",
    ]
    private static let parts: Set<String> = [
        "chapitre", "tome", "acte", "scène", "livre", "volume", "partie", "article", "annexe", "titre", "section",
        "figure",
        "phase", "type", "niveau", "saison", "épisode", "apollo", "chant", "planche", "tableau", "vatican", "rocky",
        "groupe", "catégorie",
    ]
}
