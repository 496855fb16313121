/// Days of the month whose month is not told, and numbers that are names rather than counts.
extension FrenchWriting {
    func dated(_ numeral: Numeral, at index: Int) -> Writing? {
        if let date = date(at: index) { return date }
        let next = transcript.wordBehindSpace(numeral.end)
        if let next {
            let key = transcript.key(next)
            if key == Self.and, let half = scored(numeral) { return half }
            if key == Self.point, let version = version(from: numeral, at: index) { return version }
            if let war = war(from: numeral, to: next, at: index) { return war }
            if !numeral.isFigures, let unknown = key == Self.per ? share(numeral, per: next) : code(letter: next) {
                return unknown
            }
        }
        guard !numeral.isFigures, numeral.isWhole,
            numeral.value < 32
                && (isName(numeral, at: index) || next.map({ isFactor(numeral, times: $0) }) == true)
                || !isElided(index) && next.map(isDividend) == true,
            !isMeasured(numeral),
            successor(of: numeral) == nil
        else { return nil }
        return Writing(end: numeral.end, words: Self.grouped(numeral.value, from: 10_000))
    }

    /// What the word before a number tells of it.
    private enum Announcement {
        case weekday
        case article
        case manyArticles
        case numbered
        case channel
        case side
        case operand
    }

    private func isName(_ numeral: Numeral, at index: Int) -> Bool {
        guard transcript.text.isSpace(index - 1), let announcement = Self.announcements[transcript.key(index - 2)],
            !transcript.isCompound(index..<numeral.end)
        else { return false }
        switch announcement {
        case .weekday: return isDayOfWeek(numeral, at: index)
        case .article, .manyArticles: return isDay(numeral, at: index, isOne: announcement == .article)
        case .numbered, .channel: return isNumbered(numeral, at: index, isChannel: announcement == .channel)
        case .side:
            return isSide(numeral, at: index) || isScale(numeral, behind: index - 2)
        case .operand:
            return isDivisor(numeral, at: index) || isResult(numeral, at: index) || isSide(numeral, at: index)
        }
    }

    /// "neuf et demi sur vingt".
    private func scored(_ numeral: Numeral) -> Writing? {
        guard numeral.isWhole, numeral.value < 100, let half = half(behind: numeral.end),
            let over = transcript.wordBehindSpace(half), transcript.key(over) == Self.over,
            transcript.text.isSpace(over + 1), transcript.isCardinal(over + 2)
        else { return nil }
        return Writing(end: half, words: "\(numeral.value),5")
    }

    /// "quarante-deux A zéro sept", a code that is told by pieces.
    private func code(letter: Int) -> Writing? {
        guard transcript.text.length(letter) == 1,
            transcript.text.isCapitalised(letter), transcript.text.isSpace(letter + 1),
            transcript.numberWord(letter + 2)?.isOrdinal == false, let rest = numerals.words(at: letter + 2)
        else { return nil }
        return Writing(end: row(rest)?.end ?? rest.end, words: nil)
    }

    /// "dix pour cent vingt euros", which is ten percent or one hundred and twenty euros.
    private func share(_ numeral: Numeral, per: Int) -> Writing? {
        guard let hundred = transcript.wordBehindSpace(per + 1), transcript.numberWord(hundred)?.part == .hundred,
            let rest = numerals.words(at: hundred), rest.end > hundred + 1, !rest.isOrdinal, rest.value < 200
        else { return nil }
        return Writing(end: unit(behind: rest.end)?.end ?? rest.end, words: nil)
    }

    // MARK: Days

    /// "le douze du cinq deux mille vingt-six", "né le douze zéro cinq quatre-vingt-quatre".
    private func date(at index: Int) -> Writing? {
        guard transcript.text.isSpace(index - 1), transcript.isWord(index - 2, Self.articles),
            let day = pair(at: index), let next = transcript.wordBehindSpace(day.end),
            let place = transcript.key(next) == Self.ofTheMonth[0] ? transcript.wordBehindSpace(next + 1) : next,
            let month = pair(at: place), let start = transcript.wordBehindSpace(month.end),
            (1...31).contains(day.value), (1...12).contains(month.value),
            let year = year(at: start, isShort: isBirthday(index)), mayEnd(at: year.end), !isMeasured(year)
        else { return nil }
        let figures = [day.value, month.value, year.value].map { ($0 < 10 ? "0" : "") + String($0) }
        return Writing(end: year.end, words: figures.joined(separator: "/"))
    }

