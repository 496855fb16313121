/// Goes through a sentence once, asks the rules, and notes what became of what.
extension RuleContext {
    func read(_ scalars: Span<Unicode.Scalar>, from origins: Origins, into output: inout SpokenOutput) {
        text.cut(scalars)
        phrase.removeAll()
        unitWords.removeAll()
        isShouted = nil
        output.begin(origins)
        read(into: &output)
        output.end(origins.end)
    }

    private func read(into output: inout SpokenOutput) {
        var (index, copied) = (0, 0)
        /// What the newest figures became, in the phrase.
        var said = 0..<0
        while true {
            let start = phrase.end
            guard let reading = nextReading(from: &index) else { break }
            let (end, isQuantity) = (reading.end, reading.isQuantity)
            if let words = reading.words {
                phrase.cut(to: start)
                say(words)
            }
            if isShouted == nil { isShouted = isFrench && isAllShouted }
            if text.isDigits(index) {
                if copied == index - 1, isHeardAsOne(said, with: start, at: index) {
                    pause(from: copied, to: index, in: &output)
                    copied = index
                }
                said = start..<phrase.end
            }
            copy(copied..<index, to: &output)
            append(start, from: index, to: end, in: &output)
            index = end
            if isQuantity, isContinued(at: index) {
                let start = phrase.end
                say(dash(at: index))
                append(start, from: index, to: index + 1, in: &output)
                index += 1
            }
            copied = index
        }
        copy(copied..<index, to: &output)
    }

    /// The first reading from a place on, which becomes its own one, or that behind the text where there is none.
    private func nextReading(from index: inout Int) -> Reading? {
        var place = index
        defer { index = place }
        while place < text.count {
            if !text.held(place).isOf(.space), let reading = reading(at: place) { return reading }
            place &+= 1
        }
        return nil
    }

    @inline(__always)
    private func reading(at index: Int) -> Reading? {
        let follower = text.followerBit(of: index)
        // A small word in front of a space or a pause can be nothing but a short form: most words of a text are dealt with here.
        if text.held(index).isOf(.word), !text.held(index).head.isUpper, Self.behindSmallWords.contains(bit: follower),
            !text.isDigits(index &+ 2)
        {
            return text.held(index).count <= 4 && mayBeShort(index) ? shortForm(at: index) : nil
        }
        return rules.reading(at: index, before: follower, in: self)
    }

    private func shortForm(at index: Int) -> Reading? {
        let start = phrase.end
        if let reading = ShortForms.general.read(self, index) { return reading }
        phrase.cut(to: start)
        return nil
    }

    private static let behindSmallWords: Followers = [.space, .pause, .none]

    /// Whether a dash leads from a quantity that ends at a place to another one.
    private func isContinued(at end: Int) -> Bool {
        isDash(end) && text.isDigits(end + 1) && !(text.startsWithZero(end + 1) && text.length(end + 1) > 2)
    }

    /// Whether a pause must keep a number apart from the one before it: "60 12", "4 20 7" are no seventy-two and no eighty-seven.
    private func isHeardAsOne(_ said: Range<Int>, with start: Int, at index: Int) -> Bool {
        guard text.isSpace(index - 1), text.isDigits(index - 2) else { return false }
        let isRow =
            text.isSingleSpace(index + 1) && text.isDigits(index + 2)
            || text.isSingleSpace(index - 3) && text.isDigits(index - 4)
        // "En 2024 80 personnes"
        let isYear =
            text.length(index - 2) == 4 && text.isSpace(index - 3) && text.isWord(index - 4, inAnyCase: "en in")
        let areLong = text.length(index) > 2 && text.length(index - 2) > 2 || isYear
        return isRow || areLong || language.areOneNumber(said, start..<phrase.end, in: phrase)
    }

    /// A pause in the place of a space.
    private func pause(from first: Int, to end: Int, in output: inout SpokenOutput) {
        let start = phrase.end
        say(", ")
        append(start, from: first, to: end, in: &output)
        phrase.cut(to: start)
    }

    /// What is said in the phrase from a place on. Words beside letters get a space.
    private func append(_ start: Int, from first: Int, to end: Int, in output: inout SpokenOutput) {
        let (places, last) = (text.scalars(of: first..<end), output.last)
        if last.isLetter || last.isDigit, phrase.scalar(at: start)?.isLetter == true {
            output.put(" " as Unicode.Scalar)
        }
        output.put(phrase, from: start)
        output.note(places)
    }

