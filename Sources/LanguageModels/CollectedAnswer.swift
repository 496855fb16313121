import BridgeSupport

/// The events of one answer, combined.
struct CollectedAnswer {
    /// The largest text of an answer: 128 bytes for each of the most tokens that a request may ask for.
    static let maxTextBytes = 128 * GenerationRequest.Limits.maxTokens.upperBound

    private var text = ""
    private var thinking = ""
    private var summary: GenerationSummary?

    /// - Throws: `upstream_error` for more text than the tokens can account for.
    mutating func add(_ event: GenerationEvent) throws(ServiceError) {
        switch event {
        case .thinking(let piece): thinking += piece
        case .delta(let piece): text += piece
        case .done(let summary): self.summary = summary
        }
        guard text.utf8.count + thinking.utf8.count <= Self.maxTextBytes else {
            throw ServiceError(
                .upstreamError,
                "The language model wrote more than \(Self.maxTextBytes) bytes, and does not seem to end. Ask for less, or for a stream."
            )
        }
    }

    /// - Throws: `internal` if the last event is missing.
    func answer(mayThink: (_ model: String) -> Bool) throws(ServiceError) -> GeneratedAnswer {
        guard let summary else {
            throw ServiceError(.internal, "The language model returned without a summary.")
        }
        // A stream had to pass this on before its end was known; a whole answer can be corrected.
        if thinking.isEmpty, !summary.thoughtsAreApart, mayThink(summary.model), let split = TagSearch.split(text) {
            return GeneratedAnswer(
                text: split.answer, thinking: split.thinking.isEmpty ? nil : split.thinking, summary: summary)
        }
        let thought = String(decoding: thinking.utf8.dropLast(summary.wronglyThought), as: UTF8.self)
        return GeneratedAnswer(text: text, thinking: thought.isEmpty ? nil : thought, summary: summary)
    }
}
