/// How English is written: which numbers become figures, and what stands around them.
struct EnglishWriting: WritingRules {
    let transcript: Transcript
    let numerals: EnglishNumeralReader

    init(_ text: String) {
        transcript = Transcript(text, numberWords: EnglishNumeralReader.numberWords)
        numerals = EnglishNumeralReader(transcript: transcript)
    }

    func writing(at index: Int) -> Writing? {
        if transcript.text.isDigits(index) || transcript.numberWord(index) != nil { return number(at: index) }
        let key = transcript.key(index)
        if key == EnglishNumeralReader.article {
            return quarter(behind: index) ?? share(at: index) ?? number(at: index)
        }
        if key == Self.minus || key == Self.negative || key == Self.plus { return signed(at: index) }
        if key == Self.half || key == Self.quarter { return past(at: index) }
        return nil
    }

    static let language = WritingLanguage(
        idioms: idioms,
        joints: WordKeySet(words: "and or to by plus minus times against past after is equals over"),
        lastJoints: WordKeySet(words: "and or then"),
        shares: [[WordKey("out"), of], [WordKey("in")]],
        articles: WordKeySet(words: "the"),
        times: WordKeySet(words: "times"),
        valuesInWords: [],
        remainders: WordKeySet(words: "minus point"),
        halves: [[EnglishNumeralReader.and, EnglishNumeralReader.article, half]],
        centNames: WordKeySet(words: "cent cents penny pence"),
        codes: CodeWords(
            names: WordKeySet(words: "code pin passcode zip"), kinds: [], being: WordKeySet(words: "is"),
            things: WordKeySet(
                words: """
                    the my our your his her their s for of to new number gate door front back garage safe lock house home building \
                    alarm card bank SIM phone Wi Fi wifi
                    """),
            changes: WordKeySet(words: "change changed changing set setting reset update updated"),
            changeJoint: WordKey("to")),
        hasNumbersAtHyphens: false,
        decimalMark: ".",
        groupMark: ",")

    func isMeasured(_ numeral: Numeral) -> Bool {
        unit(behind: numeral.end) != nil || isClock(behind: numeral.end)
    }

    func dated(_ numeral: Numeral, at index: Int) -> Writing? {
        if let written = version(at: index) ?? time(at: index) ?? date(at: index) ?? year(at: index)
            ?? minutes(numeral, at: index)
        {
            return written
        }
        guard
            isNumbered(numeral, at: index) || isDay(numeral, at: index) || isOperand(numeral, at: index)
                || isScale(numeral, at: index)
        else { return nil }
        return Writing(
            end: numeral.end, words: String(numeral.value) + (numeral.isOrdinal ? Self.ending(numeral.value) : ""))
    }

    func measurement(_ numeral: Numeral, at index: Int) -> Writing? { quantity(numeral, at: index) }

    /// "half a million dollars", "a quarter of a million".
    private func share(at article: Int) -> Writing? {
        let before = transcript.keyBefore(article)
        guard before == Self.half || before == Self.of && transcript.isWord(article - 4, Self.shares),
            let numeral = numerals.words(at: article)
        else { return nil }
        return Writing(end: numeral.end, words: nil)
    }

    // MARK: Numbers alone

    func plain(_ numeral: Numeral, at index: Int) -> Writing? {
        let unchanged = Writing(end: numeral.end, words: nil)
        guard !numeral.isFigures, !numeral.isOne, !isPointed(numeral, at: index), !isVague(numeral, at: index),
            !Self.feet.contains(transcript.keyBefore(index)), !isName(numeral, at: index),
            !isPronoun(numeral), !isRemainder(at: index)
        else { return unchanged }
        if !numeral.decimals.isEmpty { return Writing(end: numeral.end, words: figures(numeral)) }
        guard numeral.value >= 10 else { return unchanged }
        if let millions = millions(numeral) { return Writing(end: numeral.end, words: millions) }
        if numeral.value < 1000, let half = half(behind: numeral.end) {
            return Writing(end: half, words: "\(numeral.value).5")
        }
        if numeral.value >= 1000, isYear(numeral, at: index) || transcript.isWord(index - 2, Self.identifiers) {
            return Writing(end: numeral.end, words: String(numeral.value))
        }
        return Writing(end: numeral.end, words: figures(numeral))
    }

