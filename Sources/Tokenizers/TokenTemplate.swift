import BridgeSupport

/// The special tokens around a text, from the `post_processor` of a `tokenizer.json`.
struct TokenTemplate: Sendable {
    var prefix: [Int32] = []
    var suffix: [Int32] = []

    init() {}

    init(_ node: JSONNode) throws(TokenizerFormatError) {
        self.init()
        switch node["type"]?.string {
        case "TemplateProcessing": try read(template: node)
        case "BertProcessing", "RobertaProcessing":
            prefix = [try Self.id(of: "cls", in: node)]
            suffix = [try Self.id(of: "sep", in: node)]
        case "Sequence":
            for step in try node.require("post_processor.processors", node["processors"]?.array) {
                let inner = try TokenTemplate(step)
                prefix = inner.prefix + prefix
                suffix += inner.suffix
            }
        // Changes offsets only.
        case "ByteLevel": break
        case let type: throw .unsupported("post_processor", type)
        }
    }

    /// `[token, id]` of BertProcessing.
    private static func id(of name: String, in node: JSONNode) throws(TokenizerFormatError) -> Int32 {
        let pair = node[name]?.array
        return Int32(
            try node.require("post_processor.\(name)", pair?.count == 2 ? pair?.dropFirst().first?.tokenID : nil))
    }

    private mutating func read(template node: JSONNode) throws(TokenizerFormatError) {
        var seenText = false
        for step in try node.require("post_processor.single", node["single"]?.array) {
            if step["Sequence"] != nil {
                guard !seenText else { throw TokenizerFormatError("its template names the text twice") }
                seenText = true
                continue
            }
            let name = try step.require("post_processor.single", step["SpecialToken"]?["id"]?.string)
            let token = node["special_tokens"]?[name]
            for id in try node.require("post_processor.special_tokens", token?["ids"]?.array) {
                let id = Int32(try id.require("post_processor.special_tokens", id.tokenID))
                if seenText { suffix.append(id) } else { prefix.append(id) }
            }
        }
        guard seenText else { throw TokenizerFormatError("its template leaves out the text") }
    }
}
