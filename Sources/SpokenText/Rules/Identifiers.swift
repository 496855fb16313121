/// Rows of figures and letters that only machines read.
enum Identifiers {
    /// "550e8400-e29b-41d4-a716-446655440000", "00:1A:2B:3C:4D:5E": one by one.
    static let hexadecimal = Rule(
        at: figures, of: 1...8, before: [.digits, .word, .dash, .colon],
        after: [.none, .space, .colon, .pause, .otherMark], leadingTo: figures + "x-:"
    ) { context, index in
        let text = context.text
        if let prefixed = prefixed(context, index) { return prefixed }
        guard index + 6 < text.count, text.isBorder(index - 1) || text.isMark(index - 1, "(:«\"'’") else { return nil }
        guard let first = groupEnd(of: index, in: text), first.count == 8 || first.count == 2,
            let mark = text.mark(first.end), mark == "-" || mark == ":" && first.count == 2
        else { return nil }
        let isLong = first.count == 8
        var end = first.end
        for group in 1..<(isLong ? 5 : 6) {
            let length = isLong ? (group < 4 ? 4 : 12) : 2
            guard text.mark(end) == mark, let next = groupEnd(of: end + 1, in: text), next.count == length else {
                return nil
            }
            end = next.end
        }
        guard text.isBorder(end) || text.isMark(end, ".,;!?)»\"'’"),
            isLong || (index..<end).contains(where: text.isWord)
        else { return nil }
        say(figures: text.bytes(of: index..<end), in: context)
        return Reading(end: end)
    }

    /// One by one, with a pause for each mark between them.
    private static func say(figures bytes: Range<Int>, in context: RuleContext) {
        var isFirst = true
        for figure in context.text.utf8[bytes] {
            let isDigit = figure &- UInt8(ascii: "0") < 10
            guard isDigit || isFigure(figure) else {
                if !isFirst { context.say(", ") }
                isFirst = true
                continue
            }
            if !isFirst { context.say(" ") }
            isFirst = false
            if isDigit {
                context.say(UInt64(figure - UInt8(ascii: "0")))
            } else {
                // In capitals, a letter is without its sixth bit.
                context.phrase.append(Unicode.Scalar(figure & 0xDF))
            }
        }
    }

    /// "0x1F", "0x80070005": a cross behind a zero has no product.
    private static func prefixed(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard text.length(index) == 1, text.value(index) == 0, text.isWord(index + 1),
            text.tokens[index + 1].head == "x",
            text.isBorder(index - 1) || text.isMark(index - 1, "(«\"'’:=,[")
        else { return nil }
        var end = index + 2
        while text.isDigits(end) || text.isWord(end), end < index + 19 { end += 1 }
        let figures = text.bytes(of: index + 1..<end).dropFirst()
        guard (2...16).contains(figures.count), !text.isMark(end, ",.") || !text.isDigits(end + 1),
            text.utf8[figures].allSatisfy({ $0 &- UInt8(ascii: "0") < 10 || isFigure($0) })
        else { return nil }
        context.say(0)
        context.say(" x ")
        say(figures: figures, in: context)
        return Reading(end: end)
    }

    /// "#FFA500": six figures of a colour, of which one is a letter, or the first a zero.
    static func color(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard let (count, end) = groupEnd(of: index + 1, in: text), count == 6,
            end > index + 2 || text.startsWithZero(index + 1), text.isBorder(end) || text.isMark(end, ".,;:!?)»\"'’")
        else { return nil }
        context.say(context.isFrench ? "dièse " : "hash ")
        say(figures: text.bytes(of: index + 1..<end), in: context)
        return Reading(end: end)
    }

    private static let figures = "0123456789abcdefABCDEF"

    /// How many figures and letters of the base of sixteen stand there up to a mark, and where they end.
    private static func groupEnd(of index: Int, in text: TokenizedText) -> (count: Int, end: Int)? {
        var (end, count) = (index, 0)
        while end < text.count, text.isDigits(end) || text.isWord(end) {
            count += text.length(end)
            guard count <= 12 else { return nil }
            if text.isWord(end) {
                let token = text.tokens[end]
                guard text.utf8[token.bytes].allSatisfy(isFigure) else { return nil }
            }
            end += 1
        }
        return count > 0 ? (count, end) : nil
    }

    private static func isFigure(_ letter: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(letter | 0x20)
    }

