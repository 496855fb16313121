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
        /// Always an array (a bare string is an error 500), and absent rather than empty: it replaces the model's own stop
        /// words.
        var stop: [String]?
    }

    var model: String
    var prompt: String?
    var system: String?
    var messages: [Message]?
    var stream = true
    /// Absent means true: a thinking model would think before it answers.
    var think: Bool
    var format: JSONValue?
    var keep_alive: JSONValue?
    var options: Options

    init(_ request: GenerationRequest, model: String) {
        self.model = model
        think = request.think
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
        keep_alive = request.keepAlive.map { text in Double(text).map { .number(JSONNumber($0)) } ?? .string(text) }
        options = Options(
            temperature: request.temperature, num_predict: request.maxTokens, top_p: request.topP, top_k: request.topK,
            seed: request.seed, stop: request.stop.isEmpty ? nil : request.stop)
    }

    var path: String { messages == nil ? "/api/generate" : "/api/chat" }

    func encoded() throws -> ByteBuffer {
        try JSONEncoder().encodeAsByteBuffer(self, allocator: ByteBufferAllocator())
    }
}

enum OllamaModelName {
    /// Lower case and with a tag, the form in which Ollama compares names.
    static func normalized(_ name: String) -> String {
        let lowered = name.lowercased()
        let last = lowered.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        return last.contains(":") ? lowered : lowered + ":latest"
    }

    /// Names that Ollama passes on to its own remote service.
    static func isCloud(_ name: String) -> Bool {
        let lowered = name.lowercased()
        return lowered.hasSuffix(":cloud") || lowered.hasSuffix("-cloud")
    }
}
