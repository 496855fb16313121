/// Hours of the day, dates, years and telephone numbers.
extension EnglishWriting {
    // MARK: Hours

    /// "six thirty pm", "six o'clock", "at six thirty".
    func time(at index: Int) -> Writing? {
        guard let hour = numerals.belowHundred(at: index), !hour.isOrdinal, (1...24).contains(hour.value) else {
            return nil
        }
        if let clock = oclock(behind: hour.end), hour.value <= 12 {
            return Writing(end: clock, words: "\(hour.value) o'clock")
        }
        // "at fourteen hundred hours".
        if hour.value >= 11, transcript.keyBefore(index) == Self.at, let place = transcript.wordBehindSpace(hour.end),
            transcript.numberWord(place)?.part == .hundred, let name = transcript.wordBehindSpace(place + 1),
            transcript.key(name) == Self.hours, isLast(name + 1)
        {
            return Writing(end: name + 1, words: clock(hour.value, 0))
        }
        guard hour.value <= 12, let half = half(of: minute(behind: hour.end)?.end ?? hour.end) else {
            return announced(hour, at: index)
        }
        return Writing(end: half.end, words: clock(hour.value, minute(behind: hour.end)?.value) + half.words)
    }

    /// "at six thirty": a preposition tells an hour where a year is not likelier.
    private func announced(_ hour: NumeralPart, at index: Int) -> Writing? {
        let before = transcript.keyBefore(index)
        if before == Self.from || before == Self.between, hour.value <= 12, isFirstHour(hour) {
            return Writing(end: hour.end, words: String(hour.value))
        }
        guard let minute = minute(behind: hour.end) else { return nil }
        guard mayEnd(at: minute.end) else {
            // "my six thirty alarm".
            let isNamed =
                hour.value <= 12 && Self.articles.contains(before)
                && transcript.wordBehindSpace(minute.end).map { transcript.isWord($0, Self.timed) } == true
            return isNamed ? Writing(end: minute.end, words: clock(hour.value, minute.value)) : nil
        }
        guard
            before == Self.at
                || hour.value < 16
                    && (Self.prepositions.contains(before) || isSecondHour(at: index)
                        || hour.value <= 12 && isDaytime(behind: minute.end) && !isPrice(at: index))
                || isAppointment(hour.value, at: index)
        else { return nil }
        return Writing(end: minute.end, words: clock(hour.value, minute.value))
    }

    /// "it costs eight thirty", "I sold it for eight thirty", but "a table for eight thirty".
    private func isPrice(at index: Int) -> Bool {
        transcript.isWord(index - 2, Self.prices)
            && (transcript.key(index - 2) != Self.for || isTold(Self.sales, before: index - 2))
    }

    /// "an alarm for six thirty", "move the meeting to six thirty", "alarms for six thirty and seven fifteen". Only an alarm is not set to
    /// a year, but it may date back to one.
    private func isAppointment(_ hour: UInt64, at index: Int) -> Bool {
        var place = index - 1
        while place > index - 24, isWithinList(place) { place -= 1 }
        guard transcript.key(place) == Self.for || transcript.key(place) == Self.to,
            !isTold(Self.sales, before: place), !isTold(Self.dating, before: place)
        else { return false }
        let isPlain = transcript.key(place) == Self.for || hour < 16 && transcript.key(place - 2) != Self.back
        guard isPlain || isTold(Self.moves, before: place) else { return false }
        return isTold(hour < 16 ? Self.appointments : Self.alarms, before: place)
    }

    /// Whether a token is a part of hours that are told together.
    private func isWithinList(_ place: Int) -> Bool {
        transcript.text.isSpace(place) || transcript.text.isMark(place, ",-‑") || transcript.isNumber(place)
            || transcript.key(place) == EnglishNumeralReader.and || transcript.key(place) == Self.or
    }

    /// Whether one of some words stands before in the same clause.
    private func isTold(_ words: WordKeySet, before index: Int) -> Bool {
        var place = index - 1
        while place >= 0, place > index - 14, !transcript.text.isMark(place, ".,!?;"),
            transcript.key(place) != EnglishNumeralReader.and
        {
            if transcript.isWord(place, words) { return true }
            place -= 1
        }
        return false
    }

