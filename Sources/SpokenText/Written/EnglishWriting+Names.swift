/// Numbers that are names rather than counts, and those within names.
extension EnglishWriting {
    /// "chapter three", "season two": a number that counts nothing.
    func isNumbered(_ numeral: Numeral, at index: Int) -> Bool {
        guard !numeral.isFigures, numeral.isWhole, numeral.value < 10, transcript.text.isSpace(index - 1),
            transcript.isWord(index - 2, Self.numbered), !transcript.isCompound(index..<numeral.end),
            isLast(numeral.end) || transcript.wordBehindSpace(numeral.end).map(isPlain) == true
        else { return false }
        return successor(of: numeral) == nil && list(from: numeral) == nil && half(behind: numeral.end) == nil
            && unit(behind: numeral.end) == nil
    }

    /// Words that are counted by no number before them, and such things: "season two episode twelve".
    private func isPlain(_ place: Int) -> Bool {
        mayEnd(at: place - 1) || transcript.isWord(place, Self.numbered)
    }

    /// "Tuesday the seventh".
    func isDay(_ numeral: Numeral, at index: Int) -> Bool {
        numeral.isOrdinal && (1...31).contains(numeral.value) && transcript.keyBefore(index) == Self.articleOfDays
            && transcript.text.isSpace(index - 3) && transcript.isWord(index - 4, Self.weekdays)
            && !transcript.isCompound(index..<numeral.end)
    }

    /// "the third to the twelfth of May", "the first and the fifteenth": the first day is written as the second one is.
    func isBeforeDay(_ numeral: Numeral, at index: Int) -> Bool {
        guard (1...31).contains(numeral.value), transcript.keyBefore(index) == Self.articleOfDays,
            let joint = transcript.wordBehindSpace(numeral.end),
            transcript.isWord(joint, Self.rangeJoints),
            var place = transcript.wordBehindSpace(joint + 1)
        else { return false }
        if transcript.key(place) == Self.articleOfDays { place += 2 }
        guard let other = numerals.words(at: place), other.isOrdinal, (numeral.value...31).contains(other.value) else {
            return false
        }
        if let of = transcript.wordBehindSpace(other.end), transcript.key(of) == Self.of {
            return transcript.isWord(of + 2, Self.months)
        }
        return other.value >= 10 && isLast(other.end)
    }

    /// "Fifty Ways to Leave Your Lover", "Twenty One Pilots": capitals within a sentence are those of a name.
    func isName(_ numeral: Numeral, at index: Int) -> Bool {
        let text = transcript.text
        guard text.isCapitalised(index), !text.isAllCapitals(index), text.isSpace(index - 1), text.isWord(index - 2),
            let next = transcript.wordBehindSpace(numeral.end)
        else { return false }
        return text.isCapitalised(next) && !text.isAllCapitals(next) && !transcript.isWord(index - 2, Self.numbered)
    }

    /// "the eleven of them".
    func isPronoun(_ numeral: Numeral) -> Bool {
        guard let of = transcript.wordBehindSpace(numeral.end), transcript.key(of) == Self.of,
            let next = transcript.wordBehindSpace(of + 1)
        else { return false }
        return transcript.isWord(next, Self.persons)
    }

    /// "a dollar fifty", "a minute thirty", "noon thirty".
    func isRemainder(at index: Int) -> Bool {
        guard transcript.text.isSpace(index - 1) else { return false }
        if transcript.key(index - 2) == Self.noon { return true }
        // "2 million five hundred thousand".
        if transcript.text.isDigits(index - 4), transcript.isWord(index - 2, Self.scales) { return true }
        // "an hour and fifteen minutes".
        let end = transcript.key(index - 2) == EnglishNumeralReader.and ? index - 2 : index
        return isUnit(before: end)
    }

    private func isUnit(before index: Int) -> Bool {
        transcript.text.isSpace(index - 1) && transcript.text.isSpace(index - 3)
            && Self.indefinite.contains(transcript.key(index - 4)) && transcript.isWord(index - 2, Self.dividedUnits)
    }

    static let identifiers = WordKeySet(words: "number flight code route highway extension order invoice")
    private static let articleOfDays = WordKey("the")
    private static let noon = WordKey("noon")
    private static let indefinite = WordKeySet(words: "a an")
    private static let dividedUnits = WordKeySet(words: "dollar pound euro buck minute hour")
    private static let persons = WordKeySet(words: "them us you these those")
    private static let weekdays = WordKeySet(words: "monday tuesday wednesday thursday friday saturday sunday")
    private static let numbered = WordKeySet(
        words: """
            chapter page season episode channel volume room line level step exercise question number platform gate exit track verse \
            lesson scene act terminal apartment phase appendix
            """)
}
