import BridgeSupport
import Foundation
import NIOCore
import NIOFoundationCompat

/// The body of `/api/chat` and `/api/generate`.
struct OllamaRequest: Encodable {
    struct Message: Encodable {
        var role: String
        var content: String
    }

    struct Options: Encodable {
        var temperature: Double
        var num_predict: Int
        var top_p: Double?
        var top_k: Int?
        var seed: Int?
        /// Always an array (a bare string is an error 500), and absent rather than empty: it replaces the stop words
        /// that the model itself brings.
        var stop: [String]?
    }

    var model: String
    var prompt: String?
    var system: String?
    var messages: [Message]?
    var stream = true
    /// Absent means true: a thinking model would think before it answers.
    var think = false
    var format: JSONValue?
    var keep_alive: JSONValue?
    var options: Options

    init(_ request: GenerationRequest, model: String) {
        self.model = model
        switch request.input {
        case .prompt(let text, let system):
            self.prompt = text
            self.system = system
        case .chat(let messages):
            self.messages = messages.map { Message(role: $0.role.rawValue, content: $0.content) }
        }
        switch request.format {
        case .json: format = "json"
        case .schema(let schema): format = schema
        case nil: format = nil
        }
        keep_alive = request.keepAlive.map { text in Double(text).map(JSONValue.number) ?? .string(text) }
        options = Options(
            temperature: request.temperature, num_predict: request.maxTokens, top_p: request.topP, top_k: request.topK,
            seed: request.seed, stop: request.stop.isEmpty ? nil : request.stop)
    }

    var path: String { messages == nil ? "/api/generate" : "/api/chat" }

    func encoded() throws -> ByteBuffer {
        try JSONEncoder().encodeAsByteBuffer(self, allocator: ByteBufferAllocator())
    }
}

/// One line of an answer. Ollama leaves out zero values, so that everything is optional.
struct OllamaLine: Decodable {
    struct Message: Decodable {
        var content: String?
    }

    var error: String?
    var response: String?
    var message: Message?
    var done: Bool?
    var done_reason: String?
    /// Durations are nanoseconds.
    var load_duration: Int64?
    var prompt_eval_count: Int?
    var prompt_eval_duration: Int64?
    var eval_count: Int?
    var eval_duration: Int64?
    var total_duration: Int64?

    init(_ line: ByteBuffer) throws {
        self = try JSONDecoder().decode(OllamaLine.self, from: line)
    }

    var piece: String { response ?? message?.content ?? "" }

    func summary(model: String) -> GenerationSummary {
        GenerationSummary(
            model: model, tokensGenerated: max(0, eval_count ?? 0), tokensPrompt: max(0, prompt_eval_count ?? 0),
            finishReason: done_reason.flatMap { $0.isEmpty ? nil : $0 } ?? "stop",
            total: Self.duration(total_duration), load: Self.duration(load_duration),
            promptEvaluation: Self.duration(prompt_eval_duration), generation: Self.duration(eval_duration))
    }

    private static func duration(_ nanoseconds: Int64?) -> Duration { .nanoseconds(max(0, nanoseconds ?? 0)) }
}

/// The answer of `/api/tags`.
struct OllamaTags: Decodable {
    struct Model: Decodable {
        struct Details: Decodable {
            var family: String?
        }

        var name: String?
        var model: String?
        var details: Details?
        /// Since Ollama 0.30.
        var capabilities: [String]?
        /// Set when the model runs on somebody else's machine.
        var remote_model: String?
        var remote_host: String?

        var id: String? { name ?? model }

        /// Whether it runs on another machine, so that prompts would leave this one.
        var isRemote: Bool {
            !(remote_host ?? "").isEmpty || !(remote_model ?? "").isEmpty || OllamaModelName.isCloud(id ?? "")
        }

        /// Whether it can write text. Older servers don't tell; there the BERT family only embeds.
        var generatesText: Bool {
            if let capabilities { return capabilities.contains("completion") }
            return details?.family?.contains("bert") != true
        }
    }

    var models: [Model]?

    init(_ body: ByteBuffer) throws {
        self = try JSONDecoder().decode(OllamaTags.self, from: body)
    }
}

/// The body of an error.
struct OllamaErrorBody: Decodable {
    var error: String

    init(_ body: ByteBuffer) throws {
        self = try JSONDecoder().decode(OllamaErrorBody.self, from: body)
    }
}

enum OllamaModelName {
    /// Lower case and with a tag, as Ollama compares names.
    static func normalized(_ name: String) -> String {
        let lowered = name.lowercased()
        let last = lowered.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        return last.contains(":") ? lowered : lowered + ":latest"
    }

    /// Names that Ollama hands on to its own remote service.
    static func isCloud(_ name: String) -> Bool {
        let lowered = name.lowercased()
        return lowered.hasSuffix(":cloud") || lowered.hasSuffix("-cloud")
    }
}
