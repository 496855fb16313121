import HeapModule

/// Byte-level byte-pair encoding as in GPT-2: text is split into words by a fixed pattern, and within each word the
/// pair of neighbours that was merged earliest in training is merged first. A word of n bytes takes n log n steps, because the
/// sender of a text decides how long its words are.
///
/// Written here because the one tokenizer library for Swift (swift-transformers) brings a hub client and a template engine with it.
package struct BytePairEncoder: Sendable {
    private struct Merge {
        var rank: Int
        var result: Int
    }

    /// Ids of two neighbours, packed.
    private struct Pair: Hashable {
        var left: Int
        var right: Int
    }

    /// The token of each single byte; nil if the vocabulary lacks it.
    private let byteTokens: [Int?]
    private let merges: [Pair: Merge]

    package init(_ file: BytePairFile) {
        let vocabulary = file.vocabulary
        byteTokens = ByteAlphabet.scalars.map { vocabulary[String($0)] }
        var merges: [Pair: Merge] = [:]
        merges.reserveCapacity(file.merges.count)
        for (rank, (left, right)) in file.merges.enumerated() {
            guard let first = vocabulary[left], let second = vocabulary[right], let result = vocabulary[left + right]
            else { continue }
            merges[Pair(left: first, right: second)] = Merge(rank: rank, result: result)
        }
        self.merges = merges
    }

    package func encode(_ text: String) -> [Int] {
        BytePairWords.words(text).flatMap(encodeWord)
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

    /// A merge that may come next: the lowest rank comes first, and among equal ranks the leftmost.
    private struct Candidate: Comparable {
        var rank: Int
        var index: Int
        var pair: Pair
        var result: Int

        static func < (one: Candidate, other: Candidate) -> Bool {
            (one.rank, one.index) < (other.rank, other.index)
        }
    }

    /// A word's tokens as a linked list. A merged token takes its left half's place, so that places keep their order.
    private struct MergedWord {
        private(set) var tokens: [Int]
        /// The place of the next token; `tokens.count` after the last one, nil if a token was merged into its left neighbour.
        private var next: [Int?]
        /// The place of the previous token; -1 before the first one.
        private var previous: [Int]

        init(tokens: [Int]) {
            self.tokens = tokens
            next = tokens.indices.map { $0 + 1 }
            previous = tokens.indices.map { $0 - 1 }
        }

        var remaining: [Int] { tokens.indices.filter { next[$0] != nil }.map { tokens[$0] } }

        /// The tokens at `index` and after it, nil if one of them no longer exists.
        func pair(at index: Int) -> Pair? {
            guard let second = next[index], second < tokens.count else { return nil }
            return Pair(left: tokens[index], right: tokens[second])
        }

        /// Merges the token at `index` with the next one; returns the place of the previous token, nil if there is none.
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