    /// "n° 60012345678", "n° allocataire 1234567": nobody counts so far.
    static let long = Rule(of: 6...20, after: .space, in: .french) { context, index in
        let text = context.text
        let isShort = text.length(index) < 9
        guard text.isSpace(index - 1), isShort || text.length(index) % 2 == 0 || text.length(index) > 9,
            text.isBorder(index + 1) || text.isMark(index + 1, ".,;:!?)") && !text.isDigits(index + 2),
            context.unit(behind: index + 1) == nil, !text.isMark(text.behindSpace(index + 1), "€$£")
        else { return nil }
        let place = text.isMark(index - 2, ":") ? (text.isSpace(index - 3) ? index - 4 : index - 3) : index - 2
        guard
            isShort
                ? text.isWord(place, inAnyCase: people) && text.isSpace(place - 1) && text.isMark(place - 2, "°")
                : text.isMark(index - 2, "°") || text.isWord(place, inAnyCase: names)
        else { return nil }
        context.say(pairsOf: index)
        return Reading(end: index + 1)
    }

    /// "Contrat n° 12 345 678", "PDL 14 789 456 123 456": by the groups in which they are written.
    static let grouped = Rule(of: 1...5, before: .space, after: .space, in: .french) { context, index in
        let text = context.text
        guard text.isDigits(index + 2), text.isSingleSpace(index + 1), text.isSpace(index - 1), isNamed(text, index)
        else { return nil }
        return groups(context, index)
    }

    private static func groups(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        var (end, count, groups) = (index, 0, [Int]())
        while text.isDigits(end), text.length(end) <= 5, groups.count < 8 {
            groups.append(end)
            count += text.length(end)
            guard text.isSingleSpace(end + 1), text.isDigits(end + 2) else { break }
            end += 2
        }
        guard groups.count > 2, (8...24).contains(count), context.unit(behind: end + 1) == nil,
            !text.isMark(text.behindSpace(end + 1), "€$£"), !text.isMark(end + 1, ",") || !text.isDigits(end + 2)
        else { return nil }
        // "4970 1234 5678 9012" of a card.
        let isCard = groups.count == 4 && groups.allSatisfy { text.length($0) == 4 }
        context.say(each: groups, between: ", ") {
            if isCard { context.say(pairsOf: $0) } else { context.say(codeAt: $0) }
        }
        return Reading(end: end + 1)
    }

    /// Whether "n°" or what has such numbers stands before a place.
    private static func isNamed(_ text: TokenizedText, _ index: Int) -> Bool {
        if text.isMark(index - 2, "°") { return text.isWord(index - 3, inAnyCase: "n") }
        let place = text.isMark(index - 2, ":") ? (text.isSpace(index - 3) ? index - 4 : index - 3) : index - 2
        return text.isWord(place, inAnyCase: names)
    }

    /// "71.09.15-123.45": the number of a Belgian; "756.1234.5678.97": the one of a Swiss.
    static let national = Rule(
        of: 2...3, before: .innerStop, after: [.none, .space, .colon, .otherMark], in: .french
    ) { context, index in
        let text = context.text
        let isSwiss = text.value(index) == 756
        let lengths = isSwiss ? [3, 4, 4, 2] : [2, 2, 2, 3, 2]
        guard text.isBorder(index - 1) || text.isMark(index - 1, ":("), text.isMark(index + 3, "."),
            isSwiss ? text.isMark(index + 5, ".") : context.isDash(index + 5) && text.isMark(index + 7, "."),
            !text.isDigits(index + 2 * lengths.count),
            lengths.indices.allSatisfy({ text.isDigits(index + 2 * $0) && text.length(index + 2 * $0) == lengths[$0] })
        else { return nil }
        context.say(each: lengths.indices, between: ", ") {
            if lengths[$0] == 4 { context.say(pairsOf: index + 2 * $0) } else { context.say(codeAt: index + 2 * $0) }
        }
        return Reading(end: index + 2 * lengths.count - 1)
    }

    private static let people: WordSet = ["allocataire", "client", "adhérent", "abonné", "assuré", "sociétaire"]
    private static let names: WordSet = [
        "numéro", "compte", "client", "siret", "siren", "imei", "iccid", "colis", "suivi", "commande", "dossier",
        "référence", "contrat", "carte", "abonné", "isbn", "ean", "puk", "pdl", "pce", "puce", "fiscal",
    ]
}