    /// Tokens that stay as they are.
    @inline(__always)
    private func copy(_ range: Range<Int>, to output: inout SpokenOutput) {
        guard !range.isEmpty else { return }
        if output.origins.areTheSame, !(output.endsInReading && text.tokens[range.lowerBound].head.isLetter) {
            put(range, to: &output)
        } else {
            copy(apart: range, to: &output)
        }
    }

    /// The same behind letters, or out of their places.
    private func copy(apart range: Range<Int>, to output: inout SpokenOutput) {
        var first = range.lowerBound
        if output.endsInReading, text.tokens[first].head.isLetter, output.last.isLetter {
            output.put(" " as Unicode.Scalar)
            put(first..<first + 1, to: &output)
            first += 1
        }
        guard first < range.upperBound else { return }
        if output.origins.areConsecutive(text.scalars(of: first..<range.upperBound)) {
            return put(first..<range.upperBound, to: &output)
        }
        for index in first..<range.upperBound { put(index..<index + 1, to: &output) }
    }

    private func put(_ range: Range<Int>, to output: inout SpokenOutput) {
        let (places, bytes) = (text.scalars(of: range), text.bytes(of: range))
        if isShouted == true {
            putSmall(range, in: &output)
        } else {
            output.put(bytes, of: text.utf8, scalars: places.count)
        }
        output.note(places)
    }
}

extension RuleContext {
    private static let wars: WordSet = ["guerre", "mondiale", "poilu", "poilus"]
    private static let measures: WordSet = ["tension", "pression"]
    /// What has a number of its own, which the dash is a part of.
    private static let references: WordSet = [
        "loi", "lois", "décret", "décrets", "arrêté", "arrêtés", "ordonnance", "circulaire", "délibération", "dossier",
        "dossiers", "réf", "référence", "affaire", "pourvoi", "requête", "permis", "facture", "devis", "contrat",
        "law", "act", "case", "file", "ref", "reference", "docket", "bill",
    ]
    private static let results: WordSet = [
        "score", "match", "résultat", "gagne", "gagné", "gagnent", "bat", "battu", "mène", "mené", "victoire",
        "défaite", "perd", "perdu", "perdent", "final", "finale", "buts", "emporte", "emportent", "impose",
        "imposent", "battent", "contre", "rugby", "handball", "basket", "won", "win", "wins", "beat", "lost", "lead",
        "leads", "game",
    ]
    static let sums: WordSet = [
        "font", "vaut", "calcule", "calculer", "calculez", "calcul", "égale", "what", "compute", "calculate",
    ]

    /// "loi n° 78-17", "dossier 24-1187", "Case no. 12-345": whether what stands before figures has a number.
    private func isReference(before index: Int) -> Bool {
        var place = index
        for _ in 0..<3 {
            while text.isSpace(place) || text.isMark(place, ".°:º") { place -= 1 }
            guard text.isWord(place) else { return false }
            if text.isWord(place, inAnyCase: Self.references) { return true }
            guard text.isWord(place, inAnyCase: "n no nos number") else { return false }
            place -= 1
        }
        return false
    }

    /// Whether a falling pair may be a result: "3-1", "Ils gagnent 110-105", "753-509 av. J.-C." falls too.
    private func mayFall(from first: UInt64, to last: UInt64, at index: Int) -> Bool {
        if first <= 20 || Dates.isDay(self, from: index + 1) { return true }
        let (number, behind) = (index - 1, text.behindSpace(index + 2))
        // "3,50-4,20", "10:30-11:30", "1 500-1 800": the figures are parts of more.
        if text.isMark(number - 1, ",.:/'’") || text.isSingleSpace(number - 1) && text.isDigits(number - 2) {
            return true
        }
        if self.number(index + 1)?.end != index + 2 || text.isMark(index + 2, ":") { return true }
        // "(25-20, 23-25)": a row of results.
        if text.isMark(index + 2, ",") && isDash(index + 5) && text.isDigits(index + 4)
            || text.isSpace(index - 2) && text.isMark(index - 3, ",") && text.isDigits(index - 4) && isDash(index - 5)
        {
            return true
        }
        // "LDLC 80-75 Monaco"
        if text.isSpace(number - 1), text.isCapitalised(number - 2), text.isSpace(index + 2), text.isCapitalised(behind)
        {
            return true
        }
        // "1939-45"
        if text.length(number) == 4, text.length(index + 1) == 2, last > first % 100 { return true }
        if text.isWord(behind, "av avant BC") || text.isMark(number - 1, "(") { return true }
        return first <= 200 && isNear(Self.results, number, before: 8, behind: 8)
    }

