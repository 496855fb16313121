import BridgeSupport

/// Greedy longest match from the left, as in BERT (Wu et al. 2016; `tokenizers` models/wordpiece).
struct WordPieceModel: TokenModel {
    /// Every piece, for the start of a word.
    private let pieces: ByteTrie
    /// The pieces with the continuing prefix, stored without it.
    private let continuations: ByteTrie
    private let unknownID: Int32
    private let longestWord: Int

    init(_ node: JSONNode) throws(TokenizerFormatError) {
        let vocabulary = try node.require("model.vocab", node["vocab"]?.object)
        let prefix = node["continuing_subword_prefix"]?.string ?? "##"
        var entries: [(key: String, value: Int32)] = []
        var continuing: [(key: String, value: Int32)] = []
        entries.reserveCapacity(vocabulary.count)
        for (piece, value) in vocabulary {
            let id = try Int32(node.require("model.vocab", value.tokenID))
            entries.append((piece, id))
            if prefix.isEmpty {
                continuing.append((piece, id))
            } else if piece.utf8.starts(with: prefix.utf8) {
                continuing.append((String(piece.unicodeScalars.dropFirst(prefix.unicodeScalars.count)), id))
            }
        }
        pieces = ByteTrie(entries)
        continuations = ByteTrie(continuing)
        let unknown = node["unk_token"]?.string ?? "[UNK]"
        guard let id = pieces[unknown] else {
            throw TokenizerFormatError("its vocabulary has no piece \"\(unknown)\" for unknown words")
        }
        unknownID = id
        longestWord = node["max_input_chars_per_word"]?.integer ?? 100
    }

    func id(of piece: String) -> Int32? { pieces[piece] }

    func append(_ word: ArraySlice<Unicode.Scalar>, to ids: inout [Int32]) {
        guard word.count <= longestWord else {
            ids.append(unknownID)
            return
        }
        let bytes = utf8Bytes(of: word)
        let start = ids.count
        var position = 0
        while position < bytes.count {
            let trie = position == 0 ? pieces : continuations
            guard let match = trie.longestPrefix(of: bytes, from: position) else {
                ids.removeSubrange(start...)
                ids.append(unknownID)
                return
            }
            ids.append(match.value)
            position = match.end
        }
    }
}
