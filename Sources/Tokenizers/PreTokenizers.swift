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

    /// A stretch of a piece that is a delimiter or lies between two.
    typealias Segment = (range: Range<Int>, isDelimiter: Bool)

    /// The pieces made from `segments`, which cover a piece without gaps.
    func apply(_ segments: [Segment]) -> [Range<Int>] {
        switch self {
        case .removed: segments.filter { !$0.isDelimiter }.map(\.range)
        case .isolated: segments.map(\.range)
        case .contiguous: merge(segments) { segment, previous in segment == previous }
        case .mergedWithPrevious: merge(segments) { segment, previous in segment && !previous }
        case .mergedWithNext: mergeBackward(segments)
        }
    }

    /// Joins a segment to the previous piece if `joins` is true for it and its predecessor.
    private func merge(_ segments: [Segment], _ joins: (Bool, Bool) -> Bool) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var previous = false
        for (range, isDelimiter) in segments {
            if joins(isDelimiter, previous), let last = pieces.popLast() {
                pieces.append(last.lowerBound..<range.upperBound)
            } else {
                pieces.append(range)
            }
            previous = isDelimiter
        }
        return pieces
    }

    private func mergeBackward(_ segments: [Segment]) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var next = false
        for (range, isDelimiter) in segments.reversed() {
            if isDelimiter, !next, let last = pieces.popLast() {
                pieces.append(range.lowerBound..<last.upperBound)
            } else {
                pieces.append(range)
            }
            next = isDelimiter
        }
        return pieces.reversed()
    }
}

extension TextPiece {
    func cut(_ ranges: [Range<Int>]) -> [TextPiece] {
        ranges.lazy.filter { !$0.isEmpty }.map {
            TextPiece(text: text[$0], startsText: startsText && $0.lowerBound == text.startIndex)
        }
    }

    /// Segments from the places of the delimiters; with `inverted` the text in between is the delimiter.
    func segments(delimitedBy matches: [Range<Int>], inverted: Bool = false) -> [SplitBehavior.Segment] {
        var segments: [SplitBehavior.Segment] = []
        var position = text.startIndex
        for match in matches {
            if position < match.lowerBound { segments.append((position..<match.lowerBound, inverted)) }
            segments.append((match, !inverted))
            position = match.upperBound
        }
        if position < text.endIndex { segments.append((position..<text.endIndex, inverted)) }
        return segments
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
            pieces.flatMap { piece in
                let matches = piece.text.indices.filter { step.class.contains(piece.text[$0]) }.map { $0..<($0 + 1) }
                return piece.cut(step.behavior.apply(piece.segments(delimitedBy: matches)))
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
        pieces.flatMap { piece in
            var ranges: [Range<Int>] = []
            var start = piece.text.startIndex
            while start < piece.text.endIndex {
                let kind = kind(piece.text[start])
                var end = start + 1
                while end < piece.text.endIndex, self.kind(piece.text[end]) == kind { end += 1 }
                if kind != .space { ranges.append(start..<end) }
                start = end
            }
            return piece.cut(ranges)
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
        pieces.flatMap { piece in
            var text = piece.text.map { $0 == " " ? mark : $0 }
            let prepends = scheme == .always || (scheme == .first && piece.startsText)
            if prepends, text.first != mark { text.insert(mark, at: 0) }
            let whole = TextPiece(text: text[...], startsText: piece.startsText)
            guard splits else { return [whole] }
            let marks = text.indices.filter { text[$0] == mark }.map { $0..<($0 + 1) }
            return whole.cut(SplitBehavior.mergedWithNext.apply(whole.segments(delimitedBy: marks)))
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
        pieces.flatMap {
            $0.cut(behavior.apply($0.segments(delimitedBy: pattern.matches(in: $0.text), inverted: inverted)))
        }
    }
}

struct PreTokenizerSequence: PreTokenizer {
    var steps: [any PreTokenizer]

    func split(_ pieces: [TextPiece]) -> [TextPiece] {
        steps.reduce(pieces) { $1.split($0) }
    }
}
