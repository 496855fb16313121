/// The marks around what a model thought before it answered.
struct Thought {
    enum Match { case none, unknown, found(Int) }

    static let opening = Thought(tags: ["<think>", "<thinking>", "<thought>"])
    static let closing = Thought(tags: ["</think>", "</thinking>", "</thought>"])

    private let tags: [[Unicode.Scalar]]

    private init(tags: [String]) { self.tags = tags.map { Array($0.unicodeScalars) } }

    /// Whether a tag stands at a place: its end, or that the text must go on before that is known.
    func match(in text: [Unicode.Scalar], at index: Int, isLast: Bool) -> Match {
        var isOpen = false
        for tag in tags {
            let length = min(tag.count, text.count - index)
            guard (0..<length).allSatisfy({ Self.lowercase(text[index + $0]) == tag[$0] }) else { continue }
            if length == tag.count { return .found(index + length) }
            isOpen = true
        }
        return isOpen && !isLast ? .unknown : .none
    }

    /// Whether a text begins within a thought: it ends one that it doesn't open, as models do whose template opens it for them.
    static func isOpen(atStartOf text: [Unicode.Scalar]) -> Bool {
        for index in text.indices where text[index] == "<" {
            if case .found = opening.match(in: text, at: index, isLast: true) { return false }
            // Within code, it is what is spoken about.
            if index > 0, text[index - 1] == "`" { continue }
            if case .found = closing.match(in: text, at: index, isLast: true) { return true }
        }
        return false
    }

    /// The end of the first tag from a place on.
    func end(in text: [Unicode.Scalar], from start: Int) -> Int? {
        for index in start..<max(start, text.count) where text[index] == "<" {
            if case .found(let end) = match(in: text, at: index, isLast: true) { return end }
        }
        return nil
    }

    static func lowercase(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        (0x41...0x5A).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar
    }
}
