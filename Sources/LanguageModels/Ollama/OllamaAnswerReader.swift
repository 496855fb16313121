import DequeModule

/// Turns the lines of one answer into events. A struct without I/O; ``ThoughtSplitter`` holds its states.
struct OllamaAnswerReader {
    private let model: String
    private let maxTokens: Int
    private let beginning: ThoughtSplitter.Beginning
    private var splitter: ThoughtSplitter
    private var loneTag = TagSearch()
    private var hasThought = false
    /// Whether no line has been read yet.
    private(set) var isAtBeginning = true
    private(set) var isComplete = false

    init(model: String, maxTokens: Int, beginning: ThoughtSplitter.Beginning, mayThink: Bool = true) {
        self.model = model
        self.maxTokens = maxTokens
        self.beginning = beginning
        splitter = ThoughtSplitter(beginning: beginning, mayThink: mayThink)
    }

    /// How the model began this answer, if that tells something about its next ones.
    var seen: ThoughtSplitter.Beginning? {
        guard isComplete else { return nil }
        return splitter.heldTextWas ?? (loneTag.isAlone ? .thought : nil)
    }

    /// Appends what the line says.
    mutating func read(_ line: OllamaLine, into events: inout Deque<GenerationEvent>) {
        isAtBeginning = false
        if !line.thinking.isEmpty {
            add(splitter.thoughtsComeApart() + [.thinking(line.thinking)], to: &events)
        }
        // The last line usually carries no text, but it may.
        if splitter.passes(line.piece) {
            add(.answer(line.piece), to: &events)
        } else if !line.piece.isEmpty {
            add(splitter.consume(line.piece), to: &events)
        }
        guard line.isDone else { return }
        var summary = line.summary(model: model, maxTokens: maxTokens)
        add(splitter.finish(isCutOff: summary.finishReason == "length"), to: &events)
        loneTag.finish()
        summary.thoughtsAreApart = hasThought || splitter.isBehindThought
        summary.wronglyThought = splitter.wronglyThought
        isComplete = true
        events.append(.done(summary))
    }

    private mutating func add(_ parts: [ThoughtSplitter.Part], to events: inout Deque<GenerationEvent>) {
        for part in parts { add(part, to: &events) }
    }

    private mutating func add(_ part: ThoughtSplitter.Part, to events: inout Deque<GenerationEvent>) {
        switch part {
        case .thinking(let text):
            hasThought = true
            events.append(.thinking(text))
        case .answer(var text):
            if beginning == .answer, !hasThought, !splitter.isBehindThought { text.withUTF8 { loneTag.consume($0) } }
            events.append(.delta(text))
        }
    }
}
