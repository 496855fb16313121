/// How French is written: which numbers become figures, and what stands around them.
struct FrenchWriting: WritingRules {
    let transcript: Transcript
    let locale: SpokenLocale
    let numerals: FrenchNumeralReader

    init(_ text: String, locale: SpokenLocale) {
        transcript = Transcript(text, numberWords: FrenchNumeralReader.numberWords)
        self.locale = locale
        numerals = FrenchNumeralReader(transcript: transcript)
    }

    static let space = "\u{A0}"

    func writing(at index: Int) -> Writing? {
        if transcript.text.isDigits(index) || transcript.numberWord(index) != nil { return number(at: index) }
        let key = transcript.key(index)
        if key == Self.minus || key == Self.plus { return signed(at: index) }
        if key == Self.noon || key == Self.midnight { return middle(at: index) }
        return nil
    }

    private func number(at index: Int) -> Writing? {
        if let telephone = telephone(at: index) { return telephone }
        guard let numeral = numerals.numeral(at: index) else { return nil }
        // "12 vingt", "mille-feuille".
        let isUnknown =
            !numeral.isFigures
            && (transcript.isBehindFigures(index) || transcript.isCompound(index..<numeral.end))
        if isUnknown { return row(from: index, numeral) ?? Writing(end: numeral.end, words: nil) }
        if numeral.isOrdinal { return ordinal(numeral, at: index) }
        return row(from: index, numeral) ?? hours(numeral, at: index) ?? quantity(numeral, at: index)
            ?? range(numeral, at: index) ?? plain(numeral, at: index)
    }

    // MARK: Numbers alone

    /// "dix vingt trente", "un, deux, trois": what they are together is not known, so that they stay as they are.
    private func row(from index: Int, _ numeral: Numeral) -> Writing? {
        guard !numeral.isFigures else { return nil }
        var (last, count) = (numeral, 1)
        while let next = successor(of: last) {
            last = next
            count += 1
        }
        guard count > 1 else { return nil }
        return Writing(end: last.end, words: nil)
    }

    private func successor(of last: Numeral) -> Numeral? {
        if last.isWhole, let place = transcript.wordBehindSpace(last.end),
            transcript.numberWord(place)?.isOrdinal == false
        {
            return numerals.words(at: place) ?? Numeral(value: 0, end: place + 1)
        }
        guard transcript.text.isMark(last.end, ","), let place = transcript.wordBehindSpace(last.end + 1),
            numerals.begins(at: place), let next = numerals.words(at: place), last.isWhole, next.value == last.value + 1
        else { return nil }
        return next
    }

    private func plain(_ numeral: Numeral, at index: Int) -> Writing? {
        let unchanged = Writing(end: numeral.end, words: nil)
        guard !numeral.isFigures, !isRemainder(at: index), !isPointed(numeral, at: index) else { return unchanged }
        if !numeral.decimals.isEmpty { return Writing(end: numeral.end, words: figures(numeral)) }
        if let king = king(numeral, at: index) { return king }
        if isDay(numeral) { return Writing(end: numeral.end, words: String(numeral.value)) }
        guard numeral.value >= 10, !isIdiom(numeral, at: index) else { return unchanged }
        if let scaled = scaled(numeral) { return scaled }
        let half = half(behind: numeral.end)
        if let half, numeral.value < 1000 {
            let isCounted = transcript.wordBehindSpace(half) != nil
            return isCounted ? unchanged : Writing(end: half, words: "\(numeral.value),5")
        }
        let isCode = transcript.keyBefore(index) == Self.postal
        return Writing(
            end: numeral.end, words: isCode ? String(numeral.value) : Self.grouped(numeral.value, from: 10_000))
    }

    /// "trois point douze", a version or an address.
    private func isPointed(_ numeral: Numeral, at index: Int) -> Bool {
        if transcript.keyBefore(index) == Self.point, transcript.isNumber(index - 4) { return true }
        guard let point = transcript.wordBehindSpace(numeral.end), transcript.key(point) == Self.point else {
            return false
        }
        return transcript.isNumber(point + 2)
    }

    /// "trois millions" keeps its name: "3 millions".
    private func scaled(_ numeral: Numeral) -> Writing? {
        guard numeral.value >= 1_000_000, numeral.value % 1_000_000 == 0 else { return nil }
        let isBillion = numeral.value % 1_000_000_000 == 0
        let count = numeral.value / (isBillion ? 1_000_000_000 : 1_000_000)
        let name = isBillion ? "milliard" : "million"
        guard count > 1, count < 1000 else { return Writing(end: numeral.end, words: nil) }
        if let half = half(behind: numeral.end) {
            return Writing(end: half, words: "\(count),5\(Self.space)\(name)s")
        }
        return Writing(end: numeral.end, words: "\(count)\(Self.space)\(name)s")
    }

    /// "mille mercis", "mille fois".
    private func isIdiom(_ numeral: Numeral, at index: Int) -> Bool {
        numeral.value == 1000 && numeral.end == index + 1
    }

    /// "huit heures vingt personnes": a number that nobody can part from the hour or the amount before it.
    private func isRemainder(at index: Int) -> Bool {
        transcript.text.isSpace(index - 1)
            && (transcript.isWord(index - 2, Self.dividedUnits) || transcript.text.isMark(index - 2, "€$£"))
    }

