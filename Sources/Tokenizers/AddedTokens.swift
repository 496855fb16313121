import BridgeSupport

/// Tokens that are recognised in the text as it stands, before any model sees it.
struct AddedTokens: Sendable {
    /// A part of a text.
    enum Piece {
        /// `startsText`: whether it is the very beginning of the caller's text.
        case text(ArraySlice<Unicode.Scalar>, startsText: Bool)
        case token(Int32)
    }

    private struct Token: Sendable {
        var content: [Unicode.Scalar]
        var id: Int32
        var singleWord: Bool
        var stripsLeft: Bool
        var stripsRight: Bool
    }

    /// Tokens by their first character, longest first.
    private struct Index: Sendable {
        private var tokens: [Unicode.Scalar: [Token]] = [:]
        /// Which ASCII characters begin a token, so that most text needs no look into the dictionary.
        private var asciiStarts = [Bool](repeating: false, count: 128)

        var isEmpty: Bool { tokens.isEmpty }

        mutating func insert(_ token: Token) {
            guard let first = token.content.first else { return }
            tokens[first, default: []].append(token)
            tokens[first]?.sort { $0.content.count > $1.content.count }
            if first.isASCII { asciiStarts[Int(first.value)] = true }
        }

        @inline(__always)
        func token(at position: Int, of text: [Unicode.Scalar]) -> Token? {
            let first = text[position]
            if first.isASCII, !asciiStarts[Int(first.value)] { return nil }
            return tokens[first]?.first { text[position...].starts(with: $0.content) }
        }
    }

    private var raw = Index()
    private var normalized = Index()
    private var ids: [String: Int32] = [:]

    init(_ nodes: JSONElements?, normalizer: (any TextNormalizer)?) throws(TokenizerFormatError) {
        guard let nodes else { return }
        for node in nodes {
            let content = try node.require("added_tokens.content", node["content"]?.string)
            let id = Int32(try node.require("added_tokens.id", node["id"]?.tokenID))
            ids[content] = id
            let isNormalized = node["normalized"]?.bool ?? false
            var token = Token(
                content: Array(content.unicodeScalars), id: id, singleWord: node["single_word"]?.bool ?? false,
                stripsLeft: node["lstrip"]?.bool ?? false, stripsRight: node["rstrip"]?.bool ?? false)
            if isNormalized, let normalizer { token.content = normalizer.normalize(token.content) }
            if isNormalized { normalized.insert(token) } else { raw.insert(token) }
        }
    }

    func id(of content: String) -> Int32? { ids[content] }

    /// Splits off the tokens of `text` that match the text as the caller wrote it.
    func split(raw text: [Unicode.Scalar]) -> [Piece] { split(text, by: raw, startsText: true) }

    /// Splits off the tokens that match normalised text.
    func split(normalized text: [Unicode.Scalar], startsText: Bool) -> [Piece] {
        split(text, by: normalized, startsText: startsText)
    }

    /// Leftmost-longest, like the Aho-Corasick automaton of `tokenizers`.
    private func split(_ text: [Unicode.Scalar], by index: Index, startsText: Bool) -> [Piece] {
        if index.isEmpty { return [.text(text[...], startsText: startsText)] }
        var pieces: [Piece] = []
        /// Where the text begins that is not in a piece yet.
        var open = 0
        var position = 0
        while position < text.count {
            guard let token = index.token(at: position, of: text) else {
                position += 1
                continue
            }
            var start = position
            var end = position + token.content.count
            position = end
            if token.singleWord, !isWord(start..<end, in: text) { continue }
            if token.stripsLeft { while start > open, text[start - 1].isTokenizerSpace { start -= 1 } }
            if token.stripsRight { while end < text.count, text[end].isTokenizerSpace { end += 1 } }
            if open < start { pieces.append(.text(text[open..<start], startsText: startsText && open == 0)) }
            pieces.append(.token(token.id))
            open = end
        }
        if open < text.count { pieces.append(.text(text[open...], startsText: startsText && open == 0)) }
        return pieces
    }

    private func isWord(_ range: Range<Int>, in text: [Unicode.Scalar]) -> Bool {
        (range.lowerBound == 0 || !text[range.lowerBound - 1].isWordCharacter)
            && (range.upperBound == text.count || !text[range.upperBound].isWordCharacter)
    }
}