    /// "ten past six", "twenty-five to eight", where it can be nothing else: "it's ten to one" may be odds.
    func minutes(_ numeral: Numeral, at index: Int) -> Writing? {
        guard !numeral.isFigures, numeral.isWhole, (1..<30).contains(numeral.value),
            var joint = transcript.wordBehindSpace(numeral.end)
        else { return nil }
        let isNamed = transcript.isWord(joint, Self.minutes)
        if isNamed {
            guard let next = transcript.wordBehindSpace(joint + 1) else { return nil }
            joint = next
        }
        let isPast = transcript.isWord(joint, Self.pasts)
        guard isPast || transcript.key(joint) == Self.to, isNamed || numeral.value % 5 == 0,
            let place = transcript.wordBehindSpace(joint + 1), let hour = numerals.belowHundred(at: place),
            !hour.isOrdinal, (1...12).contains(hour.value)
        else { return nil }
        let half = half(of: hour.end)
        guard half != nil || mayEnd(at: hour.end) else { return nil }
        let isAt =
            transcript.keyBefore(index) == Self.at && (isPast || !isScore(at: index))
            || isAppointment(hour.value, at: index)
        let isSure =
            isPast
            ? !isNamed && transcript.key(joint) == Self.past || isAt || isToldHour(before: index)
            : isAt || isToldHour(before: index) && hour.value > 1 && (isNamed || numeral.value >= 20)
        guard isSure, isPast || !isVote(behind: hour.end) else { return nil }
        let words =
            isPast
            ? clock(hour.value, numeral.value) : clock(hour.value == 1 ? 12 : hour.value - 1, 60 - numeral.value)
        return Writing(end: half?.end ?? hour.end, words: words + (half?.words ?? ""))
    }

    /// "they are at ten to six", but "the meeting is at ten to six".
    private func isScore(at index: Int) -> Bool {
        transcript.isWord(index - 4, Self.standing) && !isTold(Self.appointments, before: index - 4)
            && !isTold(Self.timed, before: index - 4)
    }

    /// "it was twenty to five in favor".
    private func isVote(behind end: Int) -> Bool {
        guard let place = transcript.wordBehindSpace(end) else { return false }
        return transcript.key(place) == Self.against || Self.inFavor.contains { transcript.stands($0, at: place) }
    }

    /// "it is", "it's".
    private func isToldHour(before index: Int) -> Bool {
        transcript.isWord(index - 2, Self.being) && transcript.key(index - 4) == Self.it
    }

    /// "from nine to ten thirty".
    private func isFirstHour(_ hour: NumeralPart) -> Bool {
        guard let joint = transcript.wordBehindSpace(hour.end),
            transcript.isWord(joint, Self.hourJoints),
            let place = transcript.wordBehindSpace(joint + 1), let other = numerals.belowHundred(at: place),
            !other.isOrdinal, (1..<16).contains(other.value)
        else { return false }
        return minute(behind: other.end).map { mayEnd(at: $0.end) } == true
    }

    /// "from ten thirty to eleven thirty", "between ten and eleven thirty".
    private func isSecondHour(at index: Int) -> Bool {
        let joint = transcript.keyBefore(index)
        guard joint == Self.to || joint == EnglishNumeralReader.and || joint == Self.or else { return false }
        var place = index - 4
        // An hour has three words at most.
        while place > index - 10, transcript.isNumber(place) || transcript.text.isMark(place - 1, ":") { place -= 2 }
        guard place < index - 4 else { return false }
        if joint == Self.or { return transcript.key(place) == Self.at || transcript.isWord(place, Self.prepositions) }
        return transcript.key(place) == (joint == Self.to ? Self.from : Self.between)
    }

    /// "in the morning", "tonight".
    private func isDaytime(behind end: Int) -> Bool {
        guard let place = transcript.wordBehindSpace(end) else { return false }
        return Self.daytimes.contains { transcript.stands($0, at: place) }
    }

    /// "o'clock", "p.m.".
    func isClock(behind end: Int) -> Bool { oclock(behind: end) != nil || half(of: end) != nil }

