/// How a language writes what is said.
protocol WritingRules {
    associatedtype Reader: NumeralReader

    static var language: WritingLanguage { get }
    var transcript: Transcript { get }
    var numerals: Reader { get }
    /// What begins at a token, which is a word or a run of digits; nil for nothing.
    func writing(at index: Int) -> Writing?
    /// Whether a unit or an hour stands behind a number.
    func isMeasured(_ numeral: Numeral) -> Bool
    func telephone(at index: Int) -> Writing?
    /// An hour, a day or a year of which the number is the beginning, before anything else is tried.
    func dated(_ numeral: Numeral, at index: Int) -> Writing?
    func ordinal(_ numeral: Numeral, at index: Int) -> Writing?
    /// The number with its unit.
    func measurement(_ numeral: Numeral, at index: Int) -> Writing?
    func range(_ numeral: Numeral, at index: Int) -> Writing?
    /// What has another order or meaning in figures.
    func unsure(_ numeral: Numeral, at index: Int) -> Writing?
    /// A number that nothing else is known of.
    func plain(_ numeral: Numeral, at index: Int) -> Writing?
    /// Whether a number may end here: nothing that it counts stands behind it.
    func mayEnd(at end: Int) -> Bool
}

/// What the rules of all languages need to know of one.
struct WritingLanguage: Sendable {
    var idioms: Idioms
    /// Between numbers that are told together: "et", "fois", "à".
    var joints: WordKeySet
    /// Behind a comma and a space.
    var lastJoints: WordKeySet
    /// "neuf personnes sur dix", "nine people out of ten": one phrase a row.
    var shares: [[WordKey]]
    var articles: WordKeySet
    /// "trois fois", which count no part of what stands before.
    var times: WordKeySet
    /// Numbers that stay in words where nothing else is known of them, as those below ten do: "mille".
    var valuesInWords: Set<UInt64>
    /// Behind a measurement, before what belongs to it: "vingt degrés virgule cinq", "neuf heures moins une".
    var remainders: WordKeySet
    /// "et demi", "and a half".
    var halves: [[WordKey]]
    var centNames: WordKeySet
    var codes: CodeWords
    /// Whether figures beside a hyphen are a number: "5-10 minutes", but "20-minute".
    var hasNumbersAtHyphens: Bool
    var decimalMark: String
    /// Between thousands.
    var groupMark: String
}

extension WritingRules {
    func dated(_ numeral: Numeral, at index: Int) -> Writing? { nil }

    /// What begins with a number, in words or figures.
    func number(at index: Int) -> Writing? {
        if let phrase = idiom(at: index) ?? telephone(at: index) ?? code(at: index) { return phrase }
        guard let numeral = numerals.numeral(at: index) else { return nil }
        // "12 vingt", "mille-feuille", "twenty-minute".
        let isUnknown =
            !numeral.isFigures && transcript.isBehindFigures(index)
            || !(numeral.isFigures && Self.language.hasNumbersAtHyphens) && transcript.isCompound(index..<numeral.end)
        if isUnknown { return row(numeral) ?? Writing(end: numeral.end, words: nil) }
        if let dated = dated(numeral, at: index) { return dated }
        if isShortened(numeral) { return Writing(end: numeral.end, words: nil) }
        if numeral.isOrdinal { return ordinal(numeral, at: index) }
        if let phrase = longRow(numeral) ?? sharedScale(numeral) { return phrase }
        if let measurement = measurement(numeral, at: index) {
            return smallCompanion(behind: measurement.end).map { Writing(end: $0, words: nil) } ?? measurement
        }
        return range(numeral, at: index) ?? measuredList(from: numeral, at: index) ?? unsure(numeral, at: index)
            ?? siblings(of: numeral, at: index) ?? plain(numeral, at: index)
    }

    /// Whether a number stays in words where it has no unit.
    func staysInWords(_ numeral: Numeral) -> Bool {
        numeral.value < 10 || Self.language.valuesInWords.contains(numeral.value)
    }

    // MARK: Rows

