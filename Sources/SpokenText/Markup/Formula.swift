/// A formula in LaTeX, as language models write them: "$E = mc^2$", "\(a^2\)", "\[x = 1\]".
enum Formula {
    /// No formula in an answer is longer.
    private static let longest = 240

    /// What is between the marks of the formula that begins at a place, and where it ends; nil where none does. An amount has a dollar too.
    static func find(in source: [Unicode.Scalar], at open: Int) -> (content: Range<Int>, end: Int)? {
        let isDollar = source[open] == "$"
        guard open + 1 < source.count else { return nil }
        let next = source[open + 1]
        let isDouble = isDollar && next == "$"
        let first = open + (isDollar && !isDouble ? 1 : 2)
        let limit = min(source.count, open + longest)
        guard first < limit, isDollar || next == "(" || next == "[", isDouble || !isDollar || !source[first].isBlank
        else { return nil }
        // "US$5", "prix ($)"
        if isDollar, !isDouble,
            open > 0 && source[open - 1].isLetter || ")]}.,;:!?/€*".unicodeScalars.contains(source[first])
        {
            return nil
        }
        var (place, isMath, letters) = (first, !isDollar || isDouble, 0)
        while place < limit {
            let scalar = source[place]
            if scalar == "$" {
                guard isDollar, place > first else { return nil }
                if isDouble {
                    guard place + 1 < limit, source[place + 1] == "$" else { return nil }
                    return (first..<place, place + 2)
                }
                let isClosing = !source[place - 1].isBlank
                let goesOn = place + 1 < source.count && (source[place + 1].isLetter || source[place + 1].isDigit)
                return isClosing && isMath && !goesOn ? (first..<place, place + 1) : nil
            }
            if scalar == "\\", !isDollar, place + 1 < limit, source[place + 1] == (next == "(" ? ")" : "]") {
                return (first..<place, place + 2)
            }
            // Words are text between two amounts, unless a command wraps them.
            letters = scalar.isLetter ? letters + 1 : 0
            if letters == 4, isDollar, !isDouble, source[first].isDigit { return nil }
            if scalar == "\\" || scalar == "^" || scalar == "=" || scalar == "{" || scalar == "_" { isMath = true }
            // A backslash is one with the mark or the name behind it.
            place += scalar == "\\" ? 2 : 1
            if scalar == "\\" { while place < limit, source[place].isLetter { place += 1 } }
        }
        return nil
    }

    /// What a command is read as: a sign; a space for one that only sets type; nil for a name that is kept.
    static func sign(of command: String) -> Unicode.Scalar? { signs[command] }

    private static let signs: [String: Unicode.Scalar] = [
        "times": "×", "cdot": "×", "ast": "×", "div": "÷", "pm": "±", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥",
        "ne": "≠", "neq": "≠", "approx": "≈", "pi": "π", "infty": "∞", "circ": "°", "sqrt": "√", "to": "→",
        "rightarrow": "→", "Rightarrow": "→", "implies": "→", "text": " ", "mathrm": " ", "mathbf": " ", "textbf": " ",
        "frac": " ", "dfrac": " ", "tfrac": " ", "boxed": " ", "left": " ", "right": " ", "quad": " ", "qquad": " ",
        "displaystyle": " ", "limits": " ", "euro": "€", "degree": "°", "in": "∈", "notin": "∉",
    ]
}

extension MarkupReader {
    /// The scalars of a formula with their places, without what only sets type.
    static func formula(_ source: [Unicode.Scalar], _ range: Range<Int>) -> [(scalar: Unicode.Scalar, place: Int)] {
        var result: [(scalar: Unicode.Scalar, place: Int)] = []
        func add(_ scalar: Unicode.Scalar, _ place: Int) {
            let isSecondSpace = scalar == " " && result.last.map { $0.scalar == " " } ?? true
            if !isSecondSpace { result.append((scalar, place)) }
        }
        /// Where the numerator of a fraction ends.
        var numerators: Set<Int> = []
        var index = range.lowerBound
        while index < range.upperBound {
            let scalar = source[index]
            switch scalar {
            case "\\":
                var end = index + 1
                while end < range.upperBound, source[end].isLetter { end += 1 }
                let name = String(source[index + 1..<end])
                if name.isEmpty {
                    // "\,": a narrow space; "\%": the sign.
                    let next = end < range.upperBound ? source[end] : " "
                    let isSpace =
                        next == "," || next == ";" || next == ":" || next == "!" || next == "\\" || next == " "
                    add(isSpace ? " " : next, index)
                    index = min(range.upperBound, end + 1)
                    continue
                }
                if name.hasSuffix("frac"), let close = closing(source, from: end, before: range.upperBound) {
                    numerators.insert(close)
                }
                if let sign = Formula.sign(of: name) {
                    // "^\circ" is no power.
                    if sign == "°", result.last?.scalar == "^" { result.removeLast() }
                    if sign == "°", result.last?.scalar == " " { result.removeLast() }
                    if sign != " " || name != "text" && name != "mathrm" || result.last?.scalar != "°" {
                        add(sign, index)
                    }
                } else {
                    for place in index + 1..<end { add(source[place], place) }
                }
                index = end
                continue
            case "{": break
            case "}": if numerators.contains(index) { add("/", index) }
            case "$", "&": break
            case "\n": add(" ", index)
            default: add(scalar, index)
            }
            index += 1
        }
        while result.last?.scalar == " " { result.removeLast() }
        return result
    }

    /// The brace that closes the one at a place.
    private static func closing(_ source: [Unicode.Scalar], from open: Int, before limit: Int) -> Int? {
        guard open < limit, source[open] == "{" else { return nil }
        var depth = 0
        for place in open..<limit {
            if source[place] == "{" { depth += 1 }
            if source[place] == "}" { depth -= 1 }
            if depth == 0 { return place }
        }
        return nil
    }
}
