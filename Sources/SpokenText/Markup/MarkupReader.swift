/// Takes the markup out of a sentence.
struct MarkupReader {
    private(set) var scalars: [Unicode.Scalar] = []
    /// Where each of them stood, and at last the end.
    private(set) var places: [Int] = []
    private let source: [Unicode.Scalar]
    private var index = 0
    /// Ends of links, by the bracket that closes their text.
    private var links: [Int: Int] = [:]
    private var hidden = HiddenPart()
    /// The newest brackets that were looked for.
    private var (close, parenthesis) = (-1, -1)
    /// Where the newest "https://" ends.
    private var addressEnd = 0

    init(_ source: [Unicode.Scalar]) {
        self.source = source
        scalars.reserveCapacity(source.count)
        places.reserveCapacity(source.count + 1)
    }

    mutating func read(behind line: LineStart) {
        for position in line.kept { put(source[position], from: position) }
        if let mark = line.mark { put(mark, from: line.end - 1) }
        index = line.end
        while index < source.count { step(isRow: line.isRow) }
        places.append(source.count)
    }

    /// Whether anything that begins with a scalar may be taken away. Others beyond ASCII are no emoji.
    static func mayBeMarkup(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isPlainASCII { return false }
        return switch scalar {
        case "*", "_", "^", "`", "~", "[", "<", "&", "|", "\\", "$", "\u{200D}", "\u{20E3}": true
        default: scalar.value >= 0x2300
        }
    }

    private func at(_ offset: Int) -> Unicode.Scalar? {
        let place = index + offset
        return place >= 0 && place < source.count ? source[place] : nil
    }

    private mutating func put(_ scalar: Unicode.Scalar, from origin: Int) {
        scalars.append(scalar)
        places.append(origin)
    }

    private mutating func keep() {
        put(source[index], from: index)
        index += 1
    }

    private mutating func step(isRow: Bool) {
        let scalar = source[index]
        if scalar.value >= 0x80 {
            if scalar.value < 0x2000 { return keep() }
            return skipEmoji(isRow: isRow)
        }
        switch scalar {
        case "^", "_":
            if at(1) == "{" { return putPart() }
            if scalar == "^" { keep() } else { emphasis(scalar) }
        case "*", "`", "~": emphasis(scalar)
        case "[": bracket()
        case "]":
            if let end = links[index] { index = end } else { keep() }
        case "!" where at(1) == "[" && linkEnd(from: index + 1) != nil: index += 1
        case "<": tag()
        // "x &= 2" on a line of a formula.
        case "&" where at(1) == "=": index += 1
        case "&": entity()
        case "|" where isRow: cell()
        case ":" where index >= addressEnd && at(1) == "/" && at(2) == "/":
            addressEnd = source[index...].firstIndex(where: \.isBlank) ?? source.count
            keep()
        case "$", "\\":
            if let formula = Formula.find(in: source, at: index) { return put(formula) }
            if scalar == "\\", isCommand { return putPart() }
            // "\\" at the end of one.
            if scalar == "\\", at(1) == "\\", source[(index + 2)...].allSatisfy(\.isBlank) { index += 2; return }
            if scalar == "\\", at(1).map(Self.isPunctuation) == true { index += 1 }
            keep()
        case " " where (scalars.isEmpty || scalars.last == " ") && index > 0 && source[index - 1] != " ":
            // The space behind what was taken away between two of them.
            index += 1
        default: keep()
        }
    }

    private mutating func put(_ formula: (content: Range<Int>, end: Int)) {
        for (scalar, place) in FormulaReader.read(source, formula.content) { put(scalar, from: place) }
        index = formula.end
    }

    /// "\frac{1}{2}" or "x^{n}" without dollars, as on the lines between "$$" and "$$".
    private mutating func putPart() {
        var reader = FormulaReader(source)
        index = reader.step(at: index, before: min(source.count, index + Formula.longest))
        for (scalar, place) in reader.result { put(scalar, from: place) }
    }