    /// "dix vingt trente", "un, deux, trois": what they are together is not known, so that they stay as they are.
    func row(_ numeral: Numeral) -> Writing? { lastOfRow(numeral).map { Writing(end: $0.end, words: nil) } }

    /// A row with what is told together with it: "deux, trois ou douze".
    private func longRow(_ numeral: Numeral) -> Writing? {
        guard let last = lastOfRow(numeral) else { return nil }
        return Writing(end: measuredList(from: last)?.end ?? list(from: last)?.last?.end ?? last.end, words: nil)
    }

    private func lastOfRow(_ numeral: Numeral) -> Numeral? {
        guard !numeral.isFigures, var last = successor(of: numeral) else { return nil }
        while let next = successor(of: last) { last = next }
        return last
    }

    /// The number that stands directly behind one.
    func successor(of last: Numeral) -> Numeral? {
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

    // MARK: Phrases that stay as they are

    /// "deux millions cinq", "un million deux cents": mostly 2,5 and 1,2 millions.
    private func isShortened(_ numeral: Numeral) -> Bool {
        !numeral.isFigures && numeral.value >= 1_000_000 && (1..<1000).contains(numeral.value % 1_000_000)
    }

    /// "deux ou trois cents personnes", "dix à vingt mille": whether the first number is one of hundreds too is not written in figures.
    private func sharedScale(_ numeral: Numeral) -> Writing? {
        guard !numeral.isFigures, numeral.isWhole, numeral.value > 0,
            let joint = transcript.wordBehindSpace(numeral.end),
            transcript.isWord(joint, Self.language.joints), !transcript.isWord(joint, Self.language.times),
            let place = transcript.wordBehindSpace(joint + 1),
            let next = numerals.words(at: place), next.isWhole, next.end > place + 1,
            let scale = transcript.numberWord(next.end - 1)?.scale, numeral.value < next.value / scale
        else { return nil }
        return Writing(end: next.end, words: nil)
    }

    /// Where a phrase ends whose number stays in words.
    private func idiom(at index: Int) -> Writing? {
        Self.language.idioms.end(at: index, in: transcript).map { Writing(end: $0, words: nil) }
    }

    /// "le deux, le trois et le quinze", "dix moins cinq", "neuf personnes sur dix": numbers that are told together are written in one way.
    /// Where one of them is too small for figures, all stay in words.
    private func siblings(of numeral: Numeral, at index: Int) -> Writing? {
        if let row = linkedRow(behind: numeral) { return row }
        guard !isOfShare(index), let list = list(from: numeral),
            list.contains(where: staysInWords),
            let last = list.last, !list.allSatisfy(staysInWords)
        else { return nil }
        return Writing(end: last.end, words: nil)
    }

    /// "douze du douze trente", whose last numbers stay words.
    private func linkedRow(behind numeral: Numeral) -> Writing? {
        var last = numeral
        // Longer lists are looked at again from a later number.
        for _ in 0..<8 {
            guard !last.isFigures, last.isWhole, let joint = transcript.wordBehindSpace(last.end),
                transcript.isWord(joint, Self.language.joints), let place = transcript.wordBehindSpace(joint + 1),
                let next = numerals.words(at: place), !next.isOrdinal, telephone(at: place) == nil,
                dated(next, at: place) == nil
            else { return nil }
            if let row = row(next) { return row }
            last = next
        }
        return nil
    }

    /// "vingt-quatre heures sur vingt-quatre et sept jours sur sept": the second number of a share is told with the first one.
    private func isOfShare(_ index: Int) -> Bool {
        let before = transcript.keyBefore(index)
        return Self.language.shares.contains { $0.last == before }
    }

    /// "cinq, dix, quinze degrés", "cinq et dix euros": the last one has the unit of all, or of itself alone.
    private func measuredList(from numeral: Numeral, at index: Int) -> Writing? {
        guard !numeral.isOne, !isOfShare(index), let list = measuredList(from: numeral), list.isInWords else {
            return nil
        }
        return Writing(end: list.end, words: nil)
    }

    /// Where a list with a measurement ends, and whether one of its other numbers stays in words.
    private func measuredList(from numeral: Numeral) -> (end: Int, isInWords: Bool)? {
        guard !numeral.isFigures else { return nil }
        var (last, isInWords) = (numeral, false)
        // Longer lists are looked at again from a later number.
        for _ in 0..<16 {
            guard last.isWhole, let place = nextOfList(behind: last.end), let next = numerals.words(at: place),
                !next.isOne
            else { return nil }
            isInWords = isInWords || staysInWords(last)
            if isMeasured(next) { return (measurement(next, at: place)?.end ?? next.end, isInWords) }
            last = next
        }
        return nil
    }

    /// The number word behind a comma, "et" or "ou".
    private func nextOfList(behind end: Int) -> Int? {
        var end = end
        if transcript.text.isMark(end, ",") { end += 1 }
        guard var place = transcript.wordBehindSpace(end) else { return nil }
        if transcript.isWord(place, Self.language.lastJoints) {
            guard let behind = transcript.wordBehindSpace(place + 1) else { return nil }
            place = behind
        } else if !transcript.text.isMark(end - 1, ",") {
            return nil
        }
        return transcript.numberWord(place)?.isOrdinal == false ? place : nil
    }

    /// Where "ou neuf" ends behind "huit heures": it has the same unit, and is too small for figures without one.
    private func smallCompanion(behind end: Int) -> Int? {
        guard let joint = transcript.wordBehindSpace(end), transcript.isWord(joint, Self.language.lastJoints),
            var place = transcript.wordBehindSpace(joint + 1)
        else { return nil }
        // "six heures moins cinq ou moins dix".
        let isSubtracted = transcript.isWord(place, Self.language.remainders)
        if isSubtracted { place += 2 }
        guard let next = numerals.words(at: place), next.isWhole, isSubtracted || staysInWords(next), isLast(next.end)
        else { return nil }
        return next.end
    }

    /// The numbers that are told together, of which there are two at least.
    func list(from numeral: Numeral) -> [Numeral]? {
        guard !numeral.isFigures, let second = sibling(of: numeral) ?? share(of: numeral) else { return nil }
        var list = [numeral, second]
        // Longer lists are looked at again from a later number.
        while list.count < 16, let next = list.last.flatMap(sibling) { list.append(next) }
        return list
    }

    private func sibling(of last: Numeral) -> Numeral? {
        guard last.isWhole else { return nil }
        let language = Self.language
        if transcript.text.isMark(last.end, ",") {
            guard let place = transcript.wordBehindSpace(last.end + 1) else { return nil }
            return member(at: transcript.isWord(place, language.lastJoints) ? place + 2 : place)
        }
        guard let joint = transcript.wordBehindSpace(last.end), transcript.isWord(joint, language.joints),
            transcript.text.isSpace(joint + 1)
        else { return nil }
        return member(at: joint + 2)
    }

    /// A number alone, with or without an article.
    private func member(at place: Int) -> Numeral? {
        var place = place
        if transcript.isWord(place, Self.language.articles), transcript.numberWord(place) == nil { place += 2 }
        guard transcript.numberWord(place)?.isOrdinal == false, let next = numerals.words(at: place), next.isWhole,
            !next.isOne || isLast(next.end), !transcript.isCompound(place..<next.end), !isMeasured(next),
            row(next) == nil
        else { return nil }
        return next
    }

    /// The second number of "neuf personnes sur dix", with up to two words between them.
    private func share(of numeral: Numeral) -> Numeral? {
        guard numeral.isWhole else { return nil }
        var end = numeral.end
        for _ in 0...2 {
            guard let place = transcript.wordBehindSpace(end), transcript.numberWord(place) == nil else { return nil }
            for share in Self.language.shares where transcript.stands(share, at: place) {
                return transcript.text.isSpace(place + 2 * share.count - 1) ? member(at: place + 2 * share.count) : nil
            }
            end = place + 1
        }
        return nil
    }

    /// A measurement with a number behind it that nobody can tell whether it belongs to it, such as "vingt degrés cinq" or "trois heures
    /// moins cinq personnes": all of it stays as it is.
    func remainder(behind end: Int) -> Writing? {
        guard var place = transcript.wordBehindSpace(end) else { return nil }
        let isLinked = transcript.isWord(place, Self.language.remainders)
        if isLinked {
            guard let next = transcript.wordBehindSpace(place + 1) else { return nil }
            place = next
        }
        guard isLinked ? transcript.numberWord(place)?.isOrdinal == false : numerals.begins(at: place),
            let count = numerals.numeral(at: place), !count.isOrdinal, !isMeasured(count), telephone(at: place) == nil,
            // "cinq cents milligrammes trois fois par jour".
            isLinked
                || transcript.wordBehindSpace(count.end).map({ transcript.isWord($0, Self.language.times) }) != true
        else { return nil }
        return Writing(end: row(count)?.end ?? count.end, words: nil)
    }

    // MARK: Behind numbers

    /// Where "et demi" or "and a half" ends.
    func half(behind end: Int) -> Int? {
        guard let place = transcript.wordBehindSpace(end), transcript.key(place) == Reader.and else { return nil }
        return Self.language.halves.first { transcript.stands($0, at: place) }.map { place + 2 * $0.count - 1 }
    }

    /// The cents behind an amount: "et cinquante centimes", "cinquante".
    ///
    /// - Parameters:
    ///   - mayLink: Whether "douze euros et cinquante" is one amount, and not the ends of a range.
    ///   - count: Reads what may be a number of cents.
    ///   - isAlone: Whether a number without a name counts cents too.
    func cents(
        behind end: Int, mayLink: Bool, count: (Int) -> Numeral?, isAlone: (Numeral) -> Bool
    ) -> (figures: String, end: Int)? {
        guard transcript.text.isSpace(end) else { return nil }
        var place = end + 1
        let isLinked = transcript.key(place) == Reader.and
        if isLinked { place += 2 }
        guard let count = count(place), count.isWhole, (1..<100).contains(count.value) else { return nil }
        let figures = (count.value < 10 ? "0" : "") + String(count.value)
        if let name = transcript.wordBehindSpace(count.end), transcript.isWord(name, Self.language.centNames) {
            return (figures, name + 1)
        }
        let isTold = isLinked ? mayLink && count.value >= 10 && isLast(count.end) : mayEnd(at: count.end)
        return isTold && isAlone(count) ? (figures, count.end) : nil
    }

    // MARK: Figures

    /// The number with its decimals, and with marks between thousands.
    func figures(_ numeral: Numeral) -> String {
        Self.grouped(numeral.value)
            + (numeral.decimals.isEmpty ? "" : Self.language.decimalMark + numeral.decimals)
    }

    /// - Parameter limit: Smaller numbers have no marks.
    static func grouped(_ value: UInt64, from limit: UInt64 = 1000) -> String {
        let figures = String(value)
        guard value >= limit else { return figures }
        var result = ""
        for (index, figure) in figures.enumerated() {
            if index > 0, (figures.utf8.count - index) % 3 == 0 { result += language.groupMark }
            result.append(figure)
        }
        return result
    }

    /// The count of a number of whole millions or billions, which keep their name: "3 millions".
    func scaled(_ numeral: Numeral) -> (count: UInt64, isBillion: Bool)? {
        guard numeral.isWhole, numeral.value >= 1_000_000, numeral.value % 1_000_000 == 0 else { return nil }
        let isBillion = numeral.value % 1_000_000_000 == 0
        return (numeral.value / (isBillion ? 1_000_000_000 : 1_000_000), isBillion)
    }

    /// A number behind "moins" that is not below zero, as in "il est moins dix": all of it stays as it is.
    func withoutSign(_ numeral: Numeral, at index: Int) -> Writing? {
        guard !numeral.isFigures, !isMeasured(numeral), telephone(at: index) == nil else { return nil }
        return row(numeral) ?? Writing(end: numeral.end, words: nil)
    }

    /// Whether a sentence or phrase ends here.
    func isLast(_ end: Int) -> Bool {
        end >= transcript.count || transcript.text.isMark(end, ".,;:!?…)»\"")
    }
}