    /// Where "et demi" behind a number or unit ends.
    func half(behind end: Int) -> Int? {
        guard let and = transcript.wordBehindSpace(end), transcript.key(and) == FrenchNumeralReader.and,
            let half = transcript.wordBehindSpace(and + 1), transcript.isWord(half, Self.halves)
        else { return nil }
        return half + 1
    }

    // MARK: Ranges and signs

    /// "cinq à dix minutes", "deux ou trois euros", "entre huit et dix": the first number is written as the second one is.
    private func range(_ numeral: Numeral, at index: Int) -> Writing? {
        guard !numeral.isFigures, numeral.isWhole, !numeral.isOne || !isElided(index), numeral.value < 10,
            let joint = transcript.wordBehindSpace(numeral.end), let place = nextNumeral(behind: joint + 1),
            let next = numerals.numeral(at: place), !next.isOrdinal, !next.isOne
        else { return nil }
        // "entre moins deux et trois degrés".
        let first = transcript.keyBefore(index) == Self.minus ? index - 2 : index
        let unit = measure(of: next)
        let isMeasured = unit != nil || isHour(behind: next.end)
        guard isMeasured || !numeral.isOne && (next.value >= 10 || !next.decimals.isEmpty) else { return nil }
        let isRange =
            switch transcript.key(joint) {
            case Self.or, Self.over: true
            case Self.and: transcript.keyBefore(first) == Self.between
            case Self.to:
                !numeral.isOne && (transcript.isWord(first - 2, Self.from) || first < index)
                    || Self.rangeUnits.contains(unit?.symbol ?? "")
            default: false
            }
        guard isRange, row(from: place, next) == nil || next.isFigures else { return nil }
        return Writing(end: numeral.end, words: figures(numeral))
    }

    private func nextNumeral(behind end: Int) -> Int? {
        guard transcript.text.isSpace(end) else { return nil }
        let place = transcript.isWord(end + 1, Self.signs) ? end + 3 : end + 1
        return transcript.text.isDigits(place) || transcript.text.isWord(place) ? place : nil
    }

    /// "moins cinq degrés", "il fait moins dix".
    private func signed(at index: Int) -> Writing? {
        guard let place = nextNumeral(behind: index + 1), place == index + 2,
            let numeral = numerals.numeral(at: place), !numeral.isOrdinal,
            !transcript.isCompound(place..<numeral.end), !transcript.isCompound(index..<index + 1)
        else { return nil }
        let before = transcript.keyBefore(index)
        let isSpaced = transcript.text.isSpace(index - 1)
        let announces = Self.announcers.contains(before)
        if transcript.key(index) == Self.plus {
            if let telephone = international(at: index) { return telephone }
            guard announces || before == Self.to || before == Self.and || before == Self.of,
                measure(of: numeral)?.symbol == "°C", let writing = quantity(numeral, at: place),
                let words = writing.words
            else { return nil }
            return Writing(end: writing.end, words: "+" + words)
        }
        guard before == .none || !Self.comparisons.contains(before) else { return nil }
        let isDifference =
            isSpaced
            && (transcript.text.isDigits(index - 2) || transcript.numberWord(index - 2) != nil
                || transcript.isWord(index - 2, Self.hourNames) || transcript.isWord(index - 2, Self.euroNames))
        guard !isDifference else { return nil }
        if let unit = measure(of: numeral), !["h", "min", "s"].contains(unit.symbol),
            let writing = quantity(numeral, at: place), let words = writing.words
        {
            return Writing(end: writing.end, words: "-" + words)
        }
        if let range = range(numeral, at: place), let words = range.words {
            return Writing(end: range.end, words: "-" + words)
        }
        guard announces, mayEnd(at: numeral.end), row(from: place, numeral) == nil else { return nil }
        return Writing(end: numeral.end, words: "-" + figures(numeral))
    }

    // MARK: Figures

    /// The number with its decimals, and with spaces between thousands.
    func figures(_ numeral: Numeral) -> String {
        Self.grouped(numeral.value, from: 1000) + (numeral.decimals.isEmpty ? "" : "," + numeral.decimals)
    }

    /// - Parameter limit: smaller numbers have no spaces: four figures may be a year.
    static func grouped(_ value: UInt64, from limit: UInt64) -> String {
        let figures = String(value)
        guard value >= limit else { return figures }
        var result = ""
        for (index, figure) in figures.enumerated() {
            if index > 0, (figures.utf8.count - index) % 3 == 0 { result += space }
            result.append(figure)
        }
        return result
    }

    /// Whether a number may end here. A noun behind it, which is mostly a plural, would belong to it and not to the hour or amount before it.
    func mayEnd(at end: Int) -> Bool {
        guard !transcript.isHyphen(end) || !transcript.text.isWord(end + 1) else { return false }
        guard let next = transcript.wordBehindSpace(end) else {
            return !(transcript.text.isSpace(end) && transcript.text.isMark(end + 1, "%€$°"))
        }
        if transcript.isWord(next, Self.plainWords) { return true }
        let text = transcript.text
        let last = text.scalars[text.tokens[next].end - 1]
        return last != "s" && last != "x" && last != "S" && last != "X" && !numerals.begins(at: next)
    }
}
