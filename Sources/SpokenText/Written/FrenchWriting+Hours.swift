/// Hours of the day and lengths of time: "18 h 30", "7 h 45", "2 min 30".
extension FrenchWriting {
    func hours(_ numeral: Numeral, at index: Int) -> Writing? {
        guard numeral.isWhole, numeral.value < 100 else { return nil }
        let text = transcript.text
        let name = text.behindSpace(numeral.end)
        let isSymbol =
            (numeral.isFigures || name > numeral.end) && text.length(name) == 1 && transcript.key(name) == Self.letterH
        guard isSymbol || name > numeral.end && transcript.isWord(name, Self.longHours), !isCompoundBehind(name + 1)
        else { return minutes(numeral, at: index) }
        if isSymbol, text.isMark(name + 1, "/'’.") && !text.isBorder(name + 2) { return nil }
        let hour = numeral.value
        if let minute = minute(behind: name + 1, isSymbol: isSymbol) {
            guard hour > 0 || !minute.isBefore else { return nil }
            // Whether it is an hour past noon or midnight is not known.
            if minute.isBefore, hour == 1 { return Writing(end: minute.end, words: nil) }
            // "d'une heure trente" could only become "d'1 h 30".
            if numeral.isOne, isElided(index) { return Writing(end: minute.end, words: nil) }
            // "9 h 10 kg" is written, and can be no hour alone.
            if isSymbol, text.isSpace(name + 1), isMeasured(behind: minute.end) {
                return Writing(end: minute.end, words: nil)
            }
            let before = minute.isBefore ? hour - 1 : hour
            return Writing(end: minute.end, words: Self.hour(before, minute.value) + minute.unit)
        }
        if let remainder = remainder(behind: name + 1) ?? subtrahend(behind: name + 1) { return remainder }
        if let crowded = crowded(behind: name + 1) { return crowded }
        // "trois heures trois heures et demie".
        if let next = transcript.wordBehindSpace(name + 1), let other = numerals.words(at: next), other.isWhole,
            isHour(behind: other.end)
        {
            let end = transcript.text.behindSpace(other.end) + 1
            return Writing(end: half(behind: end) ?? minute(behind: end, isSymbol: false)?.end ?? end, words: nil)
        }
        if text.isDigits(name + 1) { return nil }
        if numeral.isOne {
            guard let second = secondHour(behind: name + 1) else { return nil }
            // "d'une heure à deux heures" could only become "d'1 h".
            if isElided(index) { return Writing(end: second, words: nil) }
        }
        return Writing(end: name + 1, words: "\(hour)\(Self.space)h")
    }

    /// Where "deux heures" or "une heure trente" ends behind "une heure à", so that both are written in one way.
    private func secondHour(behind end: Int) -> Int? {
        guard let joint = transcript.wordBehindSpace(end), transcript.isWord(joint, Self.rangeJoints),
            let place = transcript.wordBehindSpace(joint + 1), let other = numerals.words(at: place), other.isWhole,
            isHour(behind: other.end), let hour = transcript.wordBehindSpace(other.end)
        else { return nil }
        let minute = minute(behind: hour + 1, isSymbol: false)
        return other.isOne && minute == nil ? nil : minute?.end ?? hour + 1
    }

    /// "moins dix minutes", "moins quatre kilos", "un quart" behind an hour, of which nobody can tell whether they belong to it.
    private func subtrahend(behind end: Int) -> Writing? {
        guard let place = transcript.wordBehindSpace(end), let next = transcript.wordBehindSpace(place + 1) else {
            return nil
        }
        if transcript.isWord(place, Self.quarterArticles), transcript.isWord(next, Self.quarters) {
            return Writing(end: next + 1, words: nil)
        }
        guard transcript.key(place) == Self.minus, let count = numerals.words(at: next), !count.isOrdinal else {
            return nil
        }
        return Writing(end: count.end, words: nil)
    }

    static func hour(_ hour: UInt64, _ minute: UInt64) -> String {
        "\(hour)\(space)h\(space)\(minute < 10 ? "0" : "")\(minute)"
    }