    /// Whether a command of LaTeX stands there, rather than a folder.
    private var isCommand: Bool {
        guard at(1)?.isLetter == true, at(-1).map({ $0 != ":" && $0 != "\\" && !$0.isLetter }) ?? true else {
            return false
        }
        var end = index + 1
        while end < source.count, end < index + 20, source[end].isLetter { end += 1 }
        return Formula.isKnown(String(source[index + 1..<end]))
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x80 && scalar.value > 0x20 && !scalar.isLetter && !scalar.isDigit
    }

    /// Marks of emphasis go, except between two numbers or two spaces, where they are signs, and within names_like_this.
    private mutating func emphasis(_ mark: Unicode.Scalar) {
        var count = 1
        while at(count) == mark { count += 1 }
        let (before, after) = (at(-1), at(count))
        let isBetween = { (test: (Unicode.Scalar) -> Bool) in before.map(test) == true && after.map(test) == true }
        // "2**3", "x**2" in a program: a power.
        if mark == "*", count == 2, isPower {
            put("^", from: index)
            index += 2
            return
        }
        let isSign: Bool
        switch mark {
        case "*":
            isSign =
                count == 1 && (isBetween(\.isDigit) || isBetween(\.isBlank) || isStar || isKey)
                || count < 3 && isDialled(count)
        case "_": isSign = isBetween { $0.isLetter || $0.isDigit } || isInAddress(count)
        case "~": isSign = count == 1
        default: isSign = false
        }
        if isSign, mark == "_", !isInAddress(count), !isAddress {
            put(" ", from: index)
            index += count
        } else if isSign {
            for _ in 0..<count { keep() }
        } else {
            // "~~10 €~~ 8 €": what is struck out is no part of what follows.
            if mark == "~", before?.isBlank == false, after?.isBlank == true { put(",", from: index) }
            index += count
        }
    }

    /// "un hôtel 4*": a star that nothing before it opens.
    private var isStar: Bool {
        guard let before = at(-1), "12345".unicodeScalars.contains(before), at(-2)?.isBlank == true,
            at(1).map({ $0.isBlank || ".,;:!?)".unicodeScalars.contains($0) }) ?? true
        else { return false }
        return !(max(0, index - 120)..<index - 1).contains {
            source[$0] == "*" && $0 + 1 < source.count && !source[$0 + 1].isBlank
                && ($0 == 0 || !source[$0 - 1].isDigit)
        }
    }

    /// "# ou *.", "Touche *", "Dial *67.": a key of a telephone.
    private var isKey: Bool {
        guard let before = at(-1), before.isBlank else { return false }
        var end = index + 1
        while end < source.count, end < index + 12, source[end].isDigit { end += 1 }
        guard end == source.count || source[end].isBlank || ".,;:!?)".unicodeScalars.contains(source[end]) else {
            return false
        }
        var first = index - 1
        while first > 0, index - first < 16, source[first - 1].isLetter { first -= 1 }
        return Self.beforeKeys.contains(String(source[first..<index - 1]).lowercased())
    }

    private static let beforeKeys: Set<String> = [
        "ou", "et", "puis", "sur", "touche", "tapez", "tape", "taper", "composez", "compose", "composer", "faites",
        "dial", "press", "or", "key",
    ]

    /// Whether two stars stand between what is raised, a number or a single letter, and figures.
    private var isPower: Bool {
        guard let before = at(-1), at(2)?.isDigit == true else { return false }
        return before.isDigit
            || before.isLetter && at(-2).map { $0.isBlank || "(+-*/=,[".unicodeScalars.contains($0) } ?? true
    }

    /// "*21#": the star that is dialled.
    private func isDialled(_ count: Int) -> Bool {
        var end = index + count
        let limit = min(source.count, end + 24)
        let first = end
        while end < limit, source[end].isDigit || source[end] == "*" || source[end] == "#" { end += 1 }
        return end > first + 1 && source[end - 1] == "#"
    }

