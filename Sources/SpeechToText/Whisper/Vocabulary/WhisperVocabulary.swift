import Tokenizers

/// The text tokens of a Whisper model: the bytes of each id, and byte-pair encoding of text.
struct WhisperVocabulary: Sendable {
    /// The bytes of each token; control tokens and gaps have none.
    private let bytes: [[UInt8]]
    private let encoder: BytePairEncoder
    /// Ids of tokens that are not text, by their text: `<|notimestamps|>`.
    let added: [String: Int]

    /// Twenty times the size of real models; bounds the memory that a broken file can ask for.
    private static let maximumSize = 1 << 20

    init(_ file: BytePairFile) {
        let known = file.vocabulary.filter { (0..<Self.maximumSize).contains($0.value) && file.added[$0.key] == nil }
        var bytes = [[UInt8]](repeating: [], count: (known.values.max() ?? -1) + 1)
        for (token, id) in known {
            bytes[id] = ByteAlphabet.bytes(of: token)
        }
        self.bytes = bytes
        encoder = BytePairEncoder(file)
        added = file.added
    }

    /// The ids of `text`, which is always taken literally: `<|endoftext|>` in it has no special meaning.
    func encode(_ text: String) -> [Int] { encoder.encode(text) }

    /// The bytes of `tokens`, which need not be whole characters.
    func bytes(_ tokens: some Sequence<Int>) -> [UInt8] {
        tokens.flatMap { bytes.indices.contains($0) ? bytes[$0] : [] }
    }

    /// The text of `tokens`; bytes that are not UTF-8 become U+FFFD.
    func decode(_ tokens: some Sequence<Int>) -> String { String(decoding: bytes(tokens), as: UTF8.self) }
}

extension WhisperVocabulary {
    /// Tokens for sounds and speakers rather than speech (♪, brackets, quotes, dashes), for models that don't list
    /// them: the same set as openai-whisper's `non_speech_tokens`.
    var nonSpeechTokens: [Int] {
        let symbols =
            Array("\"#()*+/:;<=>@[\\]^_`{|}~「」『』").map(String.init)
            + [
                "<<", ">>", "<<<", ">>>", "--", "---", "-(", "-[", "('", "(\"", "((", "))", "(((", ")))", "[[", "]]",
                "{{", "}}",
            ]
            + ["♪♪", "♪♪♪"]
        let music = ["♩", "♪", "♫", "♬", "♭", "♮", "♯"]
        var tokens = Set([" -", " '"].compactMap { encode($0).first })
        for symbol in symbols + music {
            for ids in [encode(symbol), encode(" " + symbol)] where ids.count == 1 || music.contains(symbol) {
                if let first = ids.first { tokens.insert(first) }
            }
        }
        return tokens.sorted()
    }
}