    /// "14-18", "39-45".
    private func isWar(_ first: Int, _ last: Int) -> Bool {
        guard let first = text.value(first), let last = text.value(last) else { return false }
        return (first, last) == (14, 18) || (first, last) == (39, 45)
    }

    /// "14-18, 39-45": whether the other one stands near.
    private func isBesideWar(_ dash: Int) -> Bool {
        (max(1, dash - 8)..<min(text.count, dash + 9)).contains {
            $0 != dash && isDash($0) && isWar($0 - 1, $0 + 1) && text.value($0 - 1) != text.value(dash - 1)
        }
    }

    /// What a dash between two numbers is: a minus in a sum, a mark in the number of a law, and else the way from one to the other.
    fileprivate func dash(at index: Int) -> String {
        if isEquation(at: index) { return words.minus }
        let (number, before) = (index - 1, text.isSpace(index - 2) ? index - 3 : index - 2)
        guard text.isDigits(number) || isHour(before: index) else {
            // "12V-5A"
            let isOther = self.number(index + 1).flatMap { unit(behind: $0.end) }.map {
                text.isWord(index - 1) && text.string($0.end - 1) != text.string(index - 1)
            }
            return isOther == true && text.length(index - 1) == 1 && text.isDigits(index - 2) ? ", " : words.to
        }
        // "à 8h-8h30" is one or the other.
        if isFrench, isHour(before: index), isHour(at: index + 1) {
            let hour = text.isDigits(number) ? index - 3 : index - 2
            return text.isSpace(hour - 1) && text.word(hour - 2)?.lowercased() == words.to
                && !isSpan(behindTo: hour - 2)
                ? ", " : words.to
        }
        guard text.isDigits(number) else { return words.to }
        // "en 14-18", "la guerre de 39-45"
        if isFrench, isWar(number, index + 1),
            text.isWord(before, inAnyCase: "en") || isBesideWar(index)
                || isNear(Self.wars, number, before: 6, behind: 6)
        {
            return " "
        }
        // "dans le 9-3", a part of the country
        if isFrench, text.length(number) == 1, text.length(index + 1) == 1, text.value(number) == 9,
            text.value(index + 1) == 3,
            text.isWord(before, inAnyCase: "le du") && before < index - 2
        {
            return " "
        }
        // "20-20 vision"
        if !isFrench, text.value(number) == 20, text.value(index + 1) == 20 { return " " }
        // "1-2-3 soleil"
        if isDash(index - 2) && text.isDigits(index - 3) || isDash(index + 2) && text.isDigits(index + 3) {
            return ", "
        }
        let isAttached = before == index - 2
        if isReference(before: number - 1) { return words.dash }
        // "n° 21-83.104" of a case
        if text.isMark(before, "°"), text.isMark(index + 2, "."), text.length(index + 3) == 3, text.isDigits(index + 3)
        {
            return words.dash
        }
        // "qwen2.5-7b"
        if text.isMark(number - 1, "."), text.isWord(number - 3), text.isWord(index + 2, inAnyCase: "b") { return ", " }
        if text.isMark(before, "°") || text.isWord(before) && isAttached {
            if text.length(number) > 2 { return words.dash }
            // "i7-12700K"
            return isAttached && text.length(index + 1) > 3 ? " " : words.to
        }
        // "art. L.121-1", "art. L. 121-1"
        if text.isMark(before, "."), text.length(before - 1) == 1, text.isCapitalised(before - 1) { return words.dash }
        if text.isWord(before, inAnyCase: "boeing airbus") { return " " }
        guard let first = text.value(number), let last = text.value(index + 1), first > last else { return words.to }
        if text.isWord(before, inAnyCase: "article articles") { return words.dash }
        // "tension 12-8"
        if isFrench, first <= 25, last >= 4, isNear(Self.measures, number, before: 5, behind: 0) {
            return " "
        }
        // "Combien font 12-5 ?"
        if isNear(Self.sums, number, before: 5, behind: 0) { return words.minus }
        // "747-400", but "753-509 av. J.-C." and "110-105".
        let isModel = text.length(number) > 2 && last >= 100 && last % 100 == 0
        if isModel, !text.isWord(text.behindSpace(index + 2), "av") { return " " }
        // "Tiercé : 60-12"
        return mayFall(from: first, to: last, at: index) ? words.to : ", "
    }
}
