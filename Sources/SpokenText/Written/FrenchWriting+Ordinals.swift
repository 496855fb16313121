/// Ordinals, days of the month, and the numbers of kings.
extension FrenchWriting {
    func ordinal(_ numeral: Numeral, at index: Int) -> Writing? {
        let unchanged = Writing(end: numeral.end, words: nil)
        let noun = noun(behind: numeral.end)
        if isCenturyAlone(numeral, at: index) {
            return Writing(end: numeral.end, words: Self.roman(numeral.value).map { $0 + "e" })
        }
        let isFeminine = transcript.key(index) == Self.firstFeminine
        let end = numeral.value == 1 ? (isFeminine ? "re" : "er") : "e"
        if let noun, transcript.isWord(noun, Self.centuries), let roman = Self.roman(numeral.value) {
            return Writing(end: numeral.end, words: roman + end)
        }
        if let noun,
            transcript.isWord(noun, Self.countedPlaces) || numeral.value == 1 && transcript.isWord(noun, Self.months)
                || !isFeminine && numeral.value == 1 && isBeforeDay(numeral.end)
        {
            return Writing(end: numeral.end, words: String(numeral.value) + end)
        }
        if !isFeminine, isFirstDay(numeral, at: index) { return Writing(end: numeral.end, words: "1er") }
        if !isFeminine, isFirstKing(numeral, at: index) { return Writing(end: numeral.end, words: "Ier") }
        guard numeral.value >= 10, !isFraction(numeral, at: index) else { return unchanged }
        return Writing(end: numeral.end, words: Self.grouped(numeral.value, from: 10_000) + end)
    }

    /// "fin dix-neuvième", "au début du dix-huitième".
    private func isCenturyAlone(_ numeral: Numeral, at index: Int) -> Bool {
        guard (11...21).contains(numeral.value), isLast(numeral.end) || isBeforeOther(numeral.end) else { return false }
        let isLinked = transcript.keyBefore(index) == Self.ofThe
        return transcript.isWord(isLinked ? index - 4 : index - 2, Self.partsOfCenturies)
            && transcript.text.isSpace(index - 1) && (!isLinked || transcript.text.isSpace(index - 3))
    }

    /// "fin vingtième et début vingt et unième".
    private func isBeforeOther(_ end: Int) -> Bool {
        guard let joint = transcript.wordBehindSpace(end), transcript.isWord(joint, Self.nounJoints) else {
            return false
        }
        return transcript.isWord(joint + 2, Self.partsOfCenturies)
    }

    /// "du premier au quinze août".
    private func isBeforeDay(_ end: Int) -> Bool {
        guard let joint = transcript.wordBehindSpace(end), transcript.isWord(joint, Self.language.joints),
            var place = transcript.wordBehindSpace(joint + 1)
        else { return false }
        if transcript.isWord(place, Self.articles) { place += 2 }
        return numerals.words(at: place).map(isDay) == true
    }

    /// The noun of an ordinal, also in "le cinquième et le sixième étage", "du seizième au dix-septième siècle".
    private func noun(behind end: Int) -> Int? {
        guard let next = transcript.wordBehindSpace(end) else { return nil }
        guard transcript.isWord(next, Self.nounJoints),
            var place = transcript.wordBehindSpace(next + 1)
        else { return next }
        if transcript.isWord(place, Self.articles) { place += 2 }
        guard let other = numerals.words(at: place), other.isOrdinal else { return next }
        return transcript.wordBehindSpace(other.end)
    }

    /// "un dixième", "le centième de seconde".
    private func isFraction(_ numeral: Numeral, at index: Int) -> Bool {
        let before = transcript.keyBefore(index)
        if transcript.isBehindFigures(index) || Self.fractionWords.contains(before) { return true }
        if transcript.text.isSpace(index - 1), transcript.numberWord(index - 2) != nil { return true }
        if numeral.end == index + 1, numeral.value >= 100 { return true }
        guard let next = transcript.wordBehindSpace(numeral.end) else { return false }
        return transcript.isWord(next, Self.from)
    }

    /// A day of a month.
    func isDay(_ numeral: Numeral) -> Bool {
        guard numeral.isWhole, !numeral.isOne, (2...31).contains(numeral.value),
            let month = transcript.wordBehindSpace(numeral.end)
        else { return false }
        return transcript.isWord(month, Self.months)
    }

    /// "du deux au douze avril": days before the last, which names the month, are figures as that is.
    func days(_ numeral: Numeral, at index: Int) -> Writing? {
        guard numeral.value < 10, !numeral.isOne,
            transcript.isWord(index - 2, Self.articles) || transcript.isWord(index - 2, Self.manyDays),
            let list = list(from: numeral), list.allSatisfy({ (2...31).contains($0.value) }),
            let last = list.last, isDay(last)
        else { return nil }
        return Writing(end: numeral.end, words: String(numeral.value))
    }

    /// "Louis quatorze"; one that something may be counted with stays.
    func king(_ numeral: Numeral, at index: Int) -> Writing? {
        guard transcript.text.isSpace(index - 1), isKing(index - 2, numeral.value) else { return nil }
        // A transcript without capitals doesn't tell whether it is a name.
        guard transcript.text.isCapitalised(index - 2), !isBehindCount(index - 2), mayEndKing(at: numeral.end) else {
            return Writing(end: numeral.end, words: nil)
        }
        return Writing(end: numeral.end, words: Self.roman(numeral.value))
    }

