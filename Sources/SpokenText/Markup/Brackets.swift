/// Links, marks of footnotes and blocks of phonemes.
extension MarkupReader {
    private static let longestLink = 300

    /// Where the link ends whose text begins at a bracket, and the place of the bracket that closes the text.
    mutating func linkEnd(from open: Int) -> (close: Int, end: Int)? {
        let limit = min(source.count, open + Self.longestLink)
        guard isClosed(from: open, before: limit) else { return nil }
        var (place, depth) = (open, 0)
        while place < limit {
            if source[place] == "[" { depth += 1 }
            if source[place] == "]" { depth -= 1 }
            if depth == 0 { break }
            place += 1
        }
        guard place + 1 < limit, source[place + 1] == "(" else { return nil }
        let target = place + 2
        if parenthesis < target { parenthesis = source[target...].firstIndex(of: ")") ?? source.count }
        return parenthesis < min(source.count, target + 2000) ? (place, parenthesis + 1) : nil
    }

    /// Whether a bracket closes before a limit. Many that open in a row look for it once.
    private mutating func isClosed(from open: Int, before limit: Int) -> Bool {
        if close < open { close = source[open...].firstIndex(of: "]") ?? source.count }
        return close < limit
    }

    mutating func bracket() {
        if at(1) == "[" { return phonemes() }
        if isFootnote { return }
        guard let link = linkEnd(from: index) else { return keep() }
        links[link.close] = link.end
        index += 1
    }

    /// Blocks of phonemes stay as they are.
    private mutating func phonemes() {
        let limit = min(source.count, index + 400)
        guard isClosed(from: index, before: limit) else { return keep() }
        var end = index + 2
        while end + 1 < limit, source[end] != "[", source[end] != "]" || source[end + 1] != "]" { end += 1 }
        guard end + 1 < limit, source[end] == "]" else { return keep() }
        while index < end + 2 { keep() }
    }

    /// "[1]" and "[^note]" behind a word are taken away.
    private var isFootnote: Bool {
        mutating get {
            let isNote = at(1) == "^"
            guard isNote || index > 1, at(1)?.isDigit == true || isNote else { return false }
            let isApart = !isNote && source[index - 1].isBlank
            var end = index + 2
            while end < source.count, end < index + 24, isNote ? source[end] != "]" : source[end].isDigit { end += 1 }
            guard end < source.count, source[end] == "]" else { return false }
            // "selon l'Insee [1]." and "[1][2]", but "choisissez [1] ou [2]".
            if isApart {
                let isLast = end + 1 == source.count || ".,;[".unicodeScalars.contains(source[end + 1])
                guard isLast, end - index <= 3, mayHaveNote(before: index - 1) else { return false }
            }
            index = end + 1
            return true
        }
    }

    /// Whether a noun or a name stands there, other than a word that takes such numbers itself.
    private func mayHaveNote(before end: Int) -> Bool {
        var first = end
        while first > 0, end - first < 16, source[first - 1].isLetter { first -= 1 }
        guard end - first > 3 else { return false }
        return !Self.keys.contains(String(source[first..<end]).lowercased())
    }

    private static let keys: Set<String> = [
        "touche", "touches", "option", "options", "bouton", "choix", "page", "note", "notes", "réponse", "selon",
        "dans",
        "voir", "avec", "choisis", "choisir", "tapez", "tape", "case", "cases", "liste", "source", "sources", "button",
        "press", "from", "with", "choose",
    ]
}
