/// Parts of HTML that nobody reads aloud: comments, scripts and styles, with what they hold.
struct HiddenPart {
    /// As far as this the end of a part is looked for; without one, its beginning is said as it is written.
    private static let farthest = 10_000

    private struct Kind {
        let opening: [Unicode.Scalar]
        let closing: [Unicode.Scalar]
        /// Whether a name ends the opening, so that no other letter may follow.
        let isName: Bool

        init(_ opening: String, _ closing: String, isName: Bool) {
            self.opening = Array(opening.unicodeScalars)
            self.closing = Array(closing.unicodeScalars)
            self.isName = isName
        }
    }

    private static let kinds = [
        Kind("<!--", "-->", isName: false), Kind("<script", "</script>", isName: true),
        Kind("<style", "</style>", isName: true),
    ]

    /// By kind, as far as where no end has been found: many that open in a row look for theirs once.
    private var searched: [Int] = []

    /// The end of the part that opens at a place, or that the text must go on before that is known.
    mutating func match(in text: [Unicode.Scalar], at index: Int, isLast: Bool) -> Thought.Match {
        // Within code, it is what is spoken about.
        if index > 0, text[index - 1] == "`" { return .none }
        for (number, kind) in Self.kinds.enumerated() {
            switch Self.prefix(kind.opening, in: text, at: index) {
            case false?: continue
            case nil: return isLast ? .none : .unknown
            case true?: break
            }
            let behind = index + kind.opening.count
            if kind.isName {
                guard behind < text.count else { return isLast ? .none : .unknown }
                guard text[behind] == ">" || text[behind].isBlank else { return .none }
            }
            return end(of: number, in: text, from: behind, limit: index + Self.farthest, isLast: isLast)
        }
        return .none
    }

    private mutating func end(
        of number: Int, in text: [Unicode.Scalar], from start: Int, limit: Int, isLast: Bool
    ) -> Thought.Match {
        let closing = Self.kinds[number].closing
        if searched.isEmpty { searched = Array(repeating: 0, count: Self.kinds.count) }
        var place = max(start, searched[number])
        defer { searched[number] = place }
        while place < limit {
            guard place < text.count else { return isLast ? .none : .unknown }
            if text[place] == closing[0] {
                switch Self.prefix(closing, in: text, at: place) {
                case true?: return .found(place + closing.count)
                case nil: if !isLast { return .unknown }
                case false?: break
                }
            }
            place += 1
        }
        return .none
    }

    /// Forgets what lies before an end.
    mutating func drop(_ count: Int) {
        for kind in searched.indices { searched[kind] = max(0, searched[kind] - count) }
    }

    /// Whether a mark stands at a place; nil if the text ends within it.
    private static func prefix(_ mark: [Unicode.Scalar], in text: [Unicode.Scalar], at index: Int) -> Bool? {
        for (offset, scalar) in mark.enumerated() {
            guard index + offset < text.count else { return nil }
            guard Thought.lowercase(text[index + offset]) == scalar else { return false }
        }
        return true
    }
}
