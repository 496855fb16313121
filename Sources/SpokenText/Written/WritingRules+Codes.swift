/// The words that tell of a code, of which the figures are told one by one or in pairs.
struct CodeWords: Sendable {
    /// "PIN", but not "codes": "les codes un, deux, trois" are many.
    var names: WordKeySet
    /// What stands directly before the figures: "le code secret".
    var kinds: WordKeySet
    /// "le code est".
    var being: WordKeySet
    /// "le code est le".
    var article = WordKey.none
    /// What may stand behind the name: "le code du portail est".
    var things: WordKeySet
    /// "change the PIN to".
    var changes: WordKeySet
    var changeJoint: WordKey
}

extension WritingRules {
    /// "le code est douze trente-quatre", "my PIN is one two three four": figures one by one or in pairs.
    func code(at index: Int) -> Writing? {
        guard isCodeAnnounced(before: index) else { return nil }
        var (figures, count, commas, end) = ("", 0, 0, index)
        var next: Int? = index
        while let place = next, transcript.numberWord(place)?.isOrdinal == false {
            guard let group = numerals.belowHundred(at: place), !isLoose(place..<group.end), figures.utf8.count < 8
            else { return nil }
            // A comma behind the last one is not within the code.
            if end > index, transcript.text.isMark(end, ",") { commas += 1 }
            figures += String(group.value)
            (count, end) = (count + 1, group.end)
            next = transcript.wordBehindSpace(transcript.text.isMark(end, ",") ? end + 1 : end)
        }
        let behind = transcript.wordBehindSpace(end)
        guard count > 1, figures.utf8.count > 2, mayEnd(at: end), !isMeasured(Numeral(value: 0, end: end)),
            // "quarante-cinq vingt, soixante douze" are two codes, and so are such numbers with "et" between them.
            // "un, deux, trois" may be counted.
            commas == 0 || figures.utf8.count == 4 || figures.utf8.count > 4 && commas == count - 1, !isBeforeRow(end),
            // "douze trente-quatre B".
            behind.map({ transcript.text.length($0) == 1 && transcript.text.isCapitalised($0) }) != true
        else { return nil }
        return Writing(end: end, words: figures)
    }

    /// "et soixante douze" behind a code.
    private func isBeforeRow(_ end: Int) -> Bool {
        guard let joint = transcript.wordBehindSpace(end), transcript.isWord(joint, Self.language.lastJoints),
            let place = transcript.wordBehindSpace(joint + 1), let next = numerals.words(at: place)
        else { return false }
        return row(next) != nil
    }

    private func isCodeAnnounced(before index: Int) -> Bool {
        let (text, words) = (transcript.text, Self.language.codes)
        guard text.isSpace(index - 1) else { return false }
        var place = index - 2
        if text.isMark(place, ":") { place -= text.isSpace(place - 1) ? 2 : 1 }
        if transcript.isWord(place, words.names) { return true }
        // "le code expire le douze zéro cinq" is a day.
        if words.article != .none, transcript.key(place) == words.article, transcript.isWord(place - 2, words.being) {
            place -= 2
        }
        let isChange = transcript.key(place) == words.changeJoint
        guard isChange || transcript.isWord(place, words.being) || transcript.isWord(place, words.kinds) else {
            return false
        }
        place = wordOfCode(before: place)
        guard transcript.isWord(place, words.names) else { return false }
        guard isChange else { return true }
        while transcript.isWord(place, words.names) { place = wordOfCode(before: place) }
        return transcript.isWord(place, words.changes)
    }

    /// The first token before another that is nothing a code may be for.
    private func wordOfCode(before end: Int) -> Int {
        var place = end - 1
        while transcript.text.isSpace(place) || transcript.text.isMark(place, "'’-‑")
            || transcript.isWord(place, Self.language.codes.things)
        {
            place -= 1
        }
        return place
    }

    /// "vingt quatre", which may be two groups; "vingt et un" is one.
    private func isLoose(_ group: Range<Int>) -> Bool {
        group.contains { place in
            transcript.text.isSpace(place) && transcript.key(place - 1) != Reader.and
                && transcript.key(place + 1) != Reader.and
        }
    }
}