    private func isKing(_ name: Int, _ value: UInt64) -> Bool {
        Self.kings[transcript.key(name)]?.contains(value) == true
            || value == 2 && transcript.key(name) == Self.paul && transcript.key(name - 2) == Self.john
    }

    /// "Paul six", "moi trois", which tell how many rather than who; "en seize cent dix" doesn't.
    private func isCount(of name: Int) -> Bool {
        guard transcript.text.isCapitalised(name) || transcript.isWord(name, Self.persons),
            transcript.text.isSpace(name + 1), transcript.isCardinal(name + 2)
        else { return false }
        return numerals.words(at: name + 2).map { $0.value >= 100 || isKing(name, $0.value) } != true
    }

    /// "Henri cinq et Paul six", "Henri deux, moi trois".
    private func isBeforeCount(_ end: Int) -> Bool {
        var name = transcript.wordBehindSpace(transcript.text.isMark(end, ",") ? end + 1 : end)
        if let joint = name, transcript.isWord(joint, Self.nounJoints) { name = transcript.wordBehindSpace(joint + 1) }
        return name.map(isCount) == true
    }

    /// "Paul six et Henri cinq".
    private func isBehindCount(_ name: Int) -> Bool {
        var place = name - 2
        if transcript.isWord(place, Self.nounJoints) { place -= 2 }
        if transcript.text.isMark(place, ",") { place -= 1 }
        guard transcript.isCardinal(place) else { return false }
        let last = place
        // A number has few words.
        while place > last - 10, transcript.isCardinal(place) || transcript.key(place) == FrenchNumeralReader.and {
            place -= 2
        }
        return isCount(of: place)
    }

    /// Whether nothing is counted with the number of a king.
    private func mayEndKing(at end: Int) -> Bool {
        guard !isBeforeCount(end) else { return false }
        guard let next = transcript.wordBehindSpace(end) else {
            return !(transcript.text.isSpace(end) && transcript.text.isDigits(end + 1))
        }
        // "Charles trois ou quatre fois", "avec Henri trois de ses amis".
        return transcript.isWord(next, Self.verbs)
            && !(transcript.isWord(next, Self.nounJoints) && transcript.isCardinal(next + 2))
            && !(transcript.key(next) == Self.of && transcript.isWord(next + 2, Self.wholes))
    }

    /// "François premier", but "François premier, Paul deuxième", "François premier, moi dernier" and "François premier de la classe".
    private func isFirstKing(_ numeral: Numeral, at index: Int) -> Bool {
        guard numeral.value == 1, transcript.text.isSpace(index - 1), transcript.isWord(index - 2, Self.firstKings),
            transcript.text.isCapitalised(index - 2), mayEndKing(at: numeral.end),
            transcript.wordBehindSpace(numeral.end).map(transcript.key) != Self.of
        else { return false }
        return !(index - 16...index + 16).contains {
            $0 != index && (transcript.numberWord($0)?.isOrdinal == true || transcript.isWord($0, Self.places))
        }
    }

    static func roman(_ value: UInt64) -> String? {
        guard (1...30).contains(value) else { return nil }
        let ones = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
        return String(repeating: "X", count: Int(value / 10)) + ones[Int(value % 10)]
    }

    private static let manyDays = WordKeySet(words: "les des aux")
    private static let paul = WordKey("Paul")
    private static let john = WordKey("Jean")
    private static let ofThe = WordKey("du")
    private static let nounJoints = WordKeySet(words: "et ou au à")
    private static let partsOfCenturies = WordKeySet(words: "fin début mi")
    private static let firstFeminine = WordKey("première")
    static let articles = WordKeySet(words: "le la au du")
    private static let centuries = WordKeySet(words: "siècle siècles")
    private static let countedPlaces = WordKeySet(words: "étage arrondissement")
    private static let fractionWords = WordKeySet(words: "un une quelques plusieurs er re e")
    private static let months = WordKeySet(
        words: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre")
    /// Kings and popes, with numbers that hardly anybody else of that name is told with.
    private static let kings: WordKeyTable<ClosedRange<UInt64>> = [
        WordKey("Louis"): 9...18, WordKey("Henri"): 2...8, WordKey("Charles"): 3...10, WordKey("Napoléon"): 3...3,
        WordKey("Benoît"): 16...16, WordKey("Léon"): 10...14, WordKey("Pie"): 9...12, WordKey("Jean"): 23...23,
        WordKey("Élisabeth"): 2...2, WordKey("Elizabeth"): 2...2,
        WordKey("Vatican"): 2...2,
    ]
    private static let persons = WordKeySet(words: "moi toi lui elle nous vous eux elles")
    /// "trois de ses amis".
    private static let wholes = WordKeySet(words: "mes tes ses ces nos vos leurs plus moins")
    /// Other places in a row than ordinals tell.
    private static let places = WordKeySet(words: "dernier dernière second seconde")
    private static let firstKings = WordKeySet(words: "François Napoléon Léopold")
    private static let verbs = WordKeySet(
        words: "est et était fut a règne régna meurt mourut naît de le qui ou en dit")
}
