/// Splits text tokens into words, like openai-whisper's `split_to_word_tokens`.
struct WordSplitter {
    struct Piece: Hashable {
        var text: String
        var tokens: [Int]
    }

    let vocabulary: WhisperVocabulary
    let special: SpecialTokens

    private static let punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    private static let replacement: Unicode.Scalar = "\u{FFFD}"

    func split(_ text: [Int], language: String?) -> [Piece] {
        let characters = splitAtCharacters(text)
        if let language, WhisperLanguages.withoutSpaces.contains(language) { return characters }
        var words: [Piece] = []
        for piece in characters {
            let isPunctuation = Self.punctuation.holds(piece.text.trimmedWhitespace)
            if piece.text.hasPrefix(" ") || isPunctuation || words.isEmpty {
                words.append(piece)
            } else {
                words[words.count - 1].text += piece.text
                words[words.count - 1].tokens += piece.tokens
            }
        }
        return words
    }

    /// Splits into the smallest groups of tokens that make whole characters.
    private func splitAtCharacters(_ text: [Int]) -> [Piece] {
        let whole = Array(vocabulary.decode(text).unicodeScalars)
        var pieces: [Piece] = []
        var tokens: [Int] = []
        var offset = 0
        for token in text {
            tokens.append(token)
            let decoded = vocabulary.decode(tokens)
            let scalars = Array(decoded.unicodeScalars)
            // A replacement character that the whole text has in the same place will not disappear with more tokens.
            if let broken = scalars.firstIndex(of: Self.replacement),
                offset + broken >= whole.count || whole[offset + broken] != Self.replacement
            {
                continue
            }
            pieces.append(Piece(text: decoded, tokens: tokens))
            offset += scalars.count
            tokens = []
        }
        return pieces
    }
}

extension String {
    /// Whether `part` occurs in this string, compared by Unicode scalars; the empty string always does.
    func holds(_ part: String) -> Bool {
        let (all, wanted) = (Array(unicodeScalars), Array(part.unicodeScalars))
        guard wanted.count <= all.count else { return false }
        return (0...all.count - wanted.count).contains { all[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}
