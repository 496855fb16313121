/// Tags of HTML and marks of chat templates.
extension MarkupReader {
    private static let tags: Set<String> = [
        "b", "i", "u", "s", "em", "strong", "p", "br", "hr", "div", "span", "a", "ul", "ol", "li", "sup", "sub", "code",
        "pre", "h1", "h2", "h3",
        "h4", "h5", "h6", "table", "tr", "td", "th", "tbody", "thead", "small", "mark", "del", "ins", "img",
        "blockquote", "think", "thinking",
        "thought", "font", "center", "details", "summary", "kbd", "q", "cite",
    ]

    mutating func tag() {
        if case .found(let end) = hidden.match(in: source, at: index, isLast: true) {
            index = end
            return
        }
        let isEnd = at(1) == "/"
        var end = index + (isEnd ? 2 : 1)
        let first = end
        while end < source.count, source[end].value < 0x80, source[end].isLetter || source[end].isDigit,
            end < first + 12
        { end += 1 }
        guard end > first else { return isChatMark ? () : keep() }
        let name = String(source[first..<end]).lowercased()
        let isAddress = name.hasPrefix("http") && end < source.count && source[end] == ":"
        guard Self.tags.contains(name) || isAddress else { return keep() }
        let limit = min(source.count, end + 2000)
        while end < limit, source[end] != ">", source[end] != "<" { end += 1 }
        guard end < limit, source[end] == ">" else { return keep() }
        if isAddress {
            let last = end
            index += 1
            while index < last { keep() }
            index += 1
            return
        }
        if name == "sup", !isEnd, isRaised(behind: end) { put("^", from: index) }
        if ["br", "li", "tr", "p", "hr"].contains(name), scalars.last.map({ !$0.isBlank }) == true {
            put(name == "br" || isEnd ? "\n" : " ", from: index)
        }
        index = end + 1
    }

    /// "10<sup>3</sup>", "x<sup>2</sup>": a power of a short number or a letter, but neither "m<sup>2</sup>" nor a mark of a note.
    private func isRaised(behind end: Int) -> Bool {
        guard let before = at(-1), end + 1 < source.count, source[end + 1].isDigit || source[end + 1] == "-" else {
            return false
        }
        let (second, third) = (at(-2), at(-3))
        func isEdge(_ scalar: Unicode.Scalar?) -> Bool {
            scalar.map { $0.isBlank || "(+-*/=,×".unicodeScalars.contains($0) } ?? true
        }
        if before.isDigit { return isEdge(second) || second?.isDigit == true && isEdge(third) }
        return before.isLetter && before != "m" && isEdge(second)
    }

    /// "<|im_end|>" is taken away.
    private var isChatMark: Bool {
        mutating get {
            guard at(1) == "|" else { return false }
            var end = index + 2
            while end < source.count, end < index + 32, source[end].isLetter || source[end] == "_" { end += 1 }
            guard end > index + 2, end + 1 < source.count, source[end] == "|", source[end + 1] == ">" else {
                return false
            }
            index = end + 2
            return true
        }
    }
}
