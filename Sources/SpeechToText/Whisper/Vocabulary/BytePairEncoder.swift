import HeapModule

/// Byte-level byte-pair encoding as GPT-2 does it: text is cut into words by a fixed pattern, and within each word the
/// pair of neighbours that was merged earliest in training is merged first. A word of n bytes takes n log n steps: whoever
/// sends a text decides how long its words are.
///
/// Own code: the one tokenizer library for Swift (swift-transformers) brings a hub client and a template engine with it.
struct BytePairEncoder: Sendable {
    private struct Merge {
        var rank: Int
        var result: Int
    }

    /// Ids of two neighbours, packed.
    private struct Pair: Hashable {
        var left: Int
        var right: Int
    }

    /// The token of each single byte; nil where the vocabulary has none.
    private let byteTokens: [Int?]
    private let merges: [Pair: Merge]

    init(vocabulary: [String: Int], merges list: [(String, String)]) {
        byteTokens = ByteAlphabet.scalars.map { vocabulary[String($0)] }
        var merges: [Pair: Merge] = [:]
        merges.reserveCapacity(list.count)
        for (rank, (left, right)) in list.enumerated() {
            guard let first = vocabulary[left], let second = vocabulary[right], let result = vocabulary[left + right]
            else { continue }
            merges[Pair(left: first, right: second)] = Merge(rank: rank, result: result)
        }
        self.merges = merges
    }

    func encode(_ text: String) -> [Int] {
        PreTokenizer.words(text).flatMap(encodeWord)
    }

    private func encodeWord(_ word: Substring.UnicodeScalarView) -> [Int] {
        var word = MergedWord(tokens: String(word).utf8.compactMap { byteTokens[Int($0)] })
        var queue = Heap(word.tokens.indices.compactMap { candidate(at: $0, in: word) })
        while let next = queue.popMin() {
            // Meanwhile one of the two may have been merged with its other neighbour.
            guard word.pair(at: next.index) == next.pair else { continue }
            let left = word.merge(at: next.index, into: next.result)
            for index in [left, next.index].compactMap(\.self) {
                if let new = candidate(at: index, in: word) { queue.insert(new) }
            }
        }
        return word.remaining
    }

    private func candidate(at index: Int, in word: MergedWord) -> Candidate? {
        word.pair(at: index).flatMap { pair in
            merges[pair].map { Candidate(rank: $0.rank, index: index, pair: pair, result: $0.result) }
        }
    }

    /// A merge that may come next: of those with the lowest rank, the leftmost.
    private struct Candidate: Comparable {
        var rank: Int
        var index: Int
        var pair: Pair
        var result: Int

        static func < (one: Candidate, other: Candidate) -> Bool {
            (one.rank, one.index) < (other.rank, other.index)
        }
    }

    /// A word's tokens as a linked list. A merged token stands in its left half's place, so that places keep their order.
    private struct MergedWord {
        private(set) var tokens: [Int]
        /// The place of the next token; `tokens.count` after the last one, nil where a token was merged into its left neighbour.
        private var next: [Int?]
        /// The place of the token before; -1 before the first one.
        private var previous: [Int]

        init(tokens: [Int]) {
            self.tokens = tokens
            next = tokens.indices.map { $0 + 1 }
            previous = tokens.indices.map { $0 - 1 }
        }

        var remaining: [Int] { tokens.indices.filter { next[$0] != nil }.map { tokens[$0] } }

        /// The tokens at `index` and behind it, nil when one of them is not there any more.
        func pair(at index: Int) -> Pair? {
            guard let second = next[index], second < tokens.count else { return nil }
            return Pair(left: tokens[index], right: tokens[second])
        }

        /// Merges the token at `index` with the one behind it; the place of the token before them, nil when they are the first.
        mutating func merge(at index: Int, into token: Int) -> Int? {
            guard let second = next[index], second < tokens.count else { return nil }
            tokens[index] = token
            next[index] = next[second]
            next[second] = nil
            if let after = next[index], after < tokens.count { previous[after] = index }
            return previous[index] >= 0 ? previous[index] : nil
        }
    }
}

/// GPT-2's pattern `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`, as a scanner over Unicode
/// scalars: Swift's Regex matches whole characters, which cuts combining marks elsewhere than the trained models expect.
enum PreTokenizer {
    private enum Kind {
        case letter, number, space, other

        init(_ scalar: Unicode.Scalar) {
            if scalar.properties.isWhitespace {
                self = .space
                return
            }
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
            case .decimalNumber, .letterNumber, .otherNumber: self = .number
            default: self = .other
            }
        }
    }

    private static let contractions: [[Unicode.Scalar]] = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map {
        Array($0.unicodeScalars)
    }

    static func words(_ text: String) -> [Substring.UnicodeScalarView] {
        let scalars = text.unicodeScalars
        var words: [Substring.UnicodeScalarView] = []
        var start = scalars.startIndex
        while start < scalars.endIndex {
            let end = wordEnd(scalars, start)
            words.append(scalars[start..<end])
            start = end
        }
        return words
    }

    private typealias Index = String.UnicodeScalarView.Index

    private static func wordEnd(_ scalars: String.UnicodeScalarView, _ start: Index) -> Index {
        if scalars[start] == "'",
            let match = contractions.first(where: { scalars[start...].starts(with: $0) })
        {
            return scalars.index(start, offsetBy: match.count)
        }
        let first = Kind(scalars[start])
        guard first == .space else { return runEnd(scalars, start, first) }
        let second = scalars.index(after: start)
        if scalars[start] == " ", second < scalars.endIndex, Kind(scalars[second]) != .space {
            return runEnd(scalars, second, Kind(scalars[second]))
        }
        let end = runEnd(scalars, start, .space)
        // All but the last of several spaces, so that the last one joins the word behind it.
        if end < scalars.endIndex, second < end { return scalars.index(before: end) }
        return end
    }

    private static func runEnd(_ scalars: String.UnicodeScalarView, _ start: Index, _ kind: Kind) -> Index {
        scalars[start...].firstIndex { Kind($0) != kind } ?? scalars.endIndex
    }
}