    /// "deux mille vingt-six"; behind a birthday also "quatre-vingt-quatre".
    private func year(at index: Int, isShort: Bool) -> Numeral? {
        if let year = numerals.words(at: index), year.isWhole, (1900..<2100).contains(year.value) { return year }
        guard isShort, let year = pair(at: index), year.value >= 10 || transcript.numberWord(index)?.part == .digit(0)
        else { return nil }
        return Numeral(year)
    }

    /// "né le", "date de naissance est le".
    private func isBirthday(_ index: Int) -> Bool {
        transcript.isWord(transcript.key(index - 4) == Self.equal ? index - 6 : index - 4, Self.births)
    }

    /// "douze", "zéro cinq".
    private func pair(at index: Int) -> NumeralPart? {
        let isZero = transcript.numberWord(index)?.part == .digit(0)
        guard let start = isZero ? transcript.wordBehindSpace(index + 1) : index,
            let part = numerals.belowHundred(at: start), !part.isOrdinal, !isZero || part.value < 10
        else { return nil }
        return part
    }

    /// "la guerre de quatorze dix-huit", "en quatorze dix-huit".
    private func war(from numeral: Numeral, to place: Int, at index: Int) -> Writing? {
        guard let last = Self.wars[numeral.value],
            Self.beforeWars.contains(transcript.keyBefore(index)) || transcript.key(index - 4) == Self.war,
            let end = numerals.words(at: place), end.value == last, end.isWhole, mayEnd(at: end.end), !isMeasured(end)
        else { return nil }
        return Writing(end: end.end, words: "\(numeral.value)-\(last)")
    }

    /// "mardi sept à dix heures".
    private func isDayOfWeek(_ numeral: Numeral, at index: Int) -> Bool {
        guard !numeral.isOne, (2...31).contains(numeral.value) else { return false }
        // "mardi trois à quatre heures" may be a length of time.
        return isLast(numeral.end) || isBeforeWeekday(numeral.end)
            || isBeforeHour(numeral, mayFollow: transcript.key(index - 4) == Self.the)
    }

    /// "le trois à midi", "le cinq du mois", "nous sommes le trois".
    private func isDay(_ numeral: Numeral, at index: Int, isOne: Bool) -> Bool {
        guard !numeral.isOne, (2...31).contains(numeral.value) else { return false }
        if isOfMonth(behind: numeral.end) { return true }
        return isOne
            && (isBeforeHour(numeral, mayFollow: true)
                || transcript.isWord(index - 4, Self.dayVerbs) && transcript.text.isSpace(index - 3)
                    && isLast(numeral.end))
    }

    /// "lundi premier", "le premier du mois".
    func isFirstDay(_ numeral: Numeral, at index: Int) -> Bool {
        guard numeral.value == 1, numeral.isOrdinal, transcript.text.isSpace(index - 1) else { return false }
        if isBehindWeekday(index) { return isLast(numeral.end) || isBeforeWeekday(numeral.end) }
        return transcript.keyBefore(index) == Self.the && isOfMonth(behind: numeral.end)
    }

    private func isBehindWeekday(_ index: Int) -> Bool { transcript.isWord(index - 2, Self.weekdays) }

    /// "du mois", "de chaque mois".
    private func isOfMonth(behind end: Int) -> Bool {
        guard let of = transcript.wordBehindSpace(end), let next = transcript.wordBehindSpace(of + 1) else {
            return false
        }
        if transcript.key(of) == Self.ofTheMonth[0] { return transcript.key(next) == Self.ofTheMonth[1] }
        return transcript.stands(Self.ofEachMonth, at: of)
    }

    /// "à dix heures", "à midi".
    ///
    /// - Parameter mayFollow: Whether the hour may be the next number.
    private func isBeforeHour(_ numeral: Numeral, mayFollow: Bool) -> Bool {
        guard let to = transcript.wordBehindSpace(numeral.end), transcript.key(to) == Self.to,
            transcript.text.isSpace(to + 1)
        else { return false }
        if transcript.isWord(to + 2, Self.middles) { return true }
        guard let hour = numerals.numeral(at: to + 2), hour.isWhole else { return false }
        return isHour(behind: hour.end) && (mayFollow || hour.value != numeral.value + 1)
    }

