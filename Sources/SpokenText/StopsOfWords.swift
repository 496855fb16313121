/// Full stops behind words that are short forms only here and there.
struct StopsOfWords {
    /// As far as this it looks ahead.
    private static let farthest = 32

    let text: [Unicode.Scalar]
    /// Where the sentence began.
    let start: Int
    let isLast: Bool

    /// "Il va à la mer. 3 jours de repos.", "Musée d'art. 3 salles": whether a word in front of figures is the word itself, rather than a
    /// short form; nil if that can't be seen yet.
    func isWord(from first: Int, _ letters: Spelling, beforeFigures next: Int) -> Bool? {
        guard let leaders = Self.leaders[letters.small] else { return false }
        let before = wordBefore(first)
        switch leaders {
        case .always(let words):
            return before.map { words[$0.small] != nil } ?? false
        case .counting(let words):
            guard words.isEmpty || before.map({ words.contains($0) }) == true else { return false }
            return isCount(at: next, ofUnits: true, ofHours: words.isEmpty)
        case .name:
            guard text[first].isUpper, let place = placeBefore(first), text[place].isUpper else { return false }
            return isCount(at: next, ofUnits: false, ofHours: false)
        }
    }

    private enum Leaders {
        /// Behind one of these it is the word.
        case always(WordSet)
        /// Behind one of these, or anything, it is where something is counted.
        case counting(Led)
        /// Behind a name, with a capital.
        case name
    }

    private struct Led {
        var words: WordSet?
        var isEmpty: Bool { words == nil }
        func contains(_ word: Spelling) -> Bool { words?[word.small] != nil }
    }

    private static let leaders: WordTable<Leaders> = [
        "mer": .always(["la", "en", "une", "ma", "cette", "sa", "haute", "pleine", "l", "de"]),
        "art": .always(["d", "cet", "en"]),
        "jeu": .counting(Led(words: ["le", "du", "au", "un", "mon", "ce", "de", "en", "son"])),
        "vol": .counting(Led()),
        "sam": .name,
    ]

    private func placeBefore(_ first: Int) -> Int? {
        guard first > start + 1, text[first - 1].isBlank || text[first - 1] == "'" || text[first - 1] == "’" else {
            return nil
        }
        var place = first - 1
        while place > start, first - place < 12, text[place - 1].isLetter { place -= 1 }
        return place < first - 1 ? place : nil
    }

    private func wordBefore(_ first: Int) -> Spelling? {
        placeBefore(first).map { Spelling(text[$0..<first - 1]) }
    }

    /// "3 joueurs", "20 °C", "3 h de retard": whether a number and what it counts stands there.
    private func isCount(at next: Int, ofUnits: Bool, ofHours: Bool) -> Bool? {
        let limit = next + Self.farthest
        var place = next
        while place < text.count, place < limit, text[place].isDigit || text[place] == "," || text[place] == " " {
            place += 1
        }
        let first = place
        while place < text.count, place < limit, text[place].isLetter { place += 1 }
        guard place < text.count || isLast else { return nil }
        guard place > first else { return ofUnits && place < text.count && (text[place] == "°" || text[place] == "%") }
        let word = Spelling(text[first..<place])
        if Unit.symbols[word] != nil { return ofUnits && (ofHours || text[first] != "h" || place > first + 1) }
        return place - first > 2 && text[place - 1] == "s" && Self.notCounted[word.small] == nil
    }

    private static let notCounted: WordSet = [
        "mars", "pages", "dans", "sans", "puis", "mais", "alors", "depuis", "sous", "vers", "tomes",
    ]

    /// "LE 25 DÉC. ET", where a capital letter begins no sentence; nil if that can't be seen yet.
    func isShouted(from first: Int, to mark: Int, before next: Int) -> Bool? {
        guard mark - first > 1, text[next].isUpper, text[first..<mark].allSatisfy(\.isUpper) else { return false }
        guard next + 1 < text.count || isLast else { return nil }
        return next + 1 == text.count || !text[next + 1].isLowercase
    }
}
