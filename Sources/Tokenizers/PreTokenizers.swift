import BridgeSupport

/// A piece of a text that is being split into words.
struct TextPiece {
    var text: ArraySlice<Unicode.Scalar>
    /// Whether it is the very beginning of the text.
    var startsText: Bool
}

/// Splits pieces into smaller ones.
protocol PreTokenizer: Sendable {
    func split(_ pieces: [TextPiece]) -> [TextPiece]
}

func makePreTokenizer(_ node: JSONNode) throws(TokenizerFormatError) -> any PreTokenizer {
    switch node["type"]?.string {
    case "BertPreTokenizer":
        return CharacterSplit(
            .init(class: .whitespace, behavior: .removed), .init(class: .punctuation, behavior: .isolated))
    case "WhitespaceSplit": return CharacterSplit(.init(class: .whitespace, behavior: .removed))
    case "Whitespace": return WordSplit()
    case "Punctuation":
        return CharacterSplit(.init(class: .punctuation, behavior: try SplitBehavior(node, or: .isolated)))
    case "Digits":
        let each = node["individual_digits"]?.bool ?? false
        return CharacterSplit(.init(class: .number, behavior: each ? .isolated : .contiguous))
    case "Metaspace": return try Metaspace(node)
    case "Split": return try PatternSplit(node)
    case "Sequence":
        var steps: [any PreTokenizer] = []
        for step in try node.require("pre_tokenizer.pretokenizers", node["pretokenizers"]?.array) {
            steps.append(try makePreTokenizer(step))
        }
        return PreTokenizerSequence(steps: steps)
    case let type: throw .unsupported("pre_tokenizer", type)
    }
}

/// What happens to a delimiter.
enum SplitBehavior: String, Sendable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"

    init(_ node: JSONNode, or fallback: SplitBehavior) throws(TokenizerFormatError) {
        guard let name = node["behavior"]?.string else {
            self = fallback
            return
        }
        guard let behavior = SplitBehavior(rawValue: name) else { throw .unsupported("split behavior", name) }
        self = behavior
    }

    /// Whether a stretch of text belongs to the piece of the stretch before it, where each is a delimiter or not.
    fileprivate func joins(_ isDelimiter: Bool, after previous: Bool) -> Bool {
        switch self {
        case .removed, .isolated: false
        case .contiguous: isDelimiter == previous
        case .mergedWithPrevious: isDelimiter && !previous
        case .mergedWithNext: !isDelimiter && previous
        }
    }
}

extension TextPiece {
    /// Appends this piece, split at `matches`, which come in order: they are the delimiters, or with `inverted` what lies between those.
    func split(
        at matches: some Sequence<Range<Int>>, _ behavior: SplitBehavior, inverted: Bool = false,
        into pieces: inout [TextPiece]
    ) {
        var split = Split(whole: self, behavior: behavior)
        var position = text.startIndex
        for match in matches {
            if position < match.lowerBound {
                split.add(position..<match.lowerBound, isDelimiter: inverted, to: &pieces)
            }
            split.add(match, isDelimiter: !inverted, to: &pieces)
            position = match.upperBound
        }
        if position < text.endIndex { split.add(position..<text.endIndex, isDelimiter: inverted, to: &pieces) }
        split.close(&pieces)
    }

    /// Appends a part of it, unless that is empty.
    fileprivate func cut(_ range: Range<Int>, into pieces: inout [TextPiece]) {
        guard !range.isEmpty else { return }
        pieces.append(TextPiece(text: text[range], startsText: startsText && range.lowerBound == text.startIndex))
    }
}

/// A piece that is being split, one stretch of text after another.
private struct Split {
    let whole: TextPiece
    let behavior: SplitBehavior
    /// What the next stretch may still be joined to.
    private var open: Range<Int>?
    private var previous = false

    init(whole: TextPiece, behavior: SplitBehavior) {
        self.whole = whole
        self.behavior = behavior
    }

    mutating func add(_ range: Range<Int>, isDelimiter: Bool, to pieces: inout [TextPiece]) {
        if let last = open, behavior.joins(isDelimiter, after: previous) {
            open = last.lowerBound..<range.upperBound
        } else {
            close(&pieces)
            open = behavior == .removed && isDelimiter ? nil : range
        }
        previous = isDelimiter
    }

    mutating func close(_ pieces: inout [TextPiece]) {
        if let open { whole.cut(open, into: &pieces) }
        open = nil
    }
}

