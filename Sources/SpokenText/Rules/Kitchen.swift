/// Spoons of recipes.
enum Kitchen {
    /// "2 c. à s.", "c.à.c.", "1 c. à soupe", "2 càs".
    static let spoons = Rule(at: "cC", of: 1...5, in: .french) { context, index in
        guard let spoon = context.spoon(at: index) else { return nil }
        context.say(context.countsMany(before: index) ? "cuillères à " : "cuillère à ")
        context.say(spoon.kind)
        return Reading(end: spoon.end)
    }

    /// "210 °C/th. 7", "180°C/Th6".
    static let thermostat = Rule(at: "/", before: .word, in: .french) { context, index in
        let text = context.text
        guard text.isWord(index + 1, "th Th"), text.isMark(index - 1, "°") || text.isWord(index - 1, "C") else {
            return nil
        }
        let number = text.behindSpace(text.isMark(index + 2, ".") ? index + 3 : index + 2)
        guard text.small(number, in: 1...10) != nil else { return nil }
        return Reading(end: number, words: ", thermostat ")
    }

    /// "th. 7/210 °C".
    static func isThermostat(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        let before = text.isSpace(index - 1) ? index - 2 : index - 1
        let word = text.isMark(before, ".") ? before - 1 : before
        return text.small(index, in: 1...10) != nil && text.isWord(word, inAnyCase: "th thermostat")
    }
}

extension RuleContext {
    func isSpoon(_ index: Int) -> Bool { isFrench && spoon(at: index) != nil }

    func spoon(at index: Int) -> (kind: String, end: Int)? {
        guard text.isWord(index), text.tokens[index].head.value | 0x20 == 0x63, text.length(index) <= 5,
            let spoon = text.entry(index, inAnyCase: Self.shortSpoons)
        else { return nil }
        switch spoon {
        case .whole(let kind): return (kind, index + 1)
        case .letters(let kind): return isDose(index) ? (kind, index + 1) : nil
        case .beginning: break
        }
        guard text.isMark(index + 1, ".") else { return nil }
        if let spoon = shortSpoon(at: index) { return spoon }
        let at = text.behindSpace(index + 2)
        guard text.isWord(at, inAnyCase: "à") else { return nil }
        let kind = text.behindSpace(text.isMark(at + 1, ".") ? at + 2 : at + 1)
        guard let word = text.word(kind)?.lowercased(), let name = Self.spoonKinds[word] else { return nil }
        guard text.length(kind) == 1, text.isMark(kind + 1, ".") else { return (name, kind + 1) }
        return (name, endsSentence(kind + 1) ? kind + 1 : kind + 2)
    }

    private enum ShortSpoon {
        /// All that is written of it.
        case whole(String)
        /// The same where what is measured stands behind it.
        case letters(String)
        case beginning
    }

    private static let shortSpoons: WordTable<ShortSpoon> = [
        "càs": .whole("soupe"), "càc": .whole("café"), "cs": .letters("soupe"), "cc": .letters("café"),
        "c": .beginning, "cuil": .beginning, "cuill": .beginning,
    ]

    /// "1 c.s. d'huile", "2 c.c. de curry": behind more than a few, the letters are the size of a motor.
    private func shortSpoon(at index: Int) -> (kind: String, end: Int)? {
        guard text.isSpace(index - 1), text.small(index - 2, in: 1...10) != nil || text.isMark(index - 2, "½¼¾⅓⅔⅛"),
            text.isWord(index, "c"), text.isWord(index + 2, "s c"), text.isMark(index + 3, "."),
            text.isSpace(index + 4), text.isWord(index + 5, "de du d")
        else { return nil }
        return (text.isWord(index + 2, "s") ? "soupe" : "café", index + 4)
    }

    private static let spoonKinds: WordTable<String> = [
        "s": "soupe", "soupe": "soupe", "c": "café", "café": "café", "thé": "thé",
    ]

    /// "3 cs de sucre": what is measured stands behind the letters, which mean other things elsewhere.
    private func isDose(_ index: Int) -> Bool {
        text.isSpace(index - 1) && (text.isDigits(index - 2) || text.isMark(index - 2, "½¼¾"))
            && text.isSpace(index + 1)
            && (text.isWord(index + 2, "de du")
                || text.isWord(index + 2, "d") && text.isMark(index + 3, "'’"))
    }

    /// Whether the full stop of an abbreviation ends a sentence too, so that it stays.
    func endsSentence(_ stop: Int) -> Bool {
        let next = text.behindSpace(stop + 1)
        if next >= text.count || text.isBorder(next) { return true }
        guard next > stop + 1, text.isCapitalised(next) else { return false }
        // "LE 25 DÉC. ET LE 1ER JANV."
        return !(text.isAllCapitals(next) && text.isAllCapitals(stop - 1) && text.length(stop - 1) > 1)
    }

    /// Whether a number of two and more stands before a place, in figures or letters.
    fileprivate func countsMany(before index: Int) -> Bool {
        guard text.isSpace(index - 1) else { return false }
        if text.isWord(index - 2) { return text.isWord(index - 2, inAnyCase: Self.many) }
        guard var value = text.value(index - 2) else { return text.isMark(index - 2, "½¼¾") && isMany(index - 3) }
        if text.isMark(index - 3, ",."), let whole = text.value(index - 4) { value = whole }
        // "1/2"
        if text.isMark(index - 3, "/") { return text.isSpace(index - 5) && isMany(index - 6) }
        return value > 1
    }

    private func isMany(_ index: Int) -> Bool { text.value(index).map { $0 > 1 } ?? false }

    private static let many: WordSet = [
        "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "quelques", "plusieurs", "douze",
    ]
}