    /// "the eighteen hundreds", and "two thousand and one", which may be a year.
    private func isVague(_ numeral: Numeral, at index: Int) -> Bool {
        if let next = transcript.wordBehindSpace(numeral.end) {
            if transcript.isWord(next, Self.manyWords) { return true }
            // "it's ten to", "fourteen hundred hours".
            if transcript.isWord(next, Self.befores) || transcript.isWord(next, Self.pasts), isLast(next + 1) {
                return true
            }
            if transcript.isWord(next, Self.hours), isHundreds(numeral, at: index) { return true }
        }
        // "nineteen hundred", which may be a year.
        if numeral.value >= 1500, isHundreds(numeral, at: index), mayEnd(at: numeral.end), !isYear(numeral, at: index) {
            return true
        }
        return (2001..<2100).contains(numeral.value) && numeral.decimals.isEmpty && mayEnd(at: numeral.end)
            && !isYear(numeral, at: index) && !transcript.isWord(index - 2, Self.identifiers)
    }

    /// "nineteen hundred".
    private func isHundreds(_ numeral: Numeral, at index: Int) -> Bool {
        (1100..<2400).contains(numeral.value) && numeral.value % 1000 > 0 && numeral.value % 100 == 0
            && transcript.numberWord(numeral.end - 1)?.part == .hundred && numeral.decimals.isEmpty
            && transcript.key(index + 2) != EnglishNumeralReader.thousand
    }

    /// "one dot ten", an address.
    private func isPointed(_ numeral: Numeral, at index: Int) -> Bool {
        transcript.keyBefore(index) == Self.dot
            || transcript.wordBehindSpace(numeral.end).map { transcript.key($0) == Self.dot } == true
    }

    /// "3 million"; nil for other numbers. One million keeps its words.
    func millions(_ numeral: Numeral) -> String? {
        guard let (count, isBillion) = scaled(numeral) else { return nil }
        return count < 1000 ? "\(count) \(isBillion ? "billion" : "million")" : nil
    }

    private func isYear(_ numeral: Numeral, at index: Int) -> Bool {
        (1000..<2100).contains(numeral.value) && Self.beforeYears.contains(transcript.keyBefore(index))
    }

    func ordinal(_ numeral: Numeral, at index: Int) -> Writing? {
        let next = transcript.wordBehindSpace(numeral.end)
        let isCentury = next.map { transcript.isWord($0, Self.centuries) } == true
        let isOfMonth =
            next.map { transcript.key($0) == Self.of && transcript.isWord($0 + 2, Self.months) } == true
            && numeral.value <= 31
        let isFraction =
            Self.fractionWords.contains(transcript.keyBefore(index))
            || transcript.text.isSpace(index - 1) && transcript.isNumber(index - 2)
            || next.map { transcript.key($0) == Self.of } == true
            || numeral.end == index + 1 && numeral.value >= 100
        guard
            isCentury || isOfMonth || isBeforeDay(numeral, at: index)
                || numeral.value >= 10 && !isFraction && !isKing(index)
        else {
            return Writing(end: numeral.end, words: nil)
        }
        return Writing(end: numeral.end, words: Self.grouped(numeral.value) + Self.ending(numeral.value))
    }

    /// "Louis the Fourteenth".
    private func isKing(_ index: Int) -> Bool {
        transcript.keyBefore(index) == Self.the && transcript.isWord(index - 4, Self.kings)
    }

    static func ending(_ value: UInt64) -> String {
        if (11...13).contains(value % 100) { return "th" }
        return [1: "st", 2: "nd", 3: "rd"][value % 10] ?? "th"
    }

    // MARK: Ranges and signs