    /// "au vendredi", "et dimanche", "et le dimanche".
    private func isBeforeWeekday(_ end: Int) -> Bool {
        guard let joint = transcript.wordBehindSpace(end), transcript.isWord(joint, Self.dayJoints),
            var place = transcript.wordBehindSpace(joint + 1)
        else { return false }
        if transcript.key(place) == Self.the { place += 2 }
        return transcript.isWord(place, Self.weekdays)
    }

    // MARK: Numbers that are names

    /// "chapitre trois", "saison deux", "France trois": a number that counts nothing.
    private func isNumbered(_ numeral: Numeral, at index: Int, isChannel: Bool) -> Bool {
        guard numeral.value < 10, mayEnd(at: numeral.end), !isPointed(numeral, at: index), list(from: numeral) == nil,
            half(behind: numeral.end) == nil
        else { return false }
        if isChannel { return (2...5).contains(numeral.value) && transcript.isWord(index - 4, Self.beforeChannels) }
        return !numeral.isOne || isLast(numeral.end) || isBehindOne(numeral.end)
    }

    /// "la ligne un et la ligne deux", but "le numéro un mondial".
    private func isBehindOne(_ end: Int) -> Bool {
        transcript.wordBehindSpace(end).map { transcript.isWord($0, Self.behindOne) } == true
    }

    /// "quatre mètres sur trois".
    private func isSide(_ numeral: Numeral, at index: Int) -> Bool {
        numeral.value < 10 && !numeral.isOne && isLast(numeral.end) && transcript.text.isSpace(index - 3)
            && transcript.isWord(index - 4, Self.lengths) && transcript.text.isSpace(index - 5)
            && transcript.isCardinal(index - 6)
    }

    /// "six divisé par deux": both are figures, as a larger number would be.
    private func isDividend(behind place: Int) -> Bool {
        transcript.isWord(place, Self.operations) && transcript.key(place + 2) == Self.by
            && transcript.text.isSpace(place + 3) && transcript.isCardinal(place + 4)
    }

    private func isDivisor(_ numeral: Numeral, at index: Int) -> Bool {
        transcript.isWord(index - 4, Self.operations) && transcript.text.isSpace(index - 5)
            && transcript.isCardinal(index - 6) && (!numeral.isOne || isLast(numeral.end))
    }

    /// "dix divisé par deux égale cinq".
    private func isResult(_ numeral: Numeral, at index: Int) -> Bool {
        var place = index - 4
        while place > index - 16, transcript.isCardinal(place) { place -= 2 }
        return place < index - 4 && transcript.key(place) == Self.by && transcript.isWord(place - 2, Self.operations)
            && transcript.isCardinal(place - 4) && isLast(numeral.end)
    }

    /// "quatre virgule cinq sur cinq", "quatre et demi sur cinq": figures stand before.
    private func isScale(_ numeral: Numeral, behind over: Int) -> Bool {
        guard !numeral.isOne, transcript.key(over) == Self.over else { return false }
        var place = over - 2
        if transcript.text.isDigits(place) {
            return transcript.text.isMark(place - 1, ",.") && transcript.text.isDigits(place - 2)
        }
        if transcript.isWord(place, Self.halfWords) {
            return transcript.key(place - 2) == Self.and && transcript.isCardinal(place - 4)
        }
        while place > over - 8, transcript.isCardinal(place) { place -= 2 }
        return place < over - 2 && transcript.key(place) == FrenchNumeralReader.comma
            && transcript.isCardinal(place - 2)
    }

    /// "la version deux point trois", "un point deux point trois": one point alone needs a word that tells of it.
    private func version(from first: Numeral, at index: Int) -> Writing? {
        var (figures, count, last) = (String(first.value), 1, first)
        while let point = transcript.wordBehindSpace(last.end), transcript.key(point) == Self.point {
            guard count < 8, last.isWhole, transcript.text.isSpace(point + 1),
                let next = numerals.numeral(at: point + 2), next.isWhole, !transcript.text.startsWithZero(point + 2)
            else { return nil }
            figures += "." + String(next.value)
            (count, last) = (count + 1, next)
        }
        guard count > 2 || transcript.text.isSpace(index - 1) && transcript.isWord(index - 2, Self.versions),
            transcript.keyBefore(index) != Self.point, !transcript.text.startsWithZero(index),
            mayEnd(at: last.end), !isMeasured(last), successor(of: last) == nil
        else { return nil }
        return Writing(end: last.end, words: figures)
    }

