/// A formula in LaTeX, as language models write them: "$E = mc^2$", "\(a^2\)", "\[x = 1\]".
enum Formula {
    /// No formula in an answer is longer.
    static let longest = 240

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
        if isDollar, !isDouble, open > 0 && source[open - 1].isLetter || opensNone(source[first]) { return nil }
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
                let isAlone = open == 0 || !source[open - 1].isDigit
                return isClosing && !goesOn && (isMath || isAlone && isPlain(source[first..<place]))
                    ? (first..<place, place + 1) : nil
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

    /// What can't stand behind a dollar that begins one.
    private static func opensNone(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ")", "]", "}", ".", ",", ";", ":", "!", "?", "/", "€", "*": true
        default: false
        }
    }

    /// Whether nothing but letters, figures and signs as they stand in a formula is between two dollars: "$x$", "$2x + 1$", "$50$".
    fileprivate static func isPlain(_ content: ArraySlice<Unicode.Scalar>) -> Bool {
        guard content.count <= 40 else { return false }
        var letters = 0
        for scalar in content {
            letters = scalar.isLetter ? letters + 1 : 0
            guard letters <= 2 else { return false }
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "α"..."ω", "Γ"..."Ω": break
            case " ", "+", "-", "−", "×", "*", "/", "=", "<", ">", "≤", "≥", "(", ")", ",", ".", "'", "|": break
            default: return false
            }
        }
        return true
    }

    /// What a command is read as: a sign; a space for one that only sets type; nil for a name that is kept.
    static func sign(of command: Spelling) -> Unicode.Scalar? { signs[command] }

    private static let signs: WordTable<Unicode.Scalar> = [
        "times": "×", "cdot": "×", "ast": "×", "div": "÷", "pm": "±", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥",
        "leqslant": "≤", "geqslant": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "simeq": "≈", "pi": "π", "infty": "∞",
        "circ": "°", "to": "→", "rightarrow": "→", "Rightarrow": "→", "implies": "→", "longrightarrow": "→",
        "boxed": " ", "quad": " ", "qquad": " ", "displaystyle": " ", "limits": " ", "euro": "€", "degree": "°",
        "in": "∈", "notin": "∉", "forall": "∀", "exists": "∃", "cup": "∪", "cap": "∩", "emptyset": "∅",
        "varnothing": "∅", "subset": "⊂", "ldots": "…", "dots": "…", "cdots": "…", "prime": "'",
    ]

    /// Letters that stand upright, as words and units do.
    fileprivate static let upright: WordSet = [
        "text", "mathrm", "mathbf", "textbf", "textit", "mbox", "operatorname", "mathsf",
    ]
    /// What is seen, and not said.
    fileprivate static let silent: WordSet = [
        "left", "right", "big", "Big", "bigl", "bigr", "overline", "underline", "bar", "hat", "widehat", "tilde",
        "mathbb",
        "mathcal", "boldsymbol", "mathit", "nonumber", "hspace", "vspace", "phantom",
    ]
    fileprivate static let arrows: WordSet = ["vec", "overrightarrow"]
    /// What is raised anyway.
    fileprivate static let raised: WordSet = ["circ", "degree", "prime"]
    /// What has limits below and above.
    fileprivate static let sums: WordTable<Unicode.Scalar> = ["int": "∫", "iint": "∫", "sum": "∑", "prod": "∏"]

    /// What is read in a way of its own.
    fileprivate enum Command { case root, choice, group, limit }
    fileprivate static let commands: WordTable<Command> = [
        "sqrt": .root, "binom": .choice, "dbinom": .choice, "tbinom": .choice, "begin": .group, "end": .group,
        "lim": .limit,
    ]

    fileprivate static func isFraction(_ command: ArraySlice<Unicode.Scalar>) -> Bool {
        command.last == "c" && String(command).hasSuffix("frac")
    }

    /// Whether a command outside a formula can be nothing else: "\text" might be a folder.
    static func isKnown(_ command: ArraySlice<Unicode.Scalar>) -> Bool {
        if isFraction(command) { return true }
        let command = Spelling(command)
        switch commands[command] {
        case .root, .choice, .group: return true
        case .limit, nil: return arrows[command] != nil || sums[command] != nil || isSign(command)
        }
    }

    private static func isSign(_ command: Spelling) -> Bool { signs[command].map { $0 != " " && $0 != "'" } ?? false }
}

/// Reads a formula as signs that rules know: "\frac{a}{b}" is "a∕b", "\sqrt{x + 1}" is "√(x + 1)".
struct FormulaReader {
    /// With their places, which never go back.
    private(set) var result: [(scalar: Unicode.Scalar, place: Int)] = []
    private let source: [Unicode.Scalar]
    /// The end of the newest unit or word in upright letters.
    private var uprightEnd = -1
    /// Whether a line of several has ended.
    private var isBroken = false