    private func clock(_ hour: UInt64, _ minute: UInt64?) -> String {
        guard let minute else { return String(hour) }
        return "\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }

    private func minute(behind end: Int) -> (value: UInt64, end: Int)? {
        guard let place = transcript.wordBehindSpace(end) else { return nil }
        if transcript.key(place) == EnglishNumeralReader.oh || transcript.numberWord(place)?.part == .digit(0) {
            guard let digit = transcript.wordBehindSpace(place + 1),
                case .digit(let value) = transcript.numberWord(digit)?.part
            else { return nil }
            return (value, digit + 1)
        }
        guard let minute = numerals.belowHundred(at: place), !minute.isOrdinal, (10..<60).contains(minute.value) else {
            return nil
        }
        return (minute.value, minute.end)
    }

    /// "am", "p.m.", "p m": which half of the day. The full stop at the end of a sentence stays where it is.
    private func half(of end: Int) -> (words: String, end: Int)? {
        guard let place = transcript.wordBehindSpace(end) else { return nil }
        let text = transcript.text
        var (behind, isMorning) = (place + 1, transcript.key(place) == Self.morning)
        if !isMorning, transcript.key(place) != Self.afternoon {
            isMorning = transcript.key(place) == EnglishNumeralReader.article
            guard isMorning || transcript.key(place) == Self.letterP else { return nil }
            let isPointed = text.isMark(place + 1, ".")
            guard isPointed || text.isSpace(place + 1), transcript.key(place + 2) == Self.letterM else { return nil }
            behind = place + 3
        }
        let stop = text.isMark(behind, ".") ? "" : "."
        return ((isMorning ? " a.m" : " p.m") + stop, behind)
    }

    private func oclock(behind end: Int) -> Int? {
        guard let place = transcript.wordBehindSpace(end), transcript.key(place) == Self.letterO,
            transcript.text.isMark(place + 1, "'’"), transcript.key(place + 2) == Self.clock
        else { return nil }
        return place + 3
    }

    /// "a quarter to seven".
    func quarter(behind article: Int) -> Writing? {
        guard let place = transcript.wordBehindSpace(article + 1), transcript.key(place) == Self.quarter else {
            return nil
        }
        return past(at: place)
    }

    /// "half past six", "quarter to seven".
    func past(at index: Int) -> Writing? {
        guard !transcript.isCompound(index..<index + 1), let word = transcript.wordBehindSpace(index + 1),
            let place = transcript.wordBehindSpace(word + 1), let hour = numerals.belowHundred(at: place),
            !hour.isOrdinal, (1...12).contains(hour.value), !transcript.isHyphen(hour.end)
        else { return nil }
        let isHalf = transcript.key(index) == Self.half
        let isPast = transcript.isWord(word, Self.pasts)
        let half = half(of: hour.end)
        guard isPast || !isHalf && transcript.key(word) == Self.to, half != nil || mayEnd(at: hour.end) else {
            return nil
        }
        let before = hour.value == 1 ? 12 : hour.value - 1
        let words = isPast ? clock(hour.value, isHalf ? 30 : 15) : clock(before, 45)
        return Writing(end: half?.end ?? hour.end, words: words + (half?.words ?? ""))
    }

    // MARK: Dates

    /// "January first twenty twenty-six", "the third of May".
    func date(at index: Int) -> Writing? {
        let text = transcript.text
        guard text.isSpace(index - 1), transcript.isWord(index - 2, Self.months),
            text.isCapitalised(index - 2) || !transcript.isWord(index - 2, Self.verbs)
        else { return nil }
        if let year = yearNumber(at: index), unit(behind: year.end) == nil {
            return Writing(end: year.end, words: String(year.value))
        }
        guard let day = numerals.belowHundred(at: index), (1...31).contains(day.value),
            day.isOrdinal || day.value > 1 && mayEnd(at: day.end) || yearBehind(day.end) != nil
        else { return nil }
        guard unit(behind: day.end) == nil else { return nil }
        guard let year = yearBehind(day.end), unit(behind: year.end) == nil else {
            return Writing(end: day.end, words: String(day.value))
        }
        return Writing(end: year.end, words: "\(day.value), \(year.value)")
    }

    private func yearBehind(_ end: Int) -> Numeral? {
        let start = transcript.text.isMark(end, ",") ? end + 1 : end
        return transcript.wordBehindSpace(start).flatMap(yearNumber)
    }

    private func yearNumber(at index: Int) -> Numeral? {
        if let year = numerals.year(at: index) { return year }
        guard let number = numerals.words(at: index), number.isWhole, (1000..<2100).contains(number.value) else {
            return nil
        }
        return number
    }

    /// "nineteen eighty-four".
    func year(at index: Int) -> Writing? {
        if let decade = numerals.decade(at: index) { return Writing(end: decade.end, words: "\(decade.value)s") }
        guard let year = numerals.year(at: index), unit(behind: year.end) == nil else { return nil }
        // "it costs nineteen ninety-nine".
        guard !transcript.isWord(index - 2, Self.prices) else { return Writing(end: year.end, words: nil) }
        if let next = transcript.wordBehindSpace(year.end), numerals.begins(at: next) { return nil }
        return Writing(end: year.end, words: String(year.value))
    }

    // MARK: Telephones

    /// "five five five one two three four": seven, ten or eleven digits.
    func telephone(at index: Int) -> Writing? {
        var (figures, end, next) = ("", index, Int?.some(index))
        while let word = next, let number = transcript.numberWord(word), !number.isOrdinal,
            case .digit(let digit) = number.part
        {
            // Longer rows are something else.
            guard figures.utf8.count < 12 else { return nil }
            figures += String(digit)
            end = word + 1
            next = transcript.wordBehindSpace(transcript.text.isMark(end, ",") ? end + 1 : end)
        }
        guard let groups = Self.groups[figures.utf8.count], figures.utf8.count < 11 || figures.hasPrefix("1"),
            next.map({ numerals.begins(at: $0) }) != true, !transcript.isHyphen(end),
            !transcript.text.isSpace(index - 1) || transcript.numberWord(index - 2) == nil
        else { return nil }
        var (rest, parts) = (Substring(figures), [Substring]())
        for count in groups {
            parts.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return Writing(end: end, words: parts.joined(separator: "-"))
    }

    private static let groups = [7: [3, 4], 10: [3, 3, 4], 11: [1, 3, 3, 4]]
    private static let hours = WordKey("hours")
    private static let at = WordKey("at")
    private static let daytimes: [[WordKey]] = [
        "in the morning", "in the afternoon", "in the evening", "at night", "tonight", "tomorrow", "sharp",
    ].map(WordKey.all)
    private static let hourJoints: WordKeySet = [to, EnglishNumeralReader.and]
    private static let prepositions = WordKeySet(words: "until till by around from")
    static let pasts = WordKeySet(words: "past after")
    private static let prices = WordKeySet(words: "cost costs price paid for only")
    private static let sales = WordKeySet(
        words: "cost costs price paid pay pays sell sells selling sold buy buys bought sale went goes go")
    private static let `for` = WordKey("for")
    private static let it = WordKey("it")
    private static let being = WordKeySet(words: "is s was")
    private static let standing = WordKeySet(words: "is s was are re were am m")
    private static let against = WordKey("against")
    private static let inFavor = ["in favor", "in favour"].map(WordKey.all)
    private static let past = WordKey("past")
    private static let articles = WordKeySet(words: "my the a your our his her their this")
    private static let alarms = WordKeySet(words: "alarm alarms")
    private static let back = WordKey("back")
    private static let dating = WordKeySet(words: "dates dated dating")
    private static let moves = WordKeySet(
        words: "set reset move moved moving change changed push pushed shift shifted put switch reschedule rescheduled")
    /// What has an hour rather than a price.
    private static let appointments = alarms.union(
        WordKeySet(
            words: """
                wake reminder reminders meeting meetings appointment appointments reservation schedule scheduled reschedule rescheduled
                """))
    /// What may stand behind its hour.
    private static let timed = WordKeySet(words: "alarm meeting appointment reservation train bus")
    private static let morning = WordKey("am")
    private static let afternoon = WordKey("pm")
    private static let letterP = WordKey("p")
    private static let letterM = WordKey("m")
    private static let letterO = WordKey("o")
    private static let clock = WordKey("clock")
    /// Months that are other words in small letters.
    private static let verbs = WordKeySet(words: "march may august")
}
