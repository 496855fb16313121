import BridgeSupport
import NIOCore

/// One line of an answer. Ollama leaves out zero values, and servers that imitate it write others in their own way: all that is required
/// is an object, in which a text really is a text; anything else that cannot be read counts as absent.
struct OllamaLine {
    /// The error's text, which may be empty; nil if the line is not an error.
    var error: String?
    /// The next piece of the answer.
    var piece: String
    /// The next piece of the model's thoughts, if the server separates them.
    var thinking: String
    var isDone: Bool
    private let fields: JSONNode

    struct NoText: Error {}

    /// - Throws: what is wrong, if it is not a JSON object, or its text is not a text.
    init(_ line: ByteBuffer) throws {
        let fields = try JSONNode(object: line)
        let message = fields.member("message")
        self.fields = fields
        error = OllamaErrorBody.text(of: fields.member("error"))
        let text = fields.member("response") ?? message?.member("content")
        let piece = text?.looseText
        // It is another kind of server, whose answer contains nothing of what was asked for.
        if text != nil, piece == nil { throw NoText() }
        self.piece = piece ?? ""
        func thoughts(_ name: StaticString) -> String? { (fields.member(name) ?? message?.member(name))?.looseText }
        // Ollama's name for them, and those used by its imitators.
        thinking = thoughts("thinking") ?? thoughts("reasoning_content") ?? thoughts("reasoning") ?? ""
        isDone = fields.member("done")?.looseFlag ?? false
    }

    /// What the last line says about the whole answer.
    func summary(model: String, maxTokens: Int) -> GenerationSummary {
        let generated = fields["eval_count"]?.looseCount ?? 0
        return GenerationSummary(
            model: model, tokensGenerated: generated, tokensPrompt: fields["prompt_eval_count"]?.looseCount ?? 0,
            finishReason: Self.finishReason(fields["done_reason"]?.string ?? "", isFull: generated >= maxTokens),
            total: duration("total_duration"), load: duration("load_duration"),
            promptEvaluation: duration("prompt_eval_duration"), generation: duration("eval_duration"))
    }

    private static func finishReason(_ said: String, isFull: Bool) -> String {
        let said = said.lowercased()
        if said.isEmpty { return isFull ? "length" : "stop" }
        return ["length", "limit", "max_tokens", "truncat"].contains(where: said.contains) ? "length" : "stop"
    }

    /// Nanoseconds, a century at most.
    private func duration(_ name: String) -> Duration {
        .nanoseconds(Int64(min(max(0, fields[name]?.looseNumber ?? 0), 3.2e18)))
    }
}

/// The body of an error: `{"error":"…"}` in Ollama's form, or `{"error":{"message":"…"}}` and the like.
struct OllamaErrorBody {
    /// nil if it gives no reason.
    var message: String?

    /// - Throws: what is wrong, if it is not a JSON object.
    init(_ body: ByteBuffer) throws {
        let fields = try JSONNode(object: body)
        message = Self.text(of: fields["error"]) ?? Self.text(of: fields["message"]) ?? Self.text(of: fields["detail"])
        if message?.isEmpty == true { message = nil }
    }

    /// The text of an error, perhaps empty; nil if it is not an error.
    static func text(of error: JSONNode?) -> String? {
        guard let error, !error.isNothing else { return nil }
        let inner = ["message", "error", "detail", "msg"].lazy.compactMap { error[$0]?.string }.first
        return error.string ?? inner ?? ""
    }
}

/// The answer of `/api/tags`.
struct OllamaTags {
    struct Model {
        var id: String
        /// Whether it runs on another machine, so that prompts would leave this one.
        var isRemote: Bool
        /// Whether it can write text. Older servers don't tell; there the BERT family only embeds.
        var generatesText: Bool
        var listing: ThinkingHabits.Listing
        /// On the disk; of a model in memory, there.
        var size: Int64?
        /// The part of it on a graphics card; only of a model in memory.
        var videoMemory: Int64?

        /// nil if it has no name.
        init?(_ fields: JSONNode) {
            guard let id = fields["name"]?.string ?? fields["model"]?.string, !id.isEmpty else { return nil }
            self.id = id
            (size, videoMemory) = (fields["size"]?.bytes, fields["size_vram"]?.bytes)
            // Set when the model runs on somebody else's machine.
            let remote = ["remote_host", "remote_model"].contains { !(fields[$0]?.isNothing ?? true) }
            isRemote = remote || OllamaModelName.isCloud(id)
            // Since Ollama 0.30.
            let capabilities = fields["capabilities"]?.array?.compactMap(\.string)
            let isBERT = fields["details"]?["family"]?.string?.contains("bert") ?? false
            generatesText = capabilities.map { $0.contains("completion") } ?? !isBERT
            listing = .init(
                digest: fields["digest"]?.string, thinks: capabilities.map { $0.contains("thinking") })
        }
    }

    var models: [Model]

    /// - Throws: what is wrong, if it is not a JSON object.
    init(_ body: ByteBuffer) throws {
        models = (try JSONNode(object: body)["models"]?.array.map(Array.init) ?? []).compactMap(Model.init)
    }
}

/// The answer of `/api/show`, as far as it tells how a model thinks.
struct OllamaDescription {
    struct SaysNothing: Error {}

    var template: String
    /// The name of a parser that Ollama has for this model.
    var parser: String?
    /// nil if the server does not tell.
    var thinks: Bool?

    /// - Throws: what is wrong, if it is not a JSON object or is empty.
    init(_ body: ByteBuffer) throws {
        let fields = try JSONNode(object: body)
        template = fields["template"]?.string ?? ""
        parser = fields["parser"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        thinks = fields["capabilities"]?.array?.compactMap(\.string).contains("thinking")
        if template.isEmpty, parser == nil, thinks == nil { throw SaysNothing() }
    }
}

extension JSONNode {
    struct NoObject: Error {}

    /// The value as a number of bytes; nil if it is not one.
    var bytes: Int64? { number.flatMap { Int64(exactly: $0.double) }.flatMap { $0 >= 0 && $0 < 1 << 53 ? $0 : nil } }

    /// Bytes in it that are not Unicode become U+FFFD: an incomplete character from a model, or one cut by a server, must not spoil an answer.
    ///
    /// - Throws: what is wrong, if it is not a JSON object.
    init(object bytes: ByteBuffer) throws {
        try self.init(parsing: [UInt8](buffer: bytes), limits: JSONLimits(refusesBrokenUnicode: false))
        guard object != nil else { throw NoObject() }
    }
}
