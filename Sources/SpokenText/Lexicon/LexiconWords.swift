/// A sentence cut into what entries of a lexicon are compared with: runs of letters, of figures and of spaces, other scalars one by one,
/// and blocks of phonemes, which nothing matches.
struct LexiconWords {
    enum Kind { case letters, figures, space, mark, block }

    /// No block of phonemes is longer, so that looking for its end takes no more time than the text has scalars.
    private static let longestBlock = 400

    let scalars: [Unicode.Scalar]
    private var ends: [Int] = []
    private var kinds: [Kind] = []

    init(_ scalars: [Unicode.Scalar]) {
        self.scalars = scalars
        var start = 0
        while start < scalars.count {
            let (kind, end) = Self.run(in: scalars, from: start)
            ends.append(end)
            kinds.append(kind)
            start = end
        }
    }

    var count: Int { ends.count }

    /// What it was cut into.
    var runs: [[Unicode.Scalar]] { (0..<count).map { Array(scalars(of: $0..<$0 + 1)) } }

    func start(_ index: Int) -> Int { index > 0 ? ends[index - 1] : 0 }
    func end(_ index: Int) -> Int { ends[index] }

    /// In small letters, with one kind of space, of apostrophe and of hyphen. Swift compares accents as they look, not as they are encoded.
    func compared(_ index: Int) -> String { text(index..<index + 1, isExact: false) }

    func isBlock(_ index: Int) -> Bool { kinds[index] == .block }

    /// The place behind the runs of letters and figures that begin at one; the place itself where none does.
    func endOfWord(_ index: Int) -> Int {
        var end = index
        while end < count, isWord(end) { end += 1 }
        return end
    }

    func isWord(_ index: Int) -> Bool { kinds[index] == .letters || kinds[index] == .figures }

    func written(_ range: Range<Int>) -> String { Self.string(scalars(of: range)) }

    /// - Parameter isExact: whether small letters and capitals differ.
    func text(_ range: Range<Int>, isExact: Bool) -> String {
        if range.count == 1, kinds[range.lowerBound] == .space { return " " }
        let text = Self.unified(scalars(of: range))
        return isExact ? text : text.lowercased()
    }

    private func scalars(of range: Range<Int>) -> ArraySlice<Unicode.Scalar> {
        range.isEmpty ? [] : scalars[start(range.lowerBound)..<end(range.upperBound - 1)]
    }

    /// Whether a match may begin here: not within "Jarvis2", "5,5" or "Jean-Pierre", but behind the figures of "5kWc".
    func isStart(_ index: Int) -> Bool {
        guard index > 0 else { return true }
        switch kinds[index] {
        case .figures:
            return kinds[index - 1] != .letters && !(isPoint(index - 1) && index > 1 && kinds[index - 2] == .figures)
        case .mark: return !(isJoint(index) && isWord(index - 1))
        case .letters, .space, .block: return true
        }
    }

    /// Whether one may end here: "CO" is not a word of "CO2", nor is "5" one of "5,5".
    func isEnd(_ index: Int) -> Bool {
        guard index + 1 < count else { return true }
        switch kinds[index] {
        case .figures:
            return !isWord(index + 1) && !(isPoint(index + 1) && index + 2 < count && kinds[index + 2] == .figures)
        case .letters: return !isWord(index + 1)
        case .mark: return !(isJoint(index) && isWord(index + 1))
        case .space, .block: return true
        }
    }

    /// Whether it parts the figures of one number, date or hour.
    private func isPoint(_ index: Int) -> Bool {
        ends[index] - start(index) == 1 && ".,:/".unicodeScalars.contains(scalars[start(index)])
    }

    /// Whether it belongs to a word or a number that it touches.
    private func isJoint(_ index: Int) -> Bool { "-‐‑−.,:/_@".unicodeScalars.contains(scalars[start(index)]) }

    private static func run(in scalars: [Unicode.Scalar], from start: Int) -> (Kind, end: Int) {
        let first = scalars[start]
        let kind = kind(first)
        var end = start + 1
        if kind == .mark {
            guard first == "[", end < scalars.count, scalars[end] == "[",
                let close = (end + 1..<max(end + 1, min(scalars.count - 1, start + Self.longestBlock))).first(
                    where: { scalars[$0] == "[" || isClose($0) }), scalars[close] == "]"
            else { return (.mark, end) }
            return (.block, close + 2)
        }
        while end < scalars.count, Self.kind(scalars[end]) == kind { end += 1 }
        return (kind, end)

        func isClose(_ index: Int) -> Bool { scalars[index] == "]" && scalars[index + 1] == "]" }
    }

    /// Of a scalar by itself.
    @inline(__always)
    static func kind(_ scalar: Unicode.Scalar) -> Kind {
        if scalar.isLetter { return .letters }
        if scalar.isDigit { return .figures }
        if scalar == " " { return .space }
        return scalar.isBlank && scalar != "\n" && scalar != "\r" ? .space : .mark
    }

    static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var utf8: [UInt8] = []
        for scalar in scalars { utf8.append(scalar) }
        return String(decoding: utf8, as: UTF8.self)
    }

    /// With one kind of apostrophe and of hyphen.
    private static func unified(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var utf8: [UInt8] = []
        for scalar in scalars {
            switch scalar {
            case "’", "ʼ": utf8.append("'" as Unicode.Scalar)
            case "‐", "‑": utf8.append("-" as Unicode.Scalar)
            default: utf8.append(scalar)
            }
        }
        return String(decoding: utf8, as: UTF8.self)
    }
}
