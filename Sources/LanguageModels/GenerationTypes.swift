public import BridgeSupport

/// One message of a conversation.
public struct ChatMessage: Sendable, Hashable {
    /// Who says the message.
    public enum Role: String, Sendable, CaseIterable { case system, user, assistant, tool }
    /// `tool` for the result of a function.
    public var role: Role
    /// May be empty.
    public var content: String

    /// One message; the service checks it.
    public init(role: Role, content: String) {
        self.role = role
        self.content = content
    }
}

/// A prompt or a conversation, and how to answer it. Ranges are checked by the service.
public struct GenerationRequest: Sendable {
    /// What is to be answered.
    public enum Input: Sendable, Hashable {
        /// One text, and what the model is told about its task.
        case prompt(String, system: String?)
        /// A conversation so far, ending with the message to answer.
        case chat([ChatMessage])
    }

    /// The form that the answer must have.
    public enum Format: Sendable, Hashable {
        /// Any JSON.
        case json
        /// JSON that conforms to this schema.
        case schema(JSONValue)
    }

    /// The prompt or the conversation.
    public var input: Input
    /// nil for the configured model, else the server's first.
    public var model: String?
    /// 0…2.
    public var temperature: Double
    /// 1…32768.
    public var maxTokens: Int
    /// 0…1: only the likeliest tokens that together have this probability; nil for the server's own default.
    public var topP: Double?
    /// Only this many of the likeliest tokens; nil for the server's own default.
    public var topK: Int?
    /// The same seed gives the same answer, as far as the server ensures that.
    public var seed: Int?
    /// Texts that end the answer without being part of it.
    public var stop: [String]
    /// nil for plain text.
    public var format: Format?
    /// How long the server keeps the model in memory: seconds, or a duration such as "5m".
    public var keepAlive: String?
    /// Whether the model is asked to think before it answers. Some models think anyway; their thoughts are never part of the answer.
    public var think: Bool

    /// The defaults are those of the HTTP contract: plain text of up to 512 tokens, without thoughts.
    public init(
        input: Input, model: String? = nil, temperature: Double = 0.7, maxTokens: Int = 512, topP: Double? = nil,
        topK: Int? = nil, seed: Int? = nil, stop: [String] = [], format: Format? = nil, keepAlive: String? = nil,
        think: Bool = false
    ) {
        self.input = input
        self.model = model
        self.temperature = temperature
        self.maxTokens = maxTokens
        self.topP = topP
        self.topK = topK
        self.seed = seed
        self.stop = stop
        self.format = format
        self.keepAlive = keepAlive
        self.think = think
    }
}

/// What is known once an answer is complete.
public struct GenerationSummary: Sendable, Hashable {
    /// The model that answered.
    public var model: String
    /// Tokens of the answer, including thoughts.
    public var tokensGenerated: Int
    /// Tokens of the prompt or conversation; 0 if the server does not tell.
    public var tokensPrompt: Int
    /// "stop" or "length".
    public var finishReason: String
    /// From the request to the last token.
    public var total: Duration
    /// The wait for a place in this program.
    public var queue: Duration
    /// The time to load the model, as reported by the server.
    public var load: Duration
    /// As reported by the server.
    public var promptEvaluation: Duration
    /// From the request to the first token; nil if there was none.
    public var firstToken: Duration?
    /// As reported by the server.
    public var generation: Duration
    /// Whether the thoughts, if only empty ones, have already been separated from the answer: a closing tag in it is then a word.
    public var thoughtsAreApart = false
    /// Bytes at the end of the thoughts that turned out to be the answer: they came again as such, because nothing else came and the
    /// thought did not end.
    public var wronglyThought = 0

    /// By default an answer that ended by itself, of which nothing else is known.
    public init(
        model: String, tokensGenerated: Int = 0, tokensPrompt: Int = 0, finishReason: String = "stop",
        total: Duration = .zero, queue: Duration = .zero, load: Duration = .zero, promptEvaluation: Duration = .zero,
        firstToken: Duration? = nil, generation: Duration = .zero
    ) {
        self.model = model
        self.tokensGenerated = tokensGenerated
        self.tokensPrompt = tokensPrompt
        self.finishReason = finishReason
        self.total = total
        self.queue = queue
        self.load = load
        self.promptEvaluation = promptEvaluation
        self.firstToken = firstToken
        self.generation = generation
    }
}

/// An answer as a whole.
public struct GeneratedAnswer: Sendable, Hashable {
    /// Without thoughts.
    public var text: String
    /// What the model thought before; nil if it did not.
    public var thinking: String?
    /// The last event of the stream.
    public var summary: GenerationSummary

    /// An answer of a model that did not think, unless told.
    public init(text: String, thinking: String? = nil, summary: GenerationSummary) {
        self.text = text
        self.thinking = thinking
        self.summary = summary
    }
}

/// What a stream of an answer hands out.
public enum GenerationEvent: Sendable, Hashable {
    /// The next piece of the model's thoughts, before its answer.
    case thinking(String)
    /// The next piece of the answer, passed on as it arrives.
    case delta(String)
    /// Always last.
    indirect case done(GenerationSummary)
}

/// The answer to one request, event by event as it arrives. Nothing is read from the server before somebody waits for it.
public typealias AnswerStream = PulledSequence<GenerationEvent>