    private func isMeasured(behind end: Int) -> Bool {
        let next = transcript.text.behindSpace(end)
        return unit(behind: end) != nil || isHour(behind: end)
            || next > end && transcript.text.length(next) == 1 && Unit.symbols[transcript.text.string(next)] != nil
    }

    func isElided(_ index: Int) -> Bool { transcript.text.isMark(index - 1, "'’") }

    /// "deux minutes trente", "une minute trente secondes".
    private func minutes(_ numeral: Numeral, at index: Int) -> Writing? {
        guard let name = transcript.wordBehindSpace(numeral.end), transcript.isWord(name, Self.longMinutes) else {
            return nil
        }
        if let half = half(behind: name + 1) {
            guard numeral.isWhole else { return Writing(end: half, words: nil) }
            return Writing(end: half, words: "\(numeral.value)\(Self.space)min\(Self.space)30")
        }
        guard transcript.text.isSpace(name + 1) else { return nil }
        var place = name + 2
        let isLinked = transcript.key(place) == Self.and
        if isLinked { place += 2 }
        guard let second = numerals.begins(at: place) ? numerals.words(at: place) : figures(at: place), second.isWhole,
            second.value < 60
        else { return nil }
        let unit = measure(of: second)
        let isNamed = unit?.symbol == "s"
        guard isNamed || !isLinked && unit == nil && second.value >= 10 && mayEnd(at: second.end) else { return nil }
        // "une minute douze secondes trois".
        let parts = unit.flatMap(parts)
        let end = parts?.end ?? unit?.end ?? second.end
        if numeral.isOne, isElided(index) { return Writing(end: end, words: nil) }
        let decimals = parts.map { Self.language.decimalMark + $0.figures } ?? ""
        let words = "\(numeral.value)\(Self.space)min\(Self.space)\(second.value)\(decimals)"
        return Writing(end: end, words: words + (isNamed ? Self.space + "s" : ""))
    }

    /// One or two figures alone.
    func figures(at place: Int) -> Numeral? {
        guard transcript.text.length(place) <= 2, let count = Numeral(figuresAt: place, in: transcript, isFrench: true),
            count.isWhole, count.end == place + 1
        else { return nil }
        return count
    }

    private struct Minute {
        var value: UInt64
        var end: Int
        /// "moins le quart".
        var isBefore = false
        /// " min" where the minutes have a name too.
        var unit = ""
    }

    private func minute(behind end: Int, isSymbol: Bool) -> Minute? {
        let text = transcript.text
        if isSymbol, let attached = text.small(end, in: 0...59, digits: 2...2) {
            return withUnit(Minute(value: attached, end: end + 1))
        }
        guard text.isSpace(end) else { return nil }
        if let minute = text.small(end + 1, in: 0...59, digits: 2...2) {
            guard Numeral(figuresAt: end + 1, in: transcript, isFrench: true)?.end == end + 2, !text.isWord(end + 2)
            else {
                return nil
            }
            // Somebody has written "18 h 30".
            if isSymbol { return withUnit(Minute(value: minute, end: end + 2)) }
            return checked(Minute(value: minute, end: end + 2))
        }
        guard let place = transcript.wordBehindSpace(end) else { return nil }
        switch transcript.key(place) {
        case Self.and:
            if let half = half(behind: end) { return withUnit(Minute(value: 30, end: half)) }
            return quarter(behind: place + 1, articles: Self.one).map { Minute(value: 15, end: $0) }
                ?? threeQuarters(at: place + 2) ?? namedMinute(behind: place + 1)
        case Self.minus:
            if let quarter = quarter(behind: place + 1, articles: Self.quarterArticles) {
                return Minute(value: 45, end: quarter, isBefore: true)
            }
            guard transcript.text.isSpace(place + 1),
                let count = numerals.words(at: place + 2) ?? figures(at: place + 2),
                count.isWhole, (1..<30).contains(count.value), !count.isOne,
                let minute = checked(Minute(value: 60 - count.value, end: count.end, isBefore: true)),
                minute.unit.isEmpty
            else { return nil }
            return minute
        default: return threeQuarters(at: place) ?? spokenMinute(at: place)
        }
    }

