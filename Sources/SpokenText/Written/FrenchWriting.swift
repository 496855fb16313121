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
        if let numbers = Self.channels[key] { return channel(at: index, numbers: numbers) }
        return nil
    }

    static let language = WritingLanguage(
        idioms: idioms,
        joints: WordKeySet(words: "et ou à au sur par contre puis fois plus moins font égale égalent puissance du"),
        lastJoints: WordKeySet(words: "et ou puis"),
        shares: [[over]],
        articles: WordKeySet(words: "le la les au aux du"),
        times: WordKeySet(words: "fois"),
        valuesInWords: [1000],
        remainders: WordKeySet(words: "moins virgule"),
        halves: [[and, WordKey("demi")], [and, WordKey("demie")]],
        centNames: WordKeySet(words: "centime centimes cent cents pence"),
        codes: CodeWords(
            names: WordKeySet(words: "code digicode PIN"),
            kinds: WordKeySet(words: "postal secret confidentiel accès entrée"),
            being: WordKeySet(words: "est"), article: WordKey("le"),
            things: WordKeySet(
                words: """
                    c de du des d la le les l mon ma ton ta son sa notre votre leur pour postal secret confidentiel accès entrée \
                    sécurité portail portillon porte immeuble bâtiment hall garage parking cave maison boîte aux lettres clés \
                    coffre fort alarme carte bancaire bleue SIM téléphone Wi Fi wifi
                    """),
            changes: WordKeySet(words: "change changer changez changé remplace remplacer remplacez remplacé"),
            changeJoint: WordKey("par")),
        hasNumbersAtHyphens: true,
        decimalMark: ",",
        groupMark: space)

    func isMeasured(_ numeral: Numeral) -> Bool { measure(of: numeral) != nil || isHour(behind: numeral.end) }

    func measurement(_ numeral: Numeral, at index: Int) -> Writing? {
        hours(numeral, at: index) ?? quantity(numeral, at: index)
    }

    func unsure(_ numeral: Numeral, at index: Int) -> Writing? {
        unsureHours(numeral, at: index) ?? linked(numeral) ?? days(numeral, at: index) ?? fraction(numeral)
    }

    // MARK: Numbers alone

    func plain(_ numeral: Numeral, at index: Int) -> Writing? {
        let unchanged = Writing(end: numeral.end, words: nil)
        guard !numeral.isFigures, !isRemainder(at: index), !isPointed(numeral, at: index), !isVague(numeral, at: index)
        else { return unchanged }
        if !numeral.decimals.isEmpty, let place = transcript.wordBehindSpace(numeral.end),
            transcript.isWord(place, Self.scales), let next = transcript.wordBehindSpace(place + 1),
            numerals.begins(at: next), let rest = numerals.words(at: next)
        {
            return Writing(end: rest.end, words: nil)
        }
        if !numeral.decimals.isEmpty { return Writing(end: numeral.end, words: figures(numeral)) }
        if let king = king(numeral, at: index) { return king }
        // "2 millions cinq cent mille".
        if transcript.text.isSpace(index - 1), transcript.text.isDigits(index - 4),
            transcript.isWord(index - 2, Self.scales)
        {
            return unchanged
        }
        if isPronoun(numeral, at: index) || isName(index) && !isDay(numeral) || isShort(numeral, at: index) {
            return unchanged
        }
        if isDay(numeral) { return Writing(end: numeral.end, words: String(numeral.value)) }
        guard numeral.value >= 10, !isIdiom(numeral, at: index) else { return unchanged }
        if let millions = millions(numeral) { return millions }
        let half = half(behind: numeral.end)
        if let half, numeral.value < 1000 {
            let isCounted =
                transcript.text.isSpace(half)
                && (transcript.text.isWord(half + 1) || transcript.text.isDigits(half + 1))
            return isCounted ? unchanged : Writing(end: half, words: "\(numeral.value),5")
        }
        let isCode = isPostalCode(numeral, at: index) || isIdentifier(numeral, at: index)
        if isBeforeMeasured(numeral) { return Writing(end: numeral.end, words: figures(numeral)) }
        return Writing(
            end: numeral.end, words: isCode ? String(numeral.value) : Self.grouped(numeral.value, from: 10_000))
    }

    /// "mille cinq cents ou deux mille euros", which look alike in figures.
    private func isBeforeMeasured(_ numeral: Numeral) -> Bool {
        guard numeral.value >= 1000, let joint = transcript.wordBehindSpace(numeral.end),
            transcript.isWord(joint, Self.rangeJoints),
            let place = transcript.wordBehindSpace(joint + 1), let next = numerals.words(at: place)
        else { return false }
        return next.value >= 1000 && measure(of: next) != nil
    }

    /// "code postal soixante-quinze mille", "vingt-neuf mille deux cents Brest". Whatever is counted mostly is a plural.
    private func isPostalCode(_ numeral: Numeral, at index: Int) -> Bool {
        guard (1000..<99_000).contains(numeral.value) else { return false }
        var place = index - 1
        while place > index - 5,
            transcript.text.isSpace(place) || transcript.text.isMark(place, ":")
                || transcript.key(place) == Self.equal
        { place -= 1 }
        if transcript.key(place) == Self.postal { return true }
        guard numeral.value >= 10_000, let town = transcript.wordBehindSpace(numeral.end),
            transcript.text.isCapitalised(town)
        else { return false }
        if transcript.isWord(town, Self.pluralTowns) { return true }
        let text = transcript.text
        return numeral.value % 1000 > 0 && !["s", "x"].contains(text.scalars(text.tokens[town]).last)
    }

    /// "le numéro de commande est le quatre cent cinquante-six mille sept cents", whose figures stand together.
    private func isIdentifier(_ numeral: Numeral, at index: Int) -> Bool {
        guard numeral.value >= 10_000, isLast(numeral.end) else { return false }
        var place = index - 1
        while place >= 0, place > index - 14, !transcript.text.isMark(place, ".!?;,") {
            if transcript.isWord(place, Self.identifiers) { return true }
            place -= 1
        }
        return false
    }

    /// "trois point douze", a version or an address.
    func isPointed(_ numeral: Numeral, at index: Int) -> Bool {
        if transcript.keyBefore(index) == Self.point, transcript.isCardinal(index - 4) { return true }
        guard let point = transcript.wordBehindSpace(numeral.end), transcript.key(point) == Self.point else {
            return false
        }
        return transcript.isCardinal(point + 2)
    }

    /// "seize neuvième".
    private func fraction(_ numeral: Numeral) -> Writing? {
        guard !numeral.isFigures, let next = transcript.wordBehindSpace(numeral.end),
            !transcript.isWord(next, FrenchNumeralReader.firsts), let ordinal = numerals.words(at: next),
            ordinal.isOrdinal
        else { return nil }
        return Writing(end: ordinal.end, words: nil)
    }

    /// "quatre vingt douze" alone, which may be four numbers, and "cent" where it counts nothing.
    private func isVague(_ numeral: Numeral, at index: Int) -> Bool {
        if transcript.numberWord(index)?.part == .digit(4), transcript.text.isSpace(index + 1),
            transcript.numberWord(index + 2)?.part == .ten(20), numeral.end > index + 3
        {
            return mayEnd(at: numeral.end)
        }
        // "sans", "sang" and "sent" sound the same.
        guard numeral.value == 100, numeral.end == index + 1 else { return false }
        // "un demi pour cent", "quelques pour cent".
        if transcript.keyBefore(index) == Self.per, mayEnd(at: numeral.end) { return true }
        guard let next = transcript.wordBehindSpace(numeral.end) else {
            return transcript.text.isSpace(numeral.end) && transcript.text.isDigits(numeral.end + 1)
        }
        return mayEnd(at: numeral.end) && !transcript.isWord(next, Self.plainWords)
    }

    /// "trois mille cinq", which mostly is 3500, unless it is a year.
    private func isShort(_ numeral: Numeral, at index: Int) -> Bool {
        guard numeral.value > 1000, (1...9).contains(numeral.value % 1000), mayEnd(at: numeral.end),
            !isPostalCode(numeral, at: index)
        else { return false }
        let before = transcript.keyBefore(index)
        return numeral.value < 2010 ? Self.prices.contains(before) : true
    }

    /// "trois millions" keeps its name: "3 millions".
    private func millions(_ numeral: Numeral) -> Writing? {
        guard let (count, isBillion) = scaled(numeral) else { return nil }
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

    // MARK: Ranges and signs

    /// "quatre à cinq heures" is a length of time, or four at five o'clock; "le deux à dix heures" is a day.
    private func unsureHours(_ numeral: Numeral, at index: Int) -> Writing? {
        guard !numeral.isFigures, numeral.value < 10, transcript.keyBefore(index) != Self.the,
            let to = transcript.wordBehindSpace(numeral.end),
            transcript.key(to) == Self.to, let place = transcript.wordBehindSpace(to + 1),
            let next = numerals.words(at: place), !next.isOne, !numeral.isOne || next.value == 2,
            isHour(behind: next.end)
        else { return nil }
        return Writing(end: next.end, words: nil)
    }

    /// "cinq à dix minutes", "deux ou trois euros", "entre huit et dix": the first number is written as the second one is.
    func range(_ numeral: Numeral, at index: Int) -> Writing? {
        guard !numeral.isFigures || transcript.keyBefore(index) == Self.minus, numeral.isWhole,
            !numeral.isOne || !isElided(index),
            staysInWords(numeral) || transcript.keyBefore(index) == Self.minus,
            let joint = transcript.wordBehindSpace(numeral.end), let place = nextNumeral(behind: joint + 1),
            let next = numerals.numeral(at: place), !next.isOrdinal, next.value != 1 || !next.isWhole
        else { return nil }
        // "entre moins deux et trois degrés".
        let first = transcript.keyBefore(index) == Self.minus ? index - 2 : index
        let unit = measure(of: next)
        let isMeasured = unit != nil || isHour(behind: next.end)
        guard isMeasured || first == index && !numeral.isOne && (next.value >= 10 || !next.decimals.isEmpty) else {
            return nil
        }
        let isRange =
            switch transcript.key(joint) {
            case Self.or, Self.over: true
            case Self.and: transcript.keyBefore(first) == Self.between
            case Self.to:
                !numeral.isOne && (transcript.isWord(first - 2, Self.rangeWords) || first < index)
                    || Self.rangeUnits.contains(unit?.symbol ?? "")
            default: false
            }
        guard isRange, row(next) == nil || next.isFigures else { return nil }
        // What stays in words as a whole is not a range.
        if !next.isFigures, isMeasured, (hours(next, at: place) ?? quantity(next, at: place))?.words == nil {
            return nil
        }
        let words = isMeasured ? figures(numeral) : Self.grouped(numeral.value, from: 10_000)
        return Writing(end: numeral.end, words: words)
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
        guard !Self.comparisons.contains(before) || before == Self.or && isSigned(before: index - 3)
        else { return nil }
        let isDifference =
            isSpaced
            && (transcript.text.isDigits(index - 2) || transcript.numberWord(index - 2) != nil
                || transcript.isWord(index - 2, Self.hourNames) || transcript.isWord(index - 2, Self.euroNames)
                || transcript.text.isMark(index - 2, "€$£%°") || isMeasurement(before: index - 1))
        guard !isDifference else { return nil }
        if let unit = measure(of: numeral), !["h", "min", "s"].contains(unit.symbol),
            let writing = quantity(numeral, at: place), let words = writing.words
        {
            return Writing(end: writing.end, words: "-" + words)
        }
        if let range = range(numeral, at: place), let words = range.words {
            return Writing(end: range.end, words: "-" + words)
        }
        // "il fait moins cinq ou moins dix", "moins vingt moins trente degrés".
        if let joint = transcript.wordBehindSpace(numeral.end), transcript.isWord(joint, Self.language.joints),
            let sign = transcript.key(joint) == Self.minus ? joint : transcript.wordBehindSpace(joint + 1),
            transcript.key(sign) == Self.minus, let second = transcript.wordBehindSpace(sign + 1),
            let other = numerals.words(at: second)
        {
            return Writing(end: unit(behind: other.end)?.end ?? other.end, words: nil)
        }
        guard announces, mayEnd(at: numeral.end), row(numeral) == nil else {
            return withoutSign(numeral, at: place)
        }
        return Writing(end: numeral.end, words: "-" + figures(numeral))
    }

    /// Whether a number below zero ends at a place: "moins dix ou moins quinze degrés".
    private func isSigned(before end: Int) -> Bool {
        var place = end - 1
        if transcript.text.isDigits(place) { return transcript.text.isMark(place - 1, "-−") }
        // Longer numbers have decimals, which temperatures of that kind lack.
        while place > end - 10, transcript.isCardinal(place) { place -= 2 }
        return place < end - 1 && transcript.key(place) == Self.minus
    }

    /// Whether a number and its unit of one word end at a place, as in "vingt kilomètres moins dix pour cent".
    private func isMeasurement(before end: Int) -> Bool {
        transcript.isNumber(end - 3) && transcript.text.isSpace(end - 2) && unit(behind: end - 2)?.end == end
    }

    // MARK: Ends

    /// Whether a number may end here. A noun behind it, which is mostly a plural, would belong to it and not to the hour or amount before it.
    func mayEnd(at end: Int) -> Bool {
        // "18h30", "18 h 30", "vingt-quatre".
        guard !transcript.text.isWord(end), !transcript.isHyphen(end) || !transcript.text.isWord(end + 1),
            !isHour(behind: end)
        else { return false }
        guard let next = transcript.wordBehindSpace(end) else {
            return !(transcript.text.isSpace(end) && transcript.text.isMark(end + 1, "%€$°"))
        }
        if transcript.isWord(next, Self.plainWords) { return true }
        let text = transcript.text
        let last = text.scalars(text.tokens[next]).last
        return last != "s" && last != "x" && last != "S" && last != "X" && !numerals.begins(at: next)
    }
}
