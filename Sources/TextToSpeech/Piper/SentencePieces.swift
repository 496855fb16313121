extension PhonemizedSentence {
    /// This sentence in pieces of at most `limit` phonemes, cut between clauses if possible, otherwise between words, otherwise anywhere.
    ///
    /// A network's memory grows with the length of what it speaks at once, and a text without punctuation is one sentence. Pieces
    /// after the first are marked as continuing it.
    func pieces(limit: Int) -> [PhonemizedSentence] {
        guard clauses.reduce(0, { $0 + $1.count }) > limit else { return [self] }
        var pieces: [[String]] = [[]]
        for clause in clauses.flatMap({ Self.cut($0, limit: limit) }) {
            if pieces[pieces.count - 1].count + clause.count > limit { pieces.append([]) }
            pieces[pieces.count - 1] += clause
        }
        return pieces.filter { !$0.isEmpty }.enumerated().map { index, phonemes in
            PhonemizedSentence(text: index == 0 ? text : "", clauses: [phonemes], continues: continues || index > 0)
        }
    }

    private static func cut(_ clause: [String], limit: Int) -> [[String]] {
        var result: [[String]] = []
        var rest = clause[...]
        while rest.count > limit {
            // As even as words allow: a short rest would sound torn off.
            let parts = (rest.count + limit - 1) / limit
            let window = rest.prefix(min(limit, rest.count / parts + 20))
            let end = window.lastIndex(of: " ").map { $0 + 1 } ?? window.endIndex
            result.append(Array(rest[..<end]))
            rest = rest[end...]
        }
        return result + [Array(rest)]
    }
}
