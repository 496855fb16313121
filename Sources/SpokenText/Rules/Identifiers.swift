/// Rows of figures and letters that only machines read.
enum Identifiers {
    /// "550e8400-e29b-41d4-a716-446655440000", "00:1A:2B:3C:4D:5E": one by one.
    static let hexadecimal = Rule(at: "0123456789abcdefABCDEF", of: 1...12, before: [.digits, .word, .dash, .colon]) {
        context, index in
        let text = context.text
        guard index + 6 < text.count, text.isBorder(index - 1) || text.isMark(index - 1, "(:«\"'’") else { return nil }
        guard let first = group(text, from: index), first.letters.count == 8 || first.letters.count == 2,
            let mark = text.mark(first.end), mark == "-" || mark == ":" && first.letters.count == 2
        else { return nil }
        let lengths = first.letters.count == 8 ? [8, 4, 4, 4, 12] : [2, 2, 2, 2, 2, 2]
        var (end, groups) = (first.end, [first.letters])
        for length in lengths.dropFirst() {
            guard text.mark(end) == mark, let next = group(text, from: end + 1), next.letters.count == length else {
                return nil
            }
            groups.append(next.letters)
            end = next.end
        }
        guard text.isBorder(end) || text.isMark(end, ".,;!?)»\"'’"),
            groups.contains(where: { $0.contains(where: \.isLetter) }) || lengths.count == 5
        else { return nil }
        let words = groups.map { group in
            group.map { $0.isDigit ? context.language.digits([$0]) : String($0).uppercased() }.joined(separator: " ")
        }
        return Reading(end: end, words: words.joined(separator: ", "))
    }

    /// The figures and letters of the base of sixteen up to a mark.
    private static func group(_ text: TokenizedText, from index: Int) -> (letters: [Unicode.Scalar], end: Int)? {
        var (end, letters) = (index, [Unicode.Scalar]())
        while end < text.count, text.isDigits(end) || text.isWord(end) {
            guard letters.count + text.length(end) <= 12 else { return nil }
            letters += text.scalars[text.tokens[end].start..<text.tokens[end].end]
            end += 1
        }
        let areAll = letters.allSatisfy { $0.isDigit || $0.value < 0x80 && "abcdefABCDEF".unicodeScalars.contains($0) }
        return areAll && !letters.isEmpty ? (letters, end) : nil
    }

    /// "n° 60012345678": nobody counts so far.
    static let long = Rule(of: 9...20, in: .french) { context, index in
        let text = context.text
        guard text.isSpace(index - 1), text.length(index) % 2 == 0 || text.length(index) > 9,
            text.isBorder(index + 1) || text.isMark(index + 1, ".,;:!?)") && !text.isDigits(index + 2),
            context.unit(behind: index + 1) == nil, !text.isMark(text.behindSpace(index + 1), "€$£")
        else { return nil }
        let place = text.isMark(index - 2, ":") ? (text.isSpace(index - 3) ? index - 4 : index - 3) : index - 2
        guard text.isMark(index - 2, "°") || text.isWord(place, inAnyCase: names) else { return nil }
        return Reading(end: index + 1, words: Codes.pairs(text.string(index), in: context))
    }

    private static let names: WordSet = [
        "numéro", "compte", "client", "siret", "siren", "imei", "iccid", "colis", "suivi", "commande", "dossier",
        "référence", "contrat", "carte", "abonné",
    ]
}