    init(_ source: [Unicode.Scalar]) { self.source = source }

    /// The scalars of a formula without what only sets type.
    static func read(_ source: [Unicode.Scalar], _ range: Range<Int>) -> [(scalar: Unicode.Scalar, place: Int)] {
        var reader = FormulaReader(source)
        reader.result.reserveCapacity(range.count)
        reader.read(range)
        while reader.result.last?.scalar == " " { reader.result.removeLast() }
        return reader.result
    }

    private mutating func read(_ range: Range<Int>, isUpright: Bool = false) {
        var index = range.lowerBound
        while index < range.upperBound { index = step(at: index, before: range.upperBound, isUpright: isUpright) }
    }

    /// Reads one scalar, or one command with what it takes.
    ///
    /// - Returns: the place behind it.
    mutating func step(at index: Int, before limit: Int, isUpright: Bool = false) -> Int {
        let scalar = source[index]
        switch scalar {
        case "\\": return command(at: index, before: limit)
        case "^" where index + 1 < limit: return raise(at: index, before: limit)
        case "_" where index + 1 < limit: return lower(at: index, before: limit)
        case "{", "}", "$", "&": break
        case "\n", "~": add(" ", index)
        // A hyphen would be one between words.
        case "-" where !isUpright: add("−", index)
        default:
            if !isUpright, isProduct(at: index, before: limit) {
                add(scalar, index)
                add(" ", index)
            } else {
                add(scalar, index)
            }
        }
        return index + 1
    }

    private mutating func add(_ scalar: Unicode.Scalar, _ place: Int) {
        if scalar == " ", result.last.map({ $0.scalar == " " }) ?? true { return }
        let place = max(place, result.last?.place ?? 0)
        if isBroken, scalar != " " {
            isBroken = false
            if !result.isEmpty { add(",", place); add(" ", place) }
        }
        result.append((scalar, place))
    }

    private mutating func keep(_ index: Int) -> Int {
        add(source[index], index)
        return index + 1
    }

    /// The first of two letters that are two variables: "ac" and "xy" would be heard as words.
    private func isProduct(at index: Int, before limit: Int) -> Bool {
        func isVariable(_ place: Int) -> Bool {
            switch source[place] {
            case "a", "b", "c", "x", "y", "z": true
            default: false
            }
        }
        return index + 1 < limit && isVariable(index) && isVariable(index + 1)
            && (index + 2 >= limit || !source[index + 2].isLetter) && (index == 0 || !source[index - 1].isLetter)
    }

    private mutating func command(at index: Int, before limit: Int) -> Int {
        var end = index + 1
        while end < limit, source[end].isLetter { end += 1 }
        if end == index + 1 {
            // "\,": a narrow space; "\%": the sign; "\\": the end of a line.
            let next = end < limit ? source[end] : " "
            if next == "\\" {
                isBroken = true
            } else {
                add(",;:! ".unicodeScalars.contains(next) ? " " : next, index)
            }
            return min(limit, end + 1)
        }
        if Formula.isFraction(source[index + 1..<end]) { return fraction(at: index, from: end, before: limit) }
        let name = Spelling(source[index + 1..<end])
        switch Formula.commands[name] {
        case .root: return root(at: index, from: end, before: limit)
        case .choice: return choice(from: end, before: limit)
        case .group: return group(at: end, before: limit)?.end ?? end
        case .limit:
            for letter in index + 1..<end { add(source[letter], letter) }
            add(" ", end)
            return limits(from: end, before: limit)
        case nil: break
        }
        if let sign = Formula.sums[name] {
            add(sign, index)
            add(" ", index)
            return limits(from: end, before: limit)
        }
        if Formula.arrows[name] != nil {
            add("⇀", index)
            return end
        }
        if Formula.silent[name] != nil { return end }
        if Formula.upright[name] != nil, let group = group(at: end, before: limit) {
            // "^\circ\text{C}", "\text{H}_2\text{O}"
            let isAttached =
                result.last.map {
                    "°∕/(^".unicodeScalars.contains($0.scalar) || (0x2080...0x2089).contains($0.scalar.value)
                } ?? true
            if !isAttached { add(" ", index) }
            read(group.content, isUpright: true)
            uprightEnd = group.end
            return group.end
        }
        guard let sign = Formula.sign(of: name) else {
            for letter in index + 1..<end { add(source[letter], letter) }
            return end
        }
        if sign == "°", result.last?.scalar == " " { result.removeLast() }
        add(sign, index)
        return end
    }

