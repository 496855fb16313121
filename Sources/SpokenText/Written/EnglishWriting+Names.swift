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

    /// "six divided by two": both are figures, as a larger number would be.
    func isOperand(_ numeral: Numeral, at index: Int) -> Bool {
        guard !numeral.isFigures, numeral.isWhole, numeral.value < 10, unit(behind: numeral.end) == nil,
            successor(of: numeral) == nil
        else { return false }
        if transcript.key(index - 2) == Self.by, transcript.isWord(index - 4, Self.operations) {
            return transcript.isCardinal(index - 6)
        }
        if transcript.isWord(index - 2, Self.equals) { return isResult(numeral, at: index) }
        guard let place = transcript.wordBehindSpace(numeral.end) else { return false }
        return transcript.isWord(place, Self.operations) && transcript.key(place + 2) == Self.by
            && transcript.isCardinal(place + 4)
    }

    /// "ten divided by two equals five".
    private func isResult(_ numeral: Numeral, at index: Int) -> Bool {
        var place = index - 4
        while place > index - 16, transcript.isCardinal(place) { place -= 2 }
        return place < index - 4 && transcript.key(place) == Self.by && transcript.isWord(place - 2, Self.operations)
            && transcript.isCardinal(place - 4) && isLast(numeral.end)
    }

    /// "four point five out of five", "4.5 out of five": figures stand before.
    func isScale(_ numeral: Numeral, at index: Int) -> Bool {
        guard !numeral.isFigures, numeral.isWhole, !numeral.isOne, numeral.value < 10,
            transcript.keyBefore(index) == Self.of, transcript.key(index - 4) == Self.out,
            successor(of: numeral) == nil, !isMeasured(numeral)
        else { return false }
        var place = index - 6
        if transcript.text.isDigits(place) {
            return transcript.text.isMark(place - 1, ".") && transcript.text.isDigits(place - 2)
        }
        while place > index - 12, transcript.isCardinal(place) { place -= 2 }
        return place < index - 6 && transcript.key(place) == EnglishNumeralReader.point
            && transcript.isCardinal(place - 2)
    }

    /// "one ninety-two dot one sixty-eight dot one dot ten", "version two dot three", "two point three point one": one dot alone needs
    /// a word that tells of it.
    func version(at index: Int) -> Writing? {
        guard var last = part(at: index), !isPoint(before: index) else { return nil }
        var (figures, count, isDecimal) = (last.figures, 1, true)
        while let point = transcript.wordBehindSpace(last.end), isPoint(point) {
            guard count < 8, transcript.text.isSpace(point + 1), let next = part(at: point + 2) else { return nil }
            figures += "." + next.figures
            isDecimal = isDecimal && transcript.key(point) == EnglishNumeralReader.point
            (count, last) = (count + 1, next)
        }
        guard count > 2 || count == 2 && !isDecimal && transcript.isWord(index - 2, Self.versions),
            mayEnd(at: last.end)
        else { return nil }
        return Writing(end: last.end, words: figures)
    }

    private func isPoint(_ place: Int) -> Bool {
        transcript.key(place) == Self.dot || transcript.key(place) == EnglishNumeralReader.point
    }

    private func isPoint(before index: Int) -> Bool { transcript.text.isSpace(index - 1) && isPoint(index - 2) }

    /// "168", "one sixty-eight", "one six eight", "one hundred sixty-eight".
    private func part(at place: Int) -> (figures: String, end: Int)? {
        if transcript.text.isDigits(place) {
            guard transcript.text.length(place) <= 4, !transcript.isAttached(place) else { return nil }
            return (transcript.text.string(place), place + 1)
        }
        guard transcript.numberWord(place)?.isOrdinal == false else { return nil }
        if let digits = transcript.digits(at: place, atMost: 3), digits.figures.utf8.count > 1 { return digits }
        guard let whole = numerals.words(at: place), !whole.isOrdinal, whole.value < 10_000 else { return nil }
        if whole.value < 10, let next = transcript.wordBehindSpace(whole.end),
            let pair = numerals.belowHundred(at: next), !pair.isOrdinal, pair.value >= 10
        {
            return (String(whole.value * 100 + pair.value), pair.end)
        }
        return (String(whole.value), whole.end)
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
    private static let by = WordKey("by")
    private static let out = WordKey("out")
    private static let operations = WordKeySet(words: "divided multiplied")
    private static let equals = WordKeySet(words: "equals is")
    private static let versions = WordKeySet(
        words: "version Python Java PHP iOS Android macOS Ubuntu Debian Linux Swift Bluetooth USB HDMI firmware kernel")
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
