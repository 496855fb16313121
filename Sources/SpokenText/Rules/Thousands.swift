/// Thousands behind a full stop.
extension RuleContext {
    /// "12.500 habitants", "1.500 m": what nobody measures in thousandths. "1.250 kg" may come from a scale.
    func withThousands(_ number: WrittenNumber) -> WrittenNumber {
        guard isFrench, !number.isNative, number.decimals.count == 3, (1...999).contains(number.value),
            isCountedByThousands(behind: number.end)
        else { return number }
        return WrittenNumber(value: number.value * 1000 + number.decimals.value, end: number.end)
    }

    private func isCountedByThousands(behind end: Int) -> Bool {
        guard text.isSpace(end), !text.isWord(end + 2) else { return false }
        if text.entry(end + 1, in: Unit.symbols) != nil { return text.isWord(end + 1, in: Self.whole) }
        guard let noun = text.word(end + 1), text.length(end + 1) > 3 else { return false }
        return noun.hasSuffix("s") && !text.isWord(end + 1, in: Self.small) && !text.isCapitalised(end + 1)
    }

    /// "3 000 000 tonnes": three millions of them.
    func millions(_ number: WrittenNumber) -> Reading? {
        guard isFrench, number.value % 1_000_000 == 0, text.isSingleSpace(number.end),
            !text.isCapitalised(number.end + 1), let noun = text.word(number.end + 1), noun.utf8.count > 3,
            noun.hasSuffix("s") || noun.hasSuffix("x"), !text.isWord(number.end + 1, in: Self.joints)
        else { return nil }
        say(number.value)
        say(language.link(number, to: noun))
        guard phrase.ends(with: " ") else { return Reading(end: number.end + 1) }
        phrase.removeLast()
        return Reading(end: number.end)
    }

    /// Whether a full stop behind a unit shortens it, as a small letter follows: "3 h. de route".
    func isShortened(at stop: Int) -> Bool {
        guard text.isMark(stop, "."), text.isWord(stop - 1), text.isSpace(stop + 1), text.isWord(stop + 2) else {
            return false
        }
        return text.tokens[stop + 2].head.isLowercase && language.joins.right[text.string(stop + 2)] == nil
    }

    private static let whole: WordSet = [
        "m", "km", "kcal", "W", "hab", "pers", "KM", "Km", "kms", "Kms", "ha", "cal", "tr", "pts", "j",
    ]
    private static let joints: WordSet = [
        "dans", "sans", "puis", "mais", "alors", "depuis", "sous", "plus", "moins", "vers",
    ]
    private static let small = joints.union([
        "mètres", "litres", "grammes", "kilos", "tonnes", "degrés", "volts", "ampères", "bars", "secondes", "fois",
        "heures",
    ])
}