    /// "five to ten percent", "five or ten people": the first number is written as the second one is.
    func range(_ numeral: Numeral, at index: Int) -> Writing? {
        guard !numeral.isFigures, numeral.isWhole, !numeral.isOne, numeral.value < 1000,
            let joint = transcript.wordBehindSpace(numeral.end), let place = transcript.wordBehindSpace(joint + 1),
            let next = numerals.numeral(at: place), !next.isOrdinal, !next.isOne
        else { return nil }
        let unit = unit(behind: next.end)
        let isClock = isClock(behind: next.end)
        let hasUnit = unit != nil
        guard numeral.value < 10 || unit?.isMoney == true else { return nil }
        guard hasUnit || isClock || next.value >= 10 || !next.decimals.isEmpty else { return nil }
        let isRange =
            switch transcript.key(joint) {
            case Self.or: true
            case EnglishNumeralReader.and: transcript.keyBefore(index) == Self.between
            case Self.to where isClock: transcript.keyBefore(index) == Self.from
            case Self.to: hasUnit || transcript.keyBefore(index) == Self.from || !mayEnd(at: next.end)
            default: false
            }
        // "five to ten" alone is an hour.
        if !isRange, transcript.key(joint) == Self.to { return Writing(end: next.end, words: nil) }
        guard isRange, next.isFigures || row(next) == nil else { return nil }
        let sign = unit?.isMoney == true ? unit?.symbol ?? "" : ""
        return Writing(end: numeral.end, words: sign + figures(numeral))
    }

    func unsure(_ numeral: Numeral, at index: Int) -> Writing? { past(numeral, at: index) ?? length(numeral) }

    /// "eight hours and thirty minutes", "one minute thirty", of which a number is too small for figures.
    private func length(_ numeral: Numeral) -> Writing? {
        guard !numeral.isFigures, numeral.isWhole, let name = transcript.wordBehindSpace(numeral.end),
            transcript.isWord(name, Self.hours) || transcript.isWord(name, Self.minutes),
            var place = transcript.wordBehindSpace(name + 1)
        else { return nil }
        if transcript.key(place) == EnglishNumeralReader.and {
            guard let behind = transcript.wordBehindSpace(place + 1) else { return nil }
            place = behind
        }
        guard let rest = numerals.words(at: place), rest.isWhole, staysInWords(numeral) || staysInWords(rest),
            isLast(rest.end)
                || transcript.wordBehindSpace(rest.end).map({
                    transcript.isWord($0, Self.minutes) || transcript.isWord($0, Self.seconds)
                }) == true
        else { return nil }
        return Writing(end: rest.end, words: nil)
    }

    /// "twenty past five", "ten to twelve", "twenty minutes to five": hours, which have another order in figures.
    private func past(_ numeral: Numeral, at index: Int) -> Writing? {
        guard !numeral.isFigures, numeral.isWhole, numeral.value < 60,
            var joint = transcript.wordBehindSpace(numeral.end)
        else {
            return nil
        }
        let isNamed = transcript.isWord(joint, Self.minutes)
        if isNamed {
            guard let next = transcript.wordBehindSpace(joint + 1) else { return nil }
            joint = next
        }
        let isTo = transcript.isWord(joint, Self.befores)
        guard isTo || transcript.isWord(joint, Self.pasts), let place = transcript.wordBehindSpace(joint + 1),
            let hour = numerals.words(at: place), hour.isWhole, (1...12).contains(hour.value),
            isNamed || !isTo
                || (mayEnd(at: hour.end) || isClock(behind: hour.end)) && transcript.keyBefore(index) != Self.from
        else { return nil }
        return Writing(end: hour.end, words: nil)
    }