    /// "trente minutes", which may stand behind "et".
    private func namedMinute(behind end: Int) -> Minute? {
        guard let place = transcript.wordBehindSpace(end), let count = numerals.words(at: place), count.isWhole,
            count.value < 60
        else { return nil }
        let minute = withUnit(Minute(value: count.value, end: count.end))
        return minute.end > count.end ? minute : nil
    }

    /// "huit heures trois quarts", as some say.
    private func threeQuarters(at place: Int) -> Minute? {
        guard transcript.text.isSpace(place - 1), transcript.numberWord(place)?.part == .digit(3),
            transcript.text.isSpace(place + 1),
            transcript.isWord(place + 2, Self.quarters), isLast(place + 3)
        else { return nil }
        return Minute(value: 45, end: place + 3)
    }

    /// "trente", "zéro cinq", "cinq".
    private func spokenMinute(at place: Int) -> Minute? {
        guard let count = numerals.words(at: place), count.isWhole, count.value < 60 else { return nil }
        if count.value == 0, !transcript.isWord(count.end + 1, Self.longMinutes) {
            return zeroLed(at: place).flatMap { checked(Minute(value: $0.value, end: $0.end)) }
        }
        // "une heure un quart", "huit heures un jour sur deux".
        if count.isOne, !transcript.isWord(count.end + 1, Self.longMinutes), !isLast(count.end) { return nil }
        return checked(Minute(value: count.value, end: count.end))
    }

    /// "zéro cinq".
    func zeroLed(at place: Int) -> Numeral? {
        guard transcript.numberWord(place)?.part == .digit(0), let next = transcript.wordBehindSpace(place + 1),
            let digit = numerals.words(at: next), digit.isWhole, digit.value < 10
        else { return nil }
        return digit
    }

    /// Minutes that a noun or unit behind them doesn't claim.
    private func checked(_ minute: Minute) -> Minute? {
        let named = withUnit(minute)
        if named.end > minute.end { return named }
        guard mayEnd(at: minute.end), unit(behind: minute.end) == nil, !isHour(behind: minute.end) else { return nil }
        return minute
    }

    private func withUnit(_ minute: Minute) -> Minute {
        let name = transcript.text.behindSpace(minute.end)
        guard transcript.isWord(name, Self.minuteNames) else { return minute }
        var minute = minute
        (minute.end, minute.unit) = (name + 1, Self.space + "min")
        return minute
    }

    /// Where a quarter ends, with or without an article.
    private func quarter(behind end: Int, articles: WordKeySet) -> Int? {
        guard var place = transcript.wordBehindSpace(end) else { return nil }
        if transcript.isWord(place, articles), let next = transcript.wordBehindSpace(place + 1) { place = next }
        return transcript.key(place) == Self.quarter ? place + 1 : nil
    }

    private func isCompoundBehind(_ end: Int) -> Bool {
        transcript.isHyphen(end) && transcript.text.isWord(end + 1)
    }

    /// "midi et demi", "minuit moins le quart", "midi vingt".
    func middle(at index: Int) -> Writing? {
        let isNoon = transcript.key(index) == Self.noon
        guard !transcript.isCompound(index..<index + 1), let minute = minute(behind: index + 1, isSymbol: false),
            minute.unit.isEmpty, minute.value > 0, isSure(minute, behind: index)
        else { return nil }
        let hour: UInt64 = minute.isBefore ? (isNoon ? 11 : 23) : (isNoon ? 12 : 0)
        return Writing(end: minute.end, words: Self.hour(hour, minute.value))
    }

    /// "midi vingt" is an hour where the phrase ends; "midi cinq" is not one in "il arrive à midi cinq ou six personnes
    /// l'attendent".
    private func isSure(_ minute: Minute, behind index: Int) -> Bool {
        transcript.isWord(index + 2, Self.minuteJoints) || minute.value % 5 == 0 && isLast(minute.end)
    }

    private static let minuteJoints: WordKeySet = [and, minus]
    private static let letterH = WordKey("h")
    private static let longHours = WordKeySet(words: "heure heures")
    private static let longMinutes = WordKeySet(words: "minute minutes")
    private static let quarters = WordKeySet(words: "quart quarts")
    private static let one = WordKeySet(words: "un")
    private static let quarterArticles = WordKeySet(words: "le un")
}
