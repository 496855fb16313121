import BridgeRuntime
import BridgeSupport
import Foundation
import HTTPTypes
import Hummingbird
import LanguageModels
import NIOCore

/// `/api/llm`: prompts and conversations in, answers out, whole or token by token.
struct LanguageModelRoutes {
    let dependencies: RouteDependencies

    func add(to routes: inout RouteTable) {
        let work = RoutePolicy(
            group: .bridge(.llm), cost: .tokens, bodyLimit: dependencies.textLimit,
            interactiveLimit: dependencies.textLimit)
        routes.add(.post, "/api/llm/generate", policy: work) { try await generate($0, $1) }
        routes.add(.post, "/api/llm/chat", policy: work) { try await chat($0, $1) }
        routes.add(.get, "/api/llm/models", policy: RoutePolicy(group: .bridge(.llm))) { try await models($0, $1) }
    }

    private struct Timings: Encodable {
        var queue_ms: Int
        var load_ms: Int
        var prompt_ms: Int
        var first_token_ms: Int?
        var generate_ms: Int
    }

    private struct Answer: Encodable {
        var done: Bool?
        var text: String?
        /// What the model thought; in a stream it came earlier.
        var thinking: String?
        var model: String
        var tokens_generated: Int
        var tokens_prompt: Int
        var duration_ms: Int
        var finish_reason: String
        var timings: Timings

        init(_ answer: GeneratedAnswer) {
            self.init(answer.summary)
            (done, text, thinking) = (nil, answer.text, answer.thinking)
        }

        /// The last message of a stream.
        init(_ summary: GenerationSummary) {
            done = true
            model = summary.model
            tokens_generated = summary.tokensGenerated
            tokens_prompt = summary.tokensPrompt
            duration_ms = Wire.milliseconds(summary.total)
            finish_reason = summary.finishReason
            timings = Timings(
                queue_ms: Wire.milliseconds(summary.queue), load_ms: Wire.milliseconds(summary.load),
                prompt_ms: Wire.milliseconds(summary.promptEvaluation),
                first_token_ms: summary.firstToken.map(Wire.milliseconds),
                generate_ms: Wire.milliseconds(summary.generation))
        }
    }