    /// "minus five degrees", "it's minus ten".
    private func signed(at index: Int) -> Writing? {
        let text = transcript.text
        guard text.isSpace(index + 1), let numeral = numerals.numeral(at: index + 2), !numeral.isOrdinal,
            !transcript.isCompound(index + 2..<numeral.end), !transcript.isCompound(index..<index + 1)
        else { return nil }
        let before = transcript.keyBefore(index)
        guard !text.isSpace(index - 1) || !text.isDigits(index - 2) && transcript.numberWord(index - 2) == nil,
            !Self.comparisons.contains(before)
        else { return nil }
        let isPlus = transcript.key(index) == Self.plus
        if isPlus, before != Self.to, before != EnglishNumeralReader.and { return nil }
        if let unit = unit(behind: numeral.end), unit.isSigned, let writing = quantity(numeral, at: index + 2),
            let words = writing.words
        {
            return Writing(end: writing.end, words: (isPlus ? "+" : "-") + words)
        }
        if isPlus { return nil }
        if isBeforeSigned(numeral.end) { return Writing(end: numeral.end, words: "-" + figures(numeral)) }
        guard Self.announcers.contains(before), mayEnd(at: numeral.end), row(numeral) == nil else {
            return withoutSign(numeral, at: index + 2)
        }
        return Writing(end: numeral.end, words: "-" + figures(numeral))
    }

    /// "minus five to plus three degrees", "minus five and minus two degrees".
    private func isBeforeSigned(_ end: Int) -> Bool {
        guard let joint = transcript.wordBehindSpace(end),
            transcript.isWord(joint, Self.rangeJoints), transcript.text.isSpace(joint + 1)
        else { return false }
        let isSigned = transcript.isWord(joint + 2, Self.signs)
        guard let other = numerals.numeral(at: isSigned ? joint + 4 : joint + 2), !other.isOrdinal, row(other) == nil,
            let unit = unit(behind: other.end)
        else { return false }
        return unit.isSigned && !unit.isMoney
    }

    // MARK: Ends

    /// Whether a number may end here: nothing that it counts stands behind it.
    func mayEnd(at end: Int) -> Bool {
        // "20th", "20-minute".
        guard !transcript.isHyphen(end), !transcript.text.isWord(end) else { return false }
        guard let next = transcript.wordBehindSpace(end) else {
            return !(transcript.text.isSpace(end) && transcript.text.isDigits(end + 1))
        }
        return transcript.isWord(next, Self.plainWords)
    }

    static let minus = WordKey("minus")
    static let plus = WordKey("plus")
    static let negative = WordKey("negative")
    private static let signs: WordKeySet = [minus, negative, plus]
    static let half = WordKey("half")
    static let quarter = WordKey("quarter")
    static let of = WordKey("of")
    static let dot = WordKey("dot")
    /// "five foot ten".
    private static let feet = WordKeySet(words: "foot feet")
    private static let the = WordKey("the")
    private static let manyWords = WordKeySet(words: "hundreds thousands millions billions")
    private static let hours = WordKeySet(words: "hour hours")
    static let minutes = WordKeySet(words: "minute minutes")
    private static let seconds = WordKeySet(words: "second seconds")
    private static let shares = WordKeySet(
        words: "half halves third thirds quarter quarters fifth fifths tenth tenths eighth eighths")
    static let befores = WordKeySet(words: "to till til before")
    private static let kings = WordKeySet(
        words: """
            louis henry charles edward george william richard james pope john paul pius benedict francis leo philip gregory clement \
            napoleon elizabeth catherine ferdinand alfonso boniface innocent urban
            """)
    static let or = WordKey("or")
    static let to = WordKey("to")
    static let from = WordKey("from")
    static let rangeJoints: WordKeySet = [to, EnglishNumeralReader.and, or]
    static let between = WordKey("between")
    static let months = WordKeySet(
        words: "january february march april may june july august september october november december")
    private static let centuries = WordKeySet(words: "century centuries")
    private static let fractionWords = WordKeySet(words: "a an one st nd rd th")
    private static let comparisons = WordKeySet(words: "or")
    private static let announcers = WordKeySet(words: "is s was be")
    /// Before a year, which has no comma.
    private static let beforeYears = months.union(
        WordKeySet(words: "in since until till year by of before after during from summer winter spring autumn fall"))
    /// Words that are counted by no number before them.
    private static let plainWords = WordKeySet(
        words: """
            in on at and to for please every with the a an tomorrow today tonight outside inside now then when until till from or \
            but is was if so sharp today monday tuesday wednesday thursday friday saturday sunday this that my
            """)
}
