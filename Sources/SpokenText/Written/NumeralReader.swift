/// Reads the numbers of a language.
protocol NumeralReader {
    /// "et", "and".
    static var and: WordKey { get }
    var transcript: Transcript { get }
    /// The number in words or figures that begins at a token.
    func numeral(at index: Int) -> Numeral?
    /// The number in words that begins at a token, without decimals.
    func words(at index: Int) -> Numeral?
    /// A number in words below one hundred that begins at a token, whatever stands behind it.
    func belowHundred(at index: Int) -> NumeralPart?
    /// Whether a number in words begins at a token.
    func begins(at index: Int) -> Bool

    /// What may stand before a word such as "million", or at the end of a number.
    func part(at index: Int, isFirst: Bool) -> NumeralPart?
    /// What a word multiplies its part by.
    func scale(of part: NumberWord.Part) -> UInt64?
    /// Where the next part begins behind such a word.
    func nextPart(behind end: Int) -> Int?
}

extension NumeralReader {
    /// "deux millions trois cent mille": parts with words such as "million" behind them, each smaller than the one before.
    func parts(at index: Int) -> Numeral? {
        var numeral = Numeral(value: 0, end: index)
        var (next, lastScale) = (index, UInt64.max)
        while let part = part(at: next, isFirst: next == index) {
            guard !part.isOrdinal, let place = transcript.joined(part.end), let word = transcript.numberWord(place),
                let scale = scale(of: word.part), scale < lastScale
            else {
                guard numeral.end == index || part.value > 0 else { break }
                numeral.value += part.value
                (numeral.end, numeral.isOrdinal) = (part.end, part.isOrdinal)
                break
            }
            numeral.value += part.value * scale
            (numeral.end, numeral.isOrdinal, lastScale) = (place + 1, word.isOrdinal, scale)
            guard !word.isOrdinal, let more = nextPart(behind: numeral.end) else { break }
            next = more
        }
        return numeral.end > index ? numeral : nil
    }
}