    /// "TF un", "M six".
    func channel(at index: Int, numbers: ClosedRange<UInt64>) -> Writing? {
        guard transcript.text.isAllCapitals(index), !transcript.isCompound(index..<index + 1),
            let place = transcript.wordBehindSpace(index + 1),
            let numeral = numerals.words(at: place), numeral.isWhole, numbers.contains(numeral.value),
            mayEnd(at: numeral.end), !isMeasured(numeral), successor(of: numeral) == nil,
            !numeral.isOne || isLast(numeral.end) || isBehindOne(numeral.end)
        else { return nil }
        return Writing(end: numeral.end, words: transcript.text.string(index) + String(numeral.value))
    }

    /// "quatre fois cent mètres".
    private func isFactor(_ numeral: Numeral, times: Int) -> Bool {
        guard numeral.value < 10, !numeral.isOne, transcript.key(times) == Self.times,
            let place = transcript.wordBehindSpace(times + 1),
            let other = numerals.words(at: place), other.isWhole, !other.isOne
        else { return false }
        return isMeasured(other)
    }

    /// "Joue Dix-huit ans", "le Quinze de France": a capital within a sentence is that of a name.
    func isName(_ index: Int) -> Bool {
        transcript.text.isCapitalised(index) && !transcript.text.isAllCapitals(index)
            && transcript.text.isSpace(index - 1) && transcript.text.isWord(index - 2)
    }

    /// "les onze ont gagné": nobody writes so many of them in figures without what they are.
    func isPronoun(_ numeral: Numeral, at index: Int) -> Bool {
        guard numeral.isWhole, transcript.text.isSpace(index - 1), Self.many.contains(transcript.key(index - 2)) else {
            return false
        }
        if isLast(numeral.end) { return !transcript.text.isMark(numeral.end, ",") }
        return transcript.wordBehindSpace(numeral.end).map { transcript.isWord($0, Self.pluralVerbs) } == true
    }

    /// Television and radio, whose numbers stand directly behind their letters.
    static let channels: WordKeyTable<ClosedRange<UInt64>> = [
        WordKey("TF"): 1...1, WordKey("M"): 6...6, WordKey("W"): 9...9, WordKey("C"): 8...8, WordKey("NRJ"): 12...12,
        WordKey("RTL"): 2...9,
    ]
    private static let times = WordKey("fois")
    private static let operations = WordKeySet(words: "divisé multiplié")
    private static let halfWords = WordKeySet(words: "demi demie")
    private static let births = WordKeySet(words: "né née nés nées naissance")
    private static let wars: [UInt64: UInt64] = [14: 18, 39: 45]
    private static let war = WordKey("guerre")
    private static let beforeWars = WordKeySet(words: "en")
    /// Of programs and such, whose numbers have points.
    private static let versions = WordKeySet(
        words: "version Python Java PHP iOS Android macOS Ubuntu Debian Linux Swift Bluetooth USB HDMI firmware noyau")
    private static let many = WordKeySet(words: "les ces")
    private static let weekdayNames = "lundi mardi mercredi jeudi vendredi samedi dimanche"
    private static let weekdays = WordKeySet(words: weekdayNames)
    private static let dayJoints = WordKeySet(words: "et ou au puis")
    private static let dayVerbs = WordKeySet(words: "sommes étions serons")
    private static let pluralVerbs = WordKeySet(
        words: "ont sont avaient étaient auront seront font feront vont iront peuvent doivent veulent viennent")
    private static let ofTheMonth = [WordKey("du"), WordKey("mois")]
    private static let ofEachMonth = [of, WordKey("chaque"), WordKey("mois")]
    private static let beforeChannels = WordKeySet(
        words: "mets met mettre mettez sur regarde regarder regardez et ou de")
    private static let behindOne = WordKeySet(words: "et ou puis de du à au dans pour sur avec est")
    private static let lengths = WordKeySet(words: "mètre mètres centimètres m cm")
    private static let announcements = WordKeyTable<Announcement>(words: [
        ("France", .channel), (weekdayNames, .weekday), ("le", .article), ("les ces", .manyArticles),
        ("sur", .side), ("par égale égalent font fait", .operand),
        // What is told by its number, and is not a verb.
        (
            """
            page chapitre tome épisode saison chaîne canal niveau étape exercice article question numéro voie quai salle chambre \
            sortie thermostat leçon acte scène piste terminal bâtiment appartement paragraphe annexe phase programme version ligne \
            escalier alinéa verset section
            """, .numbered
        ),
    ])
}