    private mutating func fraction(at index: Int, from end: Int, before limit: Int) -> Int {
        guard let one = group(at: end, before: limit), let other = group(at: one.end, before: limit) else { return end }
        if result.last.map({ $0.scalar.isDigit || $0.scalar.isLetter }) == true { add(" ", index) }
        let isOfFigures = source[one.content].allSatisfy(\.isDigit) && source[other.content].allSatisfy(\.isDigit)
        bracket(one)
        add(isOfFigures ? "/" : "∕", one.end - 1)
        bracket(other)
        return other.end
    }

    /// "\binom{n}{k}" is "k⇁n": so many out of so many.
    private mutating func choice(from start: Int, before limit: Int) -> Int {
        guard let all = group(at: start, before: limit), let some = group(at: all.end, before: limit) else {
            return start
        }
        bracket(some)
        add("⇁", some.end - 1)
        bracket(all)
        return some.end
    }

    private mutating func root(at index: Int, from end: Int, before limit: Int) -> Int {
        var (end, sign): (Int, Unicode.Scalar) = (end, "√")
        if end + 2 < limit, source[end] == "[", source[end + 1] == "3", source[end + 2] == "]" {
            (end, sign) = (end + 3, "∛")
        }
        guard let group = group(at: end, before: limit) else { return end }
        add(sign, index)
        bracket(group)
        return group.end
    }

    private mutating func raise(at index: Int, before limit: Int) -> Int {
        guard let group = group(at: index + 1, before: limit) else { return keep(index) }
        let content = source[group.content]
        // "^\circ" is not a power.
        if content.first == "\\", Formula.raised[Spelling(content.dropFirst())] != nil {
            read(group.content)
            return group.end
        }
        if uprightEnd == index, content.count == 1, let figure = content.first, figure == "2" || figure == "3" {
            add(figure == "2" ? "²" : "³", index)
        } else if content.count > 1, content.allSatisfy(\.isLetter), result.last?.scalar.isDigit == true {
            // "1^{er}"
            read(group.content, isUpright: true)
        } else {
            add("^", index)
            bracket(group)
        }
        return group.end
    }

    private mutating func lower(at index: Int, before limit: Int) -> Int {
        guard let group = group(at: index + 1, before: limit) else { return keep(index) }
        let content = source[group.content]
        if content.count <= 3, content.allSatisfy(\.isDigit) {
            for place in group.content { add(Unicode.Scalar(source[place].value + 0x2050) ?? " ", place) }
        } else {
            add(" ", index)
            bracket(group)
            if group.end < limit, source[group.end].isLetter { add(" ", group.end - 1) }
        }
        return group.end
    }

    /// "_{k=1}^{n}": from the one to the other.
    private mutating func limits(from start: Int, before limit: Int) -> Int {
        var (end, lower, upper): (Int, Range<Int>?, Range<Int>?) = (start, nil, nil)
        while end + 1 < limit, source[end] == "_" || source[end] == "^", let group = group(at: end + 1, before: limit) {
            if source[end] == "_" { lower = group.content } else { upper = group.content }
            end = group.end
        }
        if let lower { read(lower) }
        if let upper {
            add("‥", upper.lowerBound - 1)
            read(upper)
        }
        if end > start {
            while result.last?.scalar == " " { result.removeLast() }
            add(",", end - 1)
            add(" ", end - 1)
        }
        return end
    }

    /// What stands in braces, or the scalar or the command that stands there without any.
    private func group(at start: Int, before limit: Int) -> (content: Range<Int>, end: Int)? {
        var open = start
        while open < limit, source[open] == " " { open += 1 }
        guard open < limit else { return nil }
        if source[open] == "\\" {
            var end = open + 1
            while end < limit, source[end].isLetter { end += 1 }
            return (open..<end, end)
        }
        guard source[open] == "{" else { return (open..<open + 1, open + 1) }
        var depth = 0
        for place in open..<limit {
            if source[place] == "{" { depth += 1 }
            if source[place] == "}" { depth -= 1 }
            if depth == 0 { return (open + 1..<place, place + 1) }
        }
        return nil
    }

    /// In brackets, where signs stand between its parts.
    private mutating func bracket(_ group: (content: Range<Int>, end: Int)) {
        let start = result.count
        read(group.content)
        guard isSum(from: start) else { return }
        while result.last?.scalar == " " { result.removeLast() }
        result.insert(("(", result[start].place), at: start)
        add(")", group.end - 1)
    }

    private func isSum(from start: Int) -> Bool {
        var depth = 0
        for (scalar, _) in result[start...].dropFirst() {
            switch scalar {
            case "(": depth += 1
            case ")": depth -= 1
            case "+", "−", "±", "=", "×", "/", "∕", "^": if depth == 0 { return true }
            default: break
            }
        }
        return false
    }
}