extension Array where Element == TextPiece {
    /// What `split` appends for each of the pieces.
    fileprivate func splitting(_ split: (TextPiece, inout [TextPiece]) -> Void) -> [TextPiece] {
        var result: [TextPiece] = []
        // Words are rarely shorter than three letters and a space.
        result.reserveCapacity(Swift.max(count, reduce(0) { $0 + $1.text.count } / 4))
        for piece in self { split(piece, &result) }
        return result
    }
}

/// Splits at single characters of a class: BertPreTokenizer, WhitespaceSplit, Punctuation, Digits.
struct CharacterSplit: PreTokenizer {
    enum Class: Sendable {
        case whitespace, punctuation, number

        @inline(__always)
        func contains(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .whitespace: scalar.isTokenizerSpace
            case .punctuation: scalar.isTokenizerPunctuation
            case .number: scalar.isTokenizerNumber
            }
        }
    }

    struct Step: Sendable {
        var `class`: Class
        var behavior: SplitBehavior
    }

    private let steps: [Step]

    init(_ steps: Step...) { self.steps = steps }

    func split(_ pieces: [TextPiece]) -> [TextPiece] {
        steps.reduce(pieces) { pieces, step in
            pieces.splitting { piece, result in
                let delimiters = piece.text.indices.lazy.filter { step.class.contains(piece.text[$0]) }
                piece.split(at: delimiters.map { $0..<($0 + 1) }, step.behavior, into: &result)
            }
        }
    }
}

/// `\w+|[^\w\s]+`: words and runs of symbols, without the white space.
struct WordSplit: PreTokenizer {
    private enum Kind { case space, word, symbol }

    private func kind(_ scalar: Unicode.Scalar) -> Kind {
        scalar.isTokenizerSpace ? .space : scalar.isWordCharacter ? .word : .symbol
    }

    func split(_ pieces: [TextPiece]) -> [TextPiece] {
        pieces.splitting { piece, result in
            var start = piece.text.startIndex
            while start < piece.text.endIndex {
                let kind = kind(piece.text[start])
                var end = start + 1
                while end < piece.text.endIndex, self.kind(piece.text[end]) == kind { end += 1 }
                if kind != .space { piece.cut(start..<end, into: &result) }
                start = end
            }
        }
    }
}

/// Marks the beginnings of words with ▁, as sentencepiece does.
struct Metaspace: PreTokenizer {
    private enum Scheme: String { case always, first, never }

    private let mark: Unicode.Scalar
    private let scheme: Scheme
    private let splits: Bool

    init(_ node: JSONNode) throws(TokenizerFormatError) {
        let mark = (node["replacement"]?.string ?? "\u{2581}").unicodeScalars
        guard mark.count == 1, let mark = mark.first else {
            throw TokenizerFormatError("the replacement of Metaspace is not one character")
        }
        self.mark = mark
        splits = node["split"]?.bool ?? true
        if let name = node["prepend_scheme"]?.string {
            guard let scheme = Scheme(rawValue: name) else { throw .unsupported("prepend_scheme", name) }
            self.scheme = scheme
        } else {
            scheme = node["add_prefix_space"]?.bool ?? true ? .always : .never
        }
    }

    func split(_ pieces: [TextPiece]) -> [TextPiece] {
        pieces.splitting { piece, result in
            let prepends = scheme == .always || (scheme == .first && piece.startsText)
            let isMarked = piece.text.first == " " || piece.text.first == mark
            var text: [Unicode.Scalar] = []
            text.reserveCapacity(piece.text.count + 1)
            if prepends, !isMarked { text.append(mark) }
            for scalar in piece.text { text.append(scalar == " " ? mark : scalar) }
            let whole = TextPiece(text: text[...], startsText: piece.startsText)
            if splits {
                let marks = text.indices.lazy.filter { text[$0] == mark }
                whole.split(at: marks.map { $0..<($0 + 1) }, .mergedWithNext, into: &result)
            } else {
                result.append(whole)
            }
        }
    }
}

/// Splits at a literal or a regular expression.
struct PatternSplit: PreTokenizer {
    private let pattern: TextPattern
    private let behavior: SplitBehavior
    private let inverted: Bool

    init(_ node: JSONNode) throws(TokenizerFormatError) {
        pattern = try TextPattern(node["pattern"])
        behavior = try SplitBehavior(node, or: .isolated)
        inverted = node["invert"]?.bool ?? false
    }

    func split(_ pieces: [TextPiece]) -> [TextPiece] {
        pieces.splitting { piece, result in
            piece.split(at: pattern.matches(in: piece.text), behavior, inverted: inverted, into: &result)
        }
    }
}

struct PreTokenizerSequence: PreTokenizer {
    var steps: [any PreTokenizer]

    func split(_ pieces: [TextPiece]) -> [TextPiece] {
        steps.reduce(pieces) { $1.split($0) }
    }
}
