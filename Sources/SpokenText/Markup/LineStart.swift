/// What stands at the beginning of a line of markdown: headings, quotations, bullets, numbers, rules, fences, rows of a table.
struct LineStart {
    /// Where the text of the line begins.
    var end = 0
    /// Places before it that are said: the figures of a numbered line.
    var kept: Range<Int> = 0..<0
    /// What stands for the full stop behind them.
    var mark: Unicode.Scalar?
    /// Whether bars part cells.
    var isRow = false

    /// Whether the text of the line begins with it.
    var isPlain: Bool { end == 0 && kept.isEmpty && !isRow }

    init() {}

    init(_ source: Span<Unicode.Scalar>) {
        if Self.mayBegin(source) { source.withUnsafeBufferPointer { read($0) } }
    }

    /// Whether there may be any: most lines begin with a word or a number, and few of them are numbered.
    static func mayBegin(_ source: Span<Unicode.Scalar>) -> Bool {
        guard !source.isEmpty, case let first = source[0], !first.isLetter else { return false }
        return !first.isDigit || mayBeNumbered(source)
    }

    private typealias Line = UnsafeBufferPointer<Unicode.Scalar>

    /// A line that is not empty.
    private mutating func read(_ line: Line) {
        let stop = line.last == "\n" ? line.count - 1 : line.count
        if stop == 0 { return }
        if line[0].isDigit {
            number(in: line, at: 0, stop: stop)
            return
        }
        var index = 0
        func skipSpaces() { while index < stop, line[index] == " " || line[index] == "\t" { index += 1 } }
        skipSpaces()
        while index < stop, line[index] == ">" {
            index += 1
            skipSpaces()
        }
        let body = line[index..<stop]
        if Self.isRule(body) || Self.isFormulaMark(body) || Self.isFence(body) {
            end = stop
            return
        }
        let hashes = body.prefix { $0 == "#" }.count
        if (1...6).contains(hashes), index + hashes < stop, line[index + hashes] == " " {
            index += hashes
            skipSpaces()
        } else if index + 1 < stop, Self.isBullet(line[index]), line[index + 1] == " ",
            !Self.isBelowZero(line[index..<stop]), !Self.isMore(line[index..<stop])
        {
            index += 1
            skipSpaces()
            let box = line[index..<min(stop, index + 3)]
            if box.count == 3, box.first == "[", box.last == "]",
                box.dropFirst().first.map({ " xX".unicodeScalars.contains($0) }) == true
            {
                index += 3
                skipSpaces()
            }
        } else {
            number(in: line, at: index, stop: stop)
            if mark != nil { return }
        }
        isRow = index < stop && line[index] == "|"
        if isRow { index += 1; skipSpaces() }
        end = index > 0 && index <= line.count ? index : 0
    }

    private static func mayBeNumbered(_ source: Span<Unicode.Scalar>) -> Bool {
        for index in 1..<max(1, min(5, source.count)) where source[index] == "." || source[index] == ")" { return true }
        return false
    }

    private static func isBullet(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "-", "*", "+", "•", "‣", "◦", "–": true
        default: false
        }
    }

    /// "1. Lait" is said as "1, Lait".
    private mutating func number(in line: Line, at index: Int, stop: Int) {
        var close = index
        while close < stop, close < index + 4, line[close].isDigit { close += 1 }
        guard close > index, close + 1 < stop, line[close] == "." || line[close] == ")", line[close + 1] == " " else {
            return
        }
        (kept, mark, end) = (index..<close, ",", close + 1)
    }

    /// "- 5 °C" is no point of a list.
    private static func isBelowZero(_ body: Slice<Line>) -> Bool {
        guard body.first == "-" || body.first == "–" else { return false }
        let figures = body.dropFirst(2).prefix(8).prefix { $0.isDigit || $0 == "," || $0 == "." }
        guard !figures.isEmpty else { return false }
        let unit = body[figures.endIndex...].prefix(3).first { !$0.isBlank }
        return unit == "°" || unit == "º" || unit == "℃"
    }

    /// "+ 1 min 12 s", "+ 5 %": nothing but what comes on top.
    private static func isMore(_ body: Slice<Line>) -> Bool {
        guard body.first == "+", body.count <= 32 else { return false }
        let parts = body.dropFirst(2).split { $0.isBlank || $0 == "." }
        return !parts.isEmpty && parts.count % 2 == 0
            && parts.enumerated().allSatisfy { place, part in
                place % 2 == 0
                    ? part.allSatisfy { $0.isDigit || $0 == "," }
                    : amounts.contains(String(String.UnicodeScalarView(part)))
            }
    }

    private static let amounts: Set<String> = ["h", "min", "mn", "s", "sec", "%", "€", "°C", "pts"]

    /// "$$" and "\\[" on a line of their own, around a formula.
    private static func isFormulaMark(_ body: Slice<Line>) -> Bool {
        guard let first = body.first, first == "$" || first == "\\", let second = body.dropFirst().first else {
            return false
        }
        return (first == "$" ? second == "$" : second == "[" || second == "]")
            && body.dropFirst(2).allSatisfy(\.isBlank)
    }

    /// "```" and "~~~", around code.
    private static func isFence(_ body: Slice<Line>) -> Bool {
        guard let first = body.first, first == "`" || first == "~" else { return false }
        return body.prefix { $0 == first }.count >= 3
    }

    /// "---", and the row of dashes under the head of a table.
    private static func isRule(_ body: Slice<Line>) -> Bool {
        guard body.count >= 3, let first = body.first, first == "|" || first == ":" || isRuleMark(first) else {
            return false
        }
        if body.contains("|") {
            return body.contains("-") && body.allSatisfy { "|-: \t\r".unicodeScalars.contains($0) }
        }
        return isRuleMark(first) && body.allSatisfy { $0 == first || $0 == " " || $0 == "\r" }
            && body.count { $0 == first } >= 3
    }

    private static func isRuleMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "-", "*", "_", "=": true
        default: false
        }
    }
}
