/// Roman numerals, where the words around them say that they are some.
enum Numerals {
    static let roman = Rule(at: "IVXLCDM") { context, index in
        let text = context.text
        guard context.isFrench, text.length(index) <= 12 else { return nil }
        let letters = text.scalars[text.tokens[index].start..<text.tokens[index].end]
        guard let numeral = numeral(at: letters) else { return nil }
        if numeral.count < letters.count { return ordinal(context, index, numeral) }
        guard let value = numeral.value, text.isSpace(index - 1),
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
    private static func ordinal(_ context: RuleContext, _ index: Int, _ numeral: Numeral) -> Reading? {
        // "Ce", "De", "Le" and "Me" are words.
        let behind = context.text.scalars[context.text.tokens[index].start + numeral.count]
        guard "erèinᵉʳᵈ".unicodeScalars.contains(behind), let value = numeral.value,
            context.text.length(index) - numeral.count <= 5,
            numeral.count > 1 || "IVX".unicodeScalars.contains(context.text.tokens[index].head)
        else { return nil }
        let suffix = String(context.text.string(index).unicodeScalars.dropFirst(numeral.count))
        return Ordinals.ordinal(value, suffix: suffix, in: context).map { Reading(end: index + 1, words: $0) }
    }

    private struct Numeral {
        /// nil for what is not written as a Roman would: "IIII", "IC".
        var value: UInt64?
        var count: Int
    }

    /// The numeral that a word begins with; nil where there is none.
    private static func numeral(at letters: ArraySlice<Unicode.Scalar>) -> Numeral? {
        let end = letters.firstIndex { !isNumeral($0) } ?? letters.endIndex
        guard end > letters.startIndex else { return nil }
        var (value, index) = (UInt64(0), letters.startIndex)
        for step in steps {
            var count = 0
            while count < step.most, index < end, letters[index] == step.first {
                if let second = step.second {
                    guard index + 1 < end, letters[index + 1] == second else { break }
                    index += 1
                }
                index += 1
                value += step.worth
                count += 1
            }
        }
        return Numeral(value: index == end ? value : nil, count: end - letters.startIndex)
    }

    private static func isNumeral(_ letter: Unicode.Scalar) -> Bool {
        switch letter {
        case "I", "V", "X", "L", "C", "D", "M": true
        default: false
        }
    }

    private struct Step {
        var first: Unicode.Scalar
        var second: Unicode.Scalar? = nil
        var worth: UInt64
        /// How often it may be repeated.
        var most: Int
    }

    private static let steps = [
        Step(first: "M", worth: 1000, most: 3), Step(first: "C", second: "M", worth: 900, most: 1),
        Step(first: "D", worth: 500, most: 1), Step(first: "C", second: "D", worth: 400, most: 1),
        Step(first: "C", worth: 100, most: 3), Step(first: "X", second: "C", worth: 90, most: 1),
        Step(first: "L", worth: 50, most: 1), Step(first: "X", second: "L", worth: 40, most: 1),
        Step(first: "X", worth: 10, most: 3), Step(first: "I", second: "X", worth: 9, most: 1),
        Step(first: "V", worth: 5, most: 1), Step(first: "I", second: "V", worth: 4, most: 1),
        Step(first: "I", worth: 1, most: 3),
    ]

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
