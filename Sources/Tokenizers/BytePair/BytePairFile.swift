import BridgeSupport

/// The tables of a byte-pair tokenizer, from `tokenizer.json` or from the older `vocab.json`, `merges.txt` and `added_tokens.json`.
package struct BytePairFile: Sendable {
    package var vocabulary: [String: Int]
    /// The earliest merge first.
    package var merges: [(String, String)]
    /// Tokens that are not text.
    package var added: [String: Int]

    /// - Parameter json: the contents of a `tokenizer.json`.
    /// - Throws: ``TokenizerFormatError`` if it is damaged or contains another kind of model.
    package init(json: [UInt8]) throws(TokenizerFormatError) {
        let root = try JSONNode(tokenizerFile: json)
        let model = try root.require("model", root["model"])
        vocabulary = try Self.ids(model.require("model.vocab", model["vocab"]?.object))
        merges = []
        for merge in try model.require("model.merges", model["merges"]?.array) {
            if let pair = try Self.pair(merge) { merges.append(pair) }
        }
        added = [:]
        for token in root["added_tokens"]?.array.map(Array.init) ?? [] {
            let content = try token.require("added_tokens.content", token["content"]?.string)
            let id = try token.require("added_tokens.id", token["id"]?.integer)
            if added[content] == nil { added[content] = id }
        }
    }

    /// - Parameters:
    ///   - vocabulary: the contents of a `vocab.json`.
    ///   - merges: the lines of a `merges.txt`: two tokens with a space between them; the first line is a comment.
    ///   - added: the contents of an `added_tokens.json`.
    /// - Throws: ``TokenizerFormatError`` if one of them is damaged.
    package init(vocabulary: [UInt8], merges: String, added: [UInt8]?) throws(TokenizerFormatError) {
        self.vocabulary = try Self.ids(json: vocabulary)
        self.merges = merges.split(whereSeparator: \.isNewline).enumerated().compactMap { line, content in
            line == 0 && content.hasPrefix("#version") ? nil : Self.pair(line: content)
        }
        self.added = try added.map(Self.ids(json:)) ?? [:]
    }

    private static func ids(json: [UInt8]) throws(TokenizerFormatError) -> [String: Int] {
        let root = try JSONNode(tokenizerFile: json)
        return try ids(root.require("vocabulary", root.object))
    }

    private static func ids(_ members: JSONMembers) throws(TokenizerFormatError) -> [String: Int] {
        var ids: [String: Int] = [:]
        for (token, value) in members { ids[token] = try value.require("model.vocab", value.integer) }
        return ids
    }

    /// "a b" in older files, ["a", "b"] in newer ones; nil unless there are two.
    private static func pair(_ merge: JSONNode) throws(TokenizerFormatError) -> (String, String)? {
        if let line = merge.string { return pair(line: line) }
        let parts = try merge.require("model.merges", merge.array).compactMap(\.string)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }

    private static func pair(line: some StringProtocol) -> (String, String)? {
        let parts = line.split(separator: " ")
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }
}
