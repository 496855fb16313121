/// Byte-level byte-pair encoding as GPT-2 does it: text is cut into words by a fixed pattern, and within each word the
/// pair of neighbours that was merged earliest in training is merged first.
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
        var tokens = String(word).utf8.compactMap { byteTokens[Int($0)] }
        while tokens.count > 1, let (index, merge) = earliestMerge(tokens) {
            tokens.replaceSubrange(index...index + 1, with: CollectionOfOne(merge.result))
        }
        return tokens
    }

    /// The leftmost of the pairs with the lowest rank. Words are short, so a scan beats a queue.
    private func earliestMerge(_ tokens: [Int]) -> (Int, Merge)? {
        var best: (Int, Merge)?
        for index in 0..<tokens.count - 1 {
            guard let merge = merges[Pair(left: tokens[index], right: tokens[index + 1])] else { continue }
            if best.map({ merge.rank < $0.1.rank }) ?? true { best = (index, merge) }
        }
        return best
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