    /// Whether a mark stands within "https://a.fr/b_c", rather than around it.
    private func isInAddress(_ count: Int) -> Bool {
        guard index < addressEnd, let after = at(count) else { return false }
        return index + count < addressEnd
            && (after.isLetter || after.isDigit || "(/-.=&%".unicodeScalars.contains(after))
    }

    /// Whether a mark belongs to "jean_dupont@exemple.fr".
    private var isAddress: Bool {
        var end = index
        let limit = min(source.count, index + 64)
        while end < limit, source[end].value < 0x80,
            source[end].isLetter || source[end].isDigit || Self.isInName(source[end])
        {
            end += 1
        }
        return end + 1 < limit && source[end] == "@" && source[end + 1].isLetter
    }

    private static func isInName(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "_", "-", ".", "+": true
        default: false
        }
    }

    private static let longestLink = 300

    /// Where the link ends whose text begins at a bracket, and the place of the bracket that closes the text.
    private mutating func linkEnd(from open: Int) -> (close: Int, end: Int)? {
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

    private mutating func bracket() {
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

    /// Whether a noun or a name stands there, but none of what has such numbers itself.
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

    private static let tags: Set<String> = [
        "b", "i", "u", "s", "em", "strong", "p", "br", "hr", "div", "span", "a", "ul", "ol", "li", "sup", "sub", "code",
        "pre", "h1", "h2", "h3",
        "h4", "h5", "h6", "table", "tr", "td", "th", "tbody", "thead", "small", "mark", "del", "ins", "img",
        "blockquote", "think", "thinking",
        "thought", "font", "center", "details", "summary", "kbd", "q", "cite",
    ]

    private mutating func tag() {
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

    private mutating func entity() {
        let rest = source[(index + 1)..<min(source.count, index + 12)]
        guard let length = rest.firstIndex(of: ";").map({ $0 - index }), length > 1 else { return keep() }
        let name = String(source[index + 1..<index + length])
        guard let scalar = Entities.scalar(name) else { return keep() }
        put(scalar, from: index)
        index += length + 1
    }

    private mutating func cell() {
        let isLast = source[(index + 1)...].allSatisfy(\.isBlank)
        while scalars.last == " " {
            scalars.removeLast()
            places.removeLast()
        }
        if !isLast, !scalars.isEmpty { put(",", from: index) }
        index += 1
    }

    private mutating func skipEmoji(isRow: Bool) {
        let scalar = source[index]
        if let mark = meaning(of: scalar, isRow: isRow) { put(mark, from: index) }
        let isMarked = at(1) == "\u{FE0F}" && scalar.properties.isEmoji
        let isHidden = scalar.value == 0xFE0F || scalar.value == 0x20E3 || scalar.value == 0x200D
        let isPicture =
            scalar.value >= 0x2300 && (scalar.properties.isEmojiPresentation || scalar.properties.isEmojiModifier)
        guard isMarked || isHidden || isPicture else { return keep() }
        // The joiner of scripts that need one is no emoji's.
        if scalar.value == 0x200D, scalars.last.map({ $0.isLetter }) == true { return keep() }
        index += 1
    }

    /// What an emoji says that is more than an ornament: "✅" alone in a cell of a table, and stars in a row.
    private func meaning(of scalar: Unicode.Scalar, isRow: Bool) -> Unicode.Scalar? {
        switch scalar {
        case "⭐": return at(-1) == "⭐" || at(1) == "⭐" ? "★" : nil
        case "✅", "✔", "❌", "✖":
            guard isRow else { return nil }
            var (first, last) = (index - 1, index + 1)
            while first >= 0, source[first].isBlank { first -= 1 }
            while last < source.count, source[last].isBlank || source[last] == "\u{FE0F}" { last += 1 }
            guard first < 0 || source[first] == "|", last == source.count || source[last] == "|" else { return nil }
            return scalar == "✅" || scalar == "✔" ? "✓" : "✗"
        default: return nil
        }
    }
}
