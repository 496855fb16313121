import BridgeSupport

/// A text as the ids for a network.
public struct TokenizedText: Sendable, Hashable {
    /// Including special tokens.
    public var ids: [Int32]
    /// Whether the end of the text was cut off to keep to the limit.
    public var truncated: Bool

    /// Everything is taken as it is.
    public init(ids: [Int32], truncated: Bool) {
        self.ids = ids
        self.truncated = truncated
    }
}

/// A tokenizer read from a `tokenizer.json` of Hugging Face's `tokenizers` library, which gives the same ids.
///
/// The models WordPiece and Unigram are supported, with the components that belong to them. The file's own
/// `truncation` and `padding` are deliberately ignored: sentence-transformers takes the limit from
/// `sentence_bert_config.json`, and the two do disagree in published models.
///
/// Everything works on arrays of Unicode scalars; the time is linear in the length of the text.
public struct Tokenizer: Sendable {
    private let addedTokens: AddedTokens
    private let normalizer: (any TextNormalizer)?
    private let preTokenizer: (any PreTokenizer)?
    private let model: any TokenModel
    private let template: TokenTemplate
    /// The id that pads a batch to its longest text.
    public let paddingID: Int32

    /// The number of special tokens added to every text.
    public var specialTokenCount: Int { template.prefix.count + template.suffix.count }

    /// - Parameter json: the contents of a `tokenizer.json`.
    /// - Throws: ``TokenizerFormatError`` if it is damaged or needs a component that is not supported.
    public init(json: [UInt8]) throws(TokenizerFormatError) {
        try self.init(root: try JSONNode(tokenizerFile: json))
    }

    init(root: JSONNode) throws(TokenizerFormatError) {
        guard let modelNode = root["model"] else { throw TokenizerFormatError("it has no \"model\"") }
        let normalizer = try root["normalizer"].map(makeNormalizer)
        self.normalizer = normalizer
        preTokenizer = try root["pre_tokenizer"].map(makePreTokenizer)
        let model = try makeTokenModel(modelNode)
        self.model = model
        template = try root["post_processor"].map(TokenTemplate.init) ?? TokenTemplate()
        addedTokens = try AddedTokens(root["added_tokens"]?.array, normalizer: normalizer)
        paddingID =
            root["padding"]?["pad_id"]?.tokenID.map { Int32($0) }
            ?? ["[PAD]", "<pad>"].lazy.compactMap { [addedTokens] in addedTokens.id(of: $0) ?? model.id(of: $0) }.first
            ?? 0
    }

    /// The ids of `text`, including special tokens.
    ///
    /// - Parameter maximumLength: the most ids to return, including special tokens; the end of a longer text is cut
    ///   off, but its end marker is kept. nil for no limit.
    public func encode(_ text: String, maximumLength: Int? = nil) -> TokenizedText {
        let room = maximumLength.map { max(0, $0 - specialTokenCount) } ?? Int.max
        var ids: [Int32] = []
        for piece in addedTokens.split(raw: Array(text.unicodeScalars)) {
            append(piece, to: &ids, room: room)
            // Beyond the limit the rest cannot change the answer.
            if ids.count > room { break }
        }
        let truncated = ids.count > room
        if truncated { ids.removeSubrange(room...) }
        return TokenizedText(ids: template.prefix + ids + template.suffix, truncated: truncated)
    }

    private func append(_ piece: AddedTokens.Piece, to ids: inout [Int32], room: Int) {
        guard case .text(let raw, let startsText) = piece else {
            if case .token(let id) = piece { ids.append(id) }
            return
        }
        let normalized = normalizer?.normalize(Array(raw)) ?? Array(raw)
        for piece in addedTokens.split(normalized: normalized, startsText: startsText) {
            switch piece {
            case .token(let id): ids.append(id)
            case .text(let text, let startsText):
                let whole = TextPiece(text: text, startsText: startsText)
                for word in preTokenizer?.split([whole]) ?? [whole] where !word.text.isEmpty {
                    model.append(word.text, to: &ids)
                    if ids.count > room { return }
                }
            }
        }
    }
}

/// Turns one word into ids.
protocol TokenModel: Sendable {
    /// The id of exactly `piece`, if the vocabulary has it.
    func id(of piece: String) -> Int32?
    func append(_ word: ArraySlice<Unicode.Scalar>, to ids: inout [Int32])
}

/// Why a `tokenizer.json` cannot be used, as the end of a sentence that begins with the file's name.
public struct TokenizerFormatError: Error, Sendable, CustomStringConvertible {
    /// The end of a sentence that begins with the file's name.
    public var reason: String
    init(_ reason: String) { self.reason = reason }
    /// A whole sentence, for the log.
    public var description: String { "tokenizer.json cannot be used: \(reason)" }

    static func unsupported(_ part: String, _ type: String?) -> TokenizerFormatError {
        TokenizerFormatError("its \(part) \"\(type ?? "(none)")\" is not supported")
    }
}

extension JSONNode {
    init(tokenizerFile bytes: [UInt8]) throws(TokenizerFormatError) {
        // The library also replaces invalid Unicode in a vocabulary.
        let limits = JSONLimits(depth: 64, refusesBrokenUnicode: false)
        do { try self.init(parsing: bytes, limits: limits) } catch {
            throw TokenizerFormatError("it is not JSON: \(error)")
        }
    }

    /// `value`, or an error that names the missing field.
    func require<Value>(_ name: String, _ value: Value?) throws(TokenizerFormatError) -> Value {
        guard let value else { throw TokenizerFormatError("\"\(name)\" is missing or of a wrong type") }
        return value
    }

    /// A whole number that can be a token id.
    var tokenID: Int? { integer.flatMap { (0..<Int(Int32.max)).contains($0) ? $0 : nil } }
}

func makeTokenModel(_ node: JSONNode) throws(TokenizerFormatError) -> any TokenModel {
    switch node["type"]?.string {
    case "WordPiece": return try WordPieceModel(node)
    case "Unigram": return try UnigramModel(node)
    // Files from before the type was written.
    case nil where node["unk_id"] != nil: return try UnigramModel(node)
    case nil where node["max_input_chars_per_word"] != nil: return try WordPieceModel(node)
    case let type: throw .unsupported("model", type)
    }
}

/// The UTF-8 bytes of `scalars`.
func utf8Bytes(of scalars: ArraySlice<Unicode.Scalar>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(scalars.count + scalars.count / 4)
    for scalar in scalars {
        if scalar.isASCII {
            bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        } else {
            bytes.append(contentsOf: UTF8.encode(scalar) ?? .init())
        }
    }
    return bytes
}

/// How many bytes the character that begins with `byte` has.
@inline(__always)
func utf8Length(leading byte: UInt8) -> Int {
    byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
}
