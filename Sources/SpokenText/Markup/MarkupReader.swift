/// Takes the markup out of a sentence.
struct MarkupReader {
    private(set) var scalars: [Unicode.Scalar] = []
    /// Where each of them stood, and at last the end.
    private(set) var places: [Int] = []
    let source: [Unicode.Scalar]
    var index = 0
    /// Ends of links, by the bracket that closes their text.
    var links: [Int: Int] = [:]
    var hidden = HiddenPart()
    /// The newest brackets that were looked for.
    var (close, parenthesis) = (-1, -1)
    /// Where the newest "https://" ends.
    var addressEnd = 0

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

    /// Whether anything that begins with a scalar may be taken away. Others beyond ASCII are not emoji.
    static func mayBeMarkup(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isPlainASCII { return false }
        return switch scalar {
        case "*", "_", "^", "`", "~", "[", "<", "&", "|", "\\", "$", "\u{200D}", "\u{20E3}": true
        default: scalar.value >= 0x2300
        }
    }

    func at(_ offset: Int) -> Unicode.Scalar? {
        let place = index + offset
        return place >= 0 && place < source.count ? source[place] : nil
    }

    mutating func put(_ scalar: Unicode.Scalar, from origin: Int) {
        scalars.append(scalar)
        places.append(origin)
    }

    mutating func keep() {
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
        default:
            keep()
            // Letters and figures come in rows.
            while index < source.count, source[index] != " ", source[index].isPlainASCII { keep() }
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
        return Formula.isKnown(source[index + 1..<end])
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x80 && scalar.value > 0x20 && !scalar.isLetter && !scalar.isDigit
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
        // The joiner of scripts that need one is not part of an emoji.
        if scalar.value == 0x200D, scalars.last.map({ $0.isLetter }) == true { return keep() }
        index += 1
    }

    /// What an emoji says that is more than an ornament: "✅" and "☀️" alone in a cell of a table, and stars in a row.
    private func meaning(of scalar: Unicode.Scalar, isRow: Bool) -> Unicode.Scalar? {
        switch scalar {
        case "⭐": return at(-1) == "⭐" || at(1) == "⭐" ? "★" : nil
        case "✅", "✔", "❌", "✖":
            guard isRow, isAlone else { return nil }
            return scalar == "✅" || scalar == "✔" ? "✓" : "✗"
        default: return isRow && Marks.isWeather(scalar) && isAlone ? scalar : nil
        }
    }

    /// Whether nothing else stands in the cell of a table.
    private var isAlone: Bool {
        var (first, last) = (index - 1, index + 1)
        while first >= 0, source[first].isBlank { first -= 1 }
        while last < source.count, source[last].isBlank || source[last] == "\u{FE0F}" { last += 1 }
        return (first < 0 || source[first] == "|") && (last == source.count || source[last] == "|")
    }
}
