/// Numbers that stand together, of which nobody can tell whether they are one or two: they stay as they are.
extension FrenchWriting {
    /// "cent et un", "soixante et dix", "mille et cent".
    func linked(_ numeral: Numeral) -> Writing? {
        guard !numeral.isFigures, numeral.isWhole, let joint = transcript.wordBehindSpace(numeral.end),
            transcript.key(joint) == Self.and, let place = transcript.wordBehindSpace(joint + 1),
            let next = numerals.words(at: place), next.decimals.isEmpty, next.value > 0
        else { return nil }
        let isOne =
            switch numeral.value {
            case 60, 80: (10...19).contains(next.value)
            case 100... where numeral.value % 100 == 0: next.value < (numeral.value % 1000 == 0 ? 1000 : 100)
            default: false
            }
        return isOne ? Writing(end: next.end, words: nil) : nil
    }

    /// "trois heures cinq kilomètres": minutes, or a length of its own.
    func crowded(behind end: Int) -> Writing? {
        guard let place = transcript.wordBehindSpace(end), numerals.begins(at: place),
            let count = numerals.words(at: place), count.value < 60, let unit = unit(behind: count.end)
        else { return nil }
        return Writing(end: unit.end, words: nil)
    }

    /// "quarante-huit degrés vingt-trois minutes", on a map. An oven is hotter, and on for so many minutes.
    func arcMinutes(behind unit: SpokenUnit, of numeral: Numeral) -> Writing? {
        guard unit.symbol == "°" || unit.symbol == "°C" && numeral.value < 100 && !isNamed(unit),
            let minutes = part(behind: unit.end, named: Self.minuteNames)
        else { return nil }
        return Writing(end: part(behind: minutes, named: Self.secondNames) ?? minutes, words: nil)
    }

    private func part(behind end: Int, named names: WordKeySet) -> Int? {
        guard let place = transcript.wordBehindSpace(end), let count = numerals.words(at: place), count.value < 60,
            let name = transcript.wordBehindSpace(count.end), transcript.isWord(name, names)
        else { return nil }
        return name + 1
    }

    private static let secondNames = WordKeySet(words: "seconde secondes")
}