    private static let delta = TextFrame(start: #"{"delta":"#, end: "}")
    private static let thinking = TextFrame(start: #"{"thinking":"#, end: "}")

    private func generate(_ request: Request, _ context: BridgeContext) async throws -> Response {
        let fields = try await request.jsonFields(upTo: context.policy.bodyLimit)
        let input = GenerationRequest.Input.prompt(
            try fields.requiredText("prompt"), system: try fields.text("system_prompt"))
        return try await answer(to: try Self.generation(input, fields), fields: fields, request, context)
    }

    private func chat(_ request: Request, _ context: BridgeContext) async throws -> Response {
        let fields = try await request.jsonFields(upTo: context.policy.bodyLimit)
        guard let messages = try fields.objects("messages") else {
            throw ServiceError.invalid("messages", "messages is missing; it must be a list of {\"role\", \"content\"}.")
        }
        let input = GenerationRequest.Input.chat(try messages.enumerated().map(Self.message))
        return try await answer(to: try Self.generation(input, fields), fields: fields, request, context)
    }

    private func answer(
        to generation: GenerationRequest, fields: RequestFields, _ request: Request, _ context: BridgeContext
    ) async throws -> Response {
        let (service, record) = (dependencies.services.languageModel, context.record)
        if try fields.flag("stream") == true {
            return try await stream(generation, for: request, context)
        }
        let answer = try await dependencies.perform(.llm, for: context) { try await service.generate(generation) }
        let summary = answer.summary
        Self.note(summary, in: record)
        return try .json(Answer(answer))
    }

    private func stream(_ generation: GenerationRequest, for request: Request, _ context: BridgeContext) async throws
        -> Response
    {
        let (service, record) = (dependencies.services.languageModel, context.record)
        let (events, channel) = (EventStream(format: EventFormat(accept: request.headers[.accept])), context.channel)
        let executor = dependencies.executors[channel.eventLoop]
        return try await events.response(record: record, on: executor, channel: channel) { sender in
            try await dependencies.perform(.llm, for: context, on: executor) {
                try await service.withAnswer(to: generation) { answer in
                    for try await event in answer {
                        // Most go out at once, and each call that could wait costs a change of executor.
                        let isSent = try Self.offer(event, to: sender, more: answer.hasMore, record: record)
                        if !isSent { try await sender.flush() }
                    }
                }
            }
        }
    }

    /// False if it is still to be flushed.
    private static func offer(
        _ event: GenerationEvent, to sender: EventStream.Sender, more: Bool, record: RequestRecord
    ) throws -> Bool {
        switch event {
        case .thinking(let piece):
            record.noteToken()
            return sender.offer(piece, in: thinking, more: more)
        case .delta(let piece):
            record.noteToken()
            return sender.offer(piece, in: delta, more: more)
        case .done(let summary):
            note(summary, in: record)
            return try sender.offer(Answer(summary))
        }
    }

    private static func note(_ summary: GenerationSummary, in record: RequestRecord) {
        let usage = RequestUsage(
            promptTokens: summary.tokensPrompt, generatedTokens: summary.tokensGenerated)
        record.note(timings(summary), model: summary.model, usage: usage)
        record.note(firstToken: summary.firstToken, generation: summary.generation)
    }

    private static func timings(_ summary: GenerationSummary) -> StageTimings {
        StageTimings(
            queue: summary.queue, load: summary.load, compute: summary.promptEvaluation + summary.generation,
            total: summary.total)
    }

    private static func generation(_ input: GenerationRequest.Input, _ fields: RequestFields) throws
        -> GenerationRequest
    {
        GenerationRequest(
            input: input, model: try fields.name("model"),
            temperature: try fields.number("temperature", in: 0...2) ?? 0.7,
            maxTokens: try fields.integer("max_tokens", in: 1...32768) ?? 512,
            topP: try fields.number("top_p", in: 0...1),
            topK: try fields.integer("top_k", in: 0...Int(Int32.max)),
            seed: try fields.integer("seed", in: Int(Int32.min)...Int(UInt32.max)),
            stop: try fields.texts("stop") ?? [], format: try format(fields), keepAlive: try keepAlive(fields),
            think: try fields.flag("think") ?? false)
    }

    private static func format(_ fields: RequestFields) throws -> GenerationRequest.Format? {
        switch fields.anything("format") {
        case nil: nil
        case .string("json")?: .json
        case .object(let schema)?: .schema(.object(schema))
        default: throw ServiceError.invalid("format", "format must be \"json\" or a JSON schema (an object).")
        }
    }

    private static func keepAlive(_ fields: RequestFields) throws -> String? {
        guard case .number(let seconds)? = fields.anything("keep_alive") else {
            return try fields.text("keep_alive", expected: "a text or a number")
        }
        // Never with an exponent, which a duration cannot have.
        return String(format: "%.6f", seconds.double)
    }

    private static func message(_ index: Int, _ object: [String: JSONValue]) throws -> ChatMessage {
        guard case .string(let name)? = object["role"], let role = ChatMessage.Role(rawValue: name) else {
            throw ServiceError.invalid(
                "messages",
                "messages[\(index)].role must be one of \(ChatMessage.Role.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))."
            )
        }
        guard case .string(let content)? = object["content"] else {
            throw ServiceError.invalid("messages", "messages[\(index)].content must be a text.")
        }
        return ChatMessage(role: role, content: content)
    }

    private struct Models: Encodable {
        var models: [String]
        var `default`: String?
    }

    private func models(_ request: Request, _: BridgeContext) async throws -> Response {
        let (names, standard) = try await dependencies.services.languageModel.models()
        return try .json(Models(models: names, default: standard))
    }
}
